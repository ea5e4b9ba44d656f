from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.education import batches_api
from tests.conftest import Warehouse
from tests.education.platform import Systems, answering, batch, body


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches_api, "SECONDS_BETWEEN_ATTEMPTS", (0.01, 0.02, 0.03))


@pytest.fixture
def systems(warehouse: Warehouse, tmp_path: Path) -> Iterator[Systems]:
    """Three systems with one batch, no student and an empty log."""
    with answering(lambda _after: body([batch(1)])) as url:
        yield Systems(warehouse, tmp_path, url)
