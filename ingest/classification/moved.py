"""A folder of images that moved is the same one: its content tells, not its path."""

from pathlib import Path

from ingest.classification.folder import contents, holds, path_of
from ingest.classification.landed import IMAGES, readings
from ingest.common.paths import absolute
from ingest.landing.ledger import Run
from ingest.landing.origins import Origin


def moved(run: Run, folder: Path) -> Origin | None:
    """Return the origin that a folder was before it moved; None where it is a new one.

    It is one whose own folder holds none of its images any more, while this one holds half of
    them or more; of several the one with the most. Where the old folder still holds any, the new
    one is a copy, so an origin of its own.
    """
    lost = [(_lost(run, origin), origin) for origin in run.origins.counting(IMAGES)]
    lost = [(images, origin) for images, origin in lost if images]
    here = contents(folder) if lost else set()
    found = [
        (len(images & here), origin)
        for images, origin in lost
        if 2 * len(images & here) >= len(images)
    ]
    if not found:
        return None
    origin = max(found, key=lambda one: one[0])[1]
    run.note(f"{absolute(folder)} is what {origin.address} was")
    return origin


def _lost(run: Run, origin: Origin) -> set[str | None]:
    """Return the contents of an origin's images where its folder holds none of them any more."""
    known = readings(run, origin)
    there = {name: reading for name, reading in known.items() if not reading.is_gone}
    place = path_of(origin.address)
    if any(holds(place / path_of(name), reading) for name, reading in there.items()):
        return set()
    images = (there or known).values()
    return {reading.sha256 for reading in images if reading.photo_id is not None}
