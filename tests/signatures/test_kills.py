"""A killed `ingest signatures`, then a plain run of it: everything is there, and there once."""

from pathlib import Path

import pytest

from tests.conftest import Warehouse
from tests.signatures.datasets import STROKES, Datasets

FILES = 2_500  # three chunks
LANDED = """
select
    count(*) filter (where _dlt_load_id in (select load_id from raw_signatures._dlt_loads)),
    count(distinct (source, path)),
    count(*)
from raw_signatures.files
"""


@pytest.mark.parametrize(
    ("window", "times"),
    [
        ("while extracting", 3),
        ("before loading", 1),
        ("between a file's commit and its marker", 1),
        ("between a file's commit and its marker", 3),
        ("before the load is complete", 1),
        ("after the load is complete", 1),
    ],
)
def test_a_plain_rerun_after_a_kill_lands_everything_once(
    warehouse: Warehouse, tmp_path: Path, window: str, times: int
) -> None:
    datasets = Datasets(tmp_path / "data")
    for number in range(2, FILES):
        datasets.write(f"Online/Genuine/{number:03}_1.HWR", STROKES)
    command = ("signatures", "--source-a", datasets.a, "--source-b", datasets.b)
    warehouse.kill(window, times, *command)

    datasets.write("Online/Genuine/001_2.HWR", STROKES)  # new data meets what was left pending
    warehouse.ingest(*command)
    files = FILES + 2  # and INDEX, and the image of its one signature
    assert warehouse.query(LANDED) == [(files, files, files)]
    assert warehouse.query("select count(*) from raw_signatures.index_lines") == [(2,)]
    assert "nothing new" in warehouse.ingest(*command)
