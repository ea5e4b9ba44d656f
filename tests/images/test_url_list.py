"""A file of URLs in place of a listing."""

from pathlib import Path

from tests.conftest import Warehouse
from tests.images.conftest import Fetch
from tests.images.hosts import RawHost, answer, png


def test_a_list_with_titles_and_lines_that_are_no_urls(
    host: RawHost, fetch: Fetch, warehouse: Warehouse, tmp_path: Path
) -> None:
    path = tmp_path / "urls.csv"
    long = f"{host.url}/{'x' * 5_000}.png"
    path.write_text(
        f"title,url\nFirst,{host.url}/1.png\n,{host.url}/2.png\nno url,ftp://h/x\nshort\n,{long}\n"
        f"Nobody,http://127.0.0.1:1/x.png\n"
    )
    host.answers = {"/1.png": answer(png(1)), "/2.png": answer(png(2))}
    run = fetch(path)
    assert "http://127.0.0.1:1: " in "; ".join(run.missing)
    rows = warehouse.query(
        "select coalesce(listed_title, ''), left(url, 60), error, status from raw_images.attempts"
    )
    assert sorted(rows) == sorted(
        [
            ("First", f"{host.url}/1.png", None, 200),
            ("", f"{host.url}/2.png", None, 200),
            ("no url", "ftp://h/x", "invalid url", None),
            ("", "short", "invalid url", None),
            ("", long[:60], "http status", 404),
        ]
    )
    assert warehouse.query("select distinct listing from raw_images.attempts") == [(str(path),)]
    assert warehouse.query("select count(*) from raw_images.pages") == [(0,)]
