"""Listings that are no HTML: XML of object stores and of nginx, JSON of nginx and Caddy."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from ingest.images.answers import Refused
from ingest.images.html_page import Link

MOST_JSON = 64 << 20  # bytes; it is read as a whole
NO_JSON_LISTING = "it is JSON, and no listing of nginx or Caddy"


class JsonPage:
    """nginx's `autoindex_format json`, and what Caddy's file server gives who asks for JSON."""

    def __init__(self, link: Link) -> None:
        self._link, self._body = link, bytearray()

    def feed(self, piece: bytes) -> None:
        """Take in the next bytes of the page."""
        self._body += piece
        if len(self._body) > MOST_JSON:
            raise Refused("too large", f"more than {MOST_JSON:,} bytes of JSON")

    def end_of_page(self) -> None:
        """Hand on its links; raises `Refused` where it is no listing."""
        try:
            entries = json.loads(self._body)
        except (ValueError, RecursionError) as error:
            raise Refused("no listing", "it is JSON that is cut off or broken") from error
        if not isinstance(entries, list):
            raise Refused("no listing", NO_JSON_LISTING)
        for entry in entries:
            name = entry.get("name") if isinstance(entry, dict) else None
            if not isinstance(name, str) or not {"type", "is_dir"} & entry.keys():
                raise Refused("no listing", NO_JSON_LISTING)
            is_folder = entry.get("type") == "directory" or entry.get("is_dir") is True
            self._link(_relative(name.removesuffix("/")) + "/" * is_folder, name)


class XmlPage:
    """nginx's `autoindex_format xml`, and lists of objects as S3, MinIO or GCS give them.

    `more` takes the address of the page that goes on with a list.
    """

    def __init__(self, url: str, link: Link, more: Callable[[str], object]) -> None:
        self._url, self._link, self._more = urlsplit(url), link, more
        self._parser = XMLPullParser(("start", "end"))
        self._path: list[Element] = []
        self._said: dict[str, str] = {}
        self._last = ""

    def feed(self, piece: bytes) -> None:
        """Take in the next bytes of the page."""
        try:
            self._parser.feed(piece)
            events: Iterator[Any] = self._parser.read_events()
            for event, element in events:
                if event == "start":
                    self._path.append(element)
                else:
                    self._path.pop()
                    self._take(element)
        except ParseError as error:
            raise Refused("no listing", f"it is broken XML: {error}") from error

    def end_of_page(self) -> None:
        """Tell of the next page, if there is one; raises `Refused` where the list is cut off."""
        if self._path:
            raise Refused("no listing", "it is XML that is cut off")
        if self._said.get("IsTruncated", "").strip().lower() != "true":
            return
        asked = dict(parse_qsl(self._url.query, keep_blank_values=True))
        if token := self._said.get("NextContinuationToken"):
            asked["continuation-token"] = token
        elif asked.get("list-type") == "2" or not (self._said.get("NextMarker") or self._last):
            raise Refused("no listing", "the list of objects goes on, and does not say where")
        else:
            asked["marker"] = self._plain(self._said.get("NextMarker") or self._last)
        self._more(self._url._replace(query=urlencode(asked, quote_via=quote)).geturl())

    def _take(self, element: Element) -> None:
        name, text = _name(element), element.text or ""
        above = _name(self._path[-1]) if self._path else ""
        if name == "Key" and above == "Contents":
            self._last = text
        elif name == "Contents":
            if not self._last.endswith("/"):  # a folder, which is no object
                key = self._plain(self._last)
                self._link(f"{self._root()}{quote(key)}", key.rsplit("/", 1)[-1])
        elif name == "Prefix" and above == "CommonPrefixes":
            asked = dict(parse_qsl(self._url.query)) | {"prefix": self._plain(text)}
            asked.pop("continuation-token", None)
            asked.pop("marker", None)
            self._more(self._url._replace(query=urlencode(asked, quote_via=quote)).geturl())
        elif name in ("file", "directory") and above == "list":
            self._link(_relative(text) + "/" * (name == "directory"), text)
        elif len(self._path) == 1:
            self._said[name] = text
        if len(self._path) == 1:
            self._path[0].clear()  # the tree does not grow

    def _root(self) -> str:
        root = self._url._replace(query="", fragment="").geturl()
        return root if root.endswith("/") else f"{root}/"

    def _plain(self, key: str) -> str:
        return unquote(key) if self._said.get("EncodingType") == "url" else key


def _relative(name: str) -> str:
    return "./" + quote(name)  # a colon in it is no scheme


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
