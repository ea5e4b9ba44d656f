"""What holds for the whole dbt project: layers, descriptions, keys, freshness, docs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Warehouse

Node = dict[str, Any]
FOREIGN_KEYS = """
select conrelid::regclass::text, confrelid::regclass::text from pg_constraint
where contype = 'f' and connamespace = 'marts'::regnamespace order by 1, 2
"""
PRIMARY_KEYS = """
select conrelid::regclass::text from pg_constraint
where contype = 'p' and connamespace in ('marts'::regnamespace, 'exports'::regnamespace)
"""


@pytest.fixture
def manifest(warehouse: Warehouse) -> dict[str, Any]:
    warehouse.run("dbt", "--quiet", "parse")
    return dict(json.loads(Path(warehouse.env["DBT_TARGET_PATH"], "manifest.json").read_text()))


def models(manifest: dict[str, Any]) -> Iterator[Node]:
    return (node for node in manifest["nodes"].values() if node["resource_type"] == "model")


def layer(node: Node) -> str:
    return str(node["fqn"][1])


def test_a_plain_build_passes_and_every_model_and_column_is_described(
    manifest: dict[str, Any], warehouse: Warehouse
) -> None:
    warehouse.run("dbt", "--quiet", "build")  # the unit tests included
    for node in models(manifest):
        name = f"{node['schema']}.{node['name']}"
        assert node["description"], name
        there = warehouse.query(
            "select column_name from information_schema.columns "
            "where table_schema = %s and table_name = %s",
            *(node["schema"], node["name"]),
        )
        described = {column for column, about in node["columns"].items() if about["description"]}
        assert described == {column for (column,) in there}, name
    for source in manifest["sources"].values():
        assert source["description"], source["unique_id"]


def test_models_with_logic_have_a_unit_test(manifest: dict[str, Any]) -> None:
    tested = {name for unit in manifest["unit_tests"].values() for name in [unit["model"]]}
    for node in models(manifest):
        if any(word in node["raw_code"].lower() for word in ("case", "row_number", "left join")):
            assert node["name"] in tested, node["name"]


def test_marts_enforce_their_contract(manifest: dict[str, Any]) -> None:
    for node in models(manifest):
        if layer(node) == "marts":
            assert node["config"]["contract"]["enforced"], node["name"]


def test_declared_keys_are_in_postgres_after_any_build(
    manifest: dict[str, Any], warehouse: Warehouse
) -> None:
    declared = [
        (f"marts.{node['name']}", f"marts.{constraint['to'].split(chr(39))[1]}")
        for node in models(manifest)
        for constraint in node["constraints"]
        if constraint["type"] == "foreign_key"
    ]
    keyed = [
        f"{node['schema']}.{node['name']}"
        for node in models(manifest)
        if any(
            constraint["type"] == "primary_key"
            for about in (node, *node["columns"].values())
            for constraint in about["constraints"]
        )
    ]
    for select in ((), ("--select", "places"), ("--select", "+people")):
        warehouse.build(*select, without=["test"])
        assert warehouse.query(FOREIGN_KEYS) == sorted(declared), select
        assert sorted(name for (name,) in warehouse.query(PRIMARY_KEYS)) == sorted(keyed), select


def test_freshness_comes_from_the_ledger(warehouse: Warehouse) -> None:
    warehouse.ingest("db", "start")
    freshness = ("source", "freshness", "--select", "source:census")
    warehouse.query(
        "insert into raw_ledger.runs (source, outcome, finished_at) "
        "values ('census', 'nothing new', now())"
    )
    assert "WARN" not in warehouse.run("dbt", *freshness)
    warehouse.query("update raw_ledger.runs set finished_at = now() - interval '8 days'")
    assert "WARN freshness of census" in warehouse.run("dbt", *freshness)


def test_docs_open_on_a_page_that_says_what_is_where(warehouse: Warehouse) -> None:
    warehouse.run("dbt", "--quiet", "docs", "generate", "--static")
    page = Path(warehouse.env["DBT_TARGET_PATH"], "static_index.html").read_text()
    assert "Research Warehouse: what is where" in page
    assert "marts.country_summary" in page


def test_dbt_reads_no_folder_but_its_own() -> None:
    for paths in ("model-paths", "macro-paths", "test-paths", "seed-paths", "snapshot-paths"):
        assert f"{paths}: [dbt_project/" in (ROOT / "dbt_project.yml").read_text()
