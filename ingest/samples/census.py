"""A sample census: invented people and places, and a few lines of each fault that upstream has."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from faker import Faker

SEED = 1837
PEOPLE = 2_000
PLACES = 80
LOCALES = ("en_GB", "is_IS", "el_GR", "ka_GE", "ru_RU")
COUNTRIES = {"Scotland": 12, "Northern Ireland": 6, "Wales": 8}  # counties of each

FAULTY_PEOPLE = (
    b"Thrice,Toolong,1901-01-01\n",
    b"Una,Extra,1901-01-01,Somewhere,more\n",
    b"Latin,Caf\xe9,1901-01-01,Somewhere\n",
    b"Nul,In\0side,1901-01-01,Somewhere\n",
    b"Leap,Year,1901-02-30,Somewhere\n",
    b"Slash,Date,1842/09/30,Somewhere\n",
    b"Zero,Year,0000-05-05,Somewhere\n",
    b",Nameless,1901-01-01,Somewhere\n",
    b"Born,Nowhere,1901-01-01,Atlantis\n",
    b'Open,"Quote,1901-01-01,Somewhere\n',
    b"\n",
)


def generate(folder: Path) -> Iterator[Path]:
    """Write `places.csv` and `people.csv`; the same content on every machine."""
    folder.mkdir(parents=True, exist_ok=True)
    fake = Faker(LOCALES)
    fake.seed_instance(SEED)
    cities = sorted({fake["en_GB"].unique.city() for _ in range(PLACES)})
    places = [[city, *_county(fake)] for city in cities]
    yield _write(folder / "places.csv", ["city", "county", "country"], [*places, places[0]])
    people = [_person(fake, fake.random_element(cities)) for _ in range(PEOPLE)]
    people += [["Line\nBreak", 'O"Quote, Sr.', "1901-01-01", cities[0]], people[0]]
    header = ["given_name", "family_name", "date_of_birth", "place_of_birth"]
    yield _write(folder / "people.csv", header, people, b"".join(FAULTY_PEOPLE))


@contextmanager
def inputs(folder: Path) -> Iterator[Mapping[str, list[Path]]]:
    """Yield the two files."""
    yield {"people": [folder / "people.csv"], "places": [folder / "places.csv"]}


def _county(fake: Faker) -> tuple[str, str]:
    country = fake.random_element(list(COUNTRIES))
    return f"{country} County {fake.random_int(1, COUNTRIES[country])}", country


def _person(fake: Faker, city: str) -> list[str]:
    born = fake.date_between(date(1837, 1, 1), date(1983, 12, 31))
    one = fake[fake.random_element(LOCALES)]
    return [one.first_name(), one.last_name(), born.isoformat(), city]


def _write(path: Path, header: list[str], rows: list[list[str]], tail: bytes = b"") -> Path:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    beside = path.with_name(f".{path.name}")
    beside.write_bytes(text.getvalue().encode() + tail)
    return beside.replace(path)
