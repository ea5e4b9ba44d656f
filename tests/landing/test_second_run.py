"""A second run of anything changes nothing: no raw row is added, changed or taken away."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from ingest.samples.classifier import standing_in
from tests.classification.conftest import image
from tests.conftest import Warehouse
from tests.education.counting import World
from tests.education.platform import answering, api, run
from tests.images.hosts import answer, page, png, raw_host
from tests.signatures.datasets import Datasets

Commands = list[tuple[object, ...]]
Case = Callable[[Warehouse, Path], AbstractContextManager[Commands]]
TABLES = """
select table_schema || '.' || table_name from information_schema.tables
where table_schema like 'raw\\_%' and table_schema <> 'raw_ledger'
"""


def landed(warehouse: Warehouse) -> dict[str, list[str]]:
    """Every row of every raw table but the ledger, dlt's own tables included."""
    return {
        table: sorted(row for (row,) in warehouse.query(f"select t::text from {table} as t"))
        for (table,) in warehouse.query(TABLES)
    }


@contextmanager
def census(_warehouse: Warehouse, folder: Path) -> Iterator[Commands]:
    header = "given_name,family_name,date_of_birth,place_of_birth\n"
    for name in ("a", "b"):
        rows = f'{name},F,1900-01-01,Wick\ntoo,few\n\n"never closed,F,x,Wick\n{name},F,?,Nowhere\n'
        (folder / f"people-{name}.csv").write_text(header + rows)
    (folder / "places.csv").write_text("city,county,country\nWick,C,Scotland\nWick,D,Wales\n,,\n")
    (folder / "link.csv").symlink_to(folder / "people-a.csv")
    people = ("--people", folder / "people-*.csv", "--people", folder / "link.csv")
    yield [("census", *people, "--places", folder / "places.csv")]


@contextmanager
def education(warehouse: Warehouse, folder: Path) -> Iterator[Commands]:
    with answering(lambda after: api(batches)(after)) as url:
        world = World(warehouse, folder / "platform", url)
        batches = [*world.batches(), {"id": None, "name": 7, "created_at": "never"}]
        world.fill()
        systems = world.systems
        systems.append(run(999, 1), "garbage", b"\xff\0", "")
        with systems.log.open("a") as log:
            log.write('{"result": "0/8", "stud')
        systems.student(batch_id="none", name=None)
        where = ("--students", systems.database, "--batches-url", url, "--test-runs", systems.log)
        yield [("education", *where)]


@contextmanager
def images(_warehouse: Warehouse, folder: Path) -> Iterator[Commands]:
    """Everything that can come of a URL, from a listing and from a file of URLs."""
    names = ["1.png", "2.png", "copy.png", "gone.png", "text.png", "half.png", "empty.png", "sub/"]
    with raw_host() as host:
        host.answers = {f"/a/{n}.png": answer(png(n)) for n in (1, 2)}
        host.answers |= {"/a/": page(*names, "down/"), "/a/copy.png": answer(png(1))}
        host.answers |= {
            "/a/text.png": answer(b"<html>"),
            "/a/half.png": answer(png(3)[:50]),
            "/a/empty.png": answer(b""),
            "/a/down/": answer(b"", "403 Forbidden"),
            "/a/sub/": page("off.png", "last.png"),
            "/a/sub/off.png": answer(b"", "302 Found", "Location: http://127.0.0.2/x.png\r\n"),
        }
        urls = folder / "urls.txt"
        urls.write_text(f"{host.url}/a/2.png\n{host.url}/a/gone.png\nno URL at all\n")
        yield [
            ("images", "--url", f"{host.url}/a/"),
            ("images", "--url-list", urls),
            ("images", "--take-down", f"{host.url}/a/2.png", "--because", "a face"),
        ]


@contextmanager
def signatures(_warehouse: Warehouse, folder: Path) -> Iterator[Commands]:
    datasets = Datasets(folder / "data")
    datasets.write("Online/Genuine/002_1.HWR", b"1,2,3\n1,2")
    datasets.write("Online/Genuine/003_1.HWR", b"")
    datasets.write("Online/Forgeries/0009001_1.HWR", b"9,9,9")
    datasets.write("not/a/signature", b"")
    datasets.index_lines(7, datasets.first, "no uuid", f"{datasets.first}    {datasets.first}")
    yield [("signatures", "--source-a", datasets.a, "--source-b", datasets.b)]


@contextmanager
def classification(_warehouse: Warehouse, folder: Path) -> Iterator[Commands]:
    own, url = folder / "own", f"filesystem://{folder / 'broker'}"
    own.mkdir()
    for name, content in (("1.png", image(1)), ("copy.png", image(1)), ("2.png", image(2))):
        (own / name).write_bytes(content)
    (own / "empty.png").touch()
    (own / "text.png").write_text("no image")
    (own / "half.png").write_bytes(image(3)[:50])
    with standing_in(url, "to_ai", "from_ai"):
        yield [("classification", "--images", own, "--broker", url, "--timeout", 3)]


@contextmanager
def samples(_warehouse: Warehouse, _folder: Path) -> Iterator[Commands]:
    yield [("all",)]


CASES: list[Case] = [census, classification, education, images, signatures, samples]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_second_run_lands_nothing(warehouse: Warehouse, tmp_path: Path, case: Case) -> None:
    with case(warehouse, tmp_path) as commands:
        for command in commands:
            warehouse.ingest(*command)
        before = landed(warehouse)
        assert sum(map(len, before.values())) > 10
        for command in (*commands, *reversed(commands), ("prune",)):
            said = warehouse.ingest(*command)
            assert "rows landed" not in said, command
            assert landed(warehouse) == before, (command, said)
