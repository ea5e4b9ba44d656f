"""One million people: `ingest census` against pgloader, whole processes, in turn.

Each round loads a file of its own into tables that are empty. pgloader (Debian's package) gets
the bare table of four columns; the project's rows carry their line and load as well.
"""

import shutil
import statistics
from pathlib import Path

from benchmarks.server import BIN, execute, own_server, seconds
from ingest.warehouse import embedded

ROWS = 1_000_000
ROUNDS = 5
COLUMNS = "given_name, family_name, date_of_birth, place_of_birth"
EMPTY = """
truncate raw_census.people, raw_census.places, raw_census.files, raw_census.origins,
raw_census._dlt_loads
"""


def main() -> None:
    """Print the seconds of each round and their medians."""
    with own_server() as folder:
        people, places = folder / "people.csv", folder / "places.csv"
        write(people, places, ROWS)
        print(f"{ROWS:,} people, {people.stat().st_size / 1e6:.0f} MB")
        seconds(BIN / "ingest", "db", "start")
        execute(f"create table public.people ({COLUMNS.replace(',', ' text,')} text)")
        ours, theirs = [], []
        for _ in range(ROUNDS):
            execute(EMPTY)
            ours.append(seconds(BIN / "ingest", "census", "--people", people, "--places", places))
            print(f"ingest census {ours[-1]:6.2f} s", end="   ", flush=True)
            if shutil.which("pgloader"):
                execute("truncate public.people")
                theirs.append(seconds("pgloader", _pgloader(folder, people)))
                print(f"pgloader {theirs[-1]:6.2f} s", end="")
                _check("public.people")
            _check("raw_census.people")
            print(flush=True)
        print(f"median: ingest census {statistics.median(ours):.2f} s", end="")
        if theirs:
            times = statistics.median(t / o for t, o in zip(theirs, ours, strict=True))
            print(
                f", pgloader {statistics.median(theirs):.2f} s, {times:.1f} times as long", end=""
            )
        print()


def _check(table: str) -> None:
    ((rows,),) = execute(f"select count(*) from {table}")
    if rows != ROWS:
        raise RuntimeError(f"{table} holds {rows:,} rows: this round measured nothing")


def write(people: Path, places: Path, rows: int) -> None:
    """Write so many people, born in four places."""
    given = ("John", "Grace", "Ólafur", "Γιώργος", "Иван", "ნინო", "Mary")
    towns = ("Wick", "Kelso", "Dromore", "Hamilton")
    places.write_text("city,county,country\n" + "".join(f"{t},County,Country\n" for t in towns))
    with people.open("w", encoding="utf-8") as file:
        file.write(f"{COLUMNS.replace(' ', '')}\n")
        for i in range(rows):
            born = f"{1837 + i % 147}-{1 + i % 12:02}-{1 + i % 28:02}"
            file.write(f"{given[i % 7]},Family{i % 9973},{born},{towns[i % 4]}\n")


def _pgloader(folder: Path, people: Path) -> Path:
    login = f"{embedded.OWNER}:{embedded.password(embedded.OWNER)}"
    script = folder / "people.load"
    script.write_text(
        f"load csv from '{people}' ({COLUMNS}) into "
        f"postgresql://{login}@{embedded.HOST}:{embedded.port()}/{embedded.DATABASE} "
        f"target table public.people ({COLUMNS}) with skip header = 1, "
        "fields terminated by ',', fields optionally enclosed by '\"';\n"
    )
    return script
