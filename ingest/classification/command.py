"""The command `ingest classification`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.classification.tables import RAW_SCHEMA
from ingest.landing.declaration import NOT_GIVEN, SourceDeclaration

if TYPE_CHECKING:
    from ingest.classification.source import ClassificationSource

SECONDS = 60.0

Folder = Annotated[
    Path,
    typer.Option(metavar="DIR", show_default=False),
]
Url = Annotated[
    str,
    typer.Option(
        metavar="URL",
        show_default=False,
        help="amqp://USER:PASSWORD@HOST:PORT/VHOST, or filesystem:///FOLDER.",
    ),
]
Seconds = Annotated[
    float,
    typer.Option(
        metavar="SECONDS",
        min=0.001,
        show_default=False,
        help=f"End when no answer has come for so long. Default: {SECONDS:g}.",
    ),
]
Queue = Annotated[
    str,
    typer.Option(metavar="NAME", show_default=False, help="Default: to_ai, from_ai."),
]


def classification(
    images: Folder = NOT_GIVEN,
    broker: Url = NOT_GIVEN,
    timeout: Seconds = NOT_GIVEN,
    request_queue: Queue = NOT_GIVEN,
    reply_queue: Queue = NOT_GIVEN,
) -> "ClassificationSource":
    """Have the images of a folder labelled by the classifier behind a broker."""
    # kombu and Pillow are for this command alone: the others start without them.
    from ingest.classification.broker import Broker
    from ingest.classification.source import ClassificationSource

    queues = Broker(broker, request_queue or "to_ai", reply_queue or "from_ai")
    return ClassificationSource(images, queues, timeout or SECONDS)


DECLARATION = SourceDeclaration(
    RAW_SCHEMA,
    classification,
    inputs=(("images",), ("broker",)),
    settings=("timeout", "request_queue", "reply_queue"),
)
