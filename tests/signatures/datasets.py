"""Small datasets of a test's own, in the shape of the real ones."""

from pathlib import Path
from uuid import UUID

from ingest.landing.forget import Forget
from ingest.landing.runner import run_source
from ingest.signatures.tables import RAW_SCHEMA
from tests.conftest import Warehouse

STROKES = b"1,2.0,3\n.0,5,6\n7,8,9.0"
REJECTED = (
    "select origin, position, reason from intermediate.int_signatures__rejected_records "
    "order by origin, position"
)
PUBLISHED = "select source_path from marts.signatures order by source_path"


def uuid(number: int, beginning: str = "") -> str:
    """Return the same uuid for the same number."""
    text = str(UUID(int=(number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % (1 << 128)))
    return beginning + text[len(beginning) :]


class Datasets:
    """SOURCE_A and SOURCE_B under one folder, each with one good signature."""

    def __init__(self, folder: Path) -> None:
        self.a, self.b = folder / "SOURCE_A", folder / "SOURCE_B"
        self.write("Online/Genuine/001_1.HWR", STROKES)
        self.first = uuid(1)
        self.index({self.first: ""})

    def write(self, path: str, content: bytes = b"") -> Path:
        """Write a file of SOURCE_A."""
        to = self.a / path
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(content)
        return to

    def index(self, parents: dict[str, str]) -> None:
        """Write an INDEX with these signatures, and their files."""
        for one in parents:
            self.image(one)
        self.index_lines(len(parents), *(f"{one}    {parent}" for one, parent in parents.items()))

    def image(self, one: str) -> Path:
        """Write the file of a signature of SOURCE_B."""
        path = self.b / one[0] / one[:8]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        return path

    def index_lines(self, *lines: object) -> None:
        """Write an INDEX of these lines."""
        self.b.mkdir(parents=True, exist_ok=True)
        (self.b / "INDEX").write_text("".join(f"{line}\n" for line in lines))

    def land(self, warehouse: Warehouse, *more: str, fails: bool = False) -> str:
        """Run `ingest signatures` on both."""
        return warehouse.ingest(
            "signatures", "--source-a", self.a, "--source-b", self.b, *more, fails=fails
        )


def build(warehouse: Warehouse, *more: str) -> None:
    """Build and test what comes of signatures."""
    warehouse.build("--select", "path:dbt_project/models/*/signatures", *more)


def forget(address: object) -> None:
    """Retire the origin that counts at an address."""
    run_source(Forget(RAW_SCHEMA, str(address)))


def origins(warehouse: Warehouse) -> list[tuple[object, ...]]:
    """Each origin as it was landed last: number, address, kind, records, whether it counts, why."""
    return warehouse.query(
        "select distinct on (origin_id) origin_id, origin, kind, records, counts, because "
        "from raw_signatures.origins "
        "where _dlt_load_id in (select load_id from raw_signatures._dlt_loads) "
        "order by origin_id, run_id desc, event desc"
    )
