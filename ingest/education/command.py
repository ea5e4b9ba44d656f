"""The command `ingest education`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.education.tables import RAW_SCHEMA
from ingest.landing.declaration import NOT_GIVEN, SourceDeclaration

if TYPE_CHECKING:
    from ingest.education.source import EducationSource

File = Annotated[
    Path,
    typer.Option(metavar="FILE", show_default=False),
]


def education(
    students: File = NOT_GIVEN,
    batches_url: Annotated[
        str,
        typer.Option(metavar="URL", show_default=False),
    ] = NOT_GIVEN,
    test_runs: File = NOT_GIVEN,
    new_platform: Annotated[
        bool,
        typer.Option("--new-platform", help="It began anew: what is landed counts no more."),
    ] = False,
    shown_as: str | None = None,
) -> "EducationSource":
    """Land students from a SQLite file, batches from an API and test runs from a log."""
    # requests is for this command alone: the others start without it.
    from ingest.education.batches import Batches
    from ingest.education.source import EducationSource

    batches = Batches(batches_url, shown_as)
    return EducationSource(students, batches, test_runs, new_platform=new_platform)


DECLARATION = SourceDeclaration(
    RAW_SCHEMA, education, inputs=(("students",), ("batches_url",), ("test_runs",))
)
