"""The command `ingest classification`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.classification.tables import RAW_SCHEMA
from ingest.landing.declaration import NOT_GIVEN, SourceDeclaration

if TYPE_CHECKING:
    from ingest.classification.source import ClassificationSource

SECONDS = 60.0
IN_FLIGHT = 5_000
ATTEMPTS = 3

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

Count = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=1,
        show_default=False,
        help=f"Requests with the classifier at a time, at most. Default: {IN_FLIGHT:,}.",
    ),
]
Attempts = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=1,
        show_default=False,
        help=f"Ask for an image at most so often. Default: {ATTEMPTS}.",
    ),
]
Again = Annotated[
    str,
    typer.Option(
        metavar="PATH|all",
        show_default=False,
        help="Ask again for images that have no answer: a file, those below a folder, or all.",
    ),
]
Formats = Annotated[
    str,
    typer.Option(
        metavar="NAME[,NAME]",
        show_default=False,
        help="What the classifier decodes. Default: PNG,JPEG,GIF,BMP,TIFF,WEBP.",
    ),
]
Foreign = Annotated[
    bool,
    typer.Option(
        "--take-foreign", help="Take, and reject, replies for images never asked for here."
    ),
]
File = Annotated[
    Path,
    typer.Option(metavar="FILE", show_default=False, help="PEM, for an amqps:// broker."),
]


def classification(
    images: Folder = NOT_GIVEN,
    broker: Url = NOT_GIVEN,
    timeout: Seconds = NOT_GIVEN,
    request_queue: Queue = NOT_GIVEN,
    reply_queue: Queue = NOT_GIVEN,
    in_flight: Count = NOT_GIVEN,
    attempts: Attempts = NOT_GIVEN,
    again: Again = NOT_GIVEN,
    formats: Formats = NOT_GIVEN,
    take_foreign: Foreign = NOT_GIVEN,
    broker_ca: File = NOT_GIVEN,
    broker_certificate: File = NOT_GIVEN,
    broker_key: File = NOT_GIVEN,
) -> "ClassificationSource":
    """Have the images of a folder labelled by the classifier behind a broker."""
    # kombu and Pillow are for this command alone: the others start without them.
    from ingest.classification.address import parse
    from ingest.classification.broker import Broker
    from ingest.classification.decoding import chosen
    from ingest.classification.exchange import Exchange
    from ingest.classification.folders import Folders
    from ingest.classification.source import ClassificationSource

    address = parse(broker, broker_ca, broker_certificate, broker_key)
    queues = Broker(address, request_queue or "to_ai", reply_queue or "from_ai")
    exchange = Exchange(queues, timeout or SECONDS, in_flight or IN_FLIGHT, attempts or ATTEMPTS)
    folders = Folders(images, chosen(formats))
    return ClassificationSource(folders, exchange, again, take_foreign=bool(take_foreign))


DECLARATION = SourceDeclaration(
    RAW_SCHEMA,
    classification,
    inputs=(("images",), ("broker",)),
    settings=(
        *("timeout", "request_queue", "reply_queue", "in_flight", "attempts"),
        *("formats", "take_foreign"),
        *("broker_ca", "broker_certificate", "broker_key"),
    ),
)
