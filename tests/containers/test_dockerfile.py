"""The Dockerfile, checked without an engine: linted, versions, user, what it copies."""

import re
import shlex
import subprocess
from typing import Any

from ingest.common.paths import ROOT
from tests.conftest import BIN
from tests.containers.test_compose import OURS

FILE = ROOT / "Dockerfile"
STEPS: list[tuple[str, str]] = re.findall(
    r"^([A-Z]+) +(.+)$", re.sub(r"\\\n|^#.*\n", "", FILE.read_text(), flags=re.M), re.M
)


def defaults() -> dict[str, str]:
    return dict(step.split("=", 1) for word, step in STEPS if word == "ARG")


def value(text: str) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda name: defaults()[name[1]], text)


def hadolint(path: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BIN / "hadolint", path], capture_output=True, text=True)


def test_the_linter_finds_nothing() -> None:
    done = hadolint(FILE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_linter_would_find_a_floating_base(tmp_path: Any) -> None:
    wrong = tmp_path / "Dockerfile"
    wrong.write_text("FROM python:latest\n")
    assert hadolint(wrong).returncode == 1


def test_every_base_has_a_version() -> None:
    bases = [value(step) for word, step in STEPS if word == "FROM"]
    assert bases
    for base in bases:
        assert re.search(r":\d[\w.-]*$", base), base


def test_what_runs_is_not_root() -> None:
    final = STEPS[max(at for at, (word, _) in enumerate(STEPS) if word == "FROM") :]
    users = [value(step) for word, step in final if word == "USER"]
    assert users
    assert users[-1].split(":")[0] not in ("root", "0")
    for service in OURS.values():
        assert service["build"].get("target") is None
        assert value(users[-1]) == defaults()["WAREHOUSE_UID"]
        assert service["build"]["args"]["WAREHOUSE_UID"] == "${WAREHOUSE_UID:-1000}"


def test_the_environment_is_that_of_make_install_before_the_code_arrives() -> None:
    install = next(at for at, (word, step) in enumerate(STEPS) if "make install" in step)
    before = [
        path for word, step in STEPS[:install] if word == "COPY" for path in shlex.split(step)
    ]
    assert before == ["Makefile", "pyproject.toml", "requirements.lock", "./"]


def test_the_build_sees_just_what_is_copied() -> None:
    copied = {
        path.rstrip("/")
        for word, step in STEPS
        if word == "COPY"
        for path in shlex.split(step)[:-1]
    }
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert next(line for line in lines if not line.startswith("#")) == "*"
    allowed = {line[1:] for line in lines if line.startswith("!")}
    assert {path.split("/")[0] for path in allowed} == copied
    for path in allowed:
        assert (ROOT / path).exists(), path
    assert not any("secret" in path or path.startswith(".env") for path in allowed)
