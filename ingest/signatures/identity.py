"""Which origin a folder is: the dataset that counts, moved perhaps, or another one.

none of its files fits the layout  -> refused
nothing of the dataset counts      -> the origin last known at this address, or a new one
it holds the files of what counts  -> that origin, wherever the folder lies now
it lost more than half of them     -> refused, unless shrinking is allowed
it is another dataset or edition   -> refused, unless it is to take the place of what counts
"""

from collections import Counter
from collections.abc import Mapping, Set
from itertools import islice

from ingest.common.errors import IngestError
from ingest.common.paths import absolute, path_text
from ingest.landing.ledger import Run
from ingest.landing.origins import SAMPLE, Origin
from ingest.signatures.dataset import Dataset
from ingest.signatures.landed import Landed, landed_files
from ingest.signatures.tables import DATASET

Files = Mapping[str, Landed]


def identify(
    run: Run,
    dataset: Dataset,
    known_as: Mapping[int, str],
    *,
    allow_shrink: bool,
    replace: bool,
) -> tuple[Origin, Files]:
    """Return the origin that a folder is, counting from now on, and what is landed of it.

    `known_as` tells which dataset an origin is, by its number. A sample that became another one
    takes the place of its former self unasked.

    Raises `IngestError` where the folder fits its layout with no file, or is not the dataset that
    counts.
    """
    address = absolute(dataset.root)
    source = dataset.source
    counting = [o for o in run.origins.counting(DATASET) if known_as.get(o.origin_id) == source]
    here = _last_at(run, address, {o for o, known in known_as.items() if known != source})
    misplaced = dataset.layout.misfit(dataset.entries)
    if misplaced is not None:
        known = landed_files(run, counting[0]) if counting else {}
        raise IngestError(
            f"no file of {path_text(dataset.root)} fits the layout {dataset.layout.name}: "
            f"{misplaced}{_other_level(set(dataset.entries), set(known))}"
        )
    if not counting:
        origin = run.origins.use(DATASET, address, here)
        return origin, landed_files(run, origin)
    (current,) = counting
    known = landed_files(run, current)
    misfit = _misfit(dataset, current, known, allow_shrink)
    if misfit is None:
        if current.address != address:
            run.note(f"{path_text(dataset.root)} is what {current.address} was")
        return run.origins.use(DATASET, address, current), known
    if not (replace or run.kind == SAMPLE):
        raise IngestError(misfit)
    origin = run.origins.use(DATASET, address, None if here is current else here)
    run.origins.retire(current, f"{address} took its place")
    run.note(f"{current.address} counts no more: {address} took its place")
    return origin, landed_files(run, origin)


def _last_at(run: Run, address: str, others: Set[int]) -> Origin | None:
    """Find the origin last known at an address, among those that may be this dataset."""
    here = [
        origin
        for origin in run.origins.known
        if (origin.kind, origin.record_table, origin.address) == (run.kind, DATASET, address)
        and origin.origin_id not in others
    ]
    return max(here, key=lambda origin: (origin.counts, origin.since_run_id), default=None)


def _misfit(dataset: Dataset, current: Origin, known: Files, allow_shrink: bool) -> str | None:
    """Say why a folder is not the dataset that counts; None where it is."""
    root, there = path_text(dataset.root), dataset.entries
    kept = [path for path in known if path in there]
    takes_its_place = f"if it is to take the place of {current.address}, give --replace"
    if len(kept) * 2 < len(known) and len(kept) * 2 < len(there):
        return (
            f"{root} is another dataset: it has {len(kept):,} of the {len(known):,} files that "
            f"{current.address} was landed with{_other_level(set(there), set(known))}; "
            f"{takes_its_place}"
        )
    if len(kept) * 2 < len(known) and not allow_shrink:
        return (
            f"{root} shrank from {len(known):,} to {len(kept):,} files, less than half; "
            f"if that is right, give --allow-shrink"
        )
    changed = _changed(dataset, known, kept)
    if changed:
        return (
            f"{root} is another edition: {changed} of the {len(kept):,} files that "
            f"{current.address} was landed with have other content; {takes_its_place}"
        )
    return None


def _changed(dataset: Dataset, known: Files, kept: list[str]) -> str | None:
    """Say how many files have other content than landed; None where these are not the most."""
    unsure = []
    for path in kept:
        fingerprint = dataset.entries[path].fingerprint()
        if fingerprint is None or fingerprint != known[path].fingerprint:
            unsure.append(path)
    same, changed = len(kept) - len(unsure), 0
    for path in unsure:
        if same * 2 >= len(kept):
            return None
        read = dataset.read(path)
        if read and (read.sha256, read.problem) == (known[path].sha256, known[path].problem):
            same += 1
        else:
            changed += 1
    return f"{changed:,}" if changed * 2 > len(kept) else None


def _other_level(there: Set[str], known: Set[str]) -> str:
    """Tell of a folder inside of the dataset, or above it."""
    inside = _prefix(there, known)
    if inside:
        return f" (it looks like {inside} of that dataset: name the folder above)"
    above = _prefix(known, there)
    if above:
        return f" (it looks like the folder above: name {above} in it)"
    return ""


def _prefix(inner: Set[str], outer: Set[str]) -> str | None:
    """Find the folder of `outer` that holds most of `inner`."""
    ends = tuple(f"/{one}" for one in islice(inner, 10))
    found = Counter(path.removesuffix(end) for path in outer for end in ends if path.endswith(end))
    for prefix, _ in found.most_common(1):
        if sum(f"{prefix}/{one}" in outer for one in inner) * 2 > len(inner):
            return prefix
    return None
