"""docs/signatures.md's walk through a layout, followed in a copy of the project."""

import re
import shutil
from pathlib import Path

from tests.conftest import ROOT, Warehouse
from tests.test_adding_a_source import COPIED, run

PAGE = (ROOT / "docs" / "signatures.md").read_text()
(LAYOUT,) = re.findall(r"^```yaml\n(    FAMILY:\n.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLES = ("people/ann/genuine-1.png", "people/ann/forged-by-bob-1.png")
BUILD = (
    "dbt build --select stg_warehouse__loads path:dbt_project/models/*/signatures "
    "--exclude-resource-type unit_test"
)


def test_a_layout_of_the_page_is_all_that_a_new_dataset_needs(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    assert all(f"`{example}`" in PAGE for example in EXAMPLES)
    copy = tmp_path / "project"
    copy.mkdir()
    for name in COPIED:
        copying = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copying(ROOT / name, copy / name)
    project = copy / "dbt_project.yml"
    place = "  signature_layouts:\n"
    project.write_text(project.read_text().replace(place, place + LAYOUT))
    for name in (*EXAMPLES, "people/ann/other.png", "notes.txt"):
        path = copy / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    run(copy, tmp_path, "ingest signatures --dataset FAMILY=data")
    run(copy, tmp_path, BUILD)
    assert warehouse.query(
        "select signees.local_id, is_forgery, originals.local_id from marts.signatures "
        "join marts.signees using (signee_id) left join marts.signees as originals "
        "on originals.signee_id = reference_signee_id order by 1"
    ) == [("ann", False, None), ("bob", True, "ann")]
    assert warehouse.query(
        "select origin, reason from intermediate.int_signatures__rejected_records order by 1"
    ) == [
        ("FAMILY/notes.txt", "lies in none of people/([a-z]+)"),
        (
            "FAMILY/people/ann/other.png",
            "name is not genuine-<sample>.png or forged-by-<forger>-<sample>.png",
        ),
    ]
