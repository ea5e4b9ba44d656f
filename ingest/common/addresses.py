"""Addresses of foreign services as they may be shown: on a terminal, in a log, in a table."""

import hashlib
import re

# Of any scheme, in any case, also in the middle of a message. A password may hold what ends a host.
LOGIN = re.compile(
    r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)"
    r"(?:[^\s/?#\"'<>]*@|[^\s/?#@:\[\"'<>]*:(?!\d*(?:[/?#\s\"'<>]|$))[^\s]*@)",
    re.IGNORECASE,
)
QUERY = re.compile(r"(?P<name>[?&;#][^\s=&;#\"'<>]*=)[^\s&;#\"'<>]+")
HIDDEN = "***"
# An address by itself, where nothing of a message can follow: quotes belong to it.
PARTS = re.compile(r"(?P<scheme>(?:[a-z][a-z0-9+.-]*:)?//|)(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
QUESTION = re.compile(r"([^?#]*)([?#]?)(.*)", re.DOTALL)
PIECE = re.compile(r"([&;])")
# A query that `known_as` made: no name has a value that shows
KNOWN = re.compile(r"(?:[^=&;]*(?:=(?:\*\*\*)?)?(?:[&;]|#(?=[0-9a-f]{16}$)))+[0-9a-f]{16}")


def masked(text: str) -> str:
    """Return a text in which addresses show `***` for user, password and values of the query.

    A text without an address is returned as it is, so that whole messages can be given.
    """
    if "://" not in text:
        return text
    return " ".join(_masked(word) for word in text.split(" "))


def known_as(address: str) -> str:
    """Return the one text that stands for an address wherever it is kept or shown.

    As `masked`, for what is an address and nothing else. Where values of a query are hidden a
    hash of them is added, so that what differs stays different; who logs in makes no difference.
    """
    if "@" not in address and "?" not in address and "=" not in address:
        return address
    found = PARTS.fullmatch(address)
    scheme, rest = (found["scheme"], found["rest"]) if found else ("", address)
    at = _end_of_login(rest)
    host = f"{scheme}{HIDDEN}@" if at else scheme
    path, mark, query = QUESTION.match(rest[at:]).groups()  # type: ignore[union-attr]
    hidden = "".join(map(_hidden, PIECE.split(query)))
    if hidden == query or KNOWN.fullmatch(query):
        return f"{host}{path}{mark}{query}"
    digest = hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{host}{path}{mark}{hidden}#{digest}"


def _masked(word: str) -> str:
    if "://" not in word:
        return word
    return QUERY.sub(rf"\g<name>{HIDDEN}", LOGIN.sub(rf"\g<scheme>{HIDDEN}@", word))


def _end_of_login(rest: str) -> int:
    """Return where the host begins, given all that follows `//`."""
    host = re.split("[/?#]", rest, maxsplit=1)[0]
    if "@" in host:
        return host.rindex("@") + 1
    name, colon, port = host.partition(":")
    is_password = colon and not name.startswith("[") and not port.isdecimal() and port != ""
    return rest.rindex("@") + 1 if is_password and "@" in rest else 0


def _hidden(piece: str) -> str:
    name, equals, value = piece.partition("=")
    return f"{name}={HIDDEN}" if equals and value else piece
