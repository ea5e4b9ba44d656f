"""No address shows a secret: not its login, not the values of its query."""

import pytest

from ingest.common.addresses import known_as, masked
from ingest.common.errors import IngestError, one_line

SHOWN = {
    "http://alice:s3cret@h/a.png": "http://***@h/a.png",
    "AMQP://u:p@ss@h:5672/%2F": "AMQP://***@h:5672/%2F",
    "amqps://token@h": "amqps://***@h",
    "http://alice:s3/c#r?t@h/a": "http://***@h/a",
    "http://h:80/a@b and http://[::1]:80/a@b": "http://h:80/a@b and http://[::1]:80/a@b",
    "https://h/a?token=abc&size=3#part": "https://h/a?token=***&size=***#part",
    "https://h/a#access_token=abc": "https://h/a#access_token=***",
    "https://h/a;b?x=1;y=2": "https://h/a;b?x=***;y=***",
    "cannot reach 'http://a:b@h/?k=v': refused": "cannot reach 'http://***@h/?k=***': refused",
    "http://h/a@b.png": "http://h/a@b.png",
    "http://h/?a@b=c": "http://h/?a@b=***",
    "postgresql://u:p%40w@127.0.0.1:1/d": "postgresql://***@127.0.0.1:1/d",
    "is x=1 & y=2?": "is x=1 & y=2?",
}


@pytest.mark.parametrize("given", SHOWN)
def test_what_is_secret_is_masked(given: str) -> None:
    assert masked(given) == SHOWN[given]
    assert masked(SHOWN[given]) == SHOWN[given]


def test_an_error_is_told_without_secrets() -> None:
    assert one_line(IngestError("http://a:b@h/?k=v: gone")) == "http://***@h/?k=*** gone"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://h/a@b.png", "http://h/a@b.png"),
        ("http://h:80/a:b@c", "http://h:80/a:b@c"),
        ("http://alice:s3\"c'r<t@h/a", "http://***@h/a"),
        ("http://alice:s3/c?r#t@h/a", "http://***@h/a"),
        ("//alice:s3cret@h/a", "//***@h/a"),
        ("alice:s3cret@h/a", "***@h/a"),
        ("http://h/?", "http://h/?"),
        ("http://h/?list", "http://h/?list"),
    ],
)
def test_an_address_is_known_without_its_login(address: str, shown: str) -> None:
    assert known_as(address) == shown
    assert known_as(shown) == shown


def test_addresses_that_differ_stay_different_and_those_known_are_known_again() -> None:
    secrets = ("http://h/a?id=s3cret", "http://h/a?id=0ther", "http://h/a?id='s3cret", "h/a?id=x")
    known = [known_as(address) for address in secrets]
    assert len(set(known)) == len(secrets)
    assert not [address for address in known if "s3cret" in address or "0ther" in address]
    assert known_as("http://eve:new@h/a?id=1") == known_as("http://eve:old@h/a?id=1")
    assert [known_as(address) for address in known] == known
