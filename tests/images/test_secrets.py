"""What is secret in an address or a setting leaves for its host, and for nowhere else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.images import get_random_images
from tests.conftest import Warehouse
from tests.images.conftest import IMAGES_ONLY
from tests.images.hosts import RawHost, answer, page, png
from tests.uniting import unite

SECRETS = ("s3cret", "t0ken", "h3ader")
TABLES = """
select format('%I.%I', table_schema, table_name) from information_schema.tables
where table_schema not in ('pg_catalog', 'information_schema')
"""


def everywhere(warehouse: Warehouse) -> Iterator[str]:
    """All that the warehouse holds and the project wrote down, as text."""
    for (table,) in warehouse.query(TABLES):
        yield from (row for (row,) in warehouse.query(f"select t::text from {table} as t"))
    for folder in ("logs", "home"):
        for file in (warehouse.folder / folder).rglob("*"):
            if file.is_file():
                yield file.read_bytes().decode("latin-1")


def test_nothing_secret_is_landed_published_logged_or_shown(
    warehouse: Warehouse, host: RawHost, tmp_path: Path
) -> None:
    where = host.url.removeprefix("http://")
    listing = f"http://alice:s3cret@{where}/dir/"
    host.answers = {"/dir/": page("a.png", "gone.png", "sub/"), "/dir/a.png": answer(png(1))}
    host.answers["/dir/sub/"] = answer(b"", "302 Found", "Location: http://b.example/?k=t0ken\r\n")
    said = [warehouse.ingest("images", "--url", listing)]

    urls = [f"{host.url}/i?token=t0ken&n={n}" for n in range(3)]
    urls += [f"http://alice:s3cret@{where}/gone?n=1", f"http://bob:s3/cret@{where}/x.png"]
    urls += ["alice:s3cret@nowhere/x.png?token=t0ken", "ftp://h/?token=t0ken"]
    path = tmp_path / "urls.csv"
    path.write_text("url,title\n" + "".join(f"{url},{url}\n" for url in urls))
    host.answers |= {f"/i?token=t0ken&n={n}": answer(png(10 + n)) for n in range(3)}
    flags = ("--header", "X-Key: env:KEY", "--login", "env:LOGIN")
    env = {"KEY": "h3ader", "LOGIN": "alice:s3cret"}
    for _ in range(2):
        said.append(warehouse.ingest("images", "--url-list", path, *flags, **env))
    said.append(warehouse.ingest("images", "--url", "http://a:s3cret@127.0.0.1:1/", fails=True))
    said.append(warehouse.ingest("images", "--url", "http://a:s3/cret@h/?k=t0ken", fails=True))
    said.append(warehouse.ingest("images", "--url", listing, "--login", "a:s3cret", fails=True))
    said.append(warehouse.ingest("origins"))
    assert "nothing new" in said[2]

    unite(warehouse)
    warehouse.build(*IMAGES_ONLY)
    said.append(warehouse.ingest("images", "--take-down", urls[0], "--because", f"of {urls[0]}"))
    warehouse.build(*IMAGES_ONLY)
    found = [text for text in (*said, *everywhere(warehouse)) if any(s in text for s in SECRETS)]
    assert found == []

    # Yet each URL stays itself, and is known again by what it was given as.
    kept = warehouse.query("select distinct url from raw_images.attempts where url like '%%/i?%%'")
    assert len(kept) == 3
    assert f"{host.url}/i?token=***&n=***#" in kept[0][0]
    assert len(list(get_random_images(epoch=True))) == 3
    warehouse.ingest("forget", "images", listing, "--yes")
    assert host.asked.count("/i?token=t0ken&n=1") == 1


def test_a_host_is_told_what_is_meant_for_it_and_no_other_is(
    warehouse: Warehouse, host: RawHost, tmp_path: Path
) -> None:
    where = host.url.removeprefix("http://")
    port = where.partition(":")[2]
    host.answers = {
        "/dir/": page("a.png", "b.png"),
        "/dir": answer(b"", "301 Moved", f"Location: {host.url}/dir/\r\n"),
        "/dir/a.png": answer(png(1)),
        "/dir/b.png": answer(b"", "302 Found", f"Location: http://localhost:{port}/c\r\n"),
    }
    warehouse.ingest("images", "--url", f"http://alice:p%40s@{where}/dir")
    assert {head for path, head in host.heads if path == "/dir/a.png"} == {
        "Basic YWxpY2U6cEBz"  # alice:p@s
    }
    host.heads.clear()
    path = tmp_path / "urls.txt"
    path.write_text(f"{host.url}/dir/a.png?x\n")
    warehouse.ingest(
        *("images", "--url-list", path, "--login", "env:L", "--user-agent", "lab/1 (+mailto:x@y)"),
        L="bob:b",
    )
    assert {head for path, head in host.heads if path == "/dir/a.png?x"} == {"Basic Ym9iOmI="}
    assert host.agents[-1] == "lab/1 (+mailto:x@y)"


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--header", "s3cret"), "--header is not of the form"),
        (("--header", "X: env:NONE"), "the variable NONE of the header X is not set"),
        (("--login", "env:NONE"), "the variable NONE of --login is not set"),
        (("--login", "env:HOME"), "env:HOME of --login is not of the form user:password"),
        (("--ca-file", "/none.pem"), "/none.pem cannot be used as CA file: No such file"),
    ],
)
def test_a_setting_that_is_wrong_is_one_line_without_its_value(
    warehouse: Warehouse, flags: tuple[str, str], message: str
) -> None:
    said = warehouse.ingest("images", "--url", "http://127.0.0.1:1/", *flags, fails=True)
    assert message in said
    assert "s3cret" not in said
