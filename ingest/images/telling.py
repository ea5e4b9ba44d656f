"""What a run of images tells at its end: what it did, and what may be missing."""

from dataclasses import dataclass

from ingest.common.words import counted
from ingest.images.web import Web
from ingest.landing.ledger import Run

MOST_HOSTS = 3  # named in a line; of others the number is told


@dataclass
class Tally:
    """What is counted over all pieces of a run."""

    wanted: int
    seed: int
    listed: int = 0
    taken: int = 0
    images: int = 0
    failed: int = 0
    failed_as_before: int = 0
    gone: int = 0  # taken down before
    disallowed: int = 0  # by robots.txt
    unread: int = 0  # pages
    unasked: int = 0  # pages of a host that was closed


def tell(run: Run, tally: Tally, web: Web, passed_over: int) -> None:
    """Note what a run did, and what hosts that were closed kept back."""
    note = run.note
    urls = counted(tally.listed, "URL")
    note(f"{counted(tally.images, 'image')}, drawn from {urls} with seed {tally.seed}")
    closed = [host for host in web.hosts.values() if host.closed]
    if tally.images < tally.wanted:
        found = f"{tally.images:,} of {tally.wanted:,} asked for"
        note(found if passed_over or tally.unasked else f"the listing has no more: {found}")
    if tally.failed:
        before = f", {tally.failed_as_before:,} of them as before" * bool(tally.failed_as_before)
        note(f"{tally.failed:,} failed{before}; a later run that draws them tries them again")
    if duplicates := tally.taken - tally.images - tally.failed - tally.gone:
        note(f"{counted(duplicates, 'duplicate')} of images fetched from other URLs")
    if tally.gone:
        note(f"{tally.gone:,} taken down before and not landed")
    if tally.disallowed:
        note(f"{counted(tally.disallowed, 'URL')} closed by robots.txt")
    if tally.unread:
        note(f"{counted(tally.unread, 'directory page')} could not be read")
    if passed_over or tally.unasked:
        run.missing += [f"{host.name}: {host.closed}" for host in closed[:MOST_HOSTS]]
        if len(closed) > MOST_HOSTS:
            run.missing.append(f"so with {len(closed) - MOST_HOSTS:,} other hosts")
        pages = f" and {counted(tally.unasked, 'directory page')}" * bool(tally.unasked)
        left = f"{counted(passed_over, 'URL')}{pages}"
        run.missing.append(f"{left} left to a later run")
