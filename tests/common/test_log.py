"""A log that cannot be written is told in one line, and the work goes on."""

import os
from pathlib import Path

import pytest

from tests import commands
from tests.classification.counting import fill
from tests.conftest import Warehouse

LABELLED = "select count(*) from raw_classification.replies where label is not null"


def told(folder: Path) -> str:
    """Run a source that logs several lines an image; return all that it said."""
    broker = f"filesystem://{folder / 'broker'}"
    flags = ["classification", "--images", str(fill(folder / "images", 1, 2, 3)), "--timeout", "1"]
    output, status = commands.run("ingest", [*flags, "--broker", broker], os.environ)
    assert status == 2, output
    assert "3 image(s) without an answer" in output
    return output


def test_a_full_disk_of_the_log_is_told_once(warehouse: Warehouse, tmp_path: Path) -> None:
    log = warehouse.folder / "logs" / "ingest.log"
    log.parent.mkdir(exist_ok=True)
    log.unlink(missing_ok=True)
    log.symlink_to("/dev/full")
    output = told(tmp_path)
    assert output.count("No space left on device") == 1, output
    assert f"the log {log} cannot be written: No space left on device" in output
    assert "Traceback" not in output
    assert "Exception ignored" not in output
    assert warehouse.query("select outcome from raw_ledger.runs") == [("loaded",)]


def test_a_log_that_cannot_be_opened_is_told_once(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("WAREHOUSE_LOGS", str(tmp_path / "file" / "logs"))
    output = told(tmp_path)
    assert output.count("cannot be written: Not a directory") == 1, output
    assert "Traceback" not in output
    assert warehouse.query("select outcome from raw_ledger.runs") == [("loaded",)]
