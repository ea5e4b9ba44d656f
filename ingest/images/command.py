"""The command `ingest images`."""

import secrets
from pathlib import Path
from typing import Annotated, Optional

import typer

from ingest.errors import IngestError
from ingest.ledger import Run
from ingest.paths import ROOT
from ingest.runner import run_source
from ingest.settings import sample, setting

COUNT = 1_000
CONCURRENCY = 32


def images(
    url: Annotated[
        Optional[str],  # noqa: UP045 - typer on Python 3.10 reads this form
        typer.Option(metavar="LISTING", help="A directory page of an HTTP host."),
    ] = None,
    url_list: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE", help="One URL a line, or CSV with columns url and title."),
    ] = None,
    count: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=1, help=f"Images to fetch that are not landed yet. Default: {COUNT:,}"),
    ] = None,
    seed: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="Repeats the choice of an earlier run. Default: another one each time"),
    ] = None,
    concurrency: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=1, max=512, help=f"Downloads at a time. Default: {CONCURRENCY}"),
    ] = None,
) -> Run:
    """Land randomly chosen images of a directory listing or a list of URLs."""
    # aiohttp is for this command alone: the others start without it.
    from ingest.images.source import ImagesSource

    listing = _listing(url, url_list)
    asked = count or _number("count")
    source = ImagesSource(
        listing=listing or "",
        count=asked or COUNT,
        seed=secrets.randbits(31) if seed is None else seed,
        concurrency=concurrency or _number("concurrency") or CONCURRENCY,
        top_up=listing is None and asked is None,
    )
    if listing:
        return run_source(source)

    from ingest.samples.images import HOST, host

    with host(_sample()) as port:
        source.listing, source.served_here = f"http://{HOST}/", (HOST, port)
        return run_source(source)


def _listing(url: str | None, url_list: Path | None) -> str | Path | None:
    if url and url_list:
        raise IngestError("give --url or --url-list, not both")
    if url or url_list:
        return url or url_list
    if value := setting("images", "url"):
        return value
    value = setting("images", "url_list")
    return ROOT / Path(value).expanduser() if value else None


def _number(name: str) -> int | None:
    value = setting("images", name)
    if value is not None and not (value.isdecimal() and int(value) > 0):
        raise IngestError(f"{name} under [sources.images] is {value!r}, not a number above 0")
    return int(value) if value else None


def _sample() -> Path:
    from ingest.samples import generate

    list(generate("images"))
    return sample("images", "")
