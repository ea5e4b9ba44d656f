"""The data folder of the embedded server: how it is made, and what is made in it at first."""

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

from ingest.common.errors import IngestError
from ingest.common.paths import home
from ingest.warehouse.programs import run_program, write_private

# Bulk loads write much at once and nothing replicates from here: fewer checkpoints, less log.
# Stretching guards passwords that can be guessed, not 24 random bytes, and dbt logs in for each
# model and test: 4 ms instead of 14.
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
scram_iterations = 1
wal_level = minimal
max_wal_senders = 0
max_wal_size = '4GB'
shared_buffers = '256MB'
maintenance_work_mem = '256MB'
work_mem = '32MB'
timezone = 'UTC'
"""

# A transaction that somebody forgot keeps rows that are gone, and holds up changes of columns.
FOR_ANALYSTS = ("search_path=marts", "idle_in_transaction_session_timeout=600000")


def initialise(data: Path, owner: str, make_passwords: Callable[[], str]) -> None:
    """Make the data folder, under another name first, so that a kill leaves no half-made one.

    `make_passwords` writes the password file and returns the owner's.
    """
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    pwfile = home() / "password.new"
    write_private(pwfile, make_passwords())
    if os.geteuid() == 0:
        shutil.chown(fresh, "nobody")
    locale = (
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
    )
    done = run_program(
        "initdb", "-U", owner, "--auth=scram-sha-256", f"--pwfile={pwfile}", *locale, folder=fresh
    )
    pwfile.unlink()
    if done.returncode != 0:
        raise IngestError(f"PostgreSQL cannot be set up in {home()}: {done.stdout.strip()}")
    with (fresh / "postgresql.conf").open("a") as conf:
        conf.write(SETTINGS)
    fresh.rename(data)


def renew_password(owner: str, make_passwords: Callable[[], str]) -> None:
    """Give the owner of a server that is down a new password, the file with the old one being lost.

    Who may read the data folder may do so: PostgreSQL, alone with its files, asks nobody.
    """
    secret = make_passwords()
    done = run_program(
        "postgres", "postgres", first="--single", said=f"alter role {owner} password '{secret}'\n"
    )
    if done.returncode != 0:
        raise IngestError(f"the lost password cannot be renewed: {done.stdout.strip()}")


def furnish(login: Mapping[str, Any], database: str, analyst_password: str) -> None:
    """Make the database and the analyst's login, where a fresh server lacks them."""
    server = psycopg2.connect(**login, dbname="postgres")
    server.autocommit = True
    with closing(server), server.cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = 'analyst'")
        made = "alter" if cursor.fetchone() else "create"
        cursor.execute(f"{made} role analyst login password %s", [analyst_password])
        for setting in FOR_ANALYSTS:
            cursor.execute(f"alter role analyst set {setting}")
        cursor.execute("select 1 from pg_database where datname = %s", [database])
        if cursor.fetchone() is None:
            cursor.execute(f"create database {database}")
