"""The folders of images: which origin the named one is, what changed in it, what is gone elsewhere.

named folder -> known by its path, or by content where the folder it was is gone -> the same origin
             -> files that are new, changed or back            -> read
             -> files that are gone or hold something else now -> noted as removed
other folders that count                                       -> looked after, never asked about
"""

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path

import pyarrow as pa

from ingest.classification.decoding import is_judged
from ingest.classification.folder import Image, files, holds, look, name_in, path_of
from ingest.classification.landed import IMAGES, Reading, owners, readings
from ingest.classification.moved import moved
from ingest.classification.sending import steps
from ingest.classification.tables import TABLES
from ingest.common.errors import IngestError
from ingest.common.paths import absolute, path_text
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin
from ingest.warehouse.raw_tables import rows

UNREADABLE = "unreadable"

Chunks = Iterator[tuple[str, pa.Table]]
Removed = list[tuple[str, int | None]]  # paths, each with the image that it held


class Folders:
    """The folder that is named, and those that count beside it.

    `paths` holds, once `read` is through, a file of the named folder for each image.
    """

    def __init__(self, folder: Path, formats: Collection[str]) -> None:
        self.formats = formats
        self.folder = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() follows links
        self.paths: dict[int, Path] = {}
        self.rejected: list[Path] = []  # files found since the last run that are not sent

    def read(self, run: Run) -> Chunks:
        """Yield readings of files, removals and counts; raises `IngestError` as `files` does."""
        if not self.folder.is_dir():
            raise IngestError(f"{self.folder} is no folder of images")
        address = absolute(self.folder)
        known = run.origins.last(IMAGES, address)
        if not (known and known.counts):
            known = moved(run, self.folder) or known
        origin = run.origins.use(IMAGES, address, known)
        yield from self._named(run, origin)
        for other in run.origins.counting(IMAGES):
            if other is not origin:
                yield from _look_after(run, other)

    def _named(self, run: Run, origin: Origin) -> Chunks:
        known = readings(run, origin)
        new, found = [], set()
        unreadable: dict[Path, str] = {}
        for path, status in files(self.folder, unreadable):
            name = name_in(self.folder, path)
            found.add(name)
            before = known.get(name)
            as_it_was = (status.st_size, status.st_mtime_ns)
            if before and before.is_as_it_was(*as_it_was) and self._is_judged(before):
                if before.photo_id is not None:
                    self.paths.setdefault(before.photo_id, path)
            else:
                new.append((path, status))
        hidden = {name_in(self.folder, path) for path in unreadable}
        # What cannot be looked at is not gone.
        found |= hidden
        found |= {name for name in known if _below(name, hidden) and not known[name].is_gone}
        if unreadable:
            first = path_text(min(unreadable))
            run.missing.append(f"{len(unreadable):,} folder(s) or file(s) cannot be read: {first}")
        run.units_read += len(found)
        removed = [
            (name, before.photo_id)
            for name, before in known.items()
            if name not in found and not before.is_gone
        ]
        has_changed = bool(removed)
        taken = owners(run) if new else {}
        for chunk in chain(look(new, self.formats), _not_looked_at(unreadable)):
            images = [_checked(image, taken) for image in chunk]
            steps(f"classification: read {i.path}: {_outcome(i)}" for i in images)
            fresh = []
            for image in images:
                name = name_in(self.folder, image.path)
                if image.photo_id is not None:
                    self.paths.setdefault(image.photo_id, image.path)
                before = known.get(name)
                if before is None or before.is_gone:
                    fresh.append((name, image))
                elif not before.problem == image.problem == UNREADABLE:
                    fresh.append((name, image))
                    if before.photo_id not in (None, image.photo_id):
                        removed.append((name, before.photo_id))
            has_changed = has_changed or bool(fresh)
            self.rejected += [image.path for _, image in fresh if image.problem]
            yield "images", _image_rows(run, origin, fresh)
        if has_changed:
            yield from _counted(run, origin, removed, len(found))

    def _is_judged(self, before: Reading) -> bool:
        if before.problem == UNREADABLE:
            return False
        return is_judged(before.problem, before.detail, self.formats)


def _below(name: str, folders: set[str]) -> bool:
    """Whether a file lies in one of the folders, or is named like one of them."""
    return name in folders or any(name.startswith(f"{folder}/") for folder in folders)


def _not_looked_at(unreadable: dict[Path, str]) -> Iterator[list[Image]]:
    now = datetime.now(timezone.utc)
    reasons = sorted(unreadable.items())
    yield [Image(path, 0, 0, now, problem=UNREADABLE, detail=why) for path, why in reasons]


def _look_after(run: Run, origin: Origin) -> Chunks:
    """Note which files of a folder that is not named are gone, and which are back."""
    known = readings(run, origin)
    place = path_of(origin.address)
    is_there = {name: holds(place / path_of(name), reading) for name, reading in known.items()}
    removed = [
        (name, reading.photo_id)
        for name, reading in known.items()
        if not is_there[name] and not reading.is_gone
    ]
    back = [name for name, reading in known.items() if is_there[name] and reading.is_gone]
    images = [(name, _back(place / path_of(name), known[name])) for name in back]
    if images:
        yield "images", _image_rows(run, origin, images)
    if images or removed:
        yield from _counted(run, origin, removed, sum(is_there.values()))


def _back(path: Path, reading: Reading) -> Image:
    """Return a reading of a file that is back: what it holds is known already."""
    status, now = path.stat(), datetime.now(timezone.utc)
    known = (reading.sha256, reading.photo_id, reading.problem, reading.detail)
    return Image(path, status.st_size, status.st_mtime_ns, now, *known)


def _counted(run: Run, origin: Origin, removed: Removed, count: int) -> Chunks:
    now = datetime.now(timezone.utc)
    where = (now, origin.origin_id, run.run_id)
    yield "removed_images", rows(TABLES["removed_images"], [(*one, *where) for one in removed])
    row = (origin.origin_id, run.run_id, 1, count, None, None, now)
    yield "pages", rows(TABLES["pages"], [row])
    if removed:
        run.note(f"{len(removed):,} image file(s) of {origin.address} are gone or changed")
    run.origins.landed(origin, count)


def _image_rows(run: Run, origin: Origin, images: Iterable[tuple[str, Image]]) -> pa.Table:
    where = (origin.origin_id, run.run_id)
    found = [
        (
            *(name, image.size_bytes, image.modified_ns, image.sha256, image.photo_id),
            *(image.problem, image.detail, image.read_at, *where),
        )
        for name, image in images
    ]
    return rows(TABLES["images"], found)


def _checked(image: Image, taken: dict[int, str]) -> Image:
    """Give no photo_id twice: two contents may begin alike, once in some millions of millions."""
    if image.photo_id is None or image.sha256 is None:
        return image
    if taken.setdefault(image.photo_id, image.sha256) == image.sha256:
        return image
    return replace(image, photo_id=None, problem="photo_id taken")


def _outcome(image: Image) -> str:
    return image.problem or f"photo_id {image.photo_id}"
