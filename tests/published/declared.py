"""Declarations of exports for tests: a manifest as dbt leaves it."""

import json
from pathlib import Path
from typing import Any

from tests.conftest import Warehouse


def declare(warehouse: Warehouse, *exports: tuple[str, Any], **contract: Any) -> None:
    """Leave a manifest that declares exports, each a table of `exports` and its meta.export."""
    nodes = {
        f"model.{number}.{table}": {
            "schema": "exports",
            "alias": table,
            "config": {"meta": {"export": meta}},
            **contract,
        }
        for number, (table, meta) in enumerate(exports)
    }
    target = Path(warehouse.env["DBT_TARGET_PATH"])
    target.mkdir(exist_ok=True)
    (target / "manifest.json").write_text(json.dumps({"nodes": nodes}))
