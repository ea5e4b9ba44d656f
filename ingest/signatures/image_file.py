"""Reads the image that a path or `file://` URI names."""

import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote_to_bytes, urlsplit

from ingest.common.errors import IngestError
from ingest.signatures.folder import LARGEST_FILE


def digest_of(local_uri: str) -> str:
    """Return the SHA-256 of an image of any size, in hex; raises `IngestError` as `content_of`."""
    with _open(local_uri) as file:
        found = hashlib.sha256()
        while block := _read(file, 1 << 20, local_uri):
            found.update(block)
    return found.hexdigest()


def content_of(local_uri: str) -> bytes:
    """Return the bytes of an image.

    Raises `IngestError` where it cannot be read, lies elsewhere or is larger than 32 MiB.
    """
    with _open(local_uri) as file:
        content = _read(file, LARGEST_FILE + 1, local_uri)
    if len(content) > LARGEST_FILE:
        raise IngestError(f"{local_uri} is larger than {LARGEST_FILE >> 20} MiB")
    return content


def path_of(local_uri: str) -> Path:
    """Return the path that a URI names; raises `IngestError` where it is no file of this machine.

    What has no `://` in it is a path, whatever else it looks like.
    """
    if "://" not in local_uri:
        return Path(local_uri)
    try:
        parts = urlsplit(local_uri)
    except ValueError as error:
        raise IngestError(f"{local_uri} is no URI: {error}") from error
    if parts.scheme != "file" or parts.netloc.lower() not in ("", "localhost"):
        raise IngestError(f"{local_uri} is no file of this machine")
    if parts.query or parts.fragment or not parts.path:
        raise IngestError(f"{local_uri} is no URI of a file: write ? as %3F and # as %23")
    return Path(os.fsdecode(unquote_to_bytes(parts.path)))


def _open(local_uri: str) -> BinaryIO:
    path = path_of(local_uri)
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
            raise IngestError(f"{local_uri} is not a regular file")
        return path.open("rb")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise IngestError(f"{local_uri} cannot be read: {reason}") from error


def _read(file: BinaryIO, size: int, local_uri: str) -> bytes:
    try:
        return file.read(size)
    except OSError as error:
        raise IngestError(f"{local_uri} cannot be read: {error.strerror}") from error
