"""Whatever a name, an HWR file or a line of INDEX holds: accepted, or rejected with a reason.

The rules are asked as dbt compiled them, one query for each example, on rows that are rolled back.
"""

import math
import re
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.warehouse import connect
from tests.conftest import Warehouse
from tests.signatures.datasets import uuid

Rows = Sequence[dict[str, Any]]
Ask = Callable[[str, dict[str, Rows]], list[tuple[Any, ...]]]
MARKS = {"_dlt_load_id": "1", "origin_id": 1}
ORIGIN = {"origin_id": 1, "counts": True, "run_id": 1, "event": 1}
COMPILED = "compiled/research_warehouse/dbt_project/models/intermediate/signatures"
STAGING = ("stg_warehouse__loads", "staging.signatures")
many = settings(max_examples=150, deadline=None, derandomize=True)


def test_every_name_stroke_and_index_line_is_judged(warehouse: Warehouse) -> None:
    warehouse.ingest("db", "start")
    warehouse.run("dbt", "--quiet", "run", "--select", *STAGING)
    warehouse.run("dbt", "--quiet", "compile", "--select", "+int_signatures__strokes")
    compiled = Path(warehouse.env["DBT_TARGET_PATH"], COMPILED)
    files = (compiled / "int_signatures__stroke_files.sql").read_text()
    strokes = (compiled / "int_signatures__strokes.sql").read_text()
    strokes = re.sub(r'\S+"int_signatures__stroke_files"', lambda _: f"({files})", strokes)
    with closing(connect.connect()) as connection, connection.cursor() as cursor:

        def ask(question: str, tables: dict[str, Rows]) -> list[tuple[Any, ...]]:
            cursor.execute("insert into staging.stg_warehouse__loads values ('signatures', '1')")
            for table, rows in {"origins": [ORIGIN], **tables}.items():
                for row in rows:
                    values = {**row, **MARKS}
                    places = ", ".join(["%s"] * len(values))
                    cursor.execute(
                        f"insert into raw_signatures.{table} ({', '.join(values)}) "
                        f"values ({places})",
                        list(values.values()),
                    )
            cursor.execute(question)
            answer = cursor.fetchall()
            connection.rollback()
            return answer

        check_names(ask)
        check_strokes(ask, strokes)
        check_index(ask)


# names

digits = st.text("0123456789", max_size=11)
endings = st.sampled_from(
    [".png", ".PNG", ".gif", ".webp", ".hwr", ".HWR", ".HWR\n", "", ".", ".txt"]
)
anything = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)
names = st.one_of(
    st.builds("{}_{}{}".format, digits, digits, endings),
    st.builds("{}_{}{}".format, st.from_regex(r"\A[0-9]{7}\Z"), digits, endings),
    st.builds("{}_{}{}".format, st.from_regex(r"\A[0-9a-zé_]{7}\Z"), digits, endings),
    anything,
    st.builds("{}_{}.hwr".format, anything, anything),
)


def short(number: str) -> str:
    return str(int(number)) if re.fullmatch("[0-9]+", number) else number


def check_names(ask: Ask) -> None:
    @many
    @given(st.sampled_from(["Offline", "Online"]), st.booleans(), names)
    def judge(medium: str, forged: bool, name: str) -> None:
        path = f"{medium}/{'Forgeries' if forged else 'Genuine'}/{name}"
        ((local_id, reference, sample, reason),) = ask(
            "select local_id, reference_local_id, sample_number, reason "
            "from staging.stg_signatures__names",
            {"files": [{"source": "SOURCE_A", "path": path, "sha256": "h", "run_id": 1}]},
        )
        who = r"(?P<who>[^/]{4})(?P<whom>[^/]{3})" if forged else r"(?P<who>[0-9]{1,9})"
        right = re.fullmatch(rf"{who}_(?P<sample>[0-9]{{1,9}})\.[^._/]+", name)
        if right:
            whom = short(right["whom"]) if forged else None
            told = (short(right["who"]), whom, int(right["sample"]), None)
            assert (local_id, reference, sample, reason) == told
        else:
            assert (local_id, reference, sample) == (None, None, None)
            assert reason

    judge()


# strokes

numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True).map(repr),
    st.integers().map(str),
    st.from_regex(r"\A[ \t]?[+-]?[0-9]{0,3}\.?[0-9]{0,3}([eE][+-]?[0-9]{1,4})?[ \t]?\Z"),
    st.sampled_from(
        [
            "",
            " ",
            "1_0",
            "0x1",
            "1e400",
            "1e-400",
            "4.9e-324",
            "2.5e-324",
            "2.4e-324",
            "1.7976931348623158e308",
            "inf",
            "NaN",
            "1,",
            "²",
            "\0",
            "1\r",
        ]
    ),
)
lines = st.one_of(
    st.lists(numbers, min_size=3, max_size=3).map(",".join),
    st.lists(st.floats(-1e6, 1e6).map(repr), min_size=3, max_size=3).map(",".join),
    st.lists(numbers, max_size=4).map(",".join),
)
texts = st.builds(
    lambda found, end, last: (end.join(found) + last).encode(),
    st.lists(lines, max_size=5),
    st.sampled_from(["\n", "\n", "\r\n"]),
    st.sampled_from(["", "\n"]),
)


def is_number(text: bytes) -> bool:
    """Whether Python reads a finite number that a double tells from zero, written plainly."""
    if not re.fullmatch(
        rb"[ \t]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?[ \t]*", text
    ):
        return False
    vanishes = float(text) == 0 and bool(re.search(rb"[1-9]", re.split(rb"[eE]", text)[0]))
    return math.isfinite(float(text)) and not vanishes


def first_fault(content: bytes) -> int | None:
    found = content.split(b"\n")
    if len(found) > 1 and not found[-1]:
        found.pop()
    for number, line in enumerate(found, 1):
        values = line.rstrip(b"\r").split(b",")
        if len(values) != 3 or not all(map(is_number, values)):
            return number
    return None


def check_strokes(ask: Ask, question: str) -> None:
    @many
    @given(st.one_of(texts, texts, texts, st.binary()))
    def judge(content: bytes) -> None:
        file = {"source": "SOURCE_A", "path": "Online/Genuine/1_1.hwr", "run_id": 1}
        ((count, line, reason),) = ask(
            f"select point_count, fault_line, reason from ({question}) as strokes",
            {"files": [{**file, "sha256": "h", "content": content}]},
        )
        assert line == first_fault(content), content
        if line is None:
            assert (count, reason) == (content.rstrip(b"\n").count(b"\n") + 1, None)
        else:
            assert count is None
            assert reason

    judge()


# INDEX

UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
uuids = st.one_of(st.uuids().map(str), st.integers(0, 3).map(uuid), st.just(""))
entries = st.one_of(
    st.builds("{}    {}".format, uuids, uuids),
    st.builds(
        "{}{}{}{}".format, uuids, st.text(" \t-", max_size=6), uuids, st.text(" \r", max_size=2)
    ),
    st.text(st.characters(exclude_characters="\n\0", exclude_categories=["Cs"])),
).map(str.encode)


def check_index(ask: Ask) -> None:
    @many
    @given(st.one_of(entries, entries, st.binary().map(lambda raw: raw.replace(b"\n", b""))))
    def judge(raw: bytes) -> None:
        index = {"source": "SOURCE_B", "path": "INDEX", "sha256": "h", "run_id": 1}
        rows = [
            {"line": number, "raw_bytes": content, "run_id": 1}
            for number, content in enumerate((b"1", raw), 1)
        ]
        ((one, parent, reason),) = ask(
            "select uuid, parent, reason from staging.stg_signatures__index_entries",
            {"files": [index], "index_lines": rows},
        )
        right = re.fullmatch(rf"({UUID})(?:    ({UUID})?)?", raw.rstrip(b"\r").decode("latin-1"))
        if right:
            told = tuple(text and text.lower() for text in right.groups())
            assert (one, parent, reason) == (*told, None)
        else:
            assert (one, parent) == (None, None)
            assert reason

    judge()
