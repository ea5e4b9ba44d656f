"""The command `ingest signatures`."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.common.errors import IngestError
from ingest.landing.declaration import NOT_GIVEN, SourceDeclaration
from ingest.signatures.dataset import NamedFolder, named_folder
from ingest.signatures.layouts import layout
from ingest.signatures.source import SignatureSource
from ingest.signatures.tables import RAW_SCHEMA, SOURCE_A, SOURCE_B

Folder = Annotated[
    Path,
    typer.Option(metavar="DIR", show_default=False),
]


def signatures(
    source_a: Folder = NOT_GIVEN,
    source_b: Folder = NOT_GIVEN,
    dataset: Annotated[
        list[str],
        typer.Option(
            metavar="NAME[:LAYOUT]=DIR",
            show_default=False,
            help="Any dataset of a declared layout, by default that of its name; repeatable.",
        ),
    ] = NOT_GIVEN,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Accept a folder that lost half of its files.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Let another dataset take the place of the one landed."),
    ] = False,
) -> SignatureSource:
    """Land handwritten signatures from folders."""
    given = ((SOURCE_A, source_a), (SOURCE_B, source_b))
    folders = [NamedFolder(name, layout(name), root) for name, root in given if root]
    folders += [named_folder(told) for told in dataset or []]
    names = [folder.name for folder in folders]
    for name in names:
        if names.count(name) > 1:
            raise IngestError(f"signatures: the dataset {name} is named more than once")
    return SignatureSource(folders, allow_shrink=allow_shrink, replace=replace)


DECLARATION = SourceDeclaration(
    RAW_SCHEMA,
    signatures,
    inputs=(("source_a", "dataset"), ("source_b", "dataset")),
    together=True,
)
