"""docs/architecture.md, held by tests: who may import whom, how dbt's layers stand, sizes.

Each rule is a function from what it looks at to the places that break it, so that the rule itself
is tested with a breach of its own.
"""

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ingest.sources import SOURCES
from tests.conftest import ROOT, Warehouse

Node = dict[str, Any]
ABOVE = {"common": set[str](), "warehouse": {"common"}}
ABOVE["commands"] = {"landing", "published", "samples", "warehouse", "common", "an entrance"}
ABOVE["landing"] = ABOVE["published"] = ABOVE["readers"] = {"common", "warehouse"}
SOURCE = {"common", "warehouse", "landing", "readers"}
# What a stand-in needs to speak as its source does, and nothing of how the source is landed
PROTOCOLS = {
    "ingest.classification.address",
    "ingest.classification.broker",
    "ingest.classification.embedded",
    "ingest.classification.protocol",
    "ingest.education.batches_api",
}
# They start the project: the command, its parts, and dbt's way in
ENTRANCES = {"__main__", "cli", "sources", "dbt_warehouse"}
LAYERS = ("staging", "intermediate", "marts", "exports")
LONGEST = {".py": 200, ".sql": 80, ".yml": 160}
UNITED = ("__rejected_records", "__reconciliation", "__origins", "__loads")
SHORTEST = 20  # lines of a Python file that is no package's front page


def modules(root: Path) -> Iterator[tuple[str, Path]]:
    """Every module of the project, as it is imported."""
    for path in sorted((root / "ingest").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path: Path) -> Iterator[str]:
    """The modules of ours that a file imports, wherever in it."""
    known = dict(modules(ROOT))
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("ingest"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ingest"):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else str(node.module)


def room(module: str) -> str:
    """The room that a module is in; empty for an entrance."""
    _, *inside = module.split(".")
    return "" if not inside or inside[-1] in ENTRANCES else inside[0]


def forbidden_imports(files: Mapping[str, Path]) -> list[str]:
    found = []
    for module, path in files.items():
        here = room(module)
        allowed = ABOVE.get(here, SOURCE if here in SOURCES else {"common"})
        for target in imports(path):
            there = room(target) or "an entrance"
            speaks = here == "samples" and target in PROTOCOLS
            if here and there != here and there not in allowed and not speaks:
                found.append(f"{module} imports {target}")
    return found


def wrong_sizes(files: Iterator[Path]) -> list[str]:
    found = []
    for path in files:
        lines = len(path.read_text().splitlines())
        short = path.suffix == ".py" and lines < SHORTEST
        if lines > LONGEST[path.suffix] or (short and not path.name.startswith("__")):
            found.append(f"{path.name}: {lines} lines")
    return found


def backward_arrows(manifest: Mapping[str, Any]) -> list[str]:
    found = []
    for node in models(manifest):
        for parent in node["depends_on"]["nodes"]:
            above = "source" if parent.startswith("source.") else layer(manifest["nodes"][parent])
            here = layer(node)
            if above == "source":
                fits = here == "staging"
            elif here == "exports":
                fits = above in ("marts", "exports")
            else:
                fits = LAYERS.index(above) <= LAYERS.index(here)
            if not fits:
                found.append(f"{parent} -> {node['unique_id']}")
    return found


def proven_by_a_key(manifest: Mapping[str, Any]) -> list[str]:
    """Tests that look once more at what an enforced key of the tested mart proves."""
    found = []
    for test in manifest["nodes"].values():
        if test["resource_type"] == "test" and test.get("attached_node") and test["column_name"]:
            tested = manifest["nodes"][test["attached_node"]]
            column = tested["columns"].get(test["column_name"], {"constraints": []})
            keys = {key["type"] for key in column["constraints"]}
            keys |= {
                key["type"]
                for key in tested["constraints"]
                if key["columns"] == [test["column_name"]]
            }
            proven = {"primary_key": {"unique", "not_null"}, "foreign_key": {"relationships"}}
            proofs = {name for key in keys for name in proven.get(key, {key})}
            if test["test_metadata"]["name"] in proofs and not test["config"].get("where"):
                found.append(test["name"])
    return found


def undescribed(manifest: Mapping[str, Any]) -> list[str]:
    tables = [*models(manifest), *manifest["sources"].values()]
    return [node["unique_id"] for node in tables if not node["description"]] + [
        f"{node['unique_id']}.{name}"
        for node in tables
        for name, column in node["columns"].items()
        if not column["description"]
    ]


def open_to_all(manifest: Mapping[str, Any]) -> list[str]:
    """Models whose access is not what their layer asks for."""
    found = []
    for node in models(manifest):
        united = node["name"].startswith("int_") and node["name"].endswith(
            ("__rejected_records", "__reconciliation", "__origins")
        )
        united = united or node["name"] == "stg_warehouse__loads"
        inside = "protected" if united else "private"
        wanted = inside if layer(node) in ("staging", "intermediate") else "public"
        of_all = node["fqn"][2] == "warehouse"  # what unites all sources is in no group
        in_group = wanted == "public" or of_all or node["config"]["group"] == node["fqn"][2]
        if node["access"] != wanted or not in_group:
            found.append(f"{node['name']} is {node['access']} in {node['config']['group']}")
    return found


def models(manifest: Mapping[str, Any]) -> Iterator[Node]:
    return (node for node in manifest["nodes"].values() if node["resource_type"] == "model")


def layer(node: Node) -> str:
    return str(node["fqn"][1])


@pytest.fixture
def manifest(warehouse: Warehouse) -> dict[str, Any]:
    warehouse.run("dbt", "--quiet", "parse")
    return dict(json.loads(Path(warehouse.env["DBT_TARGET_PATH"], "manifest.json").read_text()))


def test_rooms_import_downwards_only() -> None:
    assert forbidden_imports(dict(modules(ROOT))) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("ingest.common.text", "from ingest.warehouse import connect"),
        ("ingest.warehouse.connect", "import ingest.landing.ledger"),
        ("ingest.landing.runner", "from ingest.sources import SOURCES"),
        ("ingest.landing.runner", "from ingest.census import source"),
        ("ingest.published.exports", "from ingest.landing.ledger import Run"),
        ("ingest.census.source", "from ingest.education.tables import TABLES"),
        ("ingest.census.source", "from ingest.samples import generate"),
        ("ingest.samples.census", "from ingest.census.source import CensusSource"),
        ("ingest.samples.census", "def late():\n    from ingest.landing.runner import run_source"),
    ],
)
def test_a_forbidden_import_is_found(module: str, line: str, tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(line)
    assert len(forbidden_imports({module: file})) == 1


def test_no_file_is_too_long_or_too_short() -> None:
    python = (path for _, path in modules(ROOT))
    dbt = (path for path in (ROOT / "dbt_project").rglob("*") if path.suffix in LONGEST)
    assert wrong_sizes(python) == []
    assert wrong_sizes(dbt) == []


@pytest.mark.parametrize(
    ("name", "lines"), [("a.py", 201), ("a.py", 19), ("a.sql", 81), ("a.yml", 161)]
)
def test_a_wrong_size_is_found(name: str, lines: int, tmp_path: Path) -> None:
    (tmp_path / name).write_text("#\n" * lines)
    assert len(wrong_sizes(iter([tmp_path / name]))) == 1


def test_dbt_keeps_its_layers(manifest: dict[str, Any]) -> None:
    assert backward_arrows(manifest) == []
    assert undescribed(manifest) == []
    assert open_to_all(manifest) == []


def test_no_test_proves_what_a_key_does(manifest: dict[str, Any]) -> None:
    assert proven_by_a_key(manifest) == []
    nodes = manifest["nodes"]
    (test,) = (n for n in nodes.values() if n["name"].startswith("relationships_students_batch"))
    nodes[test["attached_node"]]["constraints"] = [{"type": "foreign_key", "columns": ["batch_id"]}]
    (test,) = (n for n in nodes.values() if n["name"].startswith("unique_image_labels_file_path"))
    test["config"]["where"] = None
    nodes[test["attached_node"]]["columns"]["file_path"]["constraints"].append({"type": "unique"})
    assert len(proven_by_a_key(manifest)) == 2


def test_a_breach_of_the_layers_is_found(manifest: dict[str, Any]) -> None:
    prefix = "model.research_warehouse"
    node = manifest["nodes"]
    for name, parent in {
        "places": "source.research_warehouse.census.places",
        "int_census__places": f"{prefix}.places",
        "stg_census__files": f"{prefix}.int_census__people",
        "summary_output": f"{prefix}.int_census__people",
    }.items():
        node[f"{prefix}.{name}"]["depends_on"]["nodes"] = [parent]
    assert len(backward_arrows(manifest)) == 4
    node[f"{prefix}.places"]["description"] = ""
    node[f"{prefix}.people"]["columns"]["person_id"]["description"] = ""
    assert undescribed(manifest) == [f"{prefix}.places", f"{prefix}.people.person_id"]
    node[f"{prefix}.places"]["access"] = "private"
    node[f"{prefix}.int_census__places"]["config"]["group"] = "images"
    assert len(open_to_all(manifest)) == 2


def test_lineage_ends_at_its_users(manifest: dict[str, Any]) -> None:
    used = {
        parent for one in manifest["exposures"].values() for parent in one["depends_on"]["nodes"]
    }
    exported = {node["unique_id"] for node in models(manifest) if layer(node) == "exports"}
    readers = {f"model.research_warehouse.{name}" for name in ("images", "signatures")}
    assert exported | readers <= used


def test_each_export_is_a_contract_with_tests(manifest: dict[str, Any]) -> None:
    tested = {
        parent
        for node in [*manifest["nodes"].values(), *manifest["unit_tests"].values()]
        if node["resource_type"] in ("test", "unit_test")
        for parent in node["depends_on"]["nodes"]
    }
    for node in models(manifest):
        if layer(node) == "exports":
            assert node["contract"]["enforced"], node["name"]
            assert node["unique_id"] in tested, node["name"]
            assert {"file", "order_by"} <= node["config"]["meta"]["export"].keys(), node["name"]
