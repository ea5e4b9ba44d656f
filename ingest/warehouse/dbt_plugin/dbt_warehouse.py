"""Lets a plain `dbt build` find the warehouse: a plugin that dbt loads before it connects.

dbt imports every top-level module whose name begins with `dbt_` and makes its `plugins`. This one
starts the embedded server where it serves, sets the warehouse up, and points libpq at the
password file, since a password belongs neither in `profiles.yml` nor on the command line.
"""

import os
from collections.abc import Mapping
from typing import Any

import click
from dbt.flags import get_flags
from dbt.plugins.manager import dbtPlugin
from dbt_common.invocation import get_invocation_id

from ingest.sources import prepare_all
from ingest.warehouse import builds, connect, embedded

# What writes tables, or looks at tables that must not change meanwhile
BUILDING = {"build", "clone", "retry", "run", "seed", "snapshot", "test"}
WITHOUT_LEDGER = {"clone", "seed", "snapshot"}  # these publish no mart, or run no `end_build`


class Warehouse(dbtPlugin):
    """Makes the warehouse ready for the dbt command that is starting."""

    def initialize(self) -> None:
        """Start and set up the warehouse; dbt shows an `IngestError` as its own."""
        if self.project_name != "research_warehouse":
            return
        if connect.is_embedded():
            os.environ["PGPASSFILE"] = str(embedded.pgpass())
        prepare_all()
        _lead_to(connect.parameters())
        flags = get_flags()  # type: ignore[no-untyped-call]
        command = getattr(flags, "WHICH", None)
        if command in BUILDING:
            # Of another target, or of nothing but the SQL, it is no build of the warehouse.
            names = ("SELECT", "EXCLUDE", "SELECTOR", "EMPTY")
            chosen = [getattr(flags, name, None) for name in names]
            chosen.append(getattr(flags, "TARGET", None) not in (None, "warehouse"))
            self.lock = builds.hold_lock()  # as long as this process lives
            if command not in WITHOUT_LEDGER:
                whole = command == "build" and not any(chosen)
                builds.begin(get_invocation_id(), command, whole)


def _lead_to(server: Mapping[str, Any]) -> None:
    """Have dbt connect where `ingest` does: `profiles.yml` cannot know the port, nor who you are.

    dbt has read the profile by now, and has not connected. Another target knows its own server.
    """
    context = click.get_current_context(silent=True)
    known = context.obj if context is not None and isinstance(context.obj, dict) else {}
    if "profile" in known and known["profile"].target_name == "warehouse":
        credentials = known["profile"].credentials
        credentials.port, credentials.user = int(server["port"]), server["user"]
        credentials.database = server["dbname"]


plugins = [Warehouse]
