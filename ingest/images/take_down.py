"""Takes images down: a tombstone for each content and URL, then its bytes go, here and everywhere.

    raw_images.take_downs   one row for each content taken down and URL that brought it

The tombstone is landed first and is never deleted: what comes later is judged by it. The bytes go
once it is complete; where a kill comes between, the next run of any kind removes them.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pyarrow as pa

from ingest.common.addresses import known_as, masked
from ingest.common.errors import IngestError
from ingest.common.words import counted
from ingest.images.tables import RAW_SCHEMA, TABLES
from ingest.landing.ledger import Run
from ingest.warehouse import builds, raw_schemas, roles
from ingest.warehouse.raw_schemas import RawSchema
from ingest.warehouse.raw_tables import rows

if TYPE_CHECKING:
    from psycopg2.extensions import cursor as Cursor

SHA256 = re.compile("[0-9a-f]{64}")
BROUGHT = """
select distinct sha256, url from raw_images.attempts
where error is null and _dlt_load_id in ({loads})
"""
# An image that was published outlives what was landed of a retired listing until the next build
PUBLISHED = "select sha256, url from marts.images"
TAKEN_DOWN = "select sha256, url from raw_images.take_downs where _dlt_load_id in ({loads})"


@dataclass
class TakeDown:
    """The image with a SHA-256, or every image that was fetched from a URL."""

    url_or_sha256: str
    because: str | None = None
    raw_schema: RawSchema = RAW_SCHEMA

    def read(self, run: Run) -> Iterator[tuple[str, pa.Table]]:
        """Yield the tombstones that are not there yet.

        Raises `IngestError` where no image of this URL or SHA-256 was ever landed.
        """
        remove_bytes(run)
        given = _text(self.url_or_sha256).strip()
        name, column = known_as(given), "url"
        if SHA256.fullmatch(name.lower()):
            name, column = name.lower(), "sha256"
        names = [name, given]  # as addresses were landed before secrets were left out
        told_before = run.landed(f"{TAKEN_DOWN} and {column} = any(%s)", names)
        known = {sha256 for sha256, _ in _brought(run, column, names)}
        if not known and not told_before:
            raise IngestError(f"no image was landed from {name or 'an empty URL'}")
        found = known - {sha256 for sha256, _ in run.landed(TAKEN_DOWN)}
        run.units_read += len(known)
        if not found:
            run.note(f"{name} is taken down already")
            return
        brought = sorted(_brought(run, "sha256", sorted(found)))
        because = masked(_text(self.because or "").strip()) or None
        told = (because, run.run_id, datetime.now(timezone.utc))
        yield "take_downs", rows(TABLES["take_downs"], [(*pair, *told) for pair in brought])
        run.outcome = "taken down"
        urls = ", ".join(sorted({url for _, url in brought}))
        run.note(f"{counted(len(found), 'image')} that came from {urls}; never fetched again")

    def loaded(self, run: Run) -> bool:
        """Remove the bytes of what is taken down; there is one load only."""
        remove_bytes(run)
        return False

    def close(self) -> None:
        """Let go of nothing: nothing is kept open."""


def _brought(run: Run, column: str, values: list[str]) -> set[tuple[str, str]]:
    """Return each content that was fetched, with the URLs that brought it."""
    found = set(run.landed(f"{BROUGHT} and {column} = any(%s)", values))
    with run.warehouse, run.warehouse.cursor() as cursor:
        if "marts.images" in _published(cursor):
            cursor.execute(f"{PUBLISHED} where {column} = any(%s)", [values])
            found.update(cursor.fetchall())
    return found


def remove_bytes(run: Run) -> None:
    """Remove what is left of the bytes of all that is taken down, and files of a run cut off.

    To be called while no load is under way, and after what was pending is loaded.
    """
    for file in (raw_schemas.pending() / run.source).rglob("*.parquet"):
        file.unlink()
    gone = [sha256 for sha256, _ in run.landed(TAKEN_DOWN)]
    if not gone or not _are_somewhere(run, gone):
        return
    # A build that is under way may hold the bytes already: it ends first, and none begins.
    with closing(builds.hold_lock()), run.warehouse, run.warehouse.cursor() as cursor:
        cursor.execute("delete from raw_images.contents where sha256 = any(%s)", [gone])
        cursor.execute(f"set local role {roles.named('transformer')}")
        for table in _published(cursor):
            cursor.execute(f"delete from {table} where sha256 = any(%s)", [gone])  # noqa: S608


def _are_somewhere(run: Run, gone: list[str]) -> bool:
    with run.warehouse, run.warehouse.cursor() as cursor:
        for table in ("raw_images.contents", *_published(cursor)):
            found = f"select from {table} where sha256 = any(%s) limit 1"
            cursor.execute(f"set local role {roles.named('transformer')}")
            cursor.execute(found, [gone])
            if cursor.rowcount:
                return True
    return False


def _published(cursor: "Cursor") -> list[str]:
    """Return the tables above raw that hold bytes: what is published, what a failed build left."""
    cursor.execute(f"set local role {roles.named('transformer')}")
    tables = ["marts.images", "building.images"]
    cursor.execute(
        "select name from unnest(%s) as name where to_regclass(name) is not null", [tables]
    )
    return [name for (name,) in cursor.fetchall()]


def _text(given: str) -> str:
    # A shell hands on bytes that are no text
    return given.encode("utf-8", "replace").decode().replace("\0", "")
