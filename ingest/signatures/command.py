"""The command `ingest signatures`."""

from pathlib import Path
from typing import Annotated, Optional

import typer

from ingest.ledger import Run
from ingest.runner import run_source
from ingest.settings import path_setting
from ingest.signatures.source import SignatureSource

Folder = Annotated[
    Optional[Path],  # noqa: UP045 - typer on Python 3.10 reads this form
    typer.Option(metavar="DIR", show_default=False),
]


def signatures(
    source_a: Folder = None,
    source_b: Folder = None,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Accept a folder that lost half of its files.")
    ] = False,
) -> Run:
    """Land handwritten signatures from two folders."""
    return run_source(
        SignatureSource(
            path_setting("signatures", "source_a", source_a, "SOURCE_A"),
            path_setting("signatures", "source_b", source_b, "SOURCE_B"),
            allow_shrink=allow_shrink,
        )
    )
