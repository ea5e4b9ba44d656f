"""How far a host may go: what is more is an outcome of its own, never a run that does not end."""

from dataclasses import dataclass

USER_AGENT = "research-warehouse"


@dataclass(frozen=True)
class Limits:
    """Bounds of one run; the defaults suit thumbnails. Times are in seconds, sizes in bytes."""

    image_bytes: int = 8 << 20
    image_pixels: int = 25_000_000
    image_scans: int = 100
    """Of a progressive JPEG, each of which goes over all of its pixels; a dozen are usual."""
    image_frames: int = 10_000
    decode_seconds: float = 5.0
    page_bytes: int = 256 << 20
    pages: int = 100_000
    depth: int = 16
    """Levels of subdirectories below the listing: a link to its own directory ends here."""
    redirects: int = 5
    tries: int = 3
    backoff: float = 0.5
    longest_wait: float = 30.0
    """The longest Retry-After that is waited for; a longer one closes the host for the run."""
    troubles: int = 5
    """How often in a row a host fails before it is closed for the run."""
    connect: float = 10.0
    silence: float = 15.0
    """How long a host may send nothing in the middle of an answer."""
    image_seconds: float = 60.0
    page_seconds: float = 600.0
