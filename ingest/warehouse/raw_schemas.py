"""The raw schemas: roles, empty tables, and the dlt pipelines that load into them."""

import hashlib
import os
from collections.abc import Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psycopg2

from ingest.common.errors import IngestError
from ingest.common.paths import ROOT, home
from ingest.warehouse import connect, roles
from ingest.warehouse.raw_tables import ORIGINS, Tables, arrow_schema

if TYPE_CHECKING:
    import dlt
    from psycopg2.extensions import cursor as Cursor

SETUP = Path(__file__).with_name("setup.sql")
SETUP_WAIT = 120  # seconds
OLDEST = 160000  # version of PostgreSQL
DONE = "select part, version from raw_ledger.setup"

DLT_SETTINGS = {
    "DLT_PROJECT_DIR": str(ROOT),
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",  # every error reaches the user as an exception anyway
    "LOAD__DELETE_COMPLETED_JOBS": "true",  # what is landed is in Postgres, and there alone
    "RESTORE_FROM_DESTINATION": "false",  # what is landed already is asked in SQL
    "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "true",
    "DATA_WRITER__BUFFER_MAX_ITEMS": "1",  # a chunk is written at once: memory stays a chunk's
    "DATA_WRITER__FILE_MAX_ITEMS": "250000",  # several files load side by side
    "DATA_WRITER__FILE_MAX_BYTES": "67108864",
}
FILES_AT_ONCE = 2  # files of a load that are copied into the server side by side


@dataclass(frozen=True)
class RawSchema:
    """What a source lands in: the schema `raw_<source>` and its tables, `origins` among them.

    Rows that carry an `origin_id` count while that origin counts. `superseded` holds, by table,
    the SQL condition of rows that do not count for another reason, a later version say; in it
    `{loads}` stands for the complete loads and `{before}` for the moment up to which they go.
    `extra` is SQL that runs once the tables are there: what dlt cannot say, such as indexes.
    """

    source: str
    own_tables: Tables
    extra: str = ""
    superseded: Mapping[str, str] = field(default_factory=dict)

    @property
    def tables(self) -> Tables:
        """Every raw table of the source."""
        return {**self.own_tables, "origins": ORIGINS}

    @property
    def version(self) -> str:
        """What changes with every change of the declaration or of the set-up itself."""
        tables = [(name, list(columns.items())) for name, columns in self.tables.items()]
        declared = roles.fill(SETUP.read_text()) + repr(tables) + self.extra
        return hashlib.sha256(declared.encode()).hexdigest()


def prepare(*schemas: RawSchema) -> None:
    """Make roles, schemas and empty raw tables, so that dbt builds before anything is landed.

    Costs one query where this version of the project has done it already.
    """
    versions = {schema.source: schema.version for schema in schemas}
    with closing(connect.connect()) as warehouse, warehouse, warehouse.cursor() as cursor:
        if versions.items() <= _done(cursor).items():
            return
        if warehouse.server_version < OLDEST:
            raise IngestError(
                f"the server is PostgreSQL {warehouse.server_version // 10000}: "
                f"the warehouse needs {OLDEST // 10000} or newer; nothing was made in it"
            )
        _alone(cursor)
        raw = ",".join(f"raw_{name}" for name in ("ledger", *versions))
        cursor.execute("select set_config('warehouse.raw_schemas', %s, true)", [raw])
        try:
            cursor.execute(roles.fill(SETUP.read_text()))
        except psycopg2.errors.InsufficientPrivilege as error:
            raise IngestError(
                f"{error.diag.message_primary}: the login needs more rights, or an administrator "
                "prepares the server; docs/own-postgresql.md has the statements"
            ) from error
        warehouse.commit()
        done = _done(cursor)
        for schema in schemas:
            if done.get(schema.source) == versions[schema.source]:
                continue
            _make_tables(cursor, schema)
            cursor.execute("delete from raw_ledger.setup where part = %s", [schema.source])
            row = [schema.source, versions[schema.source]]
            cursor.execute("insert into raw_ledger.setup values (%s, %s)", row)


def _alone(cursor: "Cursor") -> None:
    """Keep others from setting up as long as the connection lives."""
    cursor.execute(f"set lock_timeout = '{SETUP_WAIT}s'")
    try:
        cursor.execute("select pg_advisory_lock(hashtext('ingest.setup'))")
    except psycopg2.errors.LockNotAvailable as error:
        raise IngestError(
            f"another command has been setting up the warehouse for {SETUP_WAIT} s: try again later"
        ) from error
    cursor.execute("reset lock_timeout")


def _done(cursor: "Cursor") -> Mapping[str, str]:
    """Return the version of each raw schema that is set up."""
    cursor.execute("select to_regclass('raw_ledger.setup') is not null")
    if cursor.fetchone() != (True,):
        return {}
    cursor.execute(DONE)
    return dict(cursor.fetchall())


def _make_tables(cursor: "Cursor", schema: RawSchema) -> None:
    # In a folder of its own: an extract of nothing would stay behind as a pending load.
    with TemporaryDirectory() as folder:
        empty = pipeline(schema.source, folder)
        empty.extract([], table_name="nothing", schema=dlt_schema(schema))
        empty.sync_schema()
    if schema.extra:
        role = roles.named("loader")
        cursor.execute(f"set local role {role}; {schema.extra}; reset role")


def pipeline(source: str, folder: str | None = None) -> "dlt.Pipeline":
    """Return the dlt pipeline that loads into the raw schema of `source`.

    Its pending loads are kept in `folder`, by default one of this server's own, so that none of
    them ever reaches another server.
    """
    os.environ.update(DLT_SETTINGS | {"DLT_DATA_DIR": str(home() / "dlt")})
    import dlt
    from dlt.common.configuration.utils import get_resolved_traces
    from dlt.common.runtime import signals

    # dlt keeps a note of every setting it looks up, a megabyte a round, for a trace nobody reads.
    get_resolved_traces().logging_enabled = False
    # A run may be killed at any moment, so it does not wait for jobs to end.
    signals.intercepted_signals = nullcontext  # type: ignore[assignment]
    return dlt.pipeline(
        pipeline_name=source,
        pipelines_dir=folder or str(pending()),
        destination=dlt.destinations.postgres(connect.url("loader"), create_indexes=False),
        dataset_name=f"raw_{source}",
    )


def pending() -> Path:
    """Return the folder of the loads that are on their way to this server, one folder a source."""
    to = connect.parameters()
    server = hashlib.sha256(f"{to['host']}:{to['port']}/{to['dbname']}".encode()).hexdigest()[:12]
    return home() / "pipelines" / server


def dlt_schema(declared: RawSchema) -> "dlt.Schema":
    """Return the raw tables of a source for dlt: appended to, columns and types frozen."""
    import dlt
    from dlt.common.libs.pyarrow import py_arrow_to_table_schema_columns
    from dlt.common.schema.utils import dlt_load_id_column, new_table

    schema = dlt.Schema(declared.source)
    for name, columns in declared.tables.items():
        hints = py_arrow_to_table_schema_columns(arrow_schema(columns))
        schema.update_table(
            new_table(
                name,
                write_disposition="append",
                columns=[*hints.values(), dlt_load_id_column()],
                schema_contract={"columns": "freeze", "data_type": "freeze"},
            )
        )
    return schema
