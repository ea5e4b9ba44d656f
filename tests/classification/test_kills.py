"""The platform is killed with -9 at each moment that matters, and simply run again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.classification.conftest import Queues, check_landed
from tests.conftest import Warehouse

PACKAGE = "dlt.common.storages.load_package:PackageStorage"
BROKER = "ingest.classification.broker:Broker"

WINDOWS = {
    "requests are half landed": (f"before {PACKAGE}.complete_job", 1),
    "requests are landed and none is sent": (f"before {BROKER}.send", 1),
    "some are sent": (f"before {BROKER}.send", 20),
    "replies are taken and not landed": ("before dlt.pipeline.pipeline:Pipeline.extract", 2),
    "a file of replies is committed, without its marker": (f"before {PACKAGE}.complete_job", 5),
    "replies are landed, the load is not closed": (
        f"before {PACKAGE}.complete_loading_package",
        2,
    ),
    "replies are landed and not acknowledged": (f"before {BROKER}.acknowledge", 2),
}


@pytest.mark.parametrize("window", WINDOWS)
def test_no_label_is_lost_or_wrong_after_a_kill(
    warehouse: Warehouse, queues: Queues, images: Callable[[int], Path], window: str
) -> None:
    folder = images(30)
    queues.declare()
    queues.classifier()
    flags = ["classification", "--images", str(folder), "--timeout", "4", *queues.flags]
    warehouse.kill(*WINDOWS[window], *flags)

    assert "without an answer" not in warehouse.ingest(*flags)
    check_landed(warehouse, folder)
    assert queues.waiting(queues.requests) == queues.waiting(queues.replies) == 0


def test_what_kills_kept_from_being_sent_is_no_request(
    warehouse: Warehouse, queues: Queues, images: Callable[[int], Path]
) -> None:
    folder = images(5)
    queues.declare()
    queues.classifier()
    flags = ["classification", "--images", str(folder), "--timeout", "2", *queues.flags]
    for _ in range(3):
        warehouse.kill(*WINDOWS["requests are landed and none is sent"], *flags)

    assert "5 image(s) labelled" in warehouse.ingest(*flags)
    check_landed(warehouse, folder)
