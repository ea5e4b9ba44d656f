"""How many requests are in flight: as many as the classifier answers well within half an hour."""

import time

import pytest

from ingest.classification.flight import FIRST, MOST_BYTES, Flight

CONSUMER_TIMEOUT = 1800  # seconds that RabbitMQ lets a consumer hold a message


@pytest.mark.parametrize(
    ("seconds_an_image", "room"), [(0.01, 5_000), (1.0, 900), (2.0, 450), (16.0, 56.25)]
)
def test_a_classifier_without_prefetch_stays_within_the_consumer_timeout(
    monkeypatch: pytest.MonkeyPatch, seconds_an_image: float, room: int
) -> None:
    clock = [1.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    flight = Flight(5_000)
    assert flight.room() == FIRST
    for number in range(FIRST):
        flight.add(number, 100)
    assert not flight.has_room()
    for number in range(FIRST):
        clock[0] += seconds_an_image
        flight.land(number)
    assert flight.room() == pytest.approx(room)
    assert max(FIRST, flight.room()) * seconds_an_image < CONSUMER_TIMEOUT


def test_large_requests_are_fewer() -> None:
    flight = Flight(5_000)
    flight.add(1, MOST_BYTES)
    assert not flight.has_room()
    flight.add(1, MOST_BYTES)
    assert flight.take_out(1)
    assert not flight.take_out(1)
