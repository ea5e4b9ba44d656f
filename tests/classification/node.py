"""A RabbitMQ of the tests' own, to be limited, starved and restarted; a network that goes silent.

It takes some ten seconds to start, so one serves a whole session. Skipped with one line where no
`rabbitmq-server` is installed.
"""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import amqp
import pytest

from tests.classification.conftest import wait_for
from tests.optional import need

PROGRAMS = Path("/usr/lib/rabbitmq/bin")  # Debian's wrappers on the path become another user
LARGEST_MESSAGE = 1 << 20


class Node:
    """A node that takes messages of at most 1 MiB; over TLS, from clients with a certificate."""

    def __init__(self, folder: Path) -> None:
        self.port, self.tls_port, distribution = free_port(), free_port(), free_port()
        self.name = f"test{self.port}@localhost"
        # Erlang takes no certificate of a client that signs itself.
        self.authority, its_key = certificate(folder, name="authority")
        signed_by = ("-CA", str(self.authority), "-CAkey", str(its_key))
        self.certificate, self.key = certificate(folder, *signed_by)
        (folder / "rabbitmq.conf").write_text(
            f"max_message_size = {LARGEST_MESSAGE}\n"
            f"listeners.ssl.1 = 127.0.0.1:{self.tls_port}\n"
            f"ssl_options.cacertfile = {self.authority}\n"
            f"ssl_options.certfile = {self.certificate}\n"
            f"ssl_options.keyfile = {self.key}\n"
            "ssl_options.verify = verify_peer\n"
            "ssl_options.fail_if_no_peer_cert = true\n"
        )
        (folder / "plugins").write_text("[].\n")
        (folder / ".erlang.cookie").write_text(os.urandom(16).hex())
        (folder / ".erlang.cookie").chmod(0o400)
        self.env = {
            **os.environ,
            "HOME": str(folder),
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_SERVER_START_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
        }
        quiet = subprocess.DEVNULL
        server = [str(PROGRAMS / "rabbitmq-server")]
        self.process = subprocess.Popen(server, env=self.env, stdin=quiet, stdout=quiet)

    def url(self, user: str = "guest", password: str = "guest", port: int = 0) -> str:
        return f"amqp://{user}:{password}@127.0.0.1:{port or self.port}//"

    def answers(self) -> bool:
        with suppress(OSError), self.connection():
            return True
        return False

    def connection(self) -> amqp.Connection:
        connection = amqp.Connection(f"127.0.0.1:{self.port}")
        connection.connect()
        return connection

    def control(self, *args: str) -> None:
        program = str(PROGRAMS / "rabbitmqctl")
        subprocess.run([program, "-q", "-n", self.name, *args], env=self.env, check=True)

    def stop(self) -> None:
        try:
            self.control("stop")
        finally:
            self.process.terminate()
            self.process.wait(timeout=60)


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    need("rabbitmq-server", (PROGRAMS / "rabbitmq-server").exists() and bool(shutil.which("erl")))
    with TemporaryDirectory() as folder:
        node = Node(Path(folder))
        try:
            wait_for(node.answers)
            yield node
        finally:
            node.stop()


class Proxy:
    """Passes bytes on to a port of this machine until it is told to go silent."""

    def __init__(self, port: int) -> None:
        self.target, self.silent = port, threading.Event()
        self.open: list[socket.socket] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.server.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                self.open += [client, server]
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while not self.silent.is_set() and (data := one.recv(1 << 16)):
                if not self.silent.is_set():
                    other.sendall(data)
            if not self.silent.is_set():
                other.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        for each in (proxy.server, *proxy.open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def certificate(folder: Path, *signed_by: str, name: str = "localhost") -> tuple[Path, Path]:
    """Make a certificate of a host, by default one that signs itself, and its key."""
    need("openssl", bool(shutil.which("openssl")))
    key, made = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", *signed_by),
            *("-keyout", str(key), "-out", str(made)),
        ],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return made, key


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        return int(free.getsockname()[1])
