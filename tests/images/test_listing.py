"""Directory pages as the three servers write them, however the bytes are cut up on their way."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.images.page import Page

BASE = "http://h/pics/"
# ruff: noqa: E501 - lines as the servers write them
APACHE = b"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<html><head><title>Index of /pics</title></head><body><h1>Index of /pics</h1><table>
<tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th><th><a href="?C=N;O=D">Name</a></th>
<th><a href="?C=M;O=A">Last modified</a></th><th><a href="?C=S;O=A">Size</a></th></tr>
<tr><td><img src="/icons/back.gif" alt="[PARENTDIR]"></td><td><a href="/">Parent Directory</a></td></tr>
<tr><td><img src="/icons/folder.gif" alt="[DIR]"></td><td><a href="cats/">cats/</a></td></tr>
<tr><td><img src="/icons/image2.gif" alt="[IMG]"></td><td><a href="a%20b.png">a b.png</a></td></tr>
<tr><td><img src="/icons/image2.gif" alt="[IMG]"></td><td><a href="a_very_long_name_indeed.png">a_very_long_name..&gt;</a></td></tr>
</table><address>Apache/2.4.62 (Debian) Server at h Port 80</address></body></html>"""
NGINX = b"""<html>\r\n<head><title>Index of /pics/</title></head>\r\n<body>\r\n<h1>Index of /pics/</h1>
<hr><pre><a href="../">../</a>\r\n<a href="cats/">cats/</a>            21-Nov-2026 09:51       -\r\n
<a href="a%20b.png">a b.png</a>           21-Nov-2026 09:51     7216\r\n
<a href="a_very_long_name_indeed.png">a_very_long_name..&gt;</a> 21-Nov-2026 09:51 99\r\n</pre><hr></body></html>"""
PYTHON = b"""<!DOCTYPE HTML>\n<html lang="en">\n<head><title>Directory listing for /pics/</title></head>
<body>\n<h1>Directory listing for /pics/</h1>\n<hr>\n<ul>\n<li><a href="cats/">cats/</a></li>
<li><a href="a%20b.png">a b.png</a></li>
<li><a href="a_very_long_name_indeed.png">a_very_long_name..&gt;</a></li>\n</ul>\n<hr>\n</body></html>"""


def links(pieces: list[bytes]) -> tuple[list[tuple[str, str | None]], list[str]]:
    found: list[tuple[str, str | None]] = []
    page = Page(BASE, BASE, lambda url, title: found.append((url, title)))
    for piece in pieces:
        page.feed(piece)
    page.end_of_page()
    assert page.links == len(found) + len(page.folders) + len(page.unclear)
    return found, page.folders


EXPECTED = (
    [
        (f"{BASE}a%20b.png", "a b.png"),
        (f"{BASE}a_very_long_name_indeed.png", "a_very_long_name..>"),
    ],
    [f"{BASE}cats/"],
)


@given(st.sampled_from([APACHE, NGINX, PYTHON]), st.sets(st.integers(0, len(APACHE))))
def test_the_links_are_the_same_wherever_the_page_is_cut(whole: bytes, cuts: set[int]) -> None:
    ends = [0, *sorted(cuts), len(whole)]
    assert links([whole[a:b] for a, b in pairwise(ends)]) == EXPECTED


@given(st.binary(max_size=300))
def test_no_bytes_are_too_odd(noise: bytes) -> None:
    found, folders = links([b'<p><a href="' + noise + b'">x</a><a href=y.png>y</a', noise, b">"])
    assert all(url.startswith(BASE) for url, _ in found)
    assert all(folder.startswith(BASE) and folder != BASE for folder in folders)
