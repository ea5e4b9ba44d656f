"""Whatever a reply holds, it is taken apart without an error, and Postgres can keep it."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from ingest.classification.protocol import LARGEST_REPLY, Reply, photo_id, read_reply, request

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
LIKE_REPLIES = st.fixed_dictionaries({}, optional={"photo_id": JSON, "label": JSON, "more": JSON})


@given(st.binary() | st.builds(lambda said: json.dumps(said).encode(), LIKE_REPLIES | JSON))
def test_any_bytes_are_a_reply_or_have_a_problem(body: bytes) -> None:
    reply = read_reply(body)
    assert (reply.problem is None) == (reply.label is not None)
    assert reply.body == body
    assert reply.size_bytes == len(body)
    if reply.label is not None:
        assert reply.label.encode().count(0) == 0
        assert reply.photo_id is not None
    if reply.photo_id is not None:
        assert -(2**63) <= reply.photo_id < 2**63
    if reply.is_text:
        assert body.decode().count("\0") == 0


@given(
    st.integers(-(2**63), 2**63 - 1),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])).filter(str.strip),
)
def test_what_the_classifier_says_comes_out_as_it_was_said(number: int, label: str) -> None:
    body = json.dumps({"photo_id": number, "label": label}).encode()
    said = read_reply(body)
    assert said == Reply(body, len(body), True, number, label, None)


def test_an_oversized_reply_is_kept_to_its_limit() -> None:
    reply = read_reply(b"[" * (LARGEST_REPLY + 1))
    assert (len(reply.body), reply.size_bytes) == (LARGEST_REPLY, LARGEST_REPLY + 1)
    assert reply.problem == "oversized"


@given(st.binary())
def test_a_photo_id_is_exact_in_any_json_reader(content: bytes) -> None:
    number = photo_id(hashlib.sha256(content).digest())
    assert 0 <= number < 2**53
    assert int(float(number)) == number
    said = json.loads(request(content, number))
    assert said.keys() == {"image", "photo_id"}
    assert said["photo_id"] == number


def test_a_photo_id_is_for_ever() -> None:
    digest = hashlib.sha256(b"the same on every machine and in every version").digest()
    assert photo_id(digest) == int.from_bytes(digest, "big") >> 203
