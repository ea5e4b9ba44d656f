"""Attempts, pages and draws as rows of the raw tables."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from urllib.parse import unquote

import pyarrow as pa

from ingest.common.addresses import known_as, masked
from ingest.images.answers import Fetched
from ingest.images.candidates import Candidate
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
                *(run_id, a.candidate.draw, listing.address, a.candidate.known),
                *(_file_name(a.candidate.known), _title(a.candidate)),
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
        [(a.sha256, *astuple(a.picture), a.content) for a in made if a.picture is not None],
    )


def pages(
    run_id: int, listing: Origin, read: Iterable[tuple[Fetched, int]]
) -> tuple[str, pa.Table]:
    """Return the outcome of each directory page and its number of links."""
    rows = [
        (run_id, listing.address, known_as(page.url), *_outcome(page), links, listing.origin_id)
        for page, links in read
    ]
    return table("pages", rows)


def _outcome(fetched: Fetched) -> tuple[object, ...]:
    return (
        *(fetched.at, fetched.milliseconds, fetched.tries, fetched.status),
        *(fetched.error, _shown(fetched.detail), fetched.bytes),
    )


def _shown(text: str | None) -> str | None:
    """Return words of a host or a list without secrets, and as a text column takes them."""
    plain = (text or "").replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return masked(plain) or None


def _title(candidate: Candidate) -> str | None:
    return candidate.known if candidate.title == candidate.url else _shown(candidate.title)


def _file_name(url: str) -> str:
    path = url.partition("?")[0].partition("#")[0]
    return unquote(path.rsplit("/", 1)[-1]).replace("\0", "\ufffd")
