"""Broken images never reach the queue; broken replies never stop a run; all are accounted for."""

import io
import json
import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from ingest.classification.command import classification
from ingest.landing.runner import run_source
from ingest.samples.classification import faults, picture
from tests.classification.conftest import MODELS, URL, Queues, reconciliation, wait_for
from tests.classification.hashing_classifier import label
from tests.conftest import Warehouse

REJECTED = "select {} from marts.rejected_records where record_table = %s order by 1, 2"


def test_faulty_images_and_faulty_replies_are_accounted_for(
    warehouse: Warehouse, queues: Queues, images: Callable[[int], Path]
) -> None:
    folder = images(20)
    whole = picture(random.Random(1))
    (folder / "deeper").mkdir()
    for name, content in {**faults(whole), "deeper/whole.png": whole, "copy.png": whole}.items():
        (folder / name).write_bytes(content)
    other = io.BytesIO()
    Image.new("RGB", (4, 4)).save(other, "PPM")
    (folder / "other.png").write_bytes(other.getvalue())
    (folder / ".hidden").write_bytes(b"no image, and none of ours")
    with (folder / "huge.jpg").open("wb") as huge:
        huge.truncate(17 << 20)

    flags = ("classification", "--images", folder, "--timeout", 4, *queues.flags)
    queues.declare()
    faulty = {
        "moo": "is not JSON",
        "[" * 100_000 + "]" * 100_000: "is longer than 64 KiB",
        "[" * 30_000 + "]" * 30_000: "is not JSON",
        b"\xff\xfe": "is not UTF-8",
        b"\0": "contains a NUL character",
        "[1]": "is no JSON object",
        "{}": "has no photo_id",
        '{"label": "cat"}': "has no photo_id",
        '{"photo_id": "7", "label": "cat"}': "photo_id is no integer of 64 bits",
        '{"photo_id": 7.0, "label": "cat"}': "photo_id is no integer of 64 bits",
        '{"photo_id": true, "label": "cat"}': "photo_id is no integer of 64 bits",
        f'{{"photo_id": {2**80}, "label": "cat"}}': "photo_id is no integer of 64 bits",
        '{"photo_id": 7}': "has no label",
        '{"photo_id": 7, "label": 7}': "label is no text",
        '{"photo_id": 7, "label": "\\u0000"}': "label is no text",
        '{"photo_id": 7, "label": "\\ud800"}': "label is no text",
        '{"photo_id": 7, "label": " "}': "label is blank",
        '{"photo_id": 7, "photo_id": 8, "label": "cat"}': "gives a key twice",
        '{"photo_id": 7, "label": "cat"}': "photo_id was never asked for",
        b"x" * (50 << 20): "is longer than 64 KiB",
    }
    queues.reply(*faulty)
    queues.classifier()
    assert "21 image(s) labelled" in warehouse.ingest(*flags, "--take-foreign")
    # Ten copies of a good reply, told in another way by the last of them.
    ((number,),) = warehouse.query(
        "select photo_id from raw_classification.images where path = '00000.png'"
    )
    said = json.dumps({"photo_id": number, "label": "cat"})
    queues.reply(*[said] * 9, json.dumps({"photo_id": number, "label": "dog"}))
    wait_for(lambda: queues.waiting(queues.replies) == 10)
    warehouse.ingest(*flags)

    warehouse.build("-s", *MODELS, "+rejected_records")
    assert reconciliation(warehouse, "images") == [(28, 21, 6, 1)]
    assert reconciliation(warehouse, "replies") == [(51, 21, len(faulty), 10)]
    reasons = [row[0] for row in warehouse.query(REJECTED.format("reason, position"), "replies")]
    assert reasons == sorted(faulty.values())
    assert warehouse.query(REJECTED.format("position, reason"), "images") == [
        ("file bomb.png", "has more than 50 million pixels"),
        ("file empty.png", "is empty"),
        ("file huge.jpg", "is larger than 16 MiB"),
        ("file other.png", "is no image that can be decoded"),
        ("file text.jpg", "is no image that can be decoded"),
        ("file truncated.png", "is no image that can be decoded"),
    ]
    labels = dict(warehouse.query("select file_path, label from marts.image_labels"))
    assert labels.pop(str(folder / "00000.png")) == "dog", "the latest reply wins"
    assert labels == {path: label(Path(path).read_bytes()) for path in labels}
    assert len(labels) == 20


def test_an_image_answered_without_a_label_is_asked_for_again(
    warehouse: Warehouse, queues: Queues, images: Callable[[int], Path]
) -> None:
    folder = images(1)
    assert "1 image(s) without an answer" in notes(folder, queues)
    ((number,),) = warehouse.query("select photo_id from raw_classification.images")
    with queues.channel() as channel:
        channel.queue_purge(queues.requests)
    queues.reply(json.dumps({"photo_id": number, "label": None}))
    assert "1 image(s) without an answer" in notes(folder, queues)
    queues.classifier()
    assert "1 image(s) labelled" in notes(folder, queues)


def notes(folder: Path, queues: Queues) -> str:
    """Run the command here, and return what it has to say."""
    run = run_source(classification(folder, URL, 2, queues.requests, queues.replies))
    return "; ".join([*run.notes, *run.missing])


def test_a_changed_image_is_a_new_one_and_the_old_one_is_gone_with_its_label_kept(
    warehouse: Warehouse, queues: Queues, images: Callable[[int], Path]
) -> None:
    folder = images(2)
    queues.declare()
    queues.classifier()
    notes(folder, queues)
    old = label((folder / "00000.png").read_bytes())
    (folder / "00000.png").write_bytes(picture(random.Random(2)))
    assert "1 image(s) labelled" in notes(folder, queues)
    warehouse.build("-s", *MODELS)
    labels = "select file_path, label from marts.image_labels where file_gone_since is {} null"
    published = warehouse.query(labels.format(""))
    assert sorted(published) == [(str(p), label(p.read_bytes())) for p in sorted(folder.iterdir())]
    assert warehouse.query(labels.format("not")) == [(str(folder / "00000.png"), old)]
    assert reconciliation(warehouse, "images") == [(2, 2, 0, 0)]
    assert reconciliation(warehouse, "replies") == [(3, 3, 0, 0)]


def test_what_the_user_can_mend_is_told_in_one_line(warehouse: Warehouse, tmp_path: Path) -> None:
    def told(images: Path, broker: str, **env: str) -> str:
        flags = ("--images", images, "--broker", broker)
        return warehouse.ingest("classification", *flags, fails=True, **env)

    folder = f"filesystem://{tmp_path / 'broker'}"
    missing = tmp_path / "missing"
    assert told(missing, folder) == f"error: {missing} is no folder of images\n"
    assert told(tmp_path, "amqp://guest:secret@127.0.0.1:9//").startswith(
        "error: the broker amqp://***@127.0.0.1:9// cannot be"
    )
    assert "an address begins with amqp://" in told(tmp_path, "http://x")
    assert "three slashes: 'filesystem://x/y'" in told(tmp_path, "filesystem://x/y")
    said = told(tmp_path, folder, SOURCES__CLASSIFICATION__TIMEOUT="-1")
    assert "timeout under [sources.classification] is '-1', not a number from 0.001" in said
