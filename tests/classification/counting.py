"""What the tests of what counts share: runs beside a stand-in, and all that is published after."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.classification.command import classification
from ingest.classification.tables import RAW_SCHEMA
from ingest.landing.forget import Forget
from ingest.landing.ledger import Run
from ingest.landing.origins import OWN
from ingest.landing.runner import run_source
from ingest.samples.classifier import standing_in
from tests.classification.conftest import MODELS, image
from tests.conftest import COPY_RIGHTS, NAME, TEMPLATE, Warehouse, administrator
from tests.uniting import united

# Moments and numbers of runs and replies are those of a warehouse's own history; all else is equal.
PUBLISHED = (
    "select photo_id, file_path, label, file_gone_since is null from marts.image_labels",
    "select photo_id, file_path, times_requested, state from marts.image_requests",
    "select record_table, origin, case record_table when 'images' then position end, reason, "
    "raw_text from intermediate.int_classification__rejected_records",
    "select * from intermediate.int_classification__reconciliation",
)
ABOVE_RAW = """
select table_schema || '.' || table_name from information_schema.tables
where table_schema in ('staging', 'intermediate', 'marts', 'exports')
and table_name like any (array['%%classification%%', 'image_labels%%', 'image_requests'])
and table_name not in ('stg_classification__origins', 'int_classification__origins')
"""
TABLES = ("images", "removed_images", "requests", "replies", "pages", "origins")


@dataclass
class Lab:
    """A warehouse, and a stand-in that answers over the broker at `url`."""

    warehouse: Warehouse
    url: str
    server: dict[str, str]

    def run(self, folder: Path, kind: str = OWN) -> Run:
        return run_source(classification(folder, self.url, 20), kind)

    @property
    def flags(self) -> Sequence[str]:
        return ("--broker", self.url, "--timeout", "20")

    def forget(self, address: str) -> None:
        run_source(Forget(RAW_SCHEMA, address))

    def published(self) -> list[list[tuple[Any, ...]]]:
        """Build; return the rows of what is published, and of what it says was rejected."""
        self.warehouse.build("-s", *MODELS, "path:dbt_project/tests/classification")
        found = [self.warehouse.query(query) for query in PUBLISHED]
        return [sorted(rows, key=repr) for rows in found]

    def everything(self) -> list[list[Any]]:
        """Return what is published, and what the marts that unite all sources show of it."""
        published = self.published()
        shown = united(self.warehouse, "classification", without_records=["replies"])
        return [*published, *shown.values()]

    def landed(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every raw row."""
        query = "select * from raw_classification.{} order by _dlt_load_id, run_id, {}"
        number = {"images": "path", "removed_images": "path", "requests": "photo_id"}
        number |= {"replies": "reply_number", "pages": "page", "origins": "event"}
        return {t: self.warehouse.query(query.format(t, number[t])) for t in TABLES}

    def alone(self, *folders: Path, kind: str = OWN) -> list[list[Any]]:
        """Return what folders give in a warehouse that never saw anything else."""
        with administrator(self.server) as admin:
            admin.execute(f"alter database {NAME} rename to aside")
            admin.execute(f"create database {NAME} template {TEMPLATE}")
            admin.execute(COPY_RIGHTS, [TEMPLATE, NAME])
            pipelines = Path(self.warehouse.env["WAREHOUSE_HOME"]) / "pipelines"
            pipelines.rename(aside := pipelines.with_name("aside"))
            try:
                for folder in folders:
                    self.run(folder, kind)
                return self.everything()
            finally:
                shutil.rmtree(pipelines)
                aside.rename(pipelines)
                admin.execute(f"drop database {NAME} with (force)")
                admin.execute(f"alter database aside rename to {NAME}")

    def shows(self, *words: object) -> list[str]:
        """Return the tables above raw in which any of the words stands."""
        found = []
        for (table,) in self.warehouse.query(ABOVE_RAW):
            rows = self.warehouse.query(f"select row_to_json(t) from {table} as t")
            if any(str(word) in json.dumps(row) for word in words for row in rows):
                found.append(table)
        return found


@contextmanager
def lab(warehouse: Warehouse, server: dict[str, str]) -> Iterator[Lab]:
    url = f"filesystem://{warehouse.folder / 'broker'}"
    with standing_in(url, "to_ai", "from_ai"):
        yield Lab(warehouse, url, server)


def fill(folder: Path, *numbers: int) -> Path:
    """Write images of these numbers, and an empty file beside them."""
    folder.mkdir()
    for number in numbers:
        (folder / f"{number}.png").write_bytes(image(number))
    (folder / "empty.png").touch()
    return folder
