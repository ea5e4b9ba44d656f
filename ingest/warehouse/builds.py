"""One dbt build at a time, and the ledger of builds, `raw_ledger.builds`.

The lock is held by a connection of the dbt process: it goes with the process, however that ends.
A build that a kill cut off stays `running` in the ledger until the next one, which holds the lock
and so knows better.
"""

import hashlib
import os
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from psycopg2.extensions import connection as Connection

from ingest.common.errors import IngestError
from ingest.common.paths import ROOT
from ingest.warehouse import connect, locks

WAIT = 120.0  # seconds that a second build waits; WAREHOUSE_BUILD_WAIT sets another number
LOCK = "build_lock"
INTERRUPTED = """
update raw_ledger.builds set outcome = 'interrupted', finished_at = clock_timestamp()
where outcome = 'running'
"""
BEGIN = """
insert into raw_ledger.builds (invocation_id, command, is_whole, project_version)
values (%s, %s, %s, %s)
"""
PUBLISHED = """
select is_whole, loads from raw_ledger.builds
where outcome = 'published' and project_version = %s order by build_id
"""
LANDED = """
select md5(string_agg(distinct load_id, ',' order by load_id))
from raw_{source}._dlt_loads where status = 0
"""
SINCE = """
select to_char(max(started_at), 'HH24:MI:SS TZ') from raw_ledger.builds where outcome = 'running'
"""


def hold_lock() -> Connection:
    """Return a connection that holds the lock on building, until it is closed.

    Waits for a build that is under way, and says so. Raises `IngestError` where it takes longer
    than `WAREHOUSE_BUILD_WAIT` seconds, by default 120.
    """
    holder = locks.hold("transformer", LOCK)
    if holder:
        return holder
    with closing(connect.connect("transformer")) as ledger, ledger.cursor() as cursor:
        cursor.execute(SINCE)
        ((since,),) = cursor.fetchall()
    seconds = _seconds_to_wait()
    told = f"another build is under way{f' since {since}' if since else ''}"
    print(f"{told}; waiting for it, at most {seconds:g} s", flush=True)
    holder = locks.hold("transformer", LOCK, seconds)
    if not holder:
        raise IngestError(f"{told}, for longer than {seconds:g} s: try again later")
    return holder


def begin(invocation_id: str, command: str, is_whole: bool) -> None:
    """Write the ledger row of the build that begins; call it while the lock is held."""
    with closing(connect.connect("transformer")) as ledger, ledger, ledger.cursor() as cursor:
        cursor.execute(INTERRUPTED)
        cursor.execute(BEGIN, [invocation_id, command, is_whole, project_version()])


def stale_sources(sources: Iterable[str]) -> list[str] | None:
    """Return the sources of which something is landed that no build has published.

    None where everything is to be built: the project changed, or was never built whole.
    """
    with closing(connect.connect("transformer")) as ledger, ledger.cursor() as cursor:
        cursor.execute(PUBLISHED, [project_version()])
        builds = cursor.fetchall()
        if not any(is_whole for is_whole, _ in builds):
            return None
        published: dict[str, str] = {}
        for _, loads in builds:
            published.update(loads or {})
        stale = []
        for source in sources:
            cursor.execute(LANDED.replace("{source}", source))
            ((landed,),) = cursor.fetchall()
            if landed != published.get(source):
                stale.append(source)
        return stale


def project_version() -> str:
    """Return what changes with every change of the dbt project, in hex."""
    digest = hashlib.sha256()
    for path in _project_files():
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _project_files() -> Iterable[Path]:
    yield ROOT / "dbt_project.yml"
    yield from sorted(path for path in (ROOT / "dbt_project").rglob("*") if path.is_file())


def _seconds_to_wait() -> float:
    given = os.environ.get("WAREHOUSE_BUILD_WAIT") or str(WAIT)
    try:
        return float(given)
    except ValueError:
        raise IngestError(f"WAREHOUSE_BUILD_WAIT is {given!r}, not a number of seconds") from None
