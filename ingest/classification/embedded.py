"""The embedded broker: kombu's filesystem transport, a folder whose files are the messages.

kombu writes a message in place, so a reader may meet half of one. Here it is written beside its
place and moved there when it is whole; everything else is kombu's own.
"""

from pathlib import Path
from time import time_ns
from typing import Any
from uuid import uuid4

from kombu import Connection
from kombu.transport import filesystem
from kombu.utils.json import dumps

SCHEME = "filesystem://"
SECONDS_BETWEEN_LOOKS = 0.01


class Channel(filesystem.Channel):  # type: ignore[misc]
    """A channel whose messages appear whole."""

    def _put(self, queue: str, payload: Any, **_: Any) -> None:
        folder = Path(self.data_folder_out)
        name = f"{time_ns():020}_{uuid4()}.{queue}.msg"
        beside = folder / f"{name}.new"
        beside.write_text(dumps(payload))
        beside.replace(folder / name)


class Transport(filesystem.Transport):  # type: ignore[misc]
    """kombu's filesystem transport with this channel."""

    Channel = Channel

    def heartbeat_check(self, *_: object, **__: object) -> None:
        """There is nobody to tell."""


def connection(url: str) -> Connection:
    """Return a connection to the broker in the folder that `filesystem:///FOLDER` names."""
    folder = Path(url.removeprefix(SCHEME))
    folder.mkdir(parents=True, exist_ok=True)
    return Connection(
        transport=Transport,
        transport_options={
            "data_folder_in": str(folder),
            "data_folder_out": str(folder),
            "control_folder": str(folder),
            "polling_interval": SECONDS_BETWEEN_LOOKS,
        },
    )
