"""Public Python is typed for those who install the wheel: `mypy --strict` outside the checkout."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

from tests.conftest import BIN, ROOT

SCRIPT = """
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from ingest.images import ImageStructure, get_random_images
from ingest.signatures import (
    AnyNewSignature,
    AnySignature,
    NewImageSignature,
    NewXYZSignature,
    Points,
    Registration,
    SignatureApplicationService,
    SignatureStructure,
    Signee,
    get_signatures,
    get_verification_pairs,
    register_signatures,
)

images: Iterator[ImageStructure] = get_random_images(limit=3, seed=1)
sizes: list[int] = [len(image.content) for image in images]
new = [NewXYZSignature([(1.0, 2.0, 3.0)])]
registration: Registration = register_signatures(new, "key")
ids: tuple[str, ...] = registration.signature_ids
more: list[AnyNewSignature] = [
    NewImageSignature(Path("a.png"), {"a": "b"}),
    NewXYZSignature(zip([1], [Decimal(2)], [3.0])),
]

signatures: Iterator[SignatureStructure[tuple[float, ...]]] = get_signatures(split="train")
points: list[Points[tuple[float, ...]]] = [each.points for each in signatures if each.points]
highest: list[float] = [max(each.pressure) for each in points if each.pressure is not None]
labels: list[bool] = [pair.is_genuine for pair in get_verification_pairs(as_="numpy")]


class Signees:
    def store(self, signee: Signee) -> None:
        print(signee.id, signee.created, signee.signatures)


class Signatures:
    def store(self, signatures: list[AnySignature]) -> None:
        print([signature.signee_id for signature in signatures])


class Assets:
    def register_asset(self, local_uri: str, metadata: dict[str, str] = {}) -> str:
        return local_uri


service = SignatureApplicationService(
    signee_repository=Signees(), signature_repository=Signatures(), asset_service=Assets()
)
service.register_signatures(more)
service.register_signatures(more, "key", signee_id=registration.signee_id, forgery_of=ids[0])
"""


def test_a_script_outside_the_checkout_is_clean(tmp_path: Path) -> None:
    build = [BIN / "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", tmp_path]
    subprocess.run([*build, ROOT], check=True, capture_output=True)
    venv.create(tmp_path / "venv", symlinks=True)
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(site)
    # What the wheel depends on is taken from here, but for the project itself.
    (site / "others.pth").write_text(sysconfig.get_path("purelib"))
    script = tmp_path / "script.py"

    def check(text: str) -> subprocess.CompletedProcess[str]:
        script.write_text(text)
        command = [sys.executable, "-m", "mypy", "--strict", "--python-executable"]
        python = tmp_path / "venv" / "bin" / "python"
        return subprocess.run(
            [*command, python, "--cache-dir", tmp_path / "cache", script],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

    clean = check(SCRIPT)
    assert clean.returncode == 0, clean.stdout
    assert "incompatible type" in check(f"{SCRIPT}\nregister_signatures(3, 'key')\n").stdout
