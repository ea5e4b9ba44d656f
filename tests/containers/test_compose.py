"""docker-compose.yml, checked without an engine: its schema, commands, users and addresses."""

import re
import subprocess
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from ingest.classification.folder import LARGEST_IMAGE
from ingest.classification.protocol import request
from ingest.common.paths import ROOT
from tests.conftest import BIN

FILE = ROOT / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
BROUGHT = {name: service for name, service in SERVICES.items() if "image" in service}
DATABASE = SERVICES["database"]["environment"]


def follows_the_specification(path: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)],
        capture_output=True,
        text=True,
    )


def test_the_file_follows_the_compose_specification() -> None:
    done = follows_the_specification(FILE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_misspelt_key_would_be_noticed(tmp_path: Any) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(FILE.read_text().replace("healthcheck:", "heathcheck:"))
    assert follows_the_specification(wrong).returncode == 1


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_a_target_of_the_makefile(name: str) -> None:
    program, *targets = OURS[name]["command"]
    assert program == "make"
    assert targets
    done = subprocess.run(["make", "--dry-run", *targets], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_runs_as_root(name: str) -> None:
    service = SERVICES[name]
    # Ours run as the user of the Dockerfile, see test_dockerfile.py; other images may be root's.
    user = str(service.get("user", "warehouse" if name in OURS else "root"))
    assert user.split(":")[0] not in ("root", "0")
    assert not service.keys() & {"privileged", "cap_add"}


@pytest.mark.parametrize("name", BROUGHT)
def test_every_image_has_a_version(name: str) -> None:
    assert re.search(r":\d[\w.-]*$", BROUGHT[name]["image"]), BROUGHT[name]["image"]


@pytest.mark.parametrize("name", ["load", "publish"])
def test_the_variables_lead_to_the_database(name: str) -> None:
    to = OURS[name]["environment"]
    assert to["PGHOST"] == "database"
    assert to["PGPORT"] == "5432"
    assert to["PGUSER"] == DATABASE["POSTGRES_USER"]
    assert to["PGPASSWORD"] == DATABASE["POSTGRES_PASSWORD"]
    assert to["PGDATABASE"] == DATABASE["POSTGRES_DB"]


def test_platform_and_classifier_meet_at_the_broker() -> None:
    login = SERVICES["broker"]["environment"]
    user, word = login["RABBITMQ_DEFAULT_USER"], login["RABBITMQ_DEFAULT_PASS"]
    assert OURS["classifier"]["environment"]["BROKER"] == f"amqp://{user}:{word}@broker:5672//"
    example = "SOURCES__CLASSIFICATION__BROKER=amqp://warehouse:warehouse@broker:5672//"
    assert example in (ROOT / ".env.example").read_text()


def test_each_waits_for_what_it_needs() -> None:
    healthy = {"condition": "service_healthy"}
    assert OURS["classifier"]["depends_on"] == {"broker": healthy}
    assert OURS["load"]["depends_on"] == {
        "database": healthy,
        "broker": healthy,
        "classifier": {"condition": "service_started"},
    }
    assert OURS["publish"]["depends_on"] == {
        "database": healthy,
        "load": {"condition": "service_completed_successfully"},
    }


def test_what_others_wait_for_tells_its_health() -> None:
    for service in SERVICES.values():
        for name, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_ports_are_open_to_this_machine_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_volume_is_used_and_declared() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", [])]
    named = {mount.split(":")[0] for mount in mounts if not mount.startswith((".", "/", "$"))}
    assert named == set(COMPOSE["volumes"])


def test_the_example_settings_are_those_of_the_file() -> None:
    asked = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", FILE.read_text()))
    assert len(asked) == len(set(re.findall(r"\$\{?(\w+)", FILE.read_text())))
    example = (ROOT / ".env.example").read_text()
    assert dict(re.findall(r"^(\w+)=(.*)$", example, re.MULTILINE)) == asked


def test_the_database_is_made_as_the_embedded_one_is() -> None:
    embedded = (ROOT / "ingest" / "warehouse" / "cluster.py").read_text()
    for option in DATABASE["POSTGRES_INITDB_ARGS"].split():
        assert f'"{option}"' in embedded, option


def test_the_broker_keeps_its_queues_under_the_name_of_its_host() -> None:
    broker = SERVICES["broker"]
    assert broker["hostname"] == "broker"
    assert "broker:/var/lib/rabbitmq" in broker["volumes"]


def test_what_the_page_says_for_rabbitmq_4_fits_the_file(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "containers.md").read_text()
    (found,) = re.findall(r"## RabbitMQ 4\n.*?\n\n((?:    [^\n]*\n)+)", page, re.DOTALL)
    override = tmp_path / "docker-compose.override.yml"
    override.write_text(dedent(found))
    done = follows_the_specification(override)
    assert done.returncode == 0, done.stdout + done.stderr
    said = yaml.safe_load(override.read_text())
    assert said["services"].keys() <= SERVICES.keys()
    assert said["services"]["broker"]["configs"][0]["source"] in said["configs"]
    settings = dict(
        line.split(" = ") for line in said["configs"]["rabbitmq4"]["content"].splitlines()
    )
    assert settings["deprecated_features.permit.transient_nonexcl_queues"] == "true"
    assert int(settings["max_message_size"]) > len(request(bytes(LARGEST_IMAGE), 2**53))
