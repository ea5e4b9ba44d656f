"""The platform is killed with -9 at each moment that matters, and simply run again."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.paths import ROOT
from tests.classification.conftest import Queues, check_landed
from tests.conftest import Warehouse

PIPELINE = "dlt.pipeline.pipeline:Pipeline"
PACKAGE = "dlt.common.storages.load_package:PackageStorage"
BROKER = "ingest.classification.broker:Broker"

WINDOWS = {
    "requests are half landed": (f"{PACKAGE}.complete_job", 1),
    "requests are landed and none is sent": (f"{BROKER}.send", 1),
    "some are sent": (f"{BROKER}.send", 20),
    "replies are taken and not landed": (f"{PIPELINE}.extract", 2),
    "a file of replies is committed, without its marker": (f"{PACKAGE}.complete_job", 5),
    "replies are landed, the load is not closed": (f"{PACKAGE}.complete_loading_package", 2),
    "replies are landed and not acknowledged": (f"{BROKER}.acknowledge", 2),
}


@pytest.mark.parametrize("window", WINDOWS)
def test_no_label_is_lost_or_wrong_after_a_kill(
    warehouse: Warehouse, queues: Queues, images: Callable[[int], Path], window: str
) -> None:
    folder = images(30)
    queues.declare()
    queues.classifier()
    flags = ["classification", "--images", str(folder), "--timeout", "4", *queues.flags]
    target, nth = WINDOWS[window]
    killed = subprocess.run(
        [sys.executable, "-m", "tests.classification.kill_at", target, str(nth), *flags],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    assert "without an answer" not in warehouse.ingest(*flags)
    check_landed(warehouse, folder)
    assert queues.waiting(queues.requests) == queues.waiting(queues.replies) == 0
