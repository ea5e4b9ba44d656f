"""A long download is landed piece by piece: each complete, in the order of the draw."""

from tests.conftest import Warehouse
from tests.images.conftest import IMAGES_ONLY, Fetch
from tests.images.hosts import RawHost, answer, page, png

TAKEN = "select draw, url, error from raw_images.attempts order by draw"


def serve(host: RawHost) -> str:
    """60 URLs: a third of them fail, a third are one and the same image."""
    names = [f"{number}.png" for number in range(60)]
    host.answers = {"/": page(*names)}
    for number, name in enumerate(names):
        replies = (answer(png(number)), answer(png(9_999)), answer(b"", "404 Not Found"))
        host.answers[f"/{name}"] = replies[number % 3]
    return f"{host.url}/"


def test_pieces_hold_what_one_load_would(host: RawHost, fetch: Fetch, warehouse: Warehouse) -> None:
    url = serve(host)
    run = fetch(url, count=15, seed=3, pieces=(4, 60.0))
    in_pieces = warehouse.query(TAKEN)
    loads = warehouse.query("select count(distinct _dlt_load_id) from raw_images.contents")
    assert loads[0][0] >= 3
    assert run.notes[0] == "15 images, drawn from 60 URLs with seed 3"
    # A build between two pieces judges the next one too, as one from nothing does.
    last = warehouse.query("select max(_dlt_load_id) from raw_images.attempts")[0][0]
    ids = "select sha256, image_id from marts.images order by 2"
    loads_kept = "raw_images._dlt_loads"
    warehouse.query(f"update {loads_kept} set status = 7 where load_id = %s", last)
    warehouse.build(*IMAGES_ONLY)
    assert len(warehouse.query(ids)) < 15
    warehouse.query(f"update {loads_kept} set status = 0 where load_id = %s", last)
    warehouse.build(*IMAGES_ONLY)
    images = warehouse.query(ids)
    assert len(images) == 15
    assert warehouse.query(
        "select read, accepted + rejected + duplicate from intermediate.int_images__reconciliation "
        "where record_table = 'attempts'"
    ) == [(len(in_pieces), len(in_pieces))]
    drawn = warehouse.query(
        "select sha256 from raw_images.attempts where error is null group by 1 order by min(draw)"
    )
    assert [sha256 for sha256, _ in images] == [sha256 for (sha256,) in drawn]

    tables = "attempts, raw_images.contents, raw_images.draws, raw_images.origins"
    warehouse.query(f"truncate raw_images.{tables}")
    fetch(url, count=15, seed=3)
    whole = warehouse.query(TAKEN)
    found = [row for row in in_pieces if row[2] is None]
    assert found[:10] == [row for row in whole if row[2] is None][:10]
    assert len({url for _, url, error in in_pieces if error is None}) >= 15
