"""The names of the project's roles: with a prefix where several warehouses share a server."""

import os
import re

from ingest.common.errors import IngestError

PREFIX = "WAREHOUSE_ROLE_PREFIX"
PARTS = ("loader", "transformer", "analyst")


def prefix() -> str:
    """Return what stands before each role's name, usually nothing.

    Raises `IngestError` where that would make no name that is the same with and without quotes.
    """
    given = os.environ.get(PREFIX, "")
    if not re.fullmatch("|[a-z_][a-z0-9_]{0,39}", given):
        raise IngestError(f"{PREFIX}: up to 40 of a-z, 0-9 and _, no digit first; not {given!r}")
    return given


def named(part: str) -> str:
    """Return the name of the role that a part of the project acts as, `loader` say."""
    return prefix() + part


def fill(statements: str) -> str:
    """Return SQL with the roles' names in the place of `{loader}`, `{transformer}`, `{analyst}`."""
    for part in PARTS:
        statements = statements.replace(f"{{{part}}}", named(part))
    return statements
