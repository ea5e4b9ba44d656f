"""The command `ingest census`."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.census.source import CensusSource
from ingest.census.tables import RAW_SCHEMA
from ingest.landing.declaration import NOT_GIVEN, SourceDeclaration

Files = Annotated[
    list[Path],
    typer.Option(
        metavar="FILE",
        show_default=False,
        help="A file, or a pattern in quotes: 'people-*.csv'. May be repeated.",
    ),
]


def census(
    people: Files = NOT_GIVEN,
    places: Files = NOT_GIVEN,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Accept less than half of the records.")
    ] = False,
) -> CensusSource:
    """Land people and places from CSV files: the files named are the set that counts."""
    return CensusSource(people, places, allow_shrink=allow_shrink)


DECLARATION = SourceDeclaration(RAW_SCHEMA, census, inputs=(("people",), ("places",)))
