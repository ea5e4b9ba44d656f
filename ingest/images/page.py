"""One page of a listing, whatever its server: which files, folders and further pages it names."""

import re
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from ingest.images.answers import Refused
from ingest.images.decode import format_of
from ingest.images.html_page import HtmlPage
from ingest.images.listed_page import JsonPage, XmlPage

PLAIN_NAME = re.compile(r"(?!\.{1,2}/?$)[A-Za-z0-9_.~-]+/?")
DOTS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
LIST = re.compile(rb"<(?:[\w-]+:)?(?:ListBucketResult|list)[\s>/]")
HEAD = 1 << 10  # bytes that tell what a page is
ASKED = 200  # names without an ending that are asked whether they are folders, a page

Listed = Callable[[str, str | None], object]
"""Takes the URL of a file and the title that its link gives."""


class Page:
    """Finds the links of one page as its bytes come in.

    Files go to `listed` at once. `folders` end in a slash; `unclear` are names without an ending,
    which some servers give to folders too; `more` are pages that go on with this one.
    """

    def __init__(self, url: str, base: str, listed: Listed) -> None:
        self.url, self.base, self.listed = url, base, listed
        self.folder = urljoin(url, ".")
        self.folders: list[str] = []
        self.unclear: list[tuple[str, str | None]] = []
        self.more: list[str] = []
        self.links = self.size = 0
        self.is_bucket = False
        self._head = b""
        self._body: HtmlPage | JsonPage | XmlPage | None = None
        login, at, host = urlsplit(base).netloc.rpartition("@")
        self._bare = base.replace(f"{login}{at}{host}", host, 1) if at else base

    def feed(self, piece: bytes) -> None:
        """Take in the next bytes of the page; raises `Refused` where it is no listing."""
        self.size += len(piece)
        if self._body is None:
            self._head += piece
            if len(self._head) < HEAD:
                return
            self._begin()
        else:
            self._body.feed(piece)

    def end_of_page(self) -> None:
        """Hear that it came in full; raises `Refused` where it is no listing."""
        if self._body is None:
            self._begin()
        if self._body is not None:
            self._body.end_of_page()
        if isinstance(self._body, HtmlPage) and self.size and not self._body.has_tags:
            raise Refused("no listing", "it is neither HTML nor any other listing that is known")

    def _begin(self) -> None:
        head, self._head = self._head, b""
        text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if kind := format_of(head):
            raise Refused("no listing", f"it is an image ({kind}); a list can name it")
        if text[:1] in (b"[", b"{"):
            self._body = JsonPage(self._link)
        elif text.startswith(b"<") and (found := LIST.search(text)):
            self.is_bucket = b"Bucket" in found[0]
            link = self._object if self.is_bucket else self._link
            self._body, head = XmlPage(self.url, link, self._more), text
        else:
            self._body = HtmlPage(self._link)
        self._body.feed(head)

    def _object(self, url: str, title: str | None) -> None:
        self.links += 1
        self.listed(url, title)

    def _more(self, url: str) -> None:
        self.more.append(url)

    def _link(self, href: str, title: str | None) -> None:
        url = self._below(href)
        if url is None:
            return
        self.links += 1
        if url.endswith("/"):
            self.folders.append(url)
        elif "." not in url.rsplit("/", 1)[1] and len(self.unclear) < ASKED:
            self.unclear.append((url, title))
        else:
            self.listed(url, title)

    def _below(self, href: str) -> str | None:
        """Return the link's URL; None for other hosts, parents, fragments and sort orders."""
        folder = self.folder
        if isinstance(self._body, HtmlPage) and self._body.base is not None:
            folder = _joined(self.url, self._body.base) or folder
        elif PLAIN_NAME.fullmatch(href):
            return folder + href
        url = _joined(folder, href.strip())
        if url is not None and url.startswith(self._bare):
            url = self.base + url[len(self._bare) :]
        if url is None or not url.startswith(self.base) or url == self.folder:
            return None
        parts = urlsplit(url)
        if DOTS.search(parts.path) or parts.query or parts.fragment or url[-1] in "?#":
            return None
        return url


def _joined(base: str, href: str) -> str | None:
    try:
        url = urljoin(base, href)
        urlsplit(url)
    except ValueError:
        return None
    return url
