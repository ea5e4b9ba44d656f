"""The one place that names the server, the raw schemas and dlt's settings.

libpq's own variables choose the server (PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE); with none
of them set it is the embedded one, started here if need be. One login serves, and each part of
the project narrows it to a role of its own: `loader`, `transformer` or `analyst`.
"""

import hashlib
import os
from contextlib import closing
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg2
from psycopg2.extensions import connection as Connection

from ingest import database
from ingest.errors import IngestError
from ingest.paths import ROOT, home

if TYPE_CHECKING:
    import dlt

SETUP = ROOT / "ingest" / "setup.sql"
PG_VARIABLES = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE")

DLT_SETTINGS = {
    "DLT_PROJECT_DIR": str(ROOT),
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",  # every error reaches the user as an exception anyway
    "RESTORE_FROM_DESTINATION": "false",  # what is landed already is asked in SQL
    "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "true",
    "DATA_WRITER__BUFFER_MAX_ITEMS": "1",  # a chunk is written at once: memory stays a chunk's
    "DATA_WRITER__FILE_MAX_ITEMS": "250000",  # several files load side by side
    "DATA_WRITER__FILE_MAX_BYTES": "67108864",
}
FILES_AT_ONCE = 2  # files of a load that are copied into the server side by side


def is_embedded() -> bool:
    """Whether the embedded server serves, that is, none of libpq's variables is set."""
    return not any(os.environ.get(name) for name in PG_VARIABLES)


def parameters() -> dict[str, Any]:
    """Return libpq's parameters of the warehouse; starts the embedded server where it serves."""
    if is_embedded():
        database.start()
        os.environ["PGPASSFILE"] = str(database.pgpass())  # for those who connect by `url`
        return {
            "host": database.HOST,
            "port": database.port(),
            "user": database.OWNER,
            "password": database.password(database.OWNER),
            "dbname": database.DATABASE,
        }
    return {
        "host": os.environ.get("PGHOST") or database.HOST,
        "port": os.environ.get("PGPORT") or "5432",
        "user": os.environ.get("PGUSER") or database.OWNER,
        "password": os.environ.get("PGPASSWORD") or "",
        "dbname": os.environ.get("PGDATABASE") or database.DATABASE,
    }


def connect(role: str | None = None) -> Connection:
    """Open a connection to the warehouse, acting as `role` (the login itself by default).

    Raises `IngestError` in one line where the server cannot be reached or refuses the login.
    """
    options = f"-c role={role}" if role else ""
    try:
        connection: Connection = psycopg2.connect(
            **parameters(), options=options, application_name="ingest"
        )
    except psycopg2.OperationalError as error:
        reason = " ".join(str(error).split())
        raise IngestError(f"the warehouse cannot be reached: {reason}") from error
    return connection


def url(role: str) -> str:
    """Return the warehouse's address as a URL whose sessions act as `role`, without a password.

    libpq finds the password in PGPASSWORD or PGPASSFILE: dlt would show it in its errors, and
    passes on a blank in it in a way that libpq refuses.
    """
    to = parameters()
    login = quote(to["user"], safe="")
    address = f"{quote(to['host'], safe='')}:{to['port']}/{quote(to['dbname'])}"
    # No blank in the option: dlt would pass it on as "+", which libpq does not take for one.
    return f"postgresql://{login}:@{address}?options=-crole%3D{role}"


def analyst_url() -> str:
    """Return the address at which an analyst connects.

    On the embedded server the analyst has a login and password of their own; elsewhere the
    configured login acts as the role, and its password is left to libpq.
    """
    to = parameters()
    address = f"{to['host']}:{to['port']}/{to['dbname']}"
    if is_embedded():
        return f"postgresql://analyst:{database.password('analyst')}@{address}"
    return f"postgresql://{to['user']}@{address}?options=-crole%3Danalyst"


def prepare() -> None:
    """Make roles, schemas and empty raw tables, so that dbt builds before anything is landed.

    Costs one query where this version of the project has done it already.
    """
    from ingest.sources import TABLES

    raw_schemas = ",".join(f"raw_{name}" for name in ("ledger", *TABLES))
    declared = (
        SETUP.read_text()
        + "".join(map(_extra, TABLES))
        + repr([(name, list(tables.items())) for name, tables in TABLES.items()])
    )
    version = hashlib.sha256(declared.encode()).hexdigest()
    with closing(connect()) as warehouse, warehouse, warehouse.cursor() as cursor:
        cursor.execute("select to_regclass('raw_ledger.setup') is not null")
        if cursor.fetchone() == (True,):
            cursor.execute("select from raw_ledger.setup where version = %s", [version])
            if cursor.fetchone() is not None:
                return
        cursor.execute("select pg_advisory_lock(hashtext('ingest.setup'))")
        cursor.execute("select set_config('warehouse.raw_schemas', %s, true)", [raw_schemas])
        try:
            cursor.execute(SETUP.read_text())
        except psycopg2.errors.InsufficientPrivilege as error:
            raise IngestError(
                f"{str(error).strip()}: set up the warehouse with a login that owns the database "
                "and may create roles"
            ) from error
        warehouse.commit()
        for source in TABLES:
            # In a folder of its own: an extract of nothing would stay behind as a pending load.
            with TemporaryDirectory() as folder:
                empty = pipeline(source, folder)
                empty.extract([], table_name="nothing", schema=raw_schema(source))
                empty.sync_schema()
            if extra := _extra(source):
                cursor.execute(f"set local role loader; {extra} reset role")
        cursor.execute("delete from raw_ledger.setup")
        cursor.execute("insert into raw_ledger.setup values (%s)", [version])


def _extra(source: str) -> str:
    """What a source adds to its raw tables that dlt cannot say: indexes and storage."""
    path = ROOT / "ingest" / source / "raw.sql"
    return path.read_text() if path.exists() else ""


def pipeline(source: str, folder: str | None = None) -> "dlt.Pipeline":
    """Return the dlt pipeline that loads into the raw schema of `source`.

    Its pending loads are kept in `folder`, by default one of this server's own, so that none of
    them ever reaches another server.
    """
    os.environ.update(DLT_SETTINGS | {"DLT_DATA_DIR": str(home() / "dlt")})
    import dlt

    to = parameters()
    server = hashlib.sha256(f"{to['host']}:{to['port']}/{to['dbname']}".encode()).hexdigest()[:12]
    return dlt.pipeline(
        pipeline_name=source,
        pipelines_dir=folder or str(home() / "pipelines" / server),
        destination=dlt.destinations.postgres(url("loader"), create_indexes=False),
        dataset_name=f"raw_{source}",
    )


def raw_schema(source: str) -> "dlt.Schema":
    """Return the raw tables of `source` for dlt: appended to, columns and types frozen."""
    import dlt
    from dlt.common.libs.pyarrow import py_arrow_to_table_schema_columns
    from dlt.common.schema.utils import dlt_load_id_column, new_table

    from ingest.sources import TABLES

    schema = dlt.Schema(source)
    for name, columns in TABLES[source].items():
        hints = py_arrow_to_table_schema_columns(columns)
        schema.update_table(
            new_table(
                name,
                write_disposition="append",
                columns=[*hints.values(), dlt_load_id_column()],
                schema_contract={"columns": "freeze", "data_type": "freeze"},
            )
        )
    return schema
