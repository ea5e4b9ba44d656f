"""An education platform under a test's control: a database, a log, and an API with its quirks."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ingest.education.batches import Batches
from ingest.education.source import EducationSource
from ingest.landing.ledger import Run
from ingest.landing.runner import run_source
from tests.conftest import Warehouse

Reply = tuple[int, bytes]
Answer = Callable[[str | None], Reply]


@contextmanager
def answering(answer: Answer, length: int | None = None) -> Iterator[str]:
    """Serve what `answer` makes of each `after`; `length` claims another length of the body."""

    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            after = parse_qs(urlsplit(self.path).query).get("after", [None])[0]
            status, body = answer(after)
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            if length is not None:
                self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/batches"
        server.shutdown()


def batch(number: int, second: float = 0.0, name: str | None = None) -> dict[str, Any]:
    minutes, seconds = divmod(second, 60)
    at = f"2026-11-21 07:{int(minutes):02}:{seconds:09.6f}"
    return {"id": number, "name": name or f"web-{number}", "created_at": at}


def body(records: Sequence[Any]) -> Reply:
    return 200, json.dumps(records).encode()


def api(
    batches: Sequence[dict[str, Any]], shift: timedelta = timedelta(), strict: bool = False
) -> Answer:
    """Answer as the upstream does, with `after` shifted by its time zone."""

    def _answer(after: str | None) -> Reply:
        found = batches
        if after is not None:
            assert len(after) == len("2026-11-21T07:42:48.138")
            moment = datetime.fromisoformat(after) + shift
            threshold = moment.strftime("%Y-%m-%d %H:%M:%S")
            found = [
                b
                for b in batches
                if (b["created_at"][:19] > threshold if strict else b["created_at"] >= threshold)
            ]
        return body(found[:100])

    return _answer


class Systems:
    """The three systems in a folder, and `ingest education` on them."""

    def __init__(self, warehouse: Warehouse, folder: Path, url: str) -> None:
        self.warehouse, self.url = warehouse, url
        self.database, self.log = folder / "students.db", folder / "test_runs.log"
        if not self.database.exists():
            self.sql(
                "create table students (id integer primary key autoincrement, name text,"
                " batch_id integer, created_at datetime)"
            )
        self.log.touch()

    def sql(self, statement: str, *values: object) -> None:
        with closing(sqlite3.connect(self.database)) as database, database:
            database.execute(statement, values)

    def student(self, batch_id: object = 1, name: object = "Ann") -> None:
        self.sql(
            "insert into students (name, batch_id, created_at) values (?, ?, ?)",
            *(name, batch_id, "2026-11-21 07:42:48.149016"),
        )

    def append(self, *lines: str | bytes) -> None:
        with self.log.open("ab") as log:
            for line in lines:
                log.write((line.encode() if isinstance(line, str) else line) + b"\n")

    def ingest(self) -> Run:
        """Land what is new, in this process; the command is tested with the whole flow."""
        return run_source(EducationSource(self.database, Batches(self.url), self.log))

    def landed_lines(self) -> list[str]:
        rows = self.warehouse.query(
            "select text from raw_education.log_lines order by file_id, byte_offset"
        )
        return [text for (text,) in rows]


def run(student: int, lesson: object = None, title: str | None = None, result: str = "1/1") -> str:
    named = [] if lesson is None else [f'"lesson_id": {json.dumps(lesson)}']
    named += [] if title is None else [f'"lesson_title": {json.dumps(title)}']
    return f'{{"result": "{result}", "student_id", {student}, {", ".join(named)}}}'
