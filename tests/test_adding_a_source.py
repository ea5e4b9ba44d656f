"""docs/adding-a-source.md, followed to the letter in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, Warehouse

PAGE = (ROOT / "docs" / "adding-a-source.md").read_text()
FILES = re.findall(r"^`([^`\n]+)`:\n\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^    (ingest weather .*|dbt build .*)$", PAGE, re.MULTILINE)
COPIED = ("ingest", "dbt_project", "dbt_project.yml", "profiles.yml", "docs", "README.md")


def test_a_sixth_source_lands_and_builds_by_the_page(warehouse: Warehouse, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    copy.mkdir()
    for name in COPIED:
        copying = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copying(ROOT / name, copy / name)
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    for name, content in FILES:
        path = copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists(), "a new source changes no file that is there"
        path.write_text(content)
    project = copy / "dbt_project.yml"
    last = "    - signatures\n"
    project.write_text(project.read_text().replace(last, f"{last}    - weather\n"))
    changed = [p for p, content in before.items() if p.exists() and p.read_bytes() != content]
    assert changed == [project]

    (copy / "readings.txt").write_text("-3\n12\nmild\n")
    for command in COMMANDS:
        run(copy, tmp_path, command)
    assert warehouse.query(
        "select reading_number, celsius from marts.temperatures order by 1", role="analyst"
    ) == [(1, -3), (2, 12)]
    assert warehouse.query(
        "select position, reason, raw_text from marts.rejected_records where source = 'weather'"
    ) == [("line 3", "is no whole number", "mild")]
    assert warehouse.query(
        "select read, accepted, rejected from marts.ingest_reconciliation where source = 'weather'"
    ) == [(3, 2, 1)]
    assert "weather: nothing new" in run(copy, tmp_path, COMMANDS[0])
    assert "weather" in run(copy, tmp_path, "ingest origins")


def run(project: Path, folder: Path, command: str) -> str:
    program, *words = command.split()
    module = {"ingest": "ingest", "dbt": "dbt.cli.main"}[program]
    path = f"{project}:{project / 'ingest' / 'warehouse' / 'dbt_plugin'}"
    env = {**os.environ, "PYTHONPATH": path, "DBT_TARGET_PATH": str(folder / "target of the copy")}
    done = subprocess.run(
        [sys.executable, "-m", module, *words], cwd=project, env=env,
        capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
