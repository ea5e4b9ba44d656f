"""What may be deleted because something later took its place; what holds stays, and is known."""

from pathlib import Path

from ingest.landing.prune import prune
from ingest.signatures import NewXYZSignature, register_signatures
from ingest.signatures.tables import RAW_SCHEMA
from tests.conftest import Warehouse
from tests.signatures.datasets import STROKES, Datasets, forget, origins

RUNS = "select run_id from raw_ledger.runs order by 1"
FILES = "select path, run_id from raw_signatures.files where source <> 'REGISTERED' order by 1, 2"
COUNTS = "select origin, records_read from raw_signatures.counts order by 1, 2"


def pruned(keep_days: int) -> int:
    return sum(done.rows for done in prune([RAW_SCHEMA], keep_days))


def test_what_was_replaced_may_go_and_nothing_lands_again(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    datasets = Datasets(tmp_path / "data")
    for name in ("changed", "gone", "back"):
        datasets.write(f"Online/Genuine/{name}", STROKES)
    datasets.write("Online/gone/too")
    datasets.land(warehouse)
    register_signatures([NewXYZSignature([(1, 2, 3)])], "key")
    datasets.write("Online/Genuine/changed", b"1,1,1")
    (datasets.a / "Online/Genuine/gone").unlink()
    (datasets.a / "Online/gone/too").unlink()
    (datasets.a / "Online/Genuine/back").unlink()
    datasets.land(warehouse, "--allow-shrink")
    datasets.write("Online/Genuine/back", STROKES)
    datasets.index({datasets.first: "", "12345678" + datasets.first[8:]: ""})
    datasets.land(warehouse)
    runs = [run for (run,) in warehouse.query(RUNS)]

    # a content each of `back`, `changed`, `gone`, `too` and INDEX, 2 lines, a removal, counts:
    # INDEX's entries, header and folder, Online/Genuine twice, Online/gone
    assert pruned(1) == 0
    assert pruned(0) == 5 + 2 + 1 + 5
    assert warehouse.query(FILES) == [
        ("1/12345678", runs[2]),
        (f"{datasets.first[0]}/{datasets.first[:8]}", runs[0]),
        ("INDEX", runs[2]),
        ("Online/Genuine/001_1.HWR", runs[0]),
        ("Online/Genuine/back", runs[2]),
        ("Online/Genuine/changed", runs[1]),
    ]
    assert warehouse.query("select path from raw_signatures.removed_files order by 1") == [
        ("Online/Genuine/gone",),
        ("Online/gone/too",),
    ]
    assert warehouse.query("select distinct run_id from raw_signatures.index_lines") == [(runs[2],)]
    assert ("REGISTERED/key", 1) in warehouse.query(COUNTS)
    assert ("SOURCE_A/Online/gone", 0) in warehouse.query(COUNTS)
    assert pruned(0) == 0
    assert "nothing new" in datasets.land(warehouse)


def test_a_dataset_that_was_forgotten_and_pruned_lands_anew(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    datasets = Datasets(tmp_path / "data")
    datasets.land(warehouse)
    forget(datasets.a)
    assert pruned(0) == 2  # a file, a count
    assert "2 rows landed" in datasets.land(warehouse)
    assert origins(warehouse)[0] == (1, str(datasets.a), "own", 1, True, None)
    assert "nothing new" in datasets.land(warehouse)
