"""A warehouse from before outcomes were landed gains their table, and goes on where it was."""

from pathlib import Path

from tests.classification.conftest import image
from tests.classification.counting import fill, lab
from tests.conftest import Warehouse


def test_an_older_warehouse_gains_outcomes(
    warehouse: Warehouse, server: dict[str, str], tmp_path: Path
) -> None:
    folder = fill(tmp_path / "images", 1, 2)
    with lab(warehouse, server) as here:
        here.run(folder)
        warehouse.query("drop table raw_classification.outcomes")
        warehouse.query("truncate raw_classification._dlt_version")
        warehouse.query("delete from raw_ledger.setup where part = 'classification'")
        assert not here.run(folder).rows_landed, "what it asked for and was told is known"
        assert warehouse.query("select count(*) from raw_classification.outcomes") == [(0,)]
        (folder / "3.png").write_bytes(image(3))
        assert "1 image(s) labelled" in here.run(folder).notes
        assert len(here.published()[0]) == 3
