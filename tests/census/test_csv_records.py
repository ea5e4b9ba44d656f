"""The CSV reader: every line comes out once, whatever stands in it."""

import csv
import io
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.census import csv_records
from ingest.census.csv_careful import Malformed
from ingest.census.csv_records import read_header, read_records
from ingest.common.errors import IngestError

COLUMNS = ("a", "b")
Row = tuple[int, str, str]


def read(content: bytes) -> tuple[list[Row], list[Malformed]]:
    file = io.BytesIO(b"a,b\n" + content)
    read_header(file, "file.csv", COLUMNS)
    blocks = list(read_records(file, "file.csv", COLUMNS))
    rows = [
        row
        for block in blocks
        for row in zip(
            block.lines.to_pylist(), *(column.to_pylist() for column in block.fields), strict=True
        )
    ]
    return rows, list(chain.from_iterable(block.malformed for block in blocks))


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"1,2\n3,4\n", [(2, "1", "2"), (3, "3", "4")]),
        (b"1,2\r\n3,4", [(2, "1", "2"), (3, "3", "4")]),
        (b',\n"",""\n', [(2, "", ""), (3, "", "")]),
        (b' 1 ,NA\nnull,"NULL"\n', [(2, " 1 ", "NA"), (3, "null", "NULL")]),
        ("Ólafur,ნინო\n".encode(), [(2, "Ólafur", "ნინო")]),
        (b'"x, y","say ""hi"""\n1,2\n', [(2, "x, y", 'say "hi"'), (3, "1", "2")]),
        (b'"one\ntwo\r\nthree",2\n3,4\n', [(2, "one\ntwo\r\nthree", "2"), (5, "3", "4")]),
        (b"c\rr,2\n", [(2, "c\rr", "2")]),
    ],
)
def test_records_and_their_lines(content: bytes, rows: list[Row]) -> None:
    assert read(content) == (rows, [])


@pytest.mark.parametrize(
    ("content", "malformed"),
    [
        (b"1\n", Malformed(2, "field count", 1, b"1")),
        (b"1,2,3\r\n", Malformed(2, "field count", 3, b"1,2,3")),
        (b"\n", Malformed(2, "field count", 1, b"")),
        (b"1,\xff\n", Malformed(2, "not utf-8", 2, b"1,\xff")),
        (b"1,\0\n", Malformed(2, "nul", 2, b"1,\0")),
        (b'"1\n\xff",2\n', Malformed(2, "not utf-8", 2, b'"1\n\xff",2')),
        (b'"1"x,2\n', Malformed(2, "quotes", None, b'"1"x,2')),
        (b'1,"2\n', Malformed(2, "quotes", None, b'1,"2')),
    ],
)
def test_what_is_no_record_costs_its_own_lines_only(content: bytes, malformed: Malformed) -> None:
    rows, found = read(content + b"5,6\n")
    assert found == [malformed]
    assert rows == [(3 + malformed.raw_bytes.count(b"\n"), "5", "6")]


def test_an_open_quote_does_not_swallow_the_file() -> None:
    lines = b"".join(b"%d,x\n" % i for i in range(100_000))
    rows, malformed = read(b'1,"open\n' + lines)
    assert [m.line for m in malformed] == [2]
    assert len(rows) == 100_000
    assert rows[-1] == (100_002, "99999", "x")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "file.csv is empty: line 1 must be the header a,b"),
        (b"b,a\n", "file.csv, line 1: the header is 'b,a', not 'a,b'"),
        (b"a,b,c\n", "file.csv, line 1: the header is 'a,b,c', not 'a,b'"),
        (b"1,2\n", "file.csv, line 1: the header is '1,2', not 'a,b'"),
        (b"\xff\xfea\0,\0b\0\n\0", "file.csv, line 1: the header is"),
    ],
)
def test_a_wrong_header_is_named(content: bytes, message: str) -> None:
    with pytest.raises(IngestError, match=r"file\.csv") as error:
        read_header(io.BytesIO(content), "file.csv", COLUMNS)
    assert message in str(error.value)


@pytest.mark.parametrize("header", [b"\xef\xbb\xbfa,b\n", b"a,b\r\n", b'"a","b"\n', b"a,b"])
def test_headers_that_are_right(header: bytes) -> None:
    read_header(io.BytesIO(header), "file.csv", COLUMNS)


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(IngestError, match=r"file\.csv, line 2: longer than 16 MiB"):
        read(b"x" * (18 << 20))


# What makes CSV hard, mixed at will; small blocks let records straddle their edges.
pieces = st.sampled_from(
    [
        b"1",
        b",",
        b"\n",
        b"\r\n",
        b'"',
        b'""',
        b"\0",
        b"\xff",
        b"\r",
        "ж".encode(),
        b"x,y\n",
        b'"q\nr",s\n',
    ]
)


@given(st.lists(pieces, max_size=60).map(b"".join), st.sampled_from([1, 7, 64, 1 << 20]))
def test_every_byte_is_in_one_record_or_one_malformed_line(
    content: bytes, block_bytes: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_records, "BLOCK_BYTES", block_bytes)
        rows, malformed = read(content)
        assert (rows, malformed) == read(content)
    starts = sorted([row[0] for row in rows] + [m.line for m in malformed])
    assert len(set(starts)) == len(starts)
    inside = sum(a.count("\n") + b.count("\n") for _, a, b in rows)
    inside += sum(m.raw_bytes.count(b"\n") for m in malformed)
    lines = content.count(b"\n") + (not content.endswith(b"\n") and content != b"")
    assert len(starts) + inside == lines


# A value that holds a comma and a line break may look like two records, and is refused for it.
values = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0,")),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\n\r")),
)


@given(st.lists(st.lists(values, min_size=2, max_size=2)))
def test_what_csv_writes_comes_back_as_it_was(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    found, malformed = read(text.getvalue().encode())
    assert not malformed
    assert [list(row[1:]) for row in found] == rows


@given(
    st.one_of(
        st.lists(pieces, max_size=60).map(b"".join),
        st.lists(pieces.filter(lambda piece: b"\0" not in piece and piece != b'"')).map(b"".join),
    )
)
def test_the_fast_way_and_the_careful_way_agree(content: bytes) -> None:
    fast = read(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_records, "_looks_plain", lambda _block: False)
        assert read(content) == fast


def test_blocks_are_read_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 1_000_000)
    with path.open("rb") as file:
        read_header(file, path.name, COLUMNS)
        next(read_records(file, path.name, COLUMNS))
        assert file.tell() < 2 * csv_records.BLOCK_BYTES


def test_a_file_that_is_quoted_throughout_is_read_at_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_records, "BLOCK_BYTES", 1000)  # cut inside quotes, too
    monkeypatch.setattr(csv_records, "CarefulReader", None)
    rows, _ = read(b'"x, ""y""","one\ntwo"\r\n' * 1000)
    assert rows == [(2 + 2 * i, 'x, "y"', "one\ntwo") for i in range(1000)]


# Good lines of three fields, plain and quoted; then one quote each at two places of the file, more
# often than not at the edge of a field, where it counts.
plain = st.text("ab é", max_size=2)
quoted = st.text('ab, "', max_size=2).map(lambda value: '"' + value.replace('"', '""') + '"')
plain_lines = st.lists(plain, min_size=3, max_size=3).map(",".join)
good_lines = st.lists(plain | plain | quoted, min_size=3, max_size=3).map(",".join) | plain_lines


@given(st.lists(good_lines, min_size=1, max_size=30), st.data())
def test_two_stray_quotes_cost_their_own_lines_only(lines: list[str], data: st.DataObject) -> None:
    damaged, numbers = list(lines), set()
    for _ in range(2):
        number = data.draw(st.integers(0, len(lines) - 1))
        line = damaged[number]
        edges = [at for at in range(len(line) + 1) if "," in f",{line},"[at : at + 2]]
        at = data.draw(st.sampled_from(edges) | st.integers(0, len(line)))
        damaged[number] = f'{line[:at]}"{line[at:]}'
        numbers.add(number)
    file = io.BytesIO(("a,b,c\n" + "\n".join(damaged)).encode())
    read_header(file, "file.csv", ("a", "b", "c"))
    found = {
        line - 2: fields
        for block in read_records(file, "file.csv", ("a", "b", "c"))
        for line, *fields in zip(
            block.lines.to_pylist(), *(c.to_pylist() for c in block.fields), strict=True
        )
    }
    for number, line in enumerate(lines):
        if number not in numbers:
            assert found.get(number) == next(csv.reader([line])), f"line {number}"


@pytest.mark.parametrize("between", [0, 1, 100])
@pytest.mark.parametrize("odd", [b"", b"\n", b"just one field\n"])
def test_lines_between_two_stray_quotes_are_records(between: int, odd: bytes) -> None:
    good = b"1,2\n" * between
    rows, malformed = read(b'7,"8\n' + good + odd + good + b'9,8"\n')
    assert malformed[0] == Malformed(2, "quotes", None, b'7,"8')
    assert len(malformed) == 1 + bool(odd)
    assert len(rows) == 2 * between + 1
    assert rows[-1][1:] == ("9", '8"')
