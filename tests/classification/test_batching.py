"""The socket that reads and writes in large pieces, against a real one at the other end."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from ingest.classification.batching import AT_ONCE, Socket

FRAME = b"\x01\x00\x07\x00\x00\x00\x05hello\xce"  # type, channel, size, payload, end
READ = (1, 7, b"hello")


@pytest.fixture
def ends() -> Iterator[tuple[Socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = Socket(f"127.0.0.1:{server.getsockname()[1]}", 5)
        ours.connect()
        ours.flush()
        theirs, _ = server.accept()
        theirs.settimeout(5)
        assert theirs.recv(8, socket.MSG_WAITALL) == b"AMQP\x00\x00\x09\x01"
        with closing(ours), theirs:
            yield ours, theirs


@pytest.mark.parametrize("limit", [0, 0.01])
def test_a_frame_in_pieces_is_kept_over_every_time_limit(
    ends: tuple[Socket, socket.socket], limit: float
) -> None:
    ours, theirs = ends
    theirs.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in FRAME[:-1]:
        theirs.send(bytes([byte]))
        with pytest.raises(TimeoutError), ours.having_timeout(limit):
            ours.read_frame()
    theirs.sendall(FRAME[-1:] + FRAME * 2)
    assert [ours.read_frame() for _ in range(3)] == [READ] * 3


def test_what_is_written_goes_out_before_anything_is_awaited(
    ends: tuple[Socket, socket.socket],
) -> None:
    ours, theirs = ends
    ours.write(b"one")
    ours.write(memoryview(b"two"))
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)
    theirs.settimeout(5)
    with pytest.raises(TimeoutError), ours.having_timeout(0.01):
        ours.read_frame()
    assert theirs.recv(6, socket.MSG_WAITALL) == b"onetwo"

    ours.write(bytes(AT_ONCE))
    assert len(theirs.recv(AT_ONCE, socket.MSG_WAITALL)) == AT_ONCE


def test_the_end_of_the_connection_is_an_error(ends: tuple[Socket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.sendall(FRAME[:4])
    theirs.close()
    with pytest.raises(OSError, match="closed the connection"):
        ours.read_frame()
    assert not ours.connected
