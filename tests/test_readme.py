"""README's way from the demo to one's own data, typed as it stands there."""

import os
import re
import subprocess
from pathlib import Path

from ingest.sources import SOURCES
from tests.conftest import BIN, ROOT, Warehouse

README = (ROOT / "README.md").read_text()
LINES = re.search(r"^From the demo to your own data.*?\n\n((?:    .*\n)+)", README, re.MULTILINE)


def test_from_the_demo_to_ones_own_data(warehouse: Warehouse, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for path in ROOT.iterdir():
        if path.name not in (".git", "data", "logs", "target", ".postgres"):
            (project / path.name).symlink_to(path)
    header = "given_name,family_name,date_of_birth,place_of_birth\n"
    (project / "people.csv").write_text(f"{header}Ana,Good,1900-01-01,Wick\n")
    (project / "places.csv").write_text("city,county,country\nWick,Caithness,Scotland\n")
    assert LINES is not None
    commands = LINES[1].splitlines()
    assert len(commands) == 5
    printed = [type_in(project, command) for command in commands]
    assert "no source is configured: generated samples serve" in printed[0]
    ((loads,),) = warehouse.query("select loads from raw_ledger.builds order by build_id limit 1")
    assert sorted(loads) == sorted(SOURCES), "what is built is known, so that it is not built again"
    assert "the sample counts no more: own data is landed" in printed[1]
    assert "own data was landed" in printed[3]
    assert re.search(r"^census: 2,\d\d\d rows, ", printed[4], re.MULTILINE)
    assert warehouse.query("select * from marts.country_summary") == [("Scotland", 1)]
    exported = Path(warehouse.env["WAREHOUSE_DATA"], "summary_output.json").read_text()
    assert exported == '{"Scotland":1}'


def type_in(project: Path, command: str) -> str:
    done = subprocess.run(
        command, shell=True, cwd=project, env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"},
        capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
