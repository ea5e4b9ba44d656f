"""Finds the links of an HTML page as its bytes come in, with libxml2's tokenizer; holds none."""

import codecs
from collections.abc import Callable
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

LONGEST_TITLE = 1_000  # characters

Link = Callable[[str, str | None], object]
"""Takes what a link says it leads to, and the title or text that it shows."""


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("as latin-1", _as_latin_1)  # what older servers write


class HtmlPage:
    """Hands on each link once it is read whole; `base` is what `<base href>` says."""

    def __init__(self, link: Link) -> None:
        self.base: str | None = None
        self.has_tags = False
        self._is_begun = False
        self._link = link
        self._decoder = codecs.getincrementaldecoder("utf-8")("as latin-1")
        # The limits of libxml2 are for trees; none is built here.
        self._parser: Any = etree.HTMLParser(target=self, huge_tree=True)
        self._href: str | None = None
        self._title: str | None = None
        self._text: list[str] = []
        self._length = 0

    def feed(self, piece: bytes) -> None:
        """Take in the next bytes of the page."""
        self._parse(self._decoder.decode(piece))

    def end_of_page(self) -> None:
        """Hear that no more bytes come."""
        self._parse(self._decoder.decode(b"", True))
        if self._is_begun:  # libxml2 takes what is empty for an error
            self._parser.close()
        self._end_link()

    def _parse(self, text: str) -> None:
        if text:
            self._is_begun = True
            self.has_tags = self.has_tags or "<" in text
            self._parser.feed(text.replace("\0", "\ufffd"))  # NUL, which no text may hold, shows

    # What follows is called by the parser.

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Hear that an element begins."""
        if tag == "a":
            self._end_link()
            self._href, self._title = attributes.get("href"), attributes.get("title")
        elif tag == "base" and self.base is None:
            self.base = attributes.get("href")

    def end(self, tag: str) -> None:
        """Hear that an element ends."""
        if tag == "a":
            self._end_link()

    def data(self, text: str) -> None:
        """Hear some text."""
        if self._href is not None and self._length < LONGEST_TITLE:
            self._text.append(text[:LONGEST_TITLE])
            self._length += len(text)

    def comment(self, text: str) -> None:
        """Hear a comment: what is in it is no link."""

    def close(self) -> None:
        """Hear that the page ends."""

    def _end_link(self) -> None:
        if self._href is not None:
            title = self._title if self._title is not None else "".join(self._text)
            self._link(self._href, title.strip()[:LONGEST_TITLE] or None)
        self._href, self._title, self._length = None, None, 0
        self._text.clear()
