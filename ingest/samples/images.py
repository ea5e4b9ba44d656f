"""A sample image host: a few thousand invented thumbnails, and the quirks of a real host.

The folder may be served by anything (`python -m http.server`, nginx); `host` serves it for the
time of one run, with slow answers and answers that come at the second request only.
"""

import io
import random
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import rmtree

from PIL import Image

HOST = "images.test"
SEED = 64
SUBDIRECTORIES = 24
IMAGES = 3_000
BUSY_SHARE = 0.02  # of the files are answered with 503 when first asked for


def generate(folder: Path) -> Iterator[Path]:
    """Write the thumbnails into subdirectories; the same content on every machine."""
    beside = folder.with_name(f".{folder.name}")
    rmtree(beside, ignore_errors=True)
    numbers = random.Random(SEED)
    for number in range(IMAGES):
        shelf = beside / f"shelf-{number % SUBDIRECTORIES:02d}"
        if number % 3 == 0:
            shelf = shelf / "inner"
        shelf.mkdir(parents=True, exist_ok=True)
        _write(shelf, number, numbers)
    beside.rename(folder)
    yield folder


def _write(shelf: Path, number: int, numbers: random.Random) -> None:
    ending = "jpg" if number % 5 == 0 else "png"
    picture = _picture(numbers, ending)
    path = shelf / f"{'slow' if number % 500 == 1 else 'thumbnail'}-{number:05d}.{ending}"
    if number % 100 == 40:  # cut off in the middle
        path.write_bytes(picture[: len(picture) // 2])
    elif number % 100 == 60:  # a page that says it is an image
        path.write_bytes(b"<!doctype html><title>404 Not Found</title>")
    elif number % 250 == 70:
        path.write_bytes(b"")
    elif number % 100 == 80:  # listed, and not there
        path.symlink_to("nowhere")
    elif number % 50 == 25:  # under two names
        path.write_bytes(picture)
        path.with_name(f"copy-of-{path.name}").write_bytes(picture)
    else:
        path.write_bytes(picture)


def _picture(numbers: random.Random, ending: str) -> bytes:
    small = Image.frombytes("RGB", (6, 6), numbers.randbytes(108))
    file = io.BytesIO()
    small.resize((64, 64), Image.Resampling.BICUBIC).save(
        file, "JPEG" if ending == "jpg" else "PNG"
    )
    return file.getvalue()


@contextmanager
def inputs(folder: Path) -> Iterator[Mapping[str, object]]:
    """Serve the folder; its address is the same at whatever port it is served."""
    with host(folder) as port:
        yield {"url": f"http://{HOST}/", "served_here": (HOST, port)}


@contextmanager
def host(folder: Path) -> Iterator[int]:
    """Serve the sample folder on a free port of 127.0.0.1; yield the port."""
    busy: dict[str, bool] = {}
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_SampleHandler, busy, directory=str(folder))
    )
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


class _SampleHandler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, busy: dict[str, bool], *args: object, **kwargs: object) -> None:
        self._busy = busy
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Serve a file as `python -m http.server` does, but for the quirks."""
        name = self.path.rsplit("/", 1)[-1]
        if name.startswith("slow"):
            time.sleep(0.3)
        if self.path not in self._busy:
            self._busy[self.path] = random.Random(self.path).random() < BUSY_SHARE
            if self._busy[self.path] and name:
                self.send_response(503)
                self.send_header("Content-Length", "0")
                self.send_header("Retry-After", "0")
                self.end_headers()
                return
        super().do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing: the run tells what came of each request."""
