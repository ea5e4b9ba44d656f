"""The command `ingest census`."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.census.source import CensusSource
from ingest.census.tables import RAW_SCHEMA
from ingest.landing.declaration import NOT_GIVEN, SourceDeclaration

File = Annotated[
    Path,
    typer.Option(metavar="FILE", show_default=False),
]


def census(
    people: File = NOT_GIVEN,
    places: File = NOT_GIVEN,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Accept a file of less than half its last size.")
    ] = False,
) -> CensusSource:
    """Land people and places from two CSV files."""
    return CensusSource(people, places, allow_shrink=allow_shrink)


DECLARATION = SourceDeclaration(RAW_SCHEMA, census, inputs=(("people",), ("places",)))
