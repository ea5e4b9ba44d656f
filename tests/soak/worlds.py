"""Five upstream systems that grow, each with books of its own of what the marts must hold."""

import hashlib
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Protocol

from ingest.samples.classification import picture
from ingest.samples.classifier import label, standing_in
from ingest.samples.education import Platform, connect, generate
from ingest.samples.education_api import serve
from ingest.samples.images import host
from ingest.signatures import NewXYZSignature, register_signatures
from tests.images.hosts import png
from tests.signatures.datasets import Datasets

Rows = Counter[tuple[Any, ...]]
TOWNS = [f"Town {number}" for number in range(20)]
BEGINNING = {5: {1}}  # who completed what in the line that the sample left half-written


class World(Protocol):
    """An upstream system: `settings` lead to it, `query` asks the marts for what `books` tell."""

    settings: dict[str, str]
    query: str
    books: Rows

    def grow(self, chance: random.Random) -> None:
        """Something new happens upstream."""


class Census:
    """People in files that are added or grow, and places whose county changes."""

    query = """
    select given_name, city, county from marts.people inner join marts.places using (place_id)
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.files, self.county = folder, list[list[str]](), 0
        folder.mkdir()
        self.settings = {
            "SOURCES__CENSUS__PEOPLE": f"{folder}/people-*.csv",
            "SOURCES__CENSUS__PLACES": f"{folder}/places.csv",
        }

    @property
    def books(self) -> Rows:
        people = [name for names in self.files for name in names]
        return Counter((n, TOWNS[hash_of(n) % len(TOWNS)], f"C{self.county}") for n in people)

    def grow(self, chance: random.Random) -> None:
        new = [f"Name {chance.getrandbits(60)}" for _ in range(chance.randint(1, 400))]
        if self.files and chance.random() < 0.5:
            chance.choice(self.files).extend(new)
        else:
            self.files.append(new)
        self.county += chance.random() < 0.3
        for number, names in enumerate(self.files):
            town = [f"{n},Own,1900-01-01,{TOWNS[hash_of(n) % len(TOWNS)]}\n" for n in names]
            header = "given_name,family_name,date_of_birth,place_of_birth\n"
            (self.folder / f"people-{number}.csv").write_text(header + "".join(town))
        places = "".join(f"{town},C{self.county},Land\n" for town in TOWNS)
        (self.folder / "places.csv").write_text("city,county,country\n" + places)


class Education:
    """The sample's platform, which goes on."""

    query = """
    select batch_id, batch_name, students, students_completed_3_lessons from marts.batch_completion
    """

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        list(generate(folder))
        self.folder, self.platform = folder, Platform.reopen(folder)
        self.platform.unwritten = b'dent_id", 5, "lesson_id": 1}\n'
        for student, lessons in BEGINNING.items():
            self.platform.completed.setdefault(student, set()).update(lessons)
        self.platform.write_log()
        self.settings = {
            "SOURCES__EDUCATION__STUDENTS": str(folder / "students.db"),
            "SOURCES__EDUCATION__TEST_RUNS": str(self.platform.log),
            "SOURCES__EDUCATION__BATCHES_URL": stack.enter_context(
                serve(lambda: list(self.platform.batches))
            ),
        }

    @property
    def books(self) -> Rows:
        return Counter(self.platform.books())

    def grow(self, chance: random.Random) -> None:
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        self.platform.add_batch(now)
        with closing(connect(self.folder)) as database:
            for _ in range(chance.randint(0, 5)):
                self.platform.add_student(database, now)
        for _ in range(chance.randint(1, 500)):
            self.platform.run_tests()
        self.platform.write_log()


class Images:
    """A directory of images behind the sample's web server, which is busy at times."""

    query = "select sha256 from marts.images"

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.books = folder, Rows()
        folder.mkdir()
        port = stack.enter_context(host(folder))
        self.settings = {
            "SOURCES__IMAGES__URL": f"http://127.0.0.1:{port}/",
            "SOURCES__IMAGES__COUNT": "1000000",
        }

    def grow(self, chance: random.Random) -> None:
        for _ in range(chance.randint(1, 40)):
            content = png(len(self.books))
            (self.folder / f"{len(self.books)}.png").write_bytes(content)
            self.books[(hashlib.sha256(content).hexdigest(),)] += 1


class Signatures:
    """A dataset that gains files, changes some, and registrations beside it."""

    query = """
    select signature_id, count(point_id) from (
        select signatures.source_path as signature_id, signature_points.signature_id as point_id
        from marts.signatures left join marts.signature_points using (signature_id)
        where medium = 'online' and source = 'SOURCE_A'
    ) as points group by signature_id
    union all select 'registered', count(*) from marts.signatures where source = 'REGISTERED'
    """

    def __init__(self, folder: Path) -> None:
        self.datasets, self.points, self.keys = Datasets(folder), {"Online/Genuine/001_1.HWR": 3}, 0
        self.settings = {
            "SOURCES__SIGNATURES__SOURCE_A": str(self.datasets.a),
            "SOURCES__SIGNATURES__SOURCE_B": str(self.datasets.b),
        }

    @property
    def books(self) -> Rows:
        files = [(f"SOURCE_A/{path}", points) for path, points in self.points.items()]
        return Counter([*files, ("registered", self.keys)])

    def grow(self, chance: random.Random) -> None:
        for number in range(chance.randint(1, 30)):
            changes = number == 0 and chance.random() < 0.5
            signee = chance.randrange(1, len(self.points) + 1) if changes else len(self.points) + 1
            path, points = f"Online/Genuine/{signee:03}_1.HWR", chance.randint(1, 60)
            lines = "".join(f"{signee},{point},{chance.random()}\n" for point in range(points))
            self.datasets.write(path, lines.encode())
            self.points[path] = points


class Classification:
    """A folder of images, and the stand-in that labels them."""

    query = "select file_path, label from marts.image_labels where file_gone_since is null"

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.books = folder / "images", Rows()
        self.folder.mkdir(parents=True)
        broker = f"filesystem://{folder / 'broker'}"
        stack.enter_context(standing_in(broker, "to_ai", "from_ai"))
        self.settings = {
            "SOURCES__CLASSIFICATION__IMAGES": str(self.folder),
            "SOURCES__CLASSIFICATION__BROKER": broker,
        }

    def grow(self, chance: random.Random) -> None:
        for _ in range(chance.randint(1, 20)):
            path, content = self.folder / f"{len(self.books)}.png", picture(chance, side=16)
            path.write_bytes(content)
            self.books[str(path), label(content)] += 1


def hash_of(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


def register(world: Signatures) -> None:
    """Register a signature, as the service's users do."""
    register_signatures([NewXYZSignature([(1, 2, 3)])], f"key {world.keys}")
    world.keys += 1


@contextmanager
def worlds(folder: Path) -> Iterator[dict[str, World]]:
    """Yield the five, all of them up; their settings are in the environment."""
    with ExitStack() as stack:
        made: dict[str, World] = {
            "census": Census(folder / "census"),
            "education": Education(folder / "education", stack),
            "images": Images(folder / "images", stack),
            "signatures": Signatures(folder / "signatures"),
            "classification": Classification(folder / "classification", stack),
        }
        for world in made.values():
            os.environ |= world.settings
        yield made
