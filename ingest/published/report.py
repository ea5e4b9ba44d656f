"""What `make run` ends with: what was loaded, what was rejected, and how to look further."""

from contextlib import closing

import psycopg2
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingest.common.errors import IngestError
from ingest.common.paths import data, shown
from ingest.common.words import printable
from ingest.published.declarations import declared
from ingest.warehouse import connect

SUMMARY = """
select source, record_table, count(*), sum(read), sum(accepted), sum(rejected), sum(duplicate)
from marts.ingest_reconciliation group by source, record_table order by source, record_table
"""
REASONS = """
select source, record_table, reason, count(*), min(position) from marts.rejected_records
group by source, record_table, reason order by source, record_table, reason
"""


def print_report() -> None:
    """Print the published counts of every source; raises `IngestError` before the first build."""
    console = Console()
    try:
        with closing(connect.connect("analyst")) as warehouse, warehouse.cursor() as cursor:
            cursor.execute(SUMMARY)
            _print(
                console,
                "Loaded",
                ["source", "records", "origins", "read", "accepted", "rejected", "duplicate"],
                cursor.fetchall(),
            )
            cursor.execute(REASONS)
            _print(
                console,
                "Rejected (all of them: marts.rejected_records)",
                ["source", "records", "reason", "count", "first at"],
                cursor.fetchall(),
            )
    except psycopg2.errors.UndefinedTable as error:
        raise IngestError("nothing is published yet: run `dbt build` (or `make build`)") from error
    console.print("\nFiles written by the export:")
    for export in declared().exports:
        path = data() / export.file
        if path.exists():
            console.print(f"  {shown(path)}", highlight=False)
    console.print(
        "\nLook further:\n"
        "  make psql    SQL on the published tables, as an analyst\n"
        "  make docs    what is where, in the browser\n"
        "  make help    everything else",
        highlight=False,
    )


def _cell(value: object) -> str:
    """Return a value as text that gives orders neither to the terminal nor to rich."""
    return f"{value:,}" if isinstance(value, int) else escape(printable(str(value)))


def _print(console: Console, title: str, header: list[str], rows: list[tuple[object, ...]]) -> None:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in header:
        numbers = bool(rows) and isinstance(rows[0][header.index(name)], int)
        table.add_column(name, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(_cell, row))
    console.print()
    console.print(table if rows else f"{title}: none")
