"""Speed of `ingest images` beside img2dataset, under latency, and of the reader beside a disk.

    python -m benchmarks.images

img2dataset is installed by pip into a throwaway environment, unless IMG2DATASET names one.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
import venv
from contextlib import closing
from itertools import islice
from pathlib import Path

from PIL import Image

IMAGES = 3_786
PUBLISHED = 20_000  # for the reader
CONCURRENCY = 32
LATENCY = 0.05  # seconds
BIN = Path(sys.executable).parent


def main() -> None:
    """Print one line for each figure, and what was asked of it."""
    from tests.conftest import free_port

    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        os.environ["WAREHOUSE_HOME"] = str(work / "home")
        os.environ["WAREHOUSE_LOGS"] = str(work / "logs")
        os.environ["DBT_TARGET_PATH"] = str(work / "target")
        os.environ["WAREHOUSE_PORT"] = str(free_port())
        work.chmod(0o755)
        try:
            _ingest("db", "start")
            folder = _thumbnails(work / "www", IMAGES)
            _beside_img2dataset(work, folder)
            _under_latency(folder)
            _reader(work)
        finally:
            _ingest("db", "stop")


def _thumbnails(folder: Path, count: int) -> Path:
    numbers = random.Random(1)
    for number in range(count):
        path = folder / f"shelf-{number % 10}" / f"{number:05d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        small = Image.frombytes("RGB", (8, 8), numbers.randbytes(192))
        small.resize((64, 64), Image.Resampling.BICUBIC).save(path, "PNG")
    return folder


def _beside_img2dataset(work: Path, folder: Path) -> None:
    from tests.images.hosts import nginx

    img2dataset = _img2dataset(work)
    with nginx(folder, work / "nginx") as url:
        urls = work / "urls.txt"
        paths = (path.relative_to(folder) for path in sorted(folder.rglob("*.png")))
        urls.write_text("".join(f"{url}{path}\n" for path in paths))
        theirs, ours = [], []
        for nth in range(3):
            theirs.append(
                _seconds(
                    *(img2dataset, f"--url_list={urls}", f"--output_folder={work}/out-{nth}"),
                    *("--processes_count=2", "--thread_count=32", "--resize_mode=no"),
                    "--output_format=parquet",
                )
            )
            _forget()
            ours.append(_seconds(BIN / "ingest", "images", "--url", url, "--count", str(IMAGES)))
            _holds(IMAGES)
    print(
        f"images: {IMAGES:,} from nginx into Postgres, whole process, best of 3: "
        f"{min(ours):.2f} s; img2dataset {min(theirs):.2f} s; "
        f"ratio {min(ours) / min(theirs):.2f} (at most 0.67)"
    )


def _img2dataset(work: Path) -> Path:
    if named := os.environ.get("IMG2DATASET"):
        return Path(named)
    venv.create(work / "venv", with_pip=True)
    subprocess.run([work / "venv/bin/pip", "install", "-q", "img2dataset"], check=True)
    return work / "venv/bin/img2dataset"


def serve_slowly(folder: str) -> None:
    """Serve a folder's images on one page, each answer `LATENCY` late; print the port first."""
    import asyncio

    from aiohttp import web

    bodies = {f"/{path.name}": path.read_bytes() for path in Path(folder).rglob("*.png")}
    page = "".join(f'<a href="{path[1:]}">{path[1:]}</a>\n' for path in bodies)

    async def answer(request: web.Request) -> web.Response:
        await asyncio.sleep(LATENCY)
        if request.path == "/":
            return web.Response(text=page, content_type="text/html")
        body = bodies.get(request.path)
        return web.Response(body=body) if body else web.Response(status=404)

    async def serve() -> None:
        runner = web.ServerRunner(web.Server(answer))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.sleep(3600)

    asyncio.run(serve())


def _under_latency(folder: Path) -> None:
    _forget()
    code = f"from benchmarks.images import serve_slowly; serve_slowly({str(folder)!r})"
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}/"
        whole = _seconds(BIN / "ingest", "images", "--url", url, "--count", str(IMAGES))
    finally:
        server.terminate()
        server.wait()
    ((seconds,),) = _query(
        "select extract(epoch from max(attempted_at + duration_ms * interval '1 millisecond') "
        "- min(attempted_at)) from raw_images.attempts"
    )
    rate, bound = IMAGES / float(seconds), CONCURRENCY / LATENCY
    print(
        f"images: with {LATENCY * 1000:.0f} ms added to each answer, {rate:,.0f} a second, "
        f"{rate / bound:.0%} of concurrency / latency (at least 80%); whole process {whole:.2f} s"
    )


def _reader(work: Path) -> None:
    from ingest.images import get_random_images
    from ingest.warehouse import connect
    from tests.images.hosts import nginx

    folder = _thumbnails(work / "many", PUBLISHED)
    _forget()
    with nginx(folder, work / "nginx") as url:
        _ingest("images", "--url", url, "--count", str(PUBLISHED))
    subprocess.run(
        [BIN / "dbt", "--quiet", "build", "-s", "+images", "--exclude-resource-type", "unit_test"],
        check=True,
    )
    reads, best = 50_000, {"reader": 0.0, "disk": 0.0}
    files = [str(path) for path in folder.rglob("*.png")]
    for _ in range(3):
        began = time.perf_counter()
        for image in islice(get_random_images(), reads):
            assert image.content
        best["reader"] = max(best["reader"], reads / (time.perf_counter() - began))
        began = time.perf_counter()
        for _ in range(reads):
            with open(random.choice(files), "rb") as file:  # noqa: PTH123 - the plainest way
                assert file.read()
        best["disk"] = max(best["disk"], reads / (time.perf_counter() - began))
    with closing(connect.connect("analyst")) as warehouse, warehouse.cursor() as cursor:
        began = time.perf_counter()
        for _ in range(100):
            cursor.execute("select * from marts.images order by random() limit 1")
            cursor.fetchall()
        naive = 100 / (time.perf_counter() - began)
    print(
        f"images: of {PUBLISHED:,}, reader {best['reader']:,.0f} a second; "
        f"`order by random() limit 1` {naive:,.0f}, "
        f"times {best['reader'] / naive:,.0f} (at least 100); files on disk {best['disk']:,.0f}, "
        f"share {best['reader'] / best['disk']:.0%} (at least 33%)"
    )


def _query(sql: str) -> list[tuple[object, ...]]:
    from ingest.warehouse import connect

    with closing(connect.connect()) as warehouse, warehouse, warehouse.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def _forget() -> None:
    tables = ("attempts", "contents", "draws", "origins", "pages", "take_downs")
    _query(f"truncate {', '.join(f'raw_images.{table}' for table in tables)}")


def _holds(images: int) -> None:
    assert _query("select count(*) from raw_images.contents") == [(images,)]


def _seconds(*command: object) -> float:
    began = time.perf_counter()
    subprocess.run([*map(str, command)], check=True, capture_output=True)
    return time.perf_counter() - began


def _ingest(*command: str) -> None:
    subprocess.run([BIN / "ingest", *command], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
