"""`ingest census` against `psql \\copy` of the same file, whole processes, in pairs.

    python -m benchmarks landing                        one million people
    PEOPLE=10000000 ROUNDS=2 python -m benchmarks landing

Every round copies the file into a bare table of its four columns, and lands it in tables that are
empty. Beside the seconds stands the processor time of client and server together, which another
load of the machine changes less.
"""

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.census import COLUMNS, EMPTY, write
from benchmarks.server import BIN, execute, own_server
from ingest.warehouse import connect, embedded, programs

PEOPLE = int(os.environ.get("PEOPLE", "1_000_000"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
TICK = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the seconds of each round, and the medians of the ratios."""
    with own_server() as folder:
        people, places = folder / "people.csv", folder / "places.csv"
        write(people, places, PEOPLE)
        print(f"{PEOPLE:,} people, {people.stat().st_size / 1e6:.0f} MB")
        ingest = [BIN / "ingest", "census", "--people", people, "--places", places]
        subprocess.run([BIN / "ingest", "db", "start"], check=True, capture_output=True)
        _cost(ingest)
        connect.parameters()  # tells libpq where the password is
        execute(f"create table public.people ({COLUMNS.replace(',', ' text,')} text)")
        login = f"host={embedded.HOST} port={embedded.port()} user={embedded.OWNER}"
        copy = [
            programs.binary("psql"),
            f"{login} dbname={embedded.DATABASE}",
            "-qc",
            f"\\copy public.people from '{people}' csv header",
        ]
        ratios = []
        for _ in range(ROUNDS):
            execute("truncate public.people")
            copied = _cost(copy)
            execute(EMPTY)
            landed = _cost(ingest)
            ((rows,),) = execute("select count(*) from raw_census.people")
            if rows != PEOPLE:
                raise RuntimeError(f"{rows:,} rows are landed: this round measured nothing")
            ratios.append([ours / theirs for ours, theirs in zip(landed, copied, strict=True)])
            print(
                f"\\copy {copied[0]:6.2f} s, {copied[1]:6.2f} of processors   "
                f"ingest census {landed[0]:6.2f} s, {landed[1]:6.2f} of processors",
                flush=True,
            )
        wall, cpu = (statistics.median(each) for each in zip(*ratios, strict=True))
        print(f"median of the ratios: {wall:.1f} times the seconds, {cpu:.1f} the processor time")


def _cost(command: Sequence[object]) -> tuple[float, float]:
    """Run a command; return its seconds, and those of processors that it and the server took."""
    before, begin = _worked(), time.perf_counter()
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    took = time.perf_counter() - begin
    time.sleep(0.5)  # the server hears a little later of sessions that ended
    return took, _worked() - before


def _worked() -> float:
    """Seconds of processors that commands run here, and the server, took until now."""
    server = embedded.running()
    if server is None:
        raise RuntimeError("the server is down")
    stats = [Path(f"/proc/{server.pid}/stat"), *_of_children(server.pid)]
    fields = [stat.read_text().rpartition(")")[2].split()[11:15] for stat in stats]
    ticks = sum(int(field) for one in fields for field in one)
    commands = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ticks / TICK + commands.ru_utime + commands.ru_stime


def _of_children(pid: int) -> list[Path]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [Path(f"/proc/{child}/stat") for child in children]
