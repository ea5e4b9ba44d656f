"""Registered signees sign again, and are forged."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.common.errors import IngestError
from ingest.signatures import NewImageSignature, NewXYZSignature, register_signatures
from tests.conftest import Warehouse
from tests.signatures.datasets import build, forget

NEW = [NewXYZSignature([(1, 2, 3)])]
SIGNEES = (
    "select local_id, signees.medium, is_forger, count(*), max(sample_number) "
    "from marts.signees join marts.signatures using (signee_id) group by 1, 2, 3 order by 1"
)
RECONCILED = (
    "select replace(origin, 'REGISTERED/', ''), read, accepted, rejected "
    "from intermediate.int_signatures__reconciliation order by origin"
)


def test_a_signee_signs_again_and_is_forged(warehouse: Warehouse, tmp_path: Path) -> None:
    image = tmp_path / "image.png"
    image.write_bytes(b"ink")
    one = register_signatures(NEW, "one")
    more = register_signatures([NewImageSignature(image)], "more", signee_id=one.signee_id)
    assert more.signee_id == one.signee_id
    forger = register_signatures(NEW, "forger", forgery_of=one.signature_ids[0])
    again = register_signatures(
        NEW, "forger again", signee_id=forger.signee_id, forgery_of=one.signee_id
    )
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda n: register_signatures(NEW, f"at once {n}", signee_id=one.signee_id),
                range(8),
            )
        )
    assert not register_signatures(NEW, "at once 1", signee_id=one.signee_id).is_new
    build(warehouse)
    assert warehouse.query(SIGNEES) == [
        ("forger", "online", True, 2, 2),
        ("one", "both", False, 10, 10),
    ]
    assert warehouse.query(
        "select signature_id, reference_signee_id, reference_signature_id, is_forgery "
        "from marts.signatures where reference_signee_id is not null order by sample_number"
    ) == [
        (forger.signature_ids[0], one.signee_id, one.signature_ids[0], True),
        (again.signature_ids[0], one.signee_id, None, True),
    ]
    numbers = "select sample_number from marts.signatures where signee_id = %s order by 1"
    assert warehouse.query(numbers, one.signee_id) == [(number,) for number in range(1, 11)]
    assert len(warehouse.query(RECONCILED)) == 12

    forget("REGISTERED/one")  # what stands on it is rejected, what does not stays
    build(warehouse)
    assert warehouse.query(SIGNEES) == [
        ("forger", "online", True, 1, 2),
        ("one", "both", False, 9, 10),
    ]
    assert ("forger", 1, 0, 1) in warehouse.query(RECONCILED)
    assert warehouse.query(
        "select position, reason from intermediate.int_signatures__rejected_records"
    ) == [("original", f"its original, signature {one.signature_ids[0]}, is not published")]


def test_who_is_not_there_signs_and_is_forged_no_more(warehouse: Warehouse) -> None:
    one = register_signatures(NEW, "one")
    forger = register_signatures(NEW, "forger", forgery_of=one.signee_id)
    for message, said in {
        "'nobody' is no registered signee": {"signee_id": "nobody"},
        "'nobody' is no registered genuine": {"forgery_of": "nobody"},
        "is no genuine signature": {"forgery_of": forger.signature_ids[0]},
        "is no registered genuine signature or": {"forgery_of": forger.signee_id},
        "is a forger: say with forgery_of": {"signee_id": forger.signee_id},
        "is no forger": {"signee_id": one.signee_id, "forgery_of": one.signee_id},
        "signee_id must be an id, not of type int": {"signee_id": 7},
        "forgery_of must be an id": {"forgery_of": ""},
    }.items():
        with pytest.raises(IngestError, match=message):
            register_signatures(NEW, "other", **said)  # type: ignore[arg-type]
    forget("REGISTERED/one")
    for said in ({"signee_id": one.signee_id}, {"forgery_of": one.signature_ids[0]}):
        with pytest.raises(IngestError, match="that counts"):
            register_signatures(NEW, "other", **said)
    assert warehouse.query("select count(*) from raw_signatures.registrations") == [(2,)]
