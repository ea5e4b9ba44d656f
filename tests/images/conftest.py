"""A raw host, and a run of the source against it with little patience."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ingest.images.limits import Limits
from ingest.images.source import ImagesSource
from ingest.landing.ledger import Run
from ingest.landing.runner import run_source
from tests.conftest import Warehouse
from tests.images.hosts import RawHost, raw_host

IMPATIENT = Limits(
    image_bytes=100_000,
    image_pixels=1_000_000,
    page_bytes=200_000,
    pages=50,
    depth=5,
    backoff=0.01,
    longest_wait=1.5,
    connect=2.0,
    silence=0.5,
    image_seconds=2.0,
    page_seconds=3.0,
)

# What dbt selects to build this domain and nothing else
IMAGES_ONLY = ("-s", "staging.images", "intermediate.images", "marts.images")

Fetch = Callable[..., Run]


@pytest.fixture
def host() -> Iterator[RawHost]:
    with raw_host() as host:
        yield host


@pytest.fixture
def fetch(warehouse: Warehouse) -> Fetch:  # noqa: ARG001 - in its database
    """Land images in this test's warehouse."""

    def _fetch(listing: Any, count: int = 1_000, seed: int = 1, **settings: Any) -> Run:
        settings = {"concurrency": 8, "limits": IMPATIENT, **settings}
        return run_source(ImagesSource(listing, count, seed, **settings))

    return _fetch
