"""A call that is repeated, whatever state the world is in by then; calls within a transaction."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from ingest.common.errors import IngestError
from ingest.signatures import (
    NewImageSignature,
    NewXYZSignature,
    Registration,
    SignatureApplicationService,
    register_signatures,
    turns,
)
from ingest.warehouse import connect
from tests.conftest import Warehouse
from tests.signatures.datasets import build
from tests.signatures.test_first_design import Assets

NEW = [NewXYZSignature([(1, 2, 3)])]
REGISTERED = "select count(*) from raw_signatures.registrations"


def same(one: Registration, other: Registration) -> bool:
    return (one.signee_id, one.signature_ids) == (other.signee_id, other.signature_ids)


@pytest.mark.usefixtures("warehouse")
def test_a_known_key_answers_when_the_file_is_gone(tmp_path: Path) -> None:
    image = tmp_path / "upload.png"
    image.write_bytes(b"ink")
    new = [NewImageSignature(image, {"a": "b"}), *NEW]
    first = register_signatures(new, "key")
    image.rename(tmp_path / "elsewhere.png")
    again = register_signatures(new, "key")
    assert same(first, again)
    assert (first.is_compared, again.is_new, again.is_compared) == (True, False, False)
    moved = NewImageSignature(tmp_path / "elsewhere.png", {"a": "b"})
    assert register_signatures([moved, *NEW], "key").is_compared
    others = (
        new[:1],
        [*new, *NEW],
        [NewImageSignature(image, {"a": "c"}), *NEW],
        [new[0], NewXYZSignature([(1, 2, 4)])],
        [new[0], NewXYZSignature([(1, 2, 3)], {"a": "b"})],
        [NewXYZSignature([(1, 2, 3)]), *NEW],
    )
    for other in others:
        with pytest.raises(IngestError, match="other signatures"):
            register_signatures(other, "key")
    with pytest.raises(IngestError, match="other signatures"):
        register_signatures(new, "key", signee_id=first.signee_id)
    image.write_bytes(bytes((32 << 20) + 1))
    with pytest.raises(IngestError, match="other signatures"):
        register_signatures(new, "key")
    with pytest.raises(IngestError, match=r"signature 1: .*upload.png is larger than 32 MiB"):
        register_signatures(new, "other key")


@pytest.mark.usefixtures("warehouse")
def test_images_kept_elsewhere_are_compared_where_they_can_be_read(tmp_path: Path) -> None:
    service = SignatureApplicationService(asset_service=Assets())
    remote = [NewImageSignature("s3://bucket/key")]
    service.register_signatures(remote, "remote")
    again = service.register_signatures(remote, "remote")
    assert (again.is_new, again.is_compared) == (False, False)
    image = tmp_path / "image.png"
    image.write_bytes(b"ink")
    local = [NewImageSignature(image)]
    service.register_signatures(local, "local")
    assert service.register_signatures(local, "local").is_compared
    image.write_bytes(b"other")
    with pytest.raises(IngestError, match="other signatures"):
        service.register_signatures(local, "local")


def test_keys_of_an_earlier_version_stand_for_their_content(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    image = tmp_path / "image.png"
    image.write_bytes(b"ink")
    new = [NewImageSignature(image, {"a": "b"}), *NEW]
    first = register_signatures(new, "key")
    told = [
        ["image", hashlib.sha256(b"ink").hexdigest(), {"a": "b"}],
        ["xyz", [[1.0, 2.0, 3.0]]],
    ]
    digest = hashlib.sha256(json.dumps(told).encode()).hexdigest()
    warehouse.query("update raw_signatures.registrations set digest = %s", digest)
    warehouse.query("alter table raw_signatures.registrations drop column request")
    warehouse.query("alter table raw_signatures.registered_signatures drop reference_signee_id")
    warehouse.query("drop index raw_signatures.registrations_key")
    warehouse.query("truncate raw_signatures._dlt_version")
    warehouse.query("delete from raw_ledger.setup where part = 'signatures'")
    again = register_signatures(new, "key")  # which brings the tables up to date
    assert same(first, again)
    assert again.is_compared
    assert register_signatures(NEW, "other").is_new
    with pytest.raises(IngestError, match="other signatures"):
        register_signatures(NEW, "key")
    image.unlink()
    assert not register_signatures(new, "key").is_compared
    build(warehouse)
    assert warehouse.query("select count(*) from marts.signatures") == [(3,)]


@pytest.fixture
def mine(warehouse: Warehouse) -> Iterator[Connection]:
    warehouse.query("create table public.mine (signee_id text)")
    with closing(connect.connect()) as connection:
        yield connection


def test_a_call_within_a_transaction_stands_or_falls_with_it(
    warehouse: Warehouse, mine: Connection, tmp_path: Path
) -> None:
    for ends in (mine.rollback, mine.commit, mine.commit):
        with mine.cursor() as cursor:
            done = register_signatures(NEW, "key", connection=mine)
            assert not register_signatures(NEW, "key", connection=mine).is_new
            cursor.execute("insert into public.mine values (%s)", [done.signee_id])
            with pytest.raises(IngestError, match="cannot be read: No such file"):
                register_signatures(
                    [NewImageSignature(tmp_path / "nowhere.png")], "other", connection=mine
                )
            cursor.execute("select current_user, current_setting('lock_timeout')")
            assert cursor.fetchone() == ("warehouse", "0")
        ends()
    assert warehouse.query(REGISTERED) == [(1,)]
    assert warehouse.query("select count(*) from public.mine") == [(2,)]


def test_a_call_beside_a_transaction_waits_for_its_end(
    mine: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_signatures(NEW, "key", connection=mine)
    monkeypatch.setattr(turns, "PATIENCE", 0.5)
    with pytest.raises(IngestError, match="'key' is another call's, for 0 seconds; nothing was"):
        register_signatures(NEW, "key")
    mine.commit()
    assert not register_signatures(NEW, "key").is_new


def test_a_transaction_that_cannot_see_another_call_does_not_register_twice(
    mine: Connection,
) -> None:
    mine.set_session(isolation_level="REPEATABLE READ")
    with mine.cursor() as cursor:
        cursor.execute("select count(*) from public.mine")
        register_signatures(NEW, "key")
        with pytest.raises(IngestError, match="came before: begin a new transaction"):
            register_signatures(NEW, "key", connection=mine)
        cursor.execute("insert into public.mine values ('goes on')")
        mine.commit()
    assert not register_signatures(NEW, "key", connection=mine).is_new


def test_what_is_no_connection_to_the_warehouse_is_an_error(
    warehouse: Warehouse, mine: Connection, server: dict[str, str]
) -> None:
    mine.set_session(autocommit=True)
    with pytest.raises(IngestError, match="commits each statement by itself"):
        register_signatures(NEW, "key", connection=mine)
    with pytest.raises(IngestError, match="must be an open connection of psycopg2"):
        register_signatures(NEW, "key", connection="postgresql://")  # type: ignore[arg-type]
    mine.close()
    with pytest.raises(IngestError, match="must be an open connection of psycopg2"):
        register_signatures(NEW, "key", connection=mine)
    login = {name.removeprefix("PG").lower(): value for name, value in server.items()}
    with (
        closing(psycopg2.connect(**login, dbname="postgres")) as elsewhere,
        pytest.raises(IngestError, match="leads to another server than the warehouse"),
    ):
        register_signatures(NEW, "key", connection=elsewhere)
    assert warehouse.query(REGISTERED) == [(0,)]
