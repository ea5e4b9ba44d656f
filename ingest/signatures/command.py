"""The command `ingest signatures`."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.landing.declaration import NOT_GIVEN, SourceDeclaration
from ingest.signatures.source import SignatureSource
from ingest.signatures.tables import RAW_SCHEMA

Folder = Annotated[
    Path,
    typer.Option(metavar="DIR", show_default=False),
]


def signatures(
    source_a: Folder = NOT_GIVEN,
    source_b: Folder = NOT_GIVEN,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Accept a folder that lost half of its files.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Let another dataset take the place of the one landed."),
    ] = False,
) -> SignatureSource:
    """Land handwritten signatures from two folders."""
    return SignatureSource(source_a, source_b, allow_shrink=allow_shrink, replace=replace)


DECLARATION = SourceDeclaration(RAW_SCHEMA, signatures, inputs=(("source_a",), ("source_b",)))
