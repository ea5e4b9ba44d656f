"""Hosts of tests: a raw one that may answer anything, nginx, and `python -m http.server`."""

import io
import os
import shutil
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.request import urlopen

from PIL import Image

from tests.conftest import free_port
from tests.optional import need

Answer = Callable[[BinaryIO, int], None]
"""Writes a raw answer; is told how often this path was asked for, from 1."""


def png(number: int = 0, size: tuple[int, int] = (8, 8)) -> bytes:
    """An image of its own for each number."""
    file = io.BytesIO()
    image = Image.new("RGB", size, (number % 256, number // 256 % 256, number // 65536))
    image.save(file, "PNG")
    return file.getvalue()


def answer(body: bytes, status: str = "200 OK", headers: str = "") -> Answer:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode()
    return lambda out, _nth: out.write(head + body) and None


def redirect(to: str) -> Answer:
    return answer(b"", "302 Found", f"Location: {to}\r\n")


def page(*hrefs: str) -> Answer:
    return answer("".join(f'<a href="{href}">{href}</a>\n' for href in hrefs).encode())


class RawHost:
    """Answers each path as told, 404 else; counts what it was asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.heads: list[tuple[str, str | None]] = []  # path, and who asked
        self.agents: list[str | None] = []
        self.otherwise: Callable[[str], Answer] = lambda _path: answer(b"", "404 Not Found")
        host = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while line := self.rfile.readline():
                    path = line.split()[1].decode()
                    said = {}
                    while header := self.rfile.readline().strip():
                        name, _, value = header.decode().partition(":")
                        said[name.lower()] = value.strip()
                    host.asked.append(path)
                    host.heads.append((path, said.get("authorization")))
                    host.agents.append(said.get("user-agent"))
                    reply = host.answers.get(path) or host.otherwise(path)
                    reply(self.wfile, host.asked.count(path))  # type: ignore[arg-type]

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: Any) -> None:
                """Nothing to tell: a client that hangs up is what many tests want."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@contextmanager
def raw_host() -> Iterator[RawHost]:
    host = RawHost()
    try:
        yield host
    finally:
        host.server.shutdown()
        host.server.server_close()


@contextmanager
def python_server(folder: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with serving([*command, "--directory", str(folder)], port) as url:
        yield url


NGINX = """
daemon off; worker_processes 1; pid {work}/pid; error_log {work}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off; keepalive_requests 100000; {temporary}
    server {{ listen 127.0.0.1:{port}; root {folder}; autoindex on; {extra} }}
}}
"""


@contextmanager
def nginx(folder: Path, work: Path, extra: str = "") -> Iterator[str]:
    need("nginx", shutil.which("nginx") is not None)
    work.mkdir(parents=True, exist_ok=True)
    port = free_port()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {work}/{kind};" for kind in kinds)
    conf = work / "nginx.conf"
    conf.write_text(
        NGINX.format(work=work, folder=folder, port=port, temporary=temporary, extra=extra)
    )
    # As root nginx hands its workers to another user, who may not pass the test's folders.
    as_root = ["-g", "user root;"] if os.geteuid() == 0 else []
    with serving(["nginx", "-c", str(conf), *as_root], port) as url:
        yield url


@contextmanager
def serving(command: list[str], port: int) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}/"
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                urlopen(url).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()
