"""The data folder of the embedded server: how it is made, and what is made in it at first."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from ingest.common.errors import IngestError
from ingest.common.paths import home
from ingest.warehouse.programs import run_program

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
# Nobody is let in as the superuser, everybody else by proof of a password.
WHO_IS_LET_IN = """
host all postgres all reject
host all all 127.0.0.1/32 scram-sha-256
"""
LOGIN = Path(__file__).with_name("login.sql")
FAILED = ("ERROR: ", "FATAL: ", "PANIC: ")
Passwords = Mapping[str, str]  # by login


def initialise(
    data: Path, owner: str, database: str, make_passwords: Callable[[], Passwords]
) -> None:
    """Make the data folder, under another name first, so that a kill leaves no half-made one.

    `make_passwords` writes the password file and returns what it holds.
    """
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(fresh, "nobody")
    locale = (
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
    )
    done = run_program("initdb", "-U", "postgres", "--auth=reject", *locale, folder=fresh)
    if done.returncode != 0:
        raise IngestError(f"PostgreSQL cannot be set up in {home()}: {done.stdout.strip()}")
    with (fresh / "postgresql.conf").open("a") as conf:
        conf.write(SETTINGS)
    give_logins(fresh, owner, make_passwords(), "template1")
    alone(fresh, "template1", f"create database {database} owner {owner}")
    fresh.rename(data)


def has_logins(data: Path) -> bool:
    """Whether the data folder lets nobody in as the superuser; older ones have it for a login."""
    return (data / "pg_hba.conf").read_text() == WHO_IS_LET_IN


def give_logins(data: Path, owner: str, passwords: Passwords, *databases: str) -> None:
    """Make the logins of a server that is down, and give them their passwords.

    Who may write the data folder may do so: PostgreSQL, alone with its files, asks nobody.
    """
    given = {f"{user}_password": word for user, word in passwords.items()}
    logins = LOGIN.read_text().format(owner=owner, owner_password=passwords[owner], **given)
    settings = [f"alter role analyst set {setting}" for setting in FOR_ANALYSTS]
    for database in databases:
        alone(data, database, logins, *settings)
    (data / "pg_hba.conf").write_text(WHO_IS_LET_IN)


def alone(data: Path, database: str, *statements: str) -> None:
    """Run statements as the superuser of a server that is down.

    Raises `IngestError` where PostgreSQL cannot do one.
    """
    # Nothing but a semicolon with an empty line behind it ends a statement there.
    said = [one.strip().removesuffix(";").replace("\n\n", "\n") + ";\n\n" for one in statements]
    done = run_program(
        "postgres", "-j", database, folder=data, first="--single", said="".join(said)
    )
    failed = [line for line in done.stdout.splitlines() if any(word in line for word in FAILED)]
    if done.returncode != 0 or failed:
        raise IngestError(f"PostgreSQL cannot be set up in {home()}: {' '.join(failed[:1])}")
