"""INDEX: letters count alike, duplicates are of what is published, all faults together add up."""

from pathlib import Path

from tests.conftest import Warehouse
from tests.signatures.datasets import REJECTED, Datasets, build, uuid

COUNTS = (
    "select record_table, sum(read), sum(accepted), sum(rejected), sum(duplicate) "
    "from intermediate.int_signatures__reconciliation where origin like 'SOURCE_B%%' "
    "group by 1 order by 1"
)
PUBLISHED = (
    "select source_path, is_forgery from marts.signatures where source = 'SOURCE_B' order by 1"
)


def test_every_fault_of_an_index_together_adds_up(warehouse: Warehouse, tmp_path: Path) -> None:
    datasets = Datasets(tmp_path)
    ids = [uuid(number, f"{number:x}abc") for number in range(1, 16)]
    twice, capital, forged, apart, alike, missing, parents = ids[:7]
    claimed, circle, other_circle, orphan, grandchild, both, of_both = ids[7:14]
    lines = [
        *(f"{twice.upper()}    ", f"{twice}    "),  # one signature, told twice
        *(f"{capital.upper()}    ", f"{forged}    {capital.upper()}"),  # its file is in small
        *(f"{apart}    ", f"{alike}    "),  # their files are there in both, unlike and alike
        *(f"{missing}    ", f"{missing.upper()}    "),
        *(f"{parents}    ", f"{parents.upper()}    {twice}"),  # told with and without a parent
        *(f"{claimed}    ", f"{claimed[:8].upper()}{uuid(99)[8:]}    "),  # two ids, one file
        *(f"{circle}    {other_circle}", f"{other_circle.upper()}    {circle}"),
        *(f"{orphan}    {uuid(77)}", f"{orphan}    {uuid(77).upper()}"),
        *(f"{grandchild}    {forged}", f"{grandchild.upper()}    {forged}"),
        *(f"{both}    {twice}", f"{both.upper()}    {twice.upper()}"),
        *(f"{of_both}    {both}", "no line", ""),
    ]
    for one in (*ids, *(one.upper() for one in (apart, alike, both))):
        if one != missing:
            datasets.image(one)
    datasets.image(apart).write_bytes(b"other than in capital letters")
    datasets.index_lines(len(lines), *lines)
    datasets.land(warehouse)
    # Most of it is rejected here, and is to be looked at all the same.
    build(warehouse, "--vars", "{most_rejects: {default: 1.0}}")

    assert warehouse.query(PUBLISHED) == [
        (f"SOURCE_B/{path}", forgery)
        for path, forgery in sorted(
            [
                (f"{twice[0]}/{twice[:8]}", False),
                (f"{capital[0]}/{capital[:8]}", False),
                (f"{forged[0]}/{forged[:8]}", True),
                (f"{alike[0]}/{alike[:8]}".upper(), False),
                (f"{both[0]}/{both[:8]}".upper(), True),
            ]
        )
    ]
    read, published, again = len(lines), 5, 2
    there = len([path for path in datasets.b.rglob("*") if path.is_file()])
    assert warehouse.query(COUNTS) == [
        ("files", there, published + 1, there - published - 1 - again, again),  # and INDEX
        ("index_entries", read, published, read - published - again, again),
        ("index_headers", 1, 1, 0, 0),
    ], warehouse.query(REJECTED)


def test_an_index_in_capital_letters_is_that_of_files_in_small_ones(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    datasets = Datasets(tmp_path)
    genuine, forged = uuid(1), uuid(2)
    datasets.index({genuine: "", forged: genuine})
    index = datasets.b / "INDEX"
    index.write_text(index.read_text().upper())
    datasets.land(warehouse)
    build(warehouse)
    assert len(warehouse.query(PUBLISHED)) == 2
    before = warehouse.query("select signature_id from marts.signatures order by 1")
    index.write_text(index.read_text().lower())
    datasets.land(warehouse)
    build(warehouse)
    assert warehouse.query("select signature_id from marts.signatures order by 1") == before


def test_marks_and_carriage_returns_are_named(warehouse: Warehouse, tmp_path: Path) -> None:
    datasets = Datasets(tmp_path)
    index = datasets.b / "INDEX"
    text = index.read_text()
    for content, strokes, reason in (
        (f"\ufeff{text}", "\ufeff1,2,3", "begins with a byte-order mark"),
        (
            *(text.replace("\n", "\r"), "1,2,3\r4,5,6"),
            "has carriage returns in place of line feeds",
        ),
    ):
        index.write_text(content, newline="")
        datasets.write("Online/Genuine/002_1.HWR", strokes.encode())
        datasets.land(warehouse)
        build(warehouse)
        for file in ("SOURCE_A/Online/Genuine/002_1.HWR", "SOURCE_B/INDEX"):
            assert (file, "line 1", reason) in warehouse.query(REJECTED)
