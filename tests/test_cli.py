"""The command line as users meet it: settings, samples, several sources, errors, the log."""

import os
import pty
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psycopg2.errors
import pytest

from ingest import cli
from ingest.commands import land
from ingest.common.errors import IngestError
from ingest.landing.declaration import SourceDeclaration
from ingest.sources import SOURCES
from tests.conftest import BIN, ROOT, Warehouse


def test_the_samples_land_build_and_show_every_kind_of_outcome(warehouse: Warehouse) -> None:
    warehouse.ingest("samples")
    first = (warehouse.folder / "data" / "samples" / "census" / "people.csv").read_bytes()
    assert "generated" not in warehouse.ingest("samples")
    warehouse.ingest("census")
    warehouse.build(
        "--select",
        "+rejected_records",
        "+ingest_reconciliation",
        "+path:dbt_project/models/exports",
    )
    warehouse.ingest("export")
    report = warehouse.ingest("report")
    assert "is not UTF-8" in report
    assert "make psql" in report
    ((rejected, duplicates),) = warehouse.query(
        "select sum(rejected), sum(duplicate) from marts.ingest_reconciliation "
        "where source = 'census'"
    )
    assert rejected > 0
    assert duplicates > 0

    again = warehouse.ingest("samples", WAREHOUSE_DATA=str(warehouse.folder / "other"))
    assert "generated" in again
    assert (warehouse.folder / "other/samples/census/people.csv").read_bytes() == first


def test_settings_go_flag_then_variable_then_sample(warehouse: Warehouse) -> None:
    assert "the sample serves" in warehouse.ingest("census")
    named = {"SOURCES__CENSUS__PEOPLE": "named.csv", "SOURCES__CENSUS__PLACES": "named.csv"}
    assert f"{ROOT / 'named.csv'} cannot be read" in warehouse.ingest("census", fails=True, **named)
    flag = warehouse.folder / "flag.csv"
    assert f"{flag} cannot be read" in warehouse.ingest(
        "census", "--people", flag, fails=True, **named
    )


def test_a_failing_source_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    landed = []

    def half(source: SourceDeclaration, *_: object) -> None:
        if source.name == "census":
            raise IngestError("its file is gone")
        landed.append(source.name)

    monkeypatch.setattr(land, "SOURCES", {name: SOURCES[name] for name in ("census", "images")})
    monkeypatch.setattr(land, "_land_sample", half)
    monkeypatch.setattr(land, "holding_own", set)
    with pytest.raises(IngestError, match="not landed: census"):
        cli.all_sources(every=None, only=None, build=False)
    assert landed == ["images"]
    assert "census: error: its file is gone\n" in capsys.readouterr().err


def test_some_sources_alone(warehouse: Warehouse) -> None:
    printed = warehouse.ingest("all", "--only", "signatures, census")
    assert printed.index("census: ") < printed.index("signatures: ")
    assert "education" not in printed
    assert warehouse.query("select distinct source from raw_ledger.runs order by 1") == [
        ("census",),
        ("signatures",),
    ]
    told = warehouse.ingest("all", "--only", "census,people", fails=True)
    assert "error: --only: no source 'people'; there are census, " in told


def test_one_source_is_kept_fresh_by_itself(warehouse: Warehouse) -> None:
    rounds = subprocess.Popen(
        [BIN / "ingest", "census", "--every", "0"], cwd=ROOT, env=warehouse.env,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    count = "select count(*) from raw_ledger.runs where outcome <> 'running'"
    deadline = time.monotonic() + 120
    try:
        while not rounds.poll() and time.monotonic() < deadline:
            with suppress(psycopg2.errors.UndefinedTable):
                if warehouse.query(count)[0][0] >= 3:
                    break
            time.sleep(0.1)
    finally:
        rounds.send_signal(signal.SIGTERM)
    output, errors = rounds.communicate(timeout=60)
    assert rounds.returncode == 0
    assert "census: nothing new" in output
    assert output.endswith("stopped\n")
    assert "stopping after this step" in errors
    ((runs,),) = warehouse.query(count)
    assert runs >= 3


def test_every_step_is_in_the_log(warehouse: Warehouse) -> None:
    warehouse.ingest("census")
    log = (Path(warehouse.env["WAREHOUSE_LOGS"]) / "ingest.log").read_text()
    for step in ("census: run 1 starts", "2,013 records read", "census: run 1 ends: loaded"):
        assert step in log


def test_what_nobody_foresaw_is_one_line_and_the_rest_is_in_the_log(
    warehouse: Warehouse,
) -> None:
    warehouse.ingest("db", "start")
    warehouse.query("alter table raw_ledger.runs drop column message")
    printed = warehouse.ingest("census", fails=True)
    assert "unforeseen; the whole story is in" in printed
    assert "Traceback" in (Path(warehouse.env["WAREHOUSE_LOGS"]) / "ingest.log").read_text()


def test_a_terminal_sees_a_bar(warehouse: Warehouse) -> None:
    warehouse.ingest("samples")
    ours, theirs = pty.openpty()
    command = [BIN / "ingest", "census"]
    subprocess.run(
        command, cwd=ROOT, env={**os.environ, "TERM": "xterm"}, stderr=theirs, check=True
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:
        pass  # the end of a terminal
    assert b"census " in shown
    assert b"108793/108793" in shown


def test_a_name_gives_no_orders_to_the_terminal(warehouse: Warehouse) -> None:
    orders = "\x1b]0;owned\x07\x9b31m\u202e[red]"  # the last one is rich's
    folder = warehouse.folder / orders
    folder.mkdir()
    (folder / "people.csv").write_text("given_name,family_name,date_of_birth,place_of_birth\n")
    (folder / "places.csv").write_text("city,county,country\n")
    files = ("--people", folder / "people.csv", "--places", folder / "places.csv")
    told = warehouse.ingest("census", *files) + warehouse.ingest("census", *files)
    listed = warehouse.ingest("origins")
    assert "[red]" in listed
    told += listed + warehouse.ingest("forget", "census", folder / "people.csv", "--yes")
    (folder / "places.csv").unlink()
    told += warehouse.ingest("census", *files, fails=True)
    told += (Path(warehouse.env["WAREHOUSE_LOGS"]) / "ingest.log").read_text()
    assert "owned" in told
    assert not any(order in told for order in "\x1b\x07\x9b\u202e")
