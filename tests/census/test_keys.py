"""Keys tell rows apart whatever their values hold, the separator of the key included."""

from collections.abc import Callable
from pathlib import Path

from tests.conftest import Warehouse

CENSUS = ("-s", "path:dbt_project/models/*/census")
HEADER = "given_name,family_name,date_of_birth,place_of_birth\n"


def test_values_that_hold_the_separators_are_told_apart(
    warehouse: Warehouse, write: Callable[[str, str | bytes], Path]
) -> None:
    names = [
        ("A\x1fB", "C"), ("A", "B\x1fC"), ("A\x1f", "\x1fB"), ("A", "\x1f\x1fB"),
        ("A\x1e1B", "C"), ("A\x1e", "1B"), ("A\x1e0", "B"), ("A\x1e", "0B"),
    ]  # fmt: skip
    rows = "".join(f"{given},{family},1900-01-01,Wick\n" for given, family in names)
    places = write("places.csv", "city,county,country\nWick,C\x1f,D\nWick\x1f,C,D\nWick2,C,\x1fD\n")
    people = write("people.csv", HEADER + rows)
    warehouse.ingest("census", "--people", people, "--places", places)
    warehouse.build(*CENSUS)
    counts = "select count(*), count(distinct {}_id) from marts.{}"
    assert warehouse.query(counts.format("person", "people")) == [(len(names), len(names))]
    assert warehouse.query(counts.format("place", "places")) == [(3, 3)]
