"""Settings: every name is checked, so that a misspelt one never lets a sample in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.common.errors import IngestError
from ingest.landing.settings import read_settings
from ingest.sources import SOURCES
from tests.conftest import Warehouse

KNOWN = {"census": ("people", "places"), "images": ("url", "url_list", "count")}
Write = Callable[[str, str | bytes], Path]


def test_a_variable_goes_before_a_file(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write("config.toml", '[sources.census]\npeople = ["a.csv", "b.csv"]\nplaces = "p.csv"\n')
    monkeypatch.setenv("SOURCES__CENSUS__PLACES", "q.csv")
    assert read_settings(KNOWN, [file, file.with_name("none.toml")]) == {
        "census": {"people": ["a.csv", "b.csv"], "places": "q.csv"},
        "images": {},
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[sources.census]\npeoples = "x"', "peoples under .sources.census. is no setting; did"),
        ('[sources.census]\npeoples = "x"', r"did you mean people\?"),
        ('[source.census]\npeople = "x"', r"\[source\] is no section; did you mean \[sources\]"),
        ('[sources.sensus]\npeople = "x"', r"\[sources.sensus\] is no section; did you mean \[so"),
        ('people = "x"', r"\[people\] is no section"),
        ('[sources]\ncensus = "x"', "sources.census is a value, not a section"),
        ("sources = 1", "sources is a value, not a section"),
        ("[sources.census.people]\nx = 1", "people under .sources.census. is a section"),
        ('[sources.census]\npeople = "x\n', "is no TOML: .*line 2, column"),
        (b"\xff", "is not UTF-8: byte 1"),
    ],
)
def test_an_unknown_name_in_a_file(content: str | bytes, message: str, write: Write) -> None:
    with pytest.raises(IngestError, match=message):
        read_settings(KNOWN, [write("config.toml", content)])


@pytest.mark.parametrize(
    "variable",
    [
        "SOURCES__CENSUS__PEOPLES",
        "SOURCES__CENSUS__X",
        "SOURCE__CENSUS__PEOPLE",
        "SOURCES_CENSUS_PEOPLE",
        "sources__census__people",
    ],
)
def test_an_unknown_variable(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "x")
    with pytest.raises(
        IngestError, match=f"{variable} is no setting; did you mean SOURCES__CENSUS"
    ):
        read_settings(KNOWN, [])


def test_an_empty_value_is_none_and_told(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCES__IMAGES__URL", "")
    file = write("config.toml", '[sources.census]\npeople = ""\n')
    assert read_settings(KNOWN, [file]) == {"census": {}, "images": {}}
    told = capsys.readouterr().err
    assert "people under [sources.census] is empty and counts as not set" in told
    assert "SOURCES__IMAGES__URL is empty and counts as not set" in told


def test_a_misspelt_variable_lands_nothing(warehouse: Warehouse) -> None:
    for command in ("census", "all"):
        said = warehouse.ingest(command, fails=True, SOURCES__CENSUS__PEOPLES="own.csv")
        assert (
            "SOURCES__CENSUS__PEOPLES is no setting; did you mean SOURCES__CENSUS__PEOPLE?" in said
        )
    assert warehouse.query("select count(*) from raw_ledger.runs") == [(0,)]


def test_the_settings_that_are_configured_are_the_ones_landed(
    warehouse: Warehouse, write: Write
) -> None:
    header = "given_name,family_name,date_of_birth,place_of_birth\n"
    named = {
        "SOURCES__CENSUS__PEOPLE": str(write("p.csv", f"{header}Ana,Good,1900-01-01,Wick\n")),
        "SOURCES__CENSUS__PLACES": str(write("q.csv", "city,county,country\nWick,C,Scotland\n")),
    }
    said = warehouse.ingest("all", **named)
    assert "census: 4 rows landed" in said
    assert "images: not configured\n" in said
    assert warehouse.query("select distinct source from raw_ledger.runs") == [("census",)]


@pytest.mark.parametrize(
    ("source", "values", "message"),
    [
        ("census", {"people": 3}, "people under .sources.census. is 3, not a text"),
        (
            "census",
            {"people": ["a", 3]},
            r"people under .* is \['a', 3\], not a text",
        ),
        ("images", {"url": ["http://x/"]}, "url under .sources.images. is .*, not a text"),
        ("images", {"count": True}, "count under .sources.images. is True, not a whole number"),
        ("images", {"count": [1]}, r"count under .sources.images. is \[1\], not a whole number"),
        ("images", {"concurrency": 1000}, "is 1000, not a whole number from 1 to 512"),
    ],
)
def test_a_value_of_another_kind(source: str, values: dict[str, object], message: str) -> None:
    with pytest.raises(IngestError, match=message):
        SOURCES[source].converted(values)


def test_it_is_told_where_the_other_input_came_from() -> None:
    with pytest.raises(IngestError, match="census: the setting people given without --places"):
        SOURCES["census"].chosen({}, {"people": ["x"]})
    with pytest.raises(IngestError, match="signatures: --source-a given without --source-b"):
        SOURCES["signatures"].chosen({"source_a": "x"}, {})
