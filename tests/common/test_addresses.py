"""No address shows a secret: not its login, not the values of its query."""

import pytest

from ingest.common.addresses import masked

SHOWN = {
    "http://alice:s3cret@h/a.png": "http://***@h/a.png",
    "AMQP://u:p@ss@h:5672/%2F": "AMQP://***@h:5672/%2F",
    "amqps://token@h": "amqps://***@h",
    "https://h/a?token=abc&size=3#part": "https://h/a?token=***&size=***#part",
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
