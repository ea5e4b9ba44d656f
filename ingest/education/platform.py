"""Tells whether the three systems are those of the platform that counts, or of one begun anew.

Each system is looked at before anything of any of them is landed, and says what it found: it goes
on with what is landed, it tells of another platform, or it holds nothing of what is landed. The
last is a sign only while no system goes on; of a log it is none, since logs are rotated.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from ingest.common.errors import IngestError

MANY = 10  # records landed; that none of so many is there any more is no chance


class Verdict(Enum):
    """What a system tells of the platform that counts."""

    NOTHING = "nothing is landed of it"
    SAME = "it goes on"
    OTHER = "it is another one"
    GONE = "nothing of what is landed is there"


@dataclass(frozen=True)
class Finding:
    """What was found in a system, in words that begin with its name."""

    verdict: Verdict
    words: str
    is_log: bool = False


def none_left(landed: int) -> Verdict:
    """Judge a system that holds none of the records landed of it."""
    return Verdict.OTHER if landed >= MANY else Verdict.GONE


def began_anew(findings: Collection[Finding], said_so: bool) -> bool:
    """Whether the platform is another one than the one landed.

    Where the user said so, it takes no more than that no system goes on.
    """
    verdicts = {finding.verdict for finding in findings}
    signs = {finding.verdict for finding in findings if said_so or not finding.is_log}
    is_gone = Verdict.GONE in signs and Verdict.SAME not in verdicts
    return Verdict.OTHER in verdicts or is_gone


def refusal(findings: Collection[Finding], unreadable: Collection[str]) -> IngestError:
    """Return the error that says what was found, and the two ways on."""
    is_split = any(finding.verdict is Verdict.SAME for finding in findings)
    seen = "the systems are not of one platform" if is_split else "the platform began anew"
    told = [f.words for f in findings if f.verdict is not Verdict.NOTHING]
    return IngestError(
        f"{seen}, so nothing was landed: {'; '.join([*told, *unreadable])}. If it did begin anew, "
        "give --new-platform: what is landed counts no more; else name the systems of the "
        "platform that is landed (--students, --batches-url, --test-runs, or [sources.education] "
        "in .dlt/config.toml)"
    )
