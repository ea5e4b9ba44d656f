"""Ctrl-C: the command ends, with one line and exit status 130, whatever it is doing.

Nothing is undone: a kill at any moment loses nothing, so neither does this. A thread listens,
since the main one may be inside a query, or a library that keeps signals to itself.
"""

import atexit
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from types import FrameType

STATUS = 130
LINE = "stopped by Ctrl-C\n"
SECONDS = 1.5  # that what runs until stopped may take to close its books

_deeds: list[Callable[[], object]] = []
_leaving = Event()
_watching = False


def watch() -> None:
    """Let Ctrl-C end the process from here on; call it in the main thread, again if need be.

    Whoever started the command with the signal ignored, as `nohup` does, keeps it ignored.
    """
    global _watching
    _open_standard_files()
    if _watching or signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        return
    _watching = True
    listen, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.signal(signal.SIGINT, _hear)
    atexit.register(_let_it_end)  # what ends by itself meanwhile was stopped all the same
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    Thread(target=_listen, args=[listen, _terminal()], daemon=True).start()


@contextmanager
def before_leaving(deed: Callable[[], object]) -> Iterator[None]:
    """Have something done first, should Ctrl-C come meanwhile."""
    _deeds.append(deed)
    try:
        yield
    finally:
        _let_it_end()
        _deeds.remove(deed)


def _hear(_number: int, _frame: FrameType | None) -> None:
    """Note it, and no more: Python tells the thread of signals that have a handler."""
    _leaving.set()


def _let_it_end() -> None:
    """Once Ctrl-C was pressed, leave it to the thread that listens to end the process."""
    if _leaving.is_set():
        time.sleep(4 * SECONDS)
        os._exit(STATUS)  # nobody listens any more


def _listen(source: int, terminal: Callable[[], None]) -> None:
    while heard := os.read(source, 1):
        if heard[0] == signal.SIGINT:
            Thread(target=_leave, args=[terminal], daemon=True).start()
            while os.read(source, 1)[0] != signal.SIGINT:
                pass
            os._exit(STATUS)  # the second time


def _leave(terminal: Callable[[], None]) -> None:
    for deed in tuple(_deeds):
        with suppress(Exception):
            deed()
    with suppress(OSError):
        terminal()
        os.write(2, LINE.encode())
    os._exit(STATUS)


def _terminal() -> Callable[[], None]:
    """Return what puts the terminal back as it is now, whatever a prompt or a bar makes of it."""
    if not (os.isatty(0) and os.isatty(2)):
        return lambda: None
    import termios

    before = termios.tcgetattr(0)

    def _back() -> None:
        termios.tcsetattr(0, termios.TCSANOW, before)
        os.write(2, b"\r\x1b[2K\x1b[?25h")  # the line of the bar away, the cursor back

    return _back


def _open_standard_files() -> None:
    """Open what was closed among input, output and errors: else a socket takes its number."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or sys.stdout  # an error is told, wherever
