"""The files of the census: which are named, what each holds, what of it is landed."""

import glob
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.census.csv_records import read_header
from ingest.common.errors import IngestError
from ingest.common.paths import absolute
from ingest.landing.ledger import Run

LAST_CONTENTS = """
select origin_id, sha256, records_read from (
    select *, row_number() over (partition by origin_id order by run_id desc) as age
    from raw_census.files where _dlt_load_id in ({loads})
) as contents where age = 1
"""


@dataclass(frozen=True)
class NamedFile:
    """A file that was named, open behind its header; `address` is its absolute path as given."""

    path: Path
    address: str
    handle: BinaryIO
    sha256: str
    size: int


@dataclass(frozen=True)
class Content:
    """What is landed of a file."""

    sha256: str
    records: int


def last_contents(run: Run) -> dict[int, Content]:
    """Return what each origin was landed with last."""
    return {number: Content(*rest) for number, *rest in run.landed(LAST_CONTENTS)}


def named_paths(names: Sequence[Path]) -> list[Path]:
    """Return the paths that names and patterns mean, each once, in the order given.

    Raises `IngestError` where a pattern fits no file.
    """
    found: dict[str, Path] = {}
    for name in names:
        path = name.expanduser()
        paths = [path]
        if glob.has_magic(str(path)) and not path.exists():
            paths = [Path(match) for match in sorted(glob.glob(str(path)))]  # noqa: PTH207
        if not paths:
            raise IngestError(f"no file fits {name}")
        for each in paths:
            found.setdefault(absolute(each), each)
    return list(found.values())


@contextmanager
def open_files(paths: Sequence[Path], columns: Sequence[str]) -> Iterator[list[NamedFile]]:
    """Open files that have the header `columns`.

    Raises `IngestError` where one is missing, empty, no regular file or has another header.
    """
    with ExitStack() as stack:
        yield [_opened(stack, path, columns) for path in paths]


def _opened(stack: ExitStack, path: Path, columns: Sequence[str]) -> NamedFile:
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for its writer
            raise IngestError(f"{path} is not a regular file")
        handle = stack.enter_context(path.open("rb"))
    except OSError as error:
        raise IngestError(f"{path} cannot be read: {error.strerror}") from error
    read_header(handle, str(path), columns)
    return NamedFile(path, absolute(path), handle, *digest(handle))


def digest(file: BinaryIO) -> tuple[str, int]:
    """SHA-256 and size of the whole file; leaves the position where it was."""
    position = file.tell()
    found = hashlib.sha256()
    file.seek(0)
    while block := file.read(1 << 20):
        found.update(block)
    size = file.tell()
    file.seek(position)
    return found.hexdigest(), size
