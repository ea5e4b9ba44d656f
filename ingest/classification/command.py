"""The command `ingest classification`."""

from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated, Optional

import typer

from ingest.errors import IngestError
from ingest.ledger import Run
from ingest.paths import home
from ingest.runner import run_source
from ingest.settings import path_setting, setting

NAME = "classification"

Folder = Annotated[
    Optional[Path],  # noqa: UP045 - typer on Python 3.10 reads this form
    typer.Option(metavar="DIR", show_default=False),
]
Url = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        metavar="URL",
        show_default=False,
        help="amqp://USER:PASSWORD@HOST:PORT/VHOST, or filesystem:///FOLDER. "
        "Default: embedded, with a stand-in for the classifier.",
    ),
]
Seconds = Annotated[
    Optional[float],  # noqa: UP045
    typer.Option(
        metavar="SECONDS",
        show_default=False,
        help="End when no answer has come for so long. Default: 60.",
    ),
]
Queue = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(metavar="NAME", show_default=False, help="Default: to_ai, from_ai."),
]


def classification(
    images: Folder = None,
    broker: Url = None,
    timeout: Seconds = None,
    request_queue: Queue = None,
    reply_queue: Queue = None,
) -> Run:
    """Have the images of a folder labelled by the classifier behind a broker."""
    # kombu and Pillow are for this command alone: the others start without them.
    from ingest.classification import embedded
    from ingest.classification.broker import Broker
    from ingest.classification.source import ClassificationSource
    from ingest.samples.classifier import standing_in

    folder = path_setting(NAME, "images", images, "images")
    url = broker or setting(NAME, "broker")
    to_ai = request_queue or setting(NAME, "request_queue") or "to_ai"
    from_ai = reply_queue or setting(NAME, "reply_queue") or "from_ai"
    address = url or f"{embedded.SCHEME}{home() / 'broker'}"
    with ExitStack() as around:
        to = around.enter_context(closing(Broker(address, to_ai, from_ai)))
        if not url:
            around.enter_context(standing_in(address, to_ai, from_ai))
        run = run_source(ClassificationSource(folder, to, _seconds(timeout)))
        if not url:
            run.notes.append("no broker is configured: labels are those of a stand-in classifier")
        return run


def _seconds(flag: float | None) -> float:
    given = setting(NAME, "timeout")
    try:
        seconds = flag if flag is not None else float(given or 60)
    except ValueError:
        seconds = 0.0
    if not seconds > 0:
        raise IngestError(f"timeout is a number of seconds above 0, not {given!r}")
    return seconds
