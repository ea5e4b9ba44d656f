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
    encoding: Annotated[
        str,
        typer.Option(metavar="NAME", show_default=False, help="Overrules the files' mark: cp1252."),
    ] = NOT_GIVEN,
    separator: Annotated[
        str,
        typer.Option(metavar="CHARACTER", show_default=False, help="Overrules the header: ';'."),
    ] = NOT_GIVEN,
) -> CensusSource:
    """Land people and places from CSV files: the files named are the set that counts."""
    return CensusSource(
        people, places, allow_shrink=allow_shrink, encoding=encoding, separator=separator
    )


DECLARATION = SourceDeclaration(
    RAW_SCHEMA, census, inputs=(("people",), ("places",)), settings=("encoding", "separator")
)
