"""Who reads while builds go on sees one picture: all of before or all of after, and never an error.

BUILDS sets how many builds the readers follow, 2 unless told otherwise.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ingest.signatures import NewXYZSignature, register_signatures
from ingest.warehouse import connect
from tests.conftest import Warehouse
from tests.signatures.datasets import Datasets
from tests.signatures.datasets import build as build_signatures

BUILDS = int(os.environ.get("BUILDS", "2"))
CENSUS = ("-s", "+path:dbt_project/models/*/census")
CENSUS_AGREES = """
select
    (select count(*) from marts.people) as people,
    (select count(*) from marts.people inner join marts.places using (place_id)) as placed,
    (select sum(people_born) from marts.country_summary) as counted,
    (select count(distinct county) from marts.places) as counties
"""
POINTS_AGREE = """
select signature_id, point_count, count(points.signature_id), min(x), max(x)
from marts.signatures left join marts.signature_points as points using (signature_id)
where medium = 'online' and source <> 'SOURCE_B' group by signature_id, point_count
"""
Ask = Callable[[list[tuple[object, ...]]], bool]


@contextmanager
def asked_all_the_time(query: str, is_right: Ask) -> Iterator[list[object]]:
    """Ask as an analyst, one statement after the other; yields what came, wrong answers marked."""
    stop = threading.Event()
    answers: list[object] = []

    def _ask() -> None:
        with closing(connect.connect("analyst")) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            while not stop.is_set():
                cursor.execute(query)
                rows = cursor.fetchall()
                answers.append("right" if is_right(rows) else rows)

    def _ask_and_tell() -> None:
        try:
            _ask()
        except Exception as error:  # whatever it is, it is what a reader would have seen
            answers.append(error)

    reader = threading.Thread(target=_ask_and_tell)
    reader.start()
    try:
        yield answers
    finally:
        stop.set()
        reader.join()


def test_people_places_and_their_summary_agree_at_every_moment(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    people, places = tmp_path / "people.csv", tmp_path / "places.csv"

    def land(turn: int) -> None:
        names = "".join(f"N{n},Good,1900-01-01,City {n % 50}\n" for n in range(3000 + turn))
        people.write_text("given_name,family_name,date_of_birth,place_of_birth\n" + names)
        cities = "".join(f"City {n},County {turn},Land {n % 5}\n" for n in range(50))
        places.write_text("city,county,country\n" + cities)
        warehouse.ingest("census", "--people", people, "--places", places)

    def is_right(rows: list[tuple[object, ...]]) -> bool:
        ((people, placed, counted, counties),) = rows
        return people == placed == counted and counties == 1

    land(0)
    warehouse.build(*CENSUS)
    with asked_all_the_time(CENSUS_AGREES, is_right) as answers:
        for turn in range(1, BUILDS + 1):
            land(turn)
            warehouse.build(*CENSUS)
    assert set(map(str, answers)) == {"right"}
    assert len(answers) > 10 * BUILDS
    assert warehouse.query(CENSUS_AGREES)[0][0] == 3000 + BUILDS


def test_signatures_and_their_points_agree_at_every_moment(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    datasets = Datasets(tmp_path / "data")

    def land(turn: int) -> None:
        for n in (
            range(1, 9) if turn == 1 else (1, 2, 1 + turn % 8)
        ):  # more would be another edition
            lines = f"{turn},{n},0\n" * (turn + n)
            datasets.write(f"Online/Genuine/00{n}_1.HWR", lines.encode())
        datasets.land(warehouse)

    def is_right(rows: list[tuple[object, ...]]) -> bool:
        # the count of points as told, and all of one content
        return len(rows) == 8 and all(
            told == there and least == most for _, told, there, least, most in rows
        )

    land(1)
    build_signatures(warehouse)
    with asked_all_the_time(POINTS_AGREE, is_right) as answers:
        for turn in range(2, BUILDS + 2):
            land(turn)
            build_signatures(warehouse)
    assert set(map(str, answers)) == {"right"}
    assert warehouse.query("select max(x) from marts.signature_points") == [(BUILDS + 1.0,)]


def test_registrations_beside_builds_are_judged_before_they_are_published(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    datasets = Datasets(tmp_path / "data")
    datasets.land(warehouse)
    stop = threading.Event()
    keys: list[str] = []
    failed: list[BaseException] = []

    def register() -> None:
        try:
            while not stop.is_set():
                key = f"key {len(keys)}"
                register_signatures([NewXYZSignature([(1, 2, 3)] * (1 + len(keys) % 5))], key)
                keys.append(key)
                if len(keys) < 900:
                    written = tmp_path / "written.HWR"
                    written.write_bytes(b"1,2\n" if len(keys) % 2 else b"1,2,3\n")
                    written.rename(datasets.a / f"Online/Genuine/{100 + len(keys)}_1.HWR")
        except BaseException as error:  # told below
            failed.append(error)

    other = threading.Thread(target=register)
    other.start()
    try:
        for _ in range(BUILDS):
            datasets.land(warehouse, "--allow-shrink")
            build_signatures(warehouse)
    finally:
        stop.set()
        other.join()
    assert not failed
    datasets.land(warehouse, "--allow-shrink")
    build_signatures(warehouse)
    assert warehouse.query("select count(*) from marts.signatures where source = 'REGISTERED'") == [
        (len(keys),)
    ]
    told = warehouse.query(POINTS_AGREE)
    assert [row for row in told if row[1] != row[2]] == []
    assert warehouse.query(
        "select distinct reason from intermediate.int_signatures__rejected_records"
    ) == [("has 2 values, not 3",)]


@pytest.mark.parametrize("role", ["analyst", "transformer"])
def test_what_is_being_built_is_for_builds_alone(warehouse: Warehouse, role: str) -> None:
    warehouse.ingest("census")
    warehouse.build(*CENSUS)
    ((may_look,),) = warehouse.query(f"select has_schema_privilege('{role}', 'building', 'usage')")
    assert may_look == (role == "transformer")
