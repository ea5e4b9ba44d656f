"""Lines that went wrong in every way: each is a test run or rejected with a reason."""

import json
import os
import random
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.education.log_files import Place, open_files
from ingest.education.log_lines import _new_lines
from ingest.landing.ledger import Run
from ingest.landing.progress import Progress
from tests.education.platform import Systems, run

LINES = 10_000
BITS = [b'"', b"\\", b"{", b"}", b"[" * 3000, b",", b":", b"/", b" out of ", b"\xff", b"\0", b"\r"]
BITS += [
    b"\\u0000",
    b"\\ud800",
    "é".encode(),
    b"NaN",
    b"1e9",
    b"-",
    b".5",
    b"null",
    b"true",
    b"\x01",
]


def mutated(chance: random.Random) -> bytes:
    lesson = chance.choice([5, "5", None, " ", 1.5])
    title = chance.choice(["Use Fetch", 'A "b"', None])
    result = chance.choice(["1/1", "2 out of 2", "0/8", "3/2"])
    line = run(chance.randrange(900), lesson, title, result).encode()
    line = line.replace(b'_id",', b'_id":') if chance.random() < 0.3 else line
    line = line.replace(b'"result"', b'"results"') if chance.random() < 0.2 else line
    for _ in range(chance.choice([0, 0, 1, 1, 2, 5])):
        at, to = sorted(chance.randrange(len(line) + 1) for _ in range(2))
        what = chance.randrange(4)
        if what == 0:
            line = line[:at] + chance.choice(BITS) + line[at:]
        elif what == 1:
            line = line[:at] + line[min(to, at + 3) :]
        elif what == 2:
            line = line[:at] + bytes([chance.randrange(256)]) + line[at + 1 :]
        else:
            line = line[:to] + line[at:to] + line[to:]
    return line.replace(b"\n", b"")


def is_test_run(line: bytes) -> bool:
    """Tell what is a test run in Python, apart from the SQL that does so."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return False
    if "\0" in text or len(text) > 4000:
        return False
    told = _object(text) or _object(text.replace('"student_id",', '"student_id":'))
    if told is None:
        return False
    result = told.get("result") if told.get("result") is not None else told.get("results")
    student, lesson, title = (told.get(k) for k in ("student_id", "lesson_id", "lesson_title"))
    named = [n for n in (lesson, title) if not isinstance(n, str) or n.strip(" ")]
    return (
        isinstance(result, str)
        and re.fullmatch(r"[0-9]{1,18}(/| out of )[0-9]{1,18}", result) is not None
        and not isinstance(student, bool)
        and re.fullmatch("[0-9]{1,18}", str(student).strip(" ")) is not None
        and (lesson is None or isinstance(lesson, str) or (type(lesson) is int and lesson >= 0))
        and (title is None or isinstance(title, str))
        and any(name is not None for name in named)
    )


def _object(text: str) -> dict[str, object] | None:
    if re.search(r"\\u0000|\\ud[89a-f]", text):
        return None  # neither of them is text in Postgres

    def _no(_constant: str) -> None:
        raise ValueError

    def _number(number: str) -> object:
        whole = "." not in number and float(number).is_integer()
        return int(float(number)) if whole else float(number)

    try:
        told = json.loads(text.strip(" \t\r"), parse_constant=_no, parse_float=_number)
    except (ValueError, OverflowError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def test_every_mutated_line_is_accepted_or_has_a_reason(systems: Systems) -> None:
    seed = int(os.environ.get("SEED", "311"))
    print(f"SEED={seed}")
    chance = random.Random(seed)
    lines = [mutated(chance) for _ in range(LINES)]
    systems.append(*lines)
    systems.ingest()
    systems.warehouse.build("-s", "path:dbt_project/models/*/education", without=["test"])

    judged = systems.warehouse.query(
        "select reason from staging.stg_education__test_runs order by byte_offset"
    )
    assert len(judged) == LINES
    wrong = [
        (line, reason)
        for line, (reason,) in zip(lines, judged, strict=True)
        if (reason is None) != is_test_run(line)
    ]
    assert wrong == []
    assert systems.warehouse.query(
        "select read, accepted + rejected, rejected > 2000, accepted > 2000 "
        "from intermediate.int_education__reconciliation where record_table = 'test_runs'"
    ) == [(LINES, LINES, True, True)]
    assert systems.warehouse.query(
        "select count(*) = max(rejected) from intermediate.int_education__rejected_records "
        "cross join intermediate.int_education__outcomes as o where o.record_table = 'test_runs'"
    ) == [(True,)]


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300).map(lambda raw: raw.replace(b"a", b"\n")),
    st.lists(st.integers(0, 300), max_size=4),
)
def test_however_a_log_is_cut_its_whole_lines_come_out_once(
    content: bytes, cuts: Sequence[int]
) -> None:
    ends = sorted({*(min(cut, len(content)) for cut in cuts), len(content)})
    with TemporaryDirectory() as folder:
        path, got, offset = Path(folder) / "log", b"", 0
        for begin, end in pairwise([0, *ends]):
            with path.open("ab") as log:
                log.write(content[begin:end])
            with open_files(path) as (file,):
                counted = Run("education", 0, None, Progress("test"), False)  # type: ignore[arg-type]
                for table, rows in _new_lines(counted, path, Place(file, 1, offset), 1):
                    if table == "log_lines":
                        for row in rows.to_pylist():
                            assert row["byte_offset"] == len(got)
                            line = row["raw_bytes"] if row["problem"] else row["text"].encode()
                            got += line + b"\n"
            offset = len(got)
        assert got == content[: content.rfind(b"\n") + 1]
