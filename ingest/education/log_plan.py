"""Decides which landed file each file of a log goes on from, at which byte, and what is lost.

    landed file -> in its place, or elsewhere: the file begins with what is landed -> goes on there
                -> begins no file any more, and was not read to its end            -> may be lost
    other file  -> all of it is landed                         -> a copy, passed over
                -> it shares two lines or more with what is    -> goes on after those
                -> else                                        -> a new file, from its beginning

One line alone proves nothing: a log may well begin with the line that an older one began with.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.education.log_files import LandedFile, LogFile
from ingest.education.log_known import Known, landed_share


@dataclass(frozen=True)
class Place:
    """Where to go on reading: the file, the number it is landed under, the next byte.

    A file that is rotated away `has_settled` once its writer began another one: what follows its
    last line end is a line then. `is_told` where that is landed already.
    """

    file: LogFile
    file_id: int
    offset: int
    has_settled: bool = False
    is_told: bool = False


@dataclass
class Plan:
    """What to read, what is a copy, and the landed files whose rest may be gone."""

    places: list[Place] = field(default_factory=list)
    copies: list[LogFile] = field(default_factory=list)
    lost: list[LandedFile] = field(default_factory=list)
    is_other_log: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether anything that is landed lies there."""
        return bool(self.copies) or any(place.offset for place in self.places)


def planned(files: Sequence[LogFile], known: Known, next_id: int) -> Plan:
    """Plan the reading of `files`, oldest first; new ones are numbered from `next_id` on."""
    plan, claims = Plan(), _claims(files, known.files)
    claimed = set(claims.values())
    for n, file in enumerate(files):
        # A log that was only touched so far does not say that its writer has moved on to it.
        has_settled = not file.is_current and any(newer.size for newer in files[n + 1 :])
        if file in claims:
            was = claims[file]
            offset = max(was.to_offset, _read_elsewhere(file, claims, known))
            plan.places.append(Place(file, was.file_id, offset, has_settled, was.settled))
            continue
        before = [place.file for place in plan.places] + [f for f in claims if f is not file]
        shared = _shared(file, before, known, claimed)
        if shared == file.size and not file.is_current:
            if file.size:
                plan.copies.append(file)
            continue
        # Whole lines only; of one in the place of a landed file even a single one.
        whole = _whole_lines(file, shared)
        in_place = any(was.is_at(file) for was in known.files if was not in claimed)
        offset = whole if in_place or file.read(0, whole).count(b"\n") > 1 else 0
        plan.places.append(Place(file, next_id, offset, has_settled))
        plan.is_other_log |= file.is_current and bool(known.files)
        next_id += 1
    plan.lost = [was for was in known.files if was not in claimed and not was.settled]
    return plan


def _claims(files: Sequence[LogFile], landed: Sequence[LandedFile]) -> dict[LogFile, LandedFile]:
    """Give each landed file to one that begins with it: in its place, else the longest one.

    What was landed furthest comes first, whatever its place: another file may have its inode now.
    """
    claims: dict[LogFile, LandedFile] = {}
    for was in sorted(landed, key=lambda was: (was.to_offset, was.file_id), reverse=True):
        likely = sorted(
            (file for file in files if file not in claims),
            key=lambda file: (was.is_at(file), file.size, not file.is_current),
            reverse=True,
        )
        if found := next((file for file in likely if was.begins(file)), None):
            claims[found] = was
    return claims


def _read_elsewhere(file: LogFile, claims: dict[LogFile, LandedFile], known: Known) -> int:
    """Return the byte up to which a file that lies elsewhere now is a copy of other landed ones.

    Of two files that go on alike the one that comes first is read.
    """
    if claims[file].to_offset == file.size:
        return 0
    shared, comes_first = 0, True
    for other, was in claims.items():
        if other is file:
            comes_first = False
        else:
            alike = file.shares(other)
            shared = max(shared, alike if comes_first else min(alike, was.to_offset))
    # As nearly always: nothing has to be asked then. A rotated file may have the inode of another.
    is_there = file.is_current and claims[file].is_at(file)
    landed = 0 if is_there else landed_share(file, known, set(claims.values()))
    whole = _whole_lines(file, max(shared, landed))
    return whole if file.read(0, whole).count(b"\n") > 1 else 0


def _shared(
    file: LogFile, before: Sequence[LogFile], known: Known, claimed: set[LandedFile]
) -> int:
    """Return how many first bytes of a file lie in other files that are read, or are landed."""
    shared = max((file.shares(other) for other in before), default=0)
    if shared < file.size:
        shared = max(shared, landed_share(file, known, claimed))
    return shared


def _whole_lines(file: LogFile, length: int) -> int:
    """Return the end of the last whole line within the first `length` bytes."""
    end = length
    while end > 0:
        begin = max(0, end - (1 << 20))
        if found := file.read(begin, end - begin).rfind(b"\n") + 1:
            return begin + found
        end = begin
    return 0
