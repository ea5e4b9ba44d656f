"""A file says what it is, packed, in another encoding or with other separators, and is read so."""

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from ingest.census.file_kinds import opened_as_text
from ingest.common.errors import IngestError
from tests.conftest import Warehouse

Write = Callable[[str, str | bytes], Path]
HEADER = "given_name,family_name,date_of_birth,place_of_birth\n"
PEOPLE = HEADER + "Þórdís,Good,1900-01-01,Wick\nAna,Bad,1900-01-02,Wick\n"
PLACES = "city,county,country\nWick,Caithness,Scotland\n"


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


KINDS = [
    (PEOPLE.encode("utf-16"), "UTF-16"),
    (b"\xfe\xff" + PEOPLE.encode("utf-16-be"), "UTF-16"),
    (PEOPLE.encode("utf-32"), "UTF-32"),
    (gzip.compress(PEOPLE.encode()), "gzip"),
    (gzip.compress(PEOPLE.encode()[:60]) + gzip.compress(PEOPLE.encode()[60:]), "gzip"),
    (pa.compress(PEOPLE.encode(), "zstd", asbytes=True), "zstd"),
    (zipped(**{"people.csv": PEOPLE.encode(), "__MACOSX/._people.csv": b"x"}), "zip"),
    (PEOPLE.replace(",", ";").encode(), "separated by semicolons"),
    (PEOPLE.replace(",", "\t").encode(), "separated by tabs"),
    (PEOPLE.replace(",", "|").encode(), "separated by bars"),
    (gzip.compress(PEOPLE.replace(",", ";").encode("utf-16")), "gzip, UTF-16, separated by semi"),
]


def test_each_kind_is_read_and_told_in_the_ledger(warehouse: Warehouse, write: Write) -> None:
    places = write("places.csv", PLACES)
    for content, told in KINDS:
        people = write("people.csv", content)
        warehouse.ingest("census", "--people", people, "--places", places)
        ((message,),) = warehouse.query(
            "select message from raw_ledger.runs order by run_id desc limit 1"
        )
        assert f"{people} is read as {told}" in message
        assert warehouse.query(
            "select given_name, place_of_birth, line from raw_census.people "
            "where _dlt_load_id = (select max(load_id) from raw_census._dlt_loads) order by line"
        ) == [("Þórdís", "Wick", 2), ("Ana", "Wick", 3)]


def test_settings_overrule_what_a_file_shows(warehouse: Warehouse, write: Write) -> None:
    people = write("people.csv", PEOPLE.replace("Þórdís", "Café").encode("cp1252"))
    named = ("census", "--people", people, "--places", write("places.csv", PLACES))
    warehouse.ingest(*named)
    assert warehouse.query("select problem from raw_census.malformed_lines") == [("not utf-8",)]
    assert "people.csv is landed already" in warehouse.ingest(*named)
    warehouse.ingest(*named, "--encoding", "cp1252")
    landed = warehouse.query("select given_name from raw_census.people where line = 2")
    assert landed == [("Café",)], "the same bytes, read in another way, are landed anew"
    assert "people.csv is landed already" in warehouse.ingest(*named, "--encoding", "cp1252")
    printed = warehouse.ingest(*named, "--separator", ";", fails=True)
    assert "people.csv, line 1: the header is" in printed
    assert "no encoding is called" in warehouse.ingest(*named, "--encoding", "base64", fails=True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped(**{"xl/workbook.xml": b"", "a": b""}), "is an Excel workbook (.xlsx): in your"),
        (zipped(**{"mimetype": b"", "content.xml": b""}), "is an OpenDocument spreadsheet (.ods)"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x", "is an old Excel workbook (.xls)"),
        (zipped(a=b"1", b=b"2"), "is a zip archive of 2 files, not one"),
        (zipped(a=b"1")[:20], "is a zip archive that is damaged or cut off"),
        (gzip.compress(gzip.compress(b"x")), "is packed twice"),
        (gzip.compress(b"x" * 9)[:-9], "is damaged or cut off: its gzip data cannot be read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "content",  # archives tell the time
)
def test_what_holds_no_csv_is_named(content: bytes, message: str) -> None:
    with pytest.raises(IngestError) as error:
        opened_as_text(io.BufferedReader(io.BytesIO(content)), "f", None)[0].read()  # type: ignore
    assert f"f {message}" in str(error.value)


def test_what_is_no_text_of_its_encoding_is_kept_as_no_utf8() -> None:
    cut = "a,b\nx".encode("utf-16")[:-1]
    text, _ = opened_as_text(io.BufferedReader(io.BytesIO(cut)), "f", None)  # type: ignore
    assert text.read() == b"a,b\n\xf8"


def test_paths_of_any_bytes_and_of_a_home(
    warehouse: Warehouse, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = write("places.csv", PLACES)
    odd = Path(os.fsdecode(os.fsencode(warehouse.folder) + b"/p\xff.csv"))
    odd.write_text(PEOPLE)
    warehouse.ingest("census", "--people", odd, "--places", places)
    assert warehouse.query(
        "select records from raw_census.origins where origin like %s", "%p\\\\xff.csv"
    ) == [(2,)]
    missing = odd.with_name(odd.name + "x")
    printed = warehouse.ingest("census", "--people", missing, "--places", places, fails=True)
    assert "p\\xff.csvx cannot be read: No such file" in printed
    assert "unforeseen" not in printed
    monkeypatch.setenv("HOME", str(warehouse.folder))
    write("people.csv", PEOPLE)
    warehouse.ingest("census", "--people", "~/people.csv", "--places", "~/places.csv")
