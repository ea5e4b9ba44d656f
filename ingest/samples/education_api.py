"""A stand-in for the batches API, with its quirks.

At most 100 batches a page, oldest first, JSON sent as `text/html` over HTTP/1.0; `after` is turned
into local time and compared at whole seconds, so that the server's time zone shifts it.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import requests

from ingest.common.errors import IngestError

PAGE = 100
ADDRESS = "batches_url"  # the file in which a running stand-in tells its address

Batch = Mapping[str, object]


def page(batches: Sequence[Batch], after: str | None) -> Sequence[Batch]:
    """Return the first page of what was created at `after` or later, as the API sees it."""
    if after is None:
        return batches[:PAGE]
    local = datetime.fromisoformat(after).replace(tzinfo=timezone.utc).astimezone()
    threshold = local.strftime("%Y-%m-%d %H:%M:%S")
    return [batch for batch in batches if str(batch["created_at"]) >= threshold][:PAGE]


@contextmanager
def serve(batches: Callable[[], Sequence[Batch]]) -> Iterator[str]:
    """Serve what `batches` returns, sorted by time, on a free port; yield the address."""

    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            body = json.dumps(page(batches(), query.get("after", [None])[0])).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/batches"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def sample_api(folder: Path) -> Iterator[str]:
    """Yield the address of the sample's API: of the one that is running, else of one served here.

    Raises `IngestError` where no sample was generated.
    """
    running = folder / ADDRESS
    if running.exists():
        address = running.read_text()
        try:
            requests.get(address, timeout=5).raise_for_status()
        except requests.RequestException:
            pass  # its stand-in was killed
        else:
            yield address
            return
    file = folder / "batches.json"
    if not file.exists():
        raise IngestError(
            "no batches API: give --batches-url URL, set batches_url under [sources.education] in "
            ".dlt/config.toml, or generate samples with `ingest samples`"
        )
    batches = json.loads(file.read_text())
    with serve(lambda: batches) as address:
        yield address
