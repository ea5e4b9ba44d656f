"""The project's own exports, built from the samples, and docs/exports.md followed to the letter."""

import csv
import gzip
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pyarrow.parquet

from tests.conftest import ROOT, Warehouse

PAGE = (ROOT / "docs" / "exports.md").read_text()
FILES = re.findall(r"^`([^`\n]+)`[^\n]*:\n\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^    ((?:dbt|ingest) .*)$", PAGE, re.MULTILINE)
COPIED = ("ingest", "dbt_project", "dbt_project.yml", "profiles.yml")


def test_each_export_is_a_file_that_others_read_and_the_exercise_of_the_page_works(
    warehouse: Warehouse,
) -> None:
    for source in ("census", "education"):
        warehouse.ingest(source)
    warehouse.build()
    printed = warehouse.ingest("export")
    data = warehouse.folder / "data"

    def rows(sql: str) -> int:
        ((number,),) = warehouse.query(f"select count(*) from {sql}")
        return int(number)

    people = pyarrow.parquet.read_table(data / "people.parquet")
    assert people.num_rows == rows("marts.people") > 0
    with gzip.open(data / "people_of_1900_to_1910.csv.gz", "rt", encoding="utf-8") as file:
        some = list(csv.DictReader(file))
    between = "marts.people where extract(year from date_of_birth) between 1900 and 1910"
    assert len(some) == rows(between) > 0
    names = json.loads((data / "frequent_family_names.json").read_text())
    assert names.keys() == json.loads((data / "summary_output.json").read_text()).keys()
    assert all(len(each) == 5 and each[0]["people_born"] > 0 for each in names.values())
    with (data / "batch_completion.csv").open() as file:
        assert len(list(csv.reader(file))) == rows("marts.batches") + 1
    with closing(sqlite3.connect(data / "image_labels.db")) as database:
        found = database.execute("select type, name from sqlite_master where sql is not null")
        assert {("index", "image_labels_label"), ("view", "latest")} <= set(found.fetchall())
    assert printed.count("data/") + printed.count(str(data)) >= 8

    project = warehouse.folder / "project"
    project.mkdir()
    for name in COPIED:
        copying = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copying(ROOT / name, project / name)
    for name, content in FILES:
        (project / name).write_text(content)
    assert len(FILES) == len(COMMANDS) == 2
    for command in COMMANDS:
        run(project, command)
    scots = "marts.people inner join marts.places using (place_id) where country = 'Scotland'"
    with (data / "scots.csv").open() as file:
        assert len(list(csv.DictReader(file))) == rows(scots) > 0
    declaration = project / FILES[1][0]
    declaration.write_text(declaration.read_text().replace("scots.csv,", "scots.json,"))
    for command in COMMANDS:
        told = run(project, command)
    assert "scots.csv: no export writes it any more" in told
    assert len(json.loads((data / "scots.json").read_text())) == rows(scots)


def run(project: Path, command: str) -> str:
    """Type a command in a copy of the project."""
    program, *words = command.split()
    module = {"ingest": "ingest", "dbt": "dbt.cli.main"}[program]
    path = f"{project}:{project / 'ingest' / 'warehouse' / 'dbt_plugin'}"
    done = subprocess.run(
        [sys.executable, "-m", module, *words], cwd=project, env={**os.environ, "PYTHONPATH": path},
        capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
