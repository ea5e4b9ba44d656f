"""Addresses of foreign services as they may be shown: on a terminal, in a log, in a table."""

import re

# Of any scheme, in any case, also in the middle of a message.
LOGIN = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^\s/?#\"'<>]*@", re.IGNORECASE)
QUERY = re.compile(r"(?P<name>[?&;][^\s=&;#\"'<>]*=)[^\s&;#\"'<>]+")
HIDDEN = "***"


def masked(text: str) -> str:
    """Return a text in which addresses show `***` for user, password and values of the query.

    What follows `#` is kept: it never leaves for a server. A text without an address is returned
    as it is, so that whole messages can be given.
    """
    if "://" not in text:
        return text
    return " ".join(_masked(word) for word in text.split(" "))


def _masked(word: str) -> str:
    if "://" not in word:
        return word
    return QUERY.sub(rf"\g<name>{HIDDEN}", LOGIN.sub(rf"\g<scheme>{HIDDEN}@", word))
