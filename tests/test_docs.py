"""What README and docs say is there: commands, make targets, links, tables, pages."""

import re
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from ingest import cli
from ingest.sources import SOURCES
from tests.conftest import ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")], key=str)
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def commands() -> set[str]:
    root = get_command(cli.app)
    found = set()
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        if command.hidden:
            continue
        found |= {f"{name} {inner}" for inner in getattr(command, "commands", {})} or {name}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_exists(page: Path) -> None:
    # Pages that add a source or an export name what is not there yet; a test of its own makes it.
    text = re.sub(r"\S*\b(weather|scots)\b", "census", page.read_text())
    assert set(re.findall(r"(?:^    |`)make ([a-z]+)", text, re.MULTILINE)) <= TARGETS
    for words in re.findall(r"(?:^    |`)ingest ([a-z]+(?: [a-z]+)?)", text, re.MULTILINE):
        assert words in commands() or words.split()[0] in commands(), words
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (page.parent / link).exists(), link
    for path in re.findall(r"`((?:dbt_project|ingest|tests|docs|benchmarks)/[^`*<> ]*)`", text):
        assert (ROOT / path).exists(), path


def test_every_command_is_in_the_docs() -> None:
    text = "\n".join(page.read_text() for page in PAGES)
    for command in commands():
        assert f"ingest {command}" in text, command


def test_every_source_has_its_page_linked_from_the_readme() -> None:
    for source in SOURCES:
        assert f"(docs/{source}.md)" in (ROOT / "README.md").read_text()


def test_every_make_target_is_in_the_help() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"^  make ([a-z]+)", listed.stdout, re.MULTILINE)) == TARGETS
