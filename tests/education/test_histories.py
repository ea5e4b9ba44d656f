"""Random histories of a log on real files: each line is read once, or a gap is named."""

import bz2
import gzip
import lzma
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.education.log_files import LandedFile, LogFile
from ingest.education.log_names import open_files
from ingest.education.log_plan import Place, planned
from ingest.education.log_reading import lines_of

HISTORIES = 2000
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.decompress,
    "bz2": bz2.decompress,
    "xz": lzma.decompress,
}


class Memory:
    """What is landed, kept by the test in place of the warehouse."""

    def __init__(self) -> None:
        self.kept: dict[int, LandedFile] = {}
        self.landed: dict[int, dict[int, bytes]] = {}  # lines by file and first byte
        self.read: Counter[str] = Counter()
        self.gaps: dict[int, int] = {}  # by file, the byte from which on lines may be lost
        self.begins: dict[int, str] = {}  # by file, its first line: what the test knows it by

    @property
    def files(self) -> list[LandedFile]:
        return [self.kept[number] for number in sorted(self.kept)]

    def begin_like(self, file: LogFile) -> list[LandedFile]:
        line = file.read(0, 1000).partition(b"\n")[0]
        return [was for was in self.files if self.landed[was.file_id].get(0) == line]

    def lines(self, known: LandedFile, offset: int) -> list[tuple[int, bytes]]:
        landed = sorted(self.landed[known.file_id].items())
        return [line for line in landed if line[0] >= offset][:3]

    def land(self, log: Path) -> None:
        with open_files(log) as files:
            plan = planned(files, self, max(self.kept, default=0) + 1)
            for place in plan.places:
                self._read(place)
            self.gaps = {was.file_id: was.to_offset for was in plan.lost}

    def _read(self, place: Place) -> None:
        file, end = place.file, place.offset
        for table, read_to in lines_of(file, end, place.file_id, 1, place.has_settled):
            texts, offsets = table["text"].to_pylist(), table["byte_offset"].to_pylist()
            self.read.update(texts)
            landed = self.landed.setdefault(place.file_id, {})
            landed.update(zip(offsets, (text.encode() for text in texts), strict=True))
            end = read_to
        if end > place.offset or (place.has_settled and end):
            self.landed.setdefault(place.file_id, {})
            self.begins[place.file_id] = file.read(0, 100).partition(b"\n")[0].decode()
            was = self.kept.get(place.file_id)
            extent = (was.from_offset if was else place.offset, end)
            where = (place.file_id, file.device, file.inode, *extent)
            prints = (file.head(end), file.tail(end))
            self.kept[place.file_id] = LandedFile(*where, *prints, place.has_settled)


class History:
    """A log, what rotation makes of it under one scheme, and what was taken away."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.chance, self.memory = chance, Memory()
        self.log, self.away = folder / "test_runs.log", folder / "away"
        self.away.mkdir()
        self.scheme = chance.choice(["test_runs.log.{}", "test_runs-202611{:02}.log"])
        self.by_number = chance.random() < 0.5
        self.written = self.rotations = 0
        self.where: dict[str, tuple[str, int]] = {}  # by line: the first of its file, its byte
        self.begin, self.copied = "", set[str]()

    def append(self) -> None:
        with self.log.open("a") as log:
            for _ in range(self.chance.randint(2, 5)):
                self.written += 1
                line = f"line {self.written}"
                self.begin = self.begin if log.tell() else line
                self.where[line] = (self.begin, log.tell())
                log.write(f"{line}\n")

    def land(self) -> None:
        if self.log.exists():
            self.memory.land(self.log)

    def rotate(self, copying: bool = False) -> None:
        if not self.log.exists() or not self.log.stat().st_size:
            return
        self.rotations += 1
        to = self.log.with_name(self.scheme.format(self.rotations))
        if copying:
            shutil.copy(self.log, to)
            if self.chance.random() < 0.3:
                self.land()  # the copy is there, the log is not emptied yet
            os.truncate(self.log, 0)
        else:
            self.log.rename(to)

    def _rotated(self) -> list[Path]:
        return [path for path in sorted(self.log.parent.glob("test_runs?*")) if path != self.log]

    def compress(self) -> None:
        plain = [path for path in self._rotated() if path.suffix[1:] not in PACK]
        if plain:
            path, ending = self.chance.choice(plain), self.chance.choice(sorted(PACK))
            packed = path.with_name(f"{path.name}.{ending}")
            packed.write_bytes(PACK[ending](path.read_bytes()))
            if self.chance.random() < 0.3:
                self.land()  # both are there
            path.unlink()

    def copy(self) -> None:
        if self.log.exists():
            self.rotations += 1
            self.copied.add(self.begin)
            shutil.copy(self.log, self.log.with_name(self.scheme.format(self.rotations)))

    def truncate(self) -> None:
        if self.log.exists():
            self.land()  # else nothing was ever seen of what is gone
            with self.log.open("a") as log:
                log.write("never seen\n")
            os.truncate(self.log, 0)

    def delete(self) -> None:
        """Delete rotated files of which something is landed and no copy was made.

        Else nobody could tell that there was more than what is landed, or lies in the copy.
        """
        for path in self._rotated():
            unpack = UNPACK.get(path.suffix[1:], bytes)
            first = unpack(path.read_bytes()).partition(b"\n")[0].decode()
            if first in self.memory.begins.values() and first not in self.copied:
                path.unlink()

    def take_away(self) -> None:
        if rotated := self._rotated():
            path = self.chance.choice(rotated)
            path.rename(self.away / path.name)

    def is_named(self, line: str) -> bool:
        """Whether a line lies in a gap: in that file, behind that byte."""
        begin, byte = self.where[line]
        gaps = self.memory.gaps.items()
        return any(self.memory.begins[n] == begin and byte >= offset for n, offset in gaps)

    def restore(self) -> None:
        if away := sorted(self.away.iterdir()):
            path = self.chance.choice(away)
            path.rename(self.log.with_name(path.name))


@pytest.mark.parametrize("begin", range(0, HISTORIES, 500))
def test_each_line_of_a_history_is_read_once_or_a_gap_is_named(tmp_path: Path, begin: int) -> None:
    for seed in range(begin, begin + 500):
        folder = tmp_path / str(seed)
        folder.mkdir()
        history = History(folder, random.Random(seed))
        deeds = [history.append] * 4 + [history.land] * 4 + [history.rotate] * 2
        deeds += [lambda h=history: h.rotate(copying=True), history.compress, history.copy]
        deeds += [history.truncate, history.take_away, history.restore]
        deeds += [history.delete]
        for _ in range(25):
            history.chance.choice(deeds)()
        while any(history.away.iterdir()):
            history.restore()
        history.append()
        history.land()
        found = history.memory.read
        assert [line for line, count in found.items() if count > 1] == [], seed
        lost = set(history.where) - set(found)
        assert [line for line in sorted(lost) if not history.is_named(line)] == [], seed
        shutil.rmtree(folder)
