"""The command `ingest images`."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from ingest.images.tables import RAW_SCHEMA
from ingest.landing.declaration import NOT_GIVEN, SourceDeclaration

if TYPE_CHECKING:
    from ingest.images.source import ImagesSource
    from ingest.images.take_down import TakeDown

COUNT = 1_000
CONCURRENCY = 32


def images(
    url: Annotated[
        str,
        typer.Option(metavar="LISTING", help="A directory page of an HTTP host."),
    ] = NOT_GIVEN,
    url_list: Annotated[
        Path,
        typer.Option(metavar="FILE", help="One URL a line, or CSV with columns url and title."),
    ] = NOT_GIVEN,
    count: Annotated[
        int,
        typer.Option(min=1, help=f"Images to fetch that are not landed yet. Default: {COUNT:,}"),
    ] = NOT_GIVEN,
    seed: Annotated[
        int,
        typer.Option(
            min=-(2**63),
            max=2**63 - 1,
            help="Repeats the choice of an earlier run. Default: another one each time",
        ),
    ] = NOT_GIVEN,
    concurrency: Annotated[
        int,
        typer.Option(min=1, max=512, help=f"Downloads at a time. Default: {CONCURRENCY}"),
    ] = NOT_GIVEN,
    rate: Annotated[
        float,
        typer.Option(min=0.001, metavar="N", help="Requests a second and host, at most."),
    ] = NOT_GIVEN,
    crawl_delay: Annotated[
        bool,
        typer.Option("--crawl-delay", help="Heed what robots.txt asks for beyond its standard."),
    ] = NOT_GIVEN,
    follow_to: Annotated[
        str,
        typer.Option(metavar="HOST[,HOST]", help="Public hosts to which redirects may lead."),
    ] = NOT_GIVEN,
    header: Annotated[
        list[str],
        typer.Option(
            metavar="'NAME: VALUE'",
            help="Sent to hosts that URLs name; a secret as 'Name: env:VARIABLE'.",
        ),
    ] = NOT_GIVEN,
    login: Annotated[
        str,
        typer.Option(metavar="env:VARIABLE", help="The variable holds user:password."),
    ] = NOT_GIVEN,
    user_agent: Annotated[
        str,
        typer.Option(metavar="TEXT", help="Who asks; name a contact, +https://lab/ for one."),
    ] = NOT_GIVEN,
    ca_file: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Certificates to trust beside the system's, in PEM."),
    ] = NOT_GIVEN,
    take_down: Annotated[
        str,
        typer.Option(
            metavar="URL|SHA256",
            help="Remove the bytes of an image everywhere, and never fetch it again.",
        ),
    ] = NOT_GIVEN,
    because: Annotated[
        str,
        typer.Option(metavar="TEXT", help="With --take-down: why, for all to read."),
    ] = NOT_GIVEN,
    served_here: tuple[str, int] | None = None,
) -> "ImagesSource | TakeDown":
    """Land randomly chosen images of a directory listing or a list of URLs."""
    if take_down is not None:
        from ingest.images.take_down import TakeDown

        return TakeDown(take_down, because)
    # aiohttp is for this command alone: the others start without it.
    from ingest.images.access import Access, headers_of
    from ingest.images.limits import USER_AGENT
    from ingest.images.source import ImagesSource

    return ImagesSource(
        listing=_listing(url) if url else url_list,
        count=count or COUNT,
        seed=secrets.randbits(31) if seed is None else seed,
        concurrency=concurrency or CONCURRENCY,
        served_here=served_here,
        access=Access(
            headers=headers_of(header or [], login),
            user_agent=user_agent or USER_AGENT,
            ca_file=ca_file,
            follow_to=frozenset(
                h.strip().lower() for h in (follow_to or "").split(",") if h.strip()
            ),
            rate=rate,
            crawl_delay=bool(crawl_delay),
        ),
        top_up=served_here is not None and count is None,
    )


def _listing(url: str) -> str:
    """Return an address as all write it: scheme and host in small letters, a root's as `/`.

    A password is nobody's to change.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url  # what is wrong with it is said where it is fetched
    login, at, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{login}{at}{host.lower()}", path=parts.path or "/").geturl()


DECLARATION = SourceDeclaration(
    RAW_SCHEMA,
    images,
    inputs=(("url", "url_list"),),
    settings=(
        *("count", "concurrency", "rate", "crawl_delay", "follow_to"),
        *("header", "login", "user_agent", "ca_file"),
    ),
    needs_no_input={"take_down": ("because",)},
)
