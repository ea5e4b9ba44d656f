"""The command `ingest education`."""

from pathlib import Path
from typing import Annotated, Optional

import typer

from ingest.ledger import Run
from ingest.runner import run_source
from ingest.settings import path_setting, sample, setting

File = Annotated[
    Optional[Path],  # noqa: UP045 - typer on Python 3.10 reads this form
    typer.Option(metavar="FILE", show_default=False),
]


def education(
    students: File = None,
    batches_url: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="URL", show_default=False),
    ] = None,
    test_runs: File = None,
) -> Run:
    """Land students from a SQLite file, batches from an API and test runs from a log."""
    # requests is for this command alone: the others start without it.
    from ingest.education.batches import Batches
    from ingest.education.source import EducationSource

    students_file = path_setting("education", "students", students, "students.db")
    log = path_setting("education", "test_runs", test_runs, "test_runs.log")
    if url := batches_url or setting("education", "batches_url"):
        return run_source(EducationSource(students_file, Batches(url), log))

    from ingest.samples.education_api import sample_api

    # Wherever it listens this time, it is one and the same API.
    folder = sample("education", "")
    with sample_api(folder) as url:
        batches = Batches(url, known_as=(folder / "batches").resolve().as_uri())
        return run_source(EducationSource(students_file, batches, log))
