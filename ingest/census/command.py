"""The command `ingest census`."""

from pathlib import Path
from typing import Annotated, Optional

import typer

from ingest.census.source import CensusSource
from ingest.ledger import Run
from ingest.runner import run_source
from ingest.settings import path_setting

File = Annotated[
    Optional[Path],  # noqa: UP045 - typer on Python 3.10 reads this form
    typer.Option(metavar="FILE", show_default=False),
]


def census(
    people: File = None,
    places: File = None,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Accept a file of less than half its last size.")
    ] = False,
) -> Run:
    """Land people and places from two CSV files."""
    return run_source(
        CensusSource(
            path_setting("census", "people", people, "people.csv"),
            path_setting("census", "places", places, "places.csv"),
            allow_shrink=allow_shrink,
        )
    )
