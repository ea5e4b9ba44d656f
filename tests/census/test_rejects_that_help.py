"""Rejects that help: the unseen is shown, and what is wrong as a whole is not published."""

from collections.abc import Callable
from pathlib import Path

from tests.conftest import Warehouse

Write = Callable[[str, str | bytes], Path]
HEADER = "given_name,family_name,date_of_birth,place_of_birth\n"
PLACES = "city,county,country\nBath,Somerset,England\nCafé Town,Kent,England\n"
NONE = "place_of_birth matches no place"
# A record; its reason; how it is shown, where not as it is
UNSEEN = [
    (
        "Ana,Good,1900-01-01,Bath\r\r",
        f"{NONE}; differs from Bath only by a carriage return",
        "\\u000d",
    ),
    (
        "Ana,Good,1900-01-01,Ba\u200bth",
        f"{NONE}; differs from Bath only by an invisible character",
        "",
    ),
    (
        "Ana,Good,1900-01-01,Café\u00a0Town",
        f"{NONE}; differs from Café Town only by a hard blank",
        "Café\\u00a0Town",
    ),
    (
        "Ana,Good,1900-01-01,Cafe\u0301 Town",
        f"{NONE}; differs from Café Town only by the form of its accents",
        "",
    ),
    ("Ana,Good,1900-01-01,BATH", f"{NONE}; differs from Bath only by upper and lower case", ""),
    ("Ana,Good,1900-01-01,Atlantis", NONE, ""),
    ("\u200b,Good,1900-01-01,Bath", "given_name is blank", "\\u200b,Good"),
    ("Ana,\u3164\u00ad,1900-01-01,Bath", "family_name is blank", "Ana,\\u3164\\u00ad,"),
    ("Ana,Good\u202e,1900-01-01", "has 3 fields, not 4", "Good\\u202e"),
]


def test_what_nobody_sees_is_named_and_what_is_wrong_as_a_whole_is_not_published(
    warehouse: Warehouse, write: Write
) -> None:
    good = "".join(f"Ana{i},Good,1900-01-01,Bath\n" for i in range(30))
    places = write("places.csv", PLACES)
    people = write("people.csv", HEADER + "".join(f"{line}\n" for line, *_ in UNSEEN) + good)
    warehouse.ingest("census", "--people", people, "--places", places)
    warehouse.build()
    rejected = warehouse.query(
        "select reason, raw_text from marts.rejected_records "
        "order by cast(substr(position, 6) as integer)",
        role="analyst",
    )
    assert [reason for reason, _ in rejected] == [reason for _, reason, _ in UNSEEN]
    for (_, shown), (_, _, expected) in zip(rejected, UNSEEN, strict=True):
        assert expected in shown
        assert shown.replace("é", "e").replace("\u0301", "").isprintable()
    assert warehouse.query(
        "select records, example_position, example from marts.rejected_summary "
        "where source = 'census' and reason = %s",
        NONE,
        role="analyst",
    ) == [(1, "line 7", "Ana,Good,1900-01-01,Atlantis")]
    assert warehouse.query("select count(*) from marts.people") == [(30,)]

    write("people.csv", HEADER + good.replace("Bath", "Atlantis"))
    warehouse.ingest("census", "--people", people, "--places", places)
    told = warehouse.build(fails=True)
    assert "census: not published" in told
    assert "few_are_rejected" in told
    assert warehouse.query("select count(*) from marts.people") == [(30,)]
    everything = "{'most_rejects': {'default': 0.5, 'census': 1}}"
    warehouse.build("--vars", everything)
    assert warehouse.query("select count(*) from marts.people") == [(0,)]


def test_three_of_three_rejected_are_not_published_and_two_of_three_are(
    warehouse: Warehouse, write: Write
) -> None:
    places = write("places.csv", PLACES)
    bad = "Ana,Good,1900-01-01,Atlantis\nCid,Good,1900-01-01,Atlantis\n"
    people = write("people.csv", f"{HEADER}{bad}Bea,Good,1900-01-01,Atlantis\n")
    warehouse.ingest("census", "--people", people, "--places", places)
    assert "census: not published" in warehouse.build(fails=True)
    assert warehouse.query("select source from marts.rejected_summary", role="analyst") == []

    write("people.csv", f"{HEADER}{bad}Bea,Good,1900-01-01,Bath\n")
    warehouse.ingest("census", "--people", people, "--places", places)
    warehouse.build()
    assert warehouse.query("select records from marts.rejected_summary", role="analyst") == [(2,)]
