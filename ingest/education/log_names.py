"""Finds the files of a log: the path, and what rotation left beside it and its link's target.

    test_runs.log.1  test_runs.log.2026-11-26  test_runs-20261126.log  test_runs.log.1764230400.gz

Numbers and dates stand before the ending or after it; a packed file is unpacked into a temporary
one, so that any byte of it can be read.
"""

import bz2
import gzip
import lzma
import os
import re
import shutil
import stat
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from ingest.common.errors import IngestError
from ingest.education.log_files import LogFile

STAMP = r"[._-][0-9]+(?:[T._:-]?[0-9]+)*Z?"  # a number, a date, a second since 1970
Note = Callable[[str], None]


@contextmanager
def open_files(path: Path, note: Note = lambda _text: None) -> Iterator[Sequence[LogFile]]:
    """Open the log and what rotation left of it, oldest first, each file once.

    What cannot be read beside the log is noted and passed over. Raises `IngestError` where the log
    itself or its folder cannot be read.
    """
    with ExitStack() as stack:
        try:
            # The current one first: should it be rotated meanwhile, it is found again and left out.
            opened = [_open(stack, path, is_current=True)]
            others = list(_beside(path))
        except OSError as error:
            name = error.filename or path
            raise IngestError(f"{name} cannot be read: {error.strerror or error}") from error
        for other in others:
            try:
                opened.append(_open(stack, other, is_current=False))
            except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
                note(f"{other} cannot be read and is passed over: {_reason(error)}")
        files: dict[tuple[str, str], LogFile] = {}
        for file in opened:
            if file is not None:
                files.setdefault((file.device, file.inode), file)
        yield sorted(files.values(), key=lambda file: (file.is_current, file.modified))


def is_rotated(name: str, of: str) -> bool:
    """Whether a file of this name is what rotation makes of a log of the name `of`."""
    stem, dot, ending = of.rpartition(".")
    before = rf"|{re.escape(stem)}{STAMP}{re.escape(dot + ending)}" if stem else ""
    pattern = rf"(?:{re.escape(of)}{STAMP}{before})(?:\.(?:gz|bz2|xz|zst))?"
    return re.fullmatch(pattern, name) is not None


def _beside(path: Path) -> Iterator[Path]:
    target = Path(os.path.realpath(path))
    for log in dict.fromkeys((path, target)):
        if log.parent.is_dir():
            found = sorted(log.parent.iterdir())
            yield from (other for other in found if is_rotated(other.name, log.name))


def _open(stack: ExitStack, path: Path, is_current: bool) -> LogFile | None:
    """Open a file; None where there is none, or where something else bears the name of one."""
    try:
        if not is_current and not stat.S_ISREG(path.stat().st_mode):
            return None  # a pipe would be waited for
        handle: IO[bytes] = stack.enter_context(path.open("rb"))
    except FileNotFoundError:
        return None
    found = os.fstat(handle.fileno())
    size = found.st_size
    if path.suffix in PACKED and not is_current:
        plain = stack.enter_context(TemporaryFile())  # noqa: SIM115 - the stack closes it
        with PACKED[path.suffix](handle) as packed:
            shutil.copyfileobj(packed, plain, 1 << 20)
        size, handle = plain.tell(), plain
    where = (str(found.st_dev), str(found.st_ino))
    return LogFile(path, handle, *where, size, is_current, found.st_mtime_ns)


def _zstd(handle: IO[bytes]) -> Any:
    import pyarrow as pa

    return pa.CompressedInputStream(pa.PythonFile(handle, "r"), "zstd")


PACKED: dict[str, Callable[[IO[bytes]], Any]] = {
    ".gz": lambda handle: gzip.GzipFile(fileobj=handle),
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
    ".zst": _zstd,
}


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
