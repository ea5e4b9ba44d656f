"""Every server of Debian: as many images as there are, then others, then the rest, with titles."""

from pathlib import Path

import pytest

from tests.conftest import Warehouse
from tests.images.conftest import Fetch
from tests.images.hosts import png
from tests.images.servers import SERVERS

LONG = "a name that is longer than any column of a listing that a server of ours has, and on.png"
NAMES = [LONG, "ü & <b>.png", "a b.png", "100%.png", "it's.png", "semi;colon.png", "#1.png"]


@pytest.mark.parametrize("kind", SERVERS)
def test_all_that_a_server_lists(
    warehouse: Warehouse, fetch: Fetch, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "www"
    names = [*NAMES, *(f"{number}.png" for number in range(20))]
    for number, name in enumerate(names):
        shelf = folder / ("deep/er and so on", "deep", ".")[number % 3]
        shelf.mkdir(parents=True, exist_ok=True)
        (shelf / name).write_bytes(png(number))
    with SERVERS[kind](folder, tmp_path / "server") as url:
        assert f"drawn from {len(names)} URLs" in fetch(url, count=10).notes[0]
        fetch(url, count=10)
        run = fetch(url, count=10)
        assert "the listing has no more: 7 of 10 asked for" in run.notes
        assert fetch(url).rows_landed == 0
    found = warehouse.query("select file_name, listed_title, error from raw_images.attempts")
    assert sorted(name for name, _, _ in found) == sorted(names)
    assert {error for _, _, error in found} == {None}
    shown = {name: title for name, title, _ in found}
    for name in NAMES[1:]:
        assert shown[name].strip() == name
    assert shown[LONG] == LONG or shown[LONG].endswith("..>")
