"""The sources, in the order in which they are landed.

A source is registered by one line: its name under `vars: sources` of `dbt_project.yml`, which the
models that unite all sources read as well. The name leads to the rest: `DECLARATION` in
`ingest/<name>/command.py`, `dbt_project/models/*/<name>`, `docs/<name>.md`.
"""

from collections.abc import Mapping
from importlib import import_module

import yaml

from ingest.common.paths import ROOT
from ingest.landing.declaration import SourceDeclaration
from ingest.warehouse.raw_schemas import prepare


def _declared() -> dict[str, SourceDeclaration]:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    names = project["vars"]["sources"]
    return {name: import_module(f"ingest.{name}.command").DECLARATION for name in names}


SOURCES: Mapping[str, SourceDeclaration] = _declared()


def prepare_all() -> None:
    """Start the embedded server where it serves; make roles, schemas and every raw table."""
    prepare(*(source.raw_schema for source in SOURCES.values()))
