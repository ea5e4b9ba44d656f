"""One of each fault: a clear error that lands nothing, or a rejected record with its reason."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Warehouse

PLACES = b"""city,county,country
Wick,Caithness,Scotland
Wick,Caithness,Scotland
Hamilton,Lanarkshire,Scotland
Hamilton,Bermuda,Bermuda
,Kent,England
"""

# Line by line: the record, and why it is rejected (None: published, "": a duplicate).
PEOPLE: list[tuple[bytes, str | None]] = [
    (b"Ana,Good,1900-02-28,Wick\n", None),
    (b"Ana,Good,1900-02-28,Wick\n", ""),
    (b'"Two\nLines","Quo""ted, Esq.",2000-02-29,Wick\r\n', None),
    (b"Few,1900-01-01,Wick\n", "has 3 fields, not 4"),
    (b"Many,Fields,1900-01-01,Wick,\n", "has 5 fields, not 4"),
    (b"Caf\xe9,Latin,1900-01-01,Wick\n", "is not UTF-8"),
    (b"Nul,\0,1900-01-01,Wick\n", "contains a NUL character"),
    (b'Open,"Quote,1900-01-01,Wick\n', "its quotes do not match"),
    (b"Feb,Thirty,1900-02-30,Wick\n", "date_of_birth is no date of the form YYYY-MM-DD"),
    (b"Slash,Date,1842/09/30,Wick\n", "date_of_birth is no date of the form YYYY-MM-DD"),
    (b"Zero,Year,0000-01-01,Wick\n", "date_of_birth is no date of the form YYYY-MM-DD"),
    (b"Not,Born,2999-01-01,Wick\n", "date_of_birth is later than the day the file was read"),
    (b"No,Where,1900-01-01,Atlantis\n", "place_of_birth matches no place"),
    (b"Two,Places,1900-01-01,Hamilton\n", "place_of_birth matches 2 places"),
    (b",Blank,1900-01-01,Wick\n", "given_name is blank"),
    (b"Blank, \t,1900-01-01,Wick\n", "family_name is blank"),
    (b"Long," + b"x" * 10_000 + b",1900-01-01,Wick\n", "family_name is longer than 200 characters"),
    (b"\n", "has 1 fields, not 4"),
    ("Þórdís,Гагарин,1961-04-12,Wick".encode(), None),
]
HEADER = b"given_name,family_name,date_of_birth,place_of_birth\n"
CENSUS = ("-s", "path:dbt_project/models/*/census")
Write = Callable[[str, str | bytes], Path]


def test_every_fault_is_rejected_with_its_line_and_reason(
    warehouse: Warehouse, write: Write
) -> None:
    people = write("people.csv", b"\xef\xbb\xbf" + HEADER + b"".join(line for line, _ in PEOPLE))
    warehouse.ingest("census", "--people", people, "--places", write("places.csv", PLACES))
    warehouse.build()

    line, expected = 2, []
    for raw, reason in PEOPLE:
        if reason:
            expected.append((f"line {line}", reason))
        line += max(raw.count(b"\n"), 1)
    rejected = warehouse.query(
        "select position, reason from marts.rejected_records where origin = %s "
        "order by substr(position, 6)::int",
        str(people),
        role="analyst",
    )
    assert rejected == expected

    assert warehouse.query(
        "select record_table, read, accepted, rejected, duplicate from marts.ingest_reconciliation "
        "order by record_table"
    ) == [("people", 19, 3, 15, 1), ("places", 5, 3, 1, 1)]
    assert warehouse.query("select given_name, family_name from marts.people order by 1") == [
        ("Ana", "Good"),
        ("Two\nLines", 'Quo"ted, Esq.'),
        ("Þórdís", "Гагарин"),
    ]
    ((raw_text,),) = warehouse.query(
        "select raw_text from marts.rejected_records where reason = 'is not UTF-8'"
    )
    assert raw_text == "Caf\\351,Latin,1900-01-01,Wick"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"", "people.csv is empty: line 1 must be the header"),
        (
            b"family_name,given_name,date_of_birth,place_of_birth\n",
            "people.csv, line 1: the header is",
        ),
        (b"John,Williams,1842-09-30,Dumfries\n", "people.csv, line 1: the header is"),
    ],
)
def test_a_file_that_is_no_people_file_is_refused_whole(
    warehouse: Warehouse, write: Write, content: bytes | None, message: str
) -> None:
    people = warehouse.folder / "people.csv" if content is None else write("people.csv", content)
    printed = warehouse.ingest(
        "census", "--people", people, "--places", write("places.csv", PLACES), fails=True
    )
    assert message in printed
    assert f"error: {people}" in printed
    assert printed.count("\n") == 1, "one line is enough to tell a user's mistake"
    assert warehouse.query("select count(*) from raw_census.places") == [(0,)]
    ((outcome, told),) = warehouse.query("select outcome, message from raw_ledger.runs")
    assert outcome == "failed"
    assert message in told


def test_a_directory_is_no_people_file(warehouse: Warehouse, write: Write) -> None:
    printed = warehouse.ingest(
        "census", "--people", warehouse.folder, "--places", write("places.csv", PLACES), fails=True
    )
    assert "is not a regular file" in printed


def test_a_changed_file_replaces_what_it_held_and_a_shrunk_one_is_refused(
    warehouse: Warehouse, write: Write
) -> None:
    def land(people: int, *flags: str, fails: bool = False) -> str:
        rows = b"".join(b"Name%d,Family,1900-01-01,Wick\n" % i for i in range(people))
        arguments = ("--people", write("people.csv", HEADER + rows), "--places", places, *flags)
        return warehouse.ingest("census", *arguments, fails=fails)

    places = write("places.csv", PLACES)
    land(100)
    land(90)
    assert "shrank from" in land(10, fails=True)
    warehouse.build(*CENSUS)
    assert warehouse.query("select count(*) from marts.people") == [(90,)]
    land(10, "--allow-shrink")
    warehouse.build(*CENSUS)
    assert warehouse.query("select count(*) from marts.people") == [(10,)]
    assert warehouse.query(
        "select read from intermediate.int_census__reconciliation where origin like '%people.csv'"
    ) == [(10,)]


def test_a_pipe_is_no_file(warehouse: Warehouse, write: Write) -> None:
    os.mkfifo(warehouse.folder / "people.csv")
    printed = warehouse.ingest(
        *("census", "--people", warehouse.folder / "people.csv"),
        *("--places", write("places.csv", PLACES)),
        fails=True,
    )
    assert "people.csv is not a regular file" in printed
