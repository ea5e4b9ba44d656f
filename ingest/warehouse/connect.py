"""The one place that names the server: connections to the warehouse, and the roles they act as.

libpq's own variables choose the server (PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE); with none
of them set it is the embedded one, started here if need be. One login serves, and each part of
the project narrows it to a role of its own: `loader`, `transformer` or `analyst`.
"""

import os
import time
from collections.abc import Mapping
from contextlib import closing
from pwd import getpwuid
from typing import Any
from urllib.parse import quote

import psycopg2
from psycopg2.extensions import connection as Connection

from ingest.common.errors import IngestError
from ingest.warehouse import cluster, embedded, roles

PG_VARIABLES = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE")
# What the embedded server answers, or does not, between a crash and being up again
PASSING = (
    *("the database system is", "terminating connection"),
    *("refused", "closed the connection", "reset by peer"),
)
DESCRIPTION = """
select
    split_part(current_setting('server_version'), ' ', 1),
    to_char(pg_postmaster_start_time(), 'YYYY-MM-DD HH24:MI TZ'),
    pg_size_pretty(pg_database_size(current_database())),
    current_database()
"""


def is_embedded() -> bool:
    """Whether the embedded server serves, that is, none of libpq's variables is set."""
    return not any(os.environ.get(name) for name in PG_VARIABLES)


def parameters() -> dict[str, Any]:
    """Return libpq's parameters of the warehouse; starts the embedded server where it serves."""
    if is_embedded():
        if roles.prefix():
            raise IngestError(
                f"{roles.PREFIX} is for a server of your own, named by PGHOST; unset one of them"
            )
        embedded.start()
        # For those who connect by `url`. Whatever listens in the place of the server is not told
        # the password: it has to ask for a proof of it.
        os.environ["PGPASSFILE"] = str(embedded.pgpass())
        os.environ["PGREQUIREAUTH"] = embedded.PROOF
        return {
            "host": embedded.HOST,
            "port": embedded.port(),
            "user": embedded.OWNER,
            "password": embedded.password(embedded.OWNER),
            "dbname": embedded.DATABASE,
            "require_auth": embedded.PROOF,
        }
    user = os.environ.get("PGUSER") or getpwuid(os.geteuid()).pw_name  # as libpq does
    return {
        "host": os.environ.get("PGHOST") or embedded.HOST,
        "port": os.environ.get("PGPORT") or "5432",
        "user": user,
        "password": os.environ.get("PGPASSWORD") or "",
        "dbname": os.environ.get("PGDATABASE") or user,
    }


def connect(role: str | None = None, patient: bool = False) -> Connection:
    """Open a connection to the warehouse, acting as `role` (the login itself by default).

    The embedded server is waited for, up to a minute; `patient` waits so for any server.
    Raises `IngestError` in one line where the server cannot be reached or refuses the login.
    """
    options = f"-c role={roles.named(role)}" if role else ""
    until = time.monotonic() + embedded.PATIENCE
    while True:
        try:
            connection: Connection = psycopg2.connect(
                **parameters(), options=options, application_name="ingest"
            )
            return connection
        except psycopg2.OperationalError as error:
            reason = " ".join(str(error).split())
            passes = (patient or is_embedded()) and any(word in reason for word in PASSING)
            if not passes or time.monotonic() > until:
                raise IngestError(f"the warehouse cannot be reached: {reason}") from error
        time.sleep(embedded.PAUSE)  # then asked anew, and started anew if it is gone


def describe() -> str:
    """Ask the server what it is; return that in one line."""
    with closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute(DESCRIPTION)
        ((version, since, size, database),) = cursor.fetchall()
    kind = "embedded" if is_embedded() else "external"
    to = parameters()
    return (
        f"{kind} PostgreSQL {version} on {to['host']}:{to['port']} since {since}, "
        f"database {database} of {size}"
    )


def url(role: str) -> str:
    """Return the warehouse's address as a URL whose sessions act as `role`, without a password.

    libpq finds the password in PGPASSWORD or PGPASSFILE: dlt would show it in its errors, and
    passes on a blank in it in a way that libpq refuses.
    """
    to = parameters()
    login = quote(to["user"], safe="")
    address = f"{quote(to['host'], safe='')}:{to['port']}/{quote(to['dbname'])}"
    # No blank in the option: dlt would pass it on as "+", which libpq does not take for one.
    return f"postgresql://{login}:@{address}?options=-crole%3D{roles.named(role)}"


def analyst_url() -> str:
    """Return the address at which an analyst connects.

    On the embedded server the analyst has a login and password of their own; elsewhere the
    configured login acts as the role, and its password is left to libpq.
    """
    to = parameters()
    address = f"{to['host']}:{to['port']}/{to['dbname']}"
    if is_embedded():
        _restore_analyst(to)
        return f"postgresql://analyst:{embedded.password('analyst')}@{address}"
    # What the embedded server sets for the login; an option a word, as in `url`.
    options = (f"role={roles.named('analyst')}", *cluster.FOR_ANALYSTS)
    asked = "%20".join(f"-c{quote(option, safe='')}" for option in options)
    return f"postgresql://{quote(to['user'], safe='')}@{address}?options={asked}"


def psql_url() -> str:
    """Return the analyst's address without a password, which libpq finds in PGPASSFILE.

    A command line is everybody's to read.
    """
    if not is_embedded():
        return analyst_url()
    to = parameters()
    _restore_analyst(to)
    return f"postgresql://analyst@{to['host']}:{to['port']}/{to['dbname']}"


def _restore_analyst(to: Mapping[str, Any]) -> None:
    """Give the analyst the password of the file again: PostgreSQL lets everybody change their own.

    A file that is left as it is says which one counts.
    """
    word = embedded.password("analyst")
    try:
        psycopg2.connect(**{**to, "user": "analyst", "password": word}).close()
    except psycopg2.OperationalError:
        with closing(connect()) as owner, owner, owner.cursor() as cursor:
            cursor.execute("alter role analyst login password %s", [word])
