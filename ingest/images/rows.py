"""Attempts, pages and draws as rows of the raw tables."""

from collections.abc import Iterable, Sequence
from urllib.parse import unquote

import pyarrow as pa

from ingest.images.answers import Fetched
from ingest.images.download import Attempt
from ingest.images.tables import TABLES
from ingest.landing.origins import Origin
from ingest.warehouse import raw_tables


def table(name: str, rows: Sequence[Sequence[object]]) -> tuple[str, pa.Table]:
    """Return rows, their values in the order of the raw table's columns, as the runner takes it."""
    return name, raw_tables.rows(TABLES[name], rows)


def attempts(run_id: int, listing: Origin, made: Iterable[Attempt]) -> tuple[str, pa.Table]:
    """Return the outcome of each attempt."""
    return table(
        "attempts",
        [
            (
                *(run_id, a.candidate.draw, listing.address, a.candidate.url),
                *(_file_name(a.candidate.url), a.candidate.title),
                *_outcome(a.fetched),
                *(a.sha256, listing.origin_id),
            )
            for a in made
        ],
    )


def contents(made: Iterable[Attempt]) -> tuple[str, pa.Table]:
    """Return the bytes of each attempt that gave an image."""
    return table(
        "contents",
        [
            (a.sha256, a.picture.format, a.picture.width, a.picture.height, a.content)
            for a in made
            if a.picture is not None
        ],
    )


def pages(
    run_id: int, listing: Origin, read: Iterable[tuple[Fetched, int]]
) -> tuple[str, pa.Table]:
    """Return the outcome of each directory page and its number of links."""
    rows = [
        (run_id, listing.address, page.url, *_outcome(page), links, listing.origin_id)
        for page, links in read
    ]
    return table("pages", rows)


def _outcome(fetched: Fetched) -> tuple[object, ...]:
    # A host's own words may hold what no text column takes
    detail = (fetched.detail or "").replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return (
        *(fetched.at, fetched.milliseconds, fetched.tries, fetched.status),
        *(fetched.error, detail or None, fetched.bytes),
    )


def _file_name(url: str) -> str:
    path = url.partition("?")[0].partition("#")[0]
    return unquote(path.rsplit("/", 1)[-1]).replace("\0", "\ufffd")
