"""The files of the census: which are named, what each holds, what of it is landed."""

import glob
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.census.csv_records import read_header
from ingest.census.file_kinds import opened_as_text
from ingest.common.errors import IngestError
from ingest.common.paths import absolute, path_text
from ingest.landing.ledger import Run

LAST_CONTENTS = """
select origin_id, sha256, records_read, read_as from (
    select *, row_number() over (partition by origin_id order by run_id desc) as age
    from raw_census.files where _dlt_load_id in ({loads})
) as contents where age = 1
"""


PLAIN = "UTF-8, separated by commas"
NAMES = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class NamedFile:
    """A file that was named, open behind its header; `address` is its absolute path as given.

    `text` reads it as UTF-8, `handle` its bytes; `read_as` says how, which also is part of what
    tells a content: with another encoding or separator the same bytes are another one.
    """

    path: Path
    address: str
    handle: BinaryIO
    text: BinaryIO
    separator: str
    read_as: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Content:
    """What is landed of a file."""

    sha256: str
    records: int
    read_as: str | None  # none where it was landed before this was noted


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
            raise IngestError(f"no file fits {path_text(name)}")
        for each in paths:
            found.setdefault(absolute(each), each)
    return list(found.values())


@contextmanager
def open_files(
    paths: Sequence[Path], columns: Sequence[str], encoding: str | None, separator: str | None
) -> Iterator[list[NamedFile]]:
    """Open files that have the header `columns`; encoding and separator overrule what they show.

    Raises `IngestError` where one is missing, empty, no regular file or has another header.
    """
    with ExitStack() as stack:
        yield [_opened(stack, path, columns, encoding, separator) for path in paths]


def _opened(
    stack: ExitStack,
    path: Path,
    columns: Sequence[str],
    encoding: str | None,
    separator: str | None,
) -> NamedFile:
    shown = path_text(path)
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for its writer
            raise IngestError(f"{shown} is not a regular file")
        handle = stack.enter_context(path.open("rb"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise IngestError(f"{shown} cannot be read: {reason}") from error
    sha256, size = digest(handle)
    text, kinds = opened_as_text(handle, shown, encoding)
    found = read_header(text, shown, columns, separator)
    if found != ",":
        kinds.append(f"separated by {NAMES.get(found, found)}")
    return NamedFile(
        path, absolute(path), handle, text, found, ", ".join(kinds) or PLAIN, sha256, size
    )


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
