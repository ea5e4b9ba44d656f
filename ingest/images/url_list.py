"""Reads a file of URLs: one a line, or CSV with a header that names `url` and maybe `title`."""

import csv
from collections.abc import Iterator
from pathlib import Path

from ingest.common.errors import IngestError


def read_url_list(path: Path) -> Iterator[tuple[str, str | None]]:
    """Yield each URL and its title, if known; blank lines hold none.

    A line that is no URL is yielded too: it becomes an outcome like any other. Raises
    `IngestError` where the file cannot be read or a CSV file lacks the column `url`.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
            lines = (line.replace("\0", "\\x00") for line in file)
            if path.suffix.lower() == ".csv":
                yield from _records(path, csv.reader(lines))
            else:
                yield from ((line.strip(), None) for line in lines if line.strip())
    except OSError as error:
        raise IngestError(f"{path} cannot be read: {error.strerror}") from error
    except csv.Error as error:
        raise IngestError(f"{path} is no CSV file: {error}") from error


def _records(path: Path, rows: Iterator[list[str]]) -> Iterator[tuple[str, str | None]]:
    header = [name.strip().lower() for name in next(rows, [])]
    if "url" not in header:
        raise IngestError(f"{path}, line 1: the header names no column `url`")
    url_at = header.index("url")
    title_at = header.index("title") if "title" in header else None
    for row in rows:
        if not any(field.strip() for field in row):
            continue
        if len(row) <= url_at:  # without a URL: as a whole it becomes an outcome
            yield ",".join(row), None
            continue
        title = row[title_at].strip() if title_at is not None and len(row) > title_at else ""
        yield row[url_at].strip(), title or None
