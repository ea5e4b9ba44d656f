"""How hosts are asked: who we say we are, with which login, by which way, how often."""

import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.common.errors import IngestError
from ingest.images.limits import USER_AGENT
from ingest.images.urls import basic

FROM_ENVIRONMENT = "env:"


@dataclass(frozen=True)
class Access:
    """What a run says to the hosts that its URLs name, and to no others.

    `headers` hold secrets; `follow_to` are hosts to which redirects may lead; `rate` is requests a
    second and host, `crawl_delay` whether robots.txt may ask for fewer.
    """

    headers: dict[str, str] = field(default_factory=dict, repr=False)
    user_agent: str = USER_AGENT
    ca_file: Path | None = None
    follow_to: frozenset[str] = frozenset()
    rate: float | None = None
    crawl_delay: bool = False

    def tls(self) -> ssl.SSLContext:
        """Return what certificates are judged by: the system's authorities and one's own.

        Raises `IngestError` where the file of one's own holds none.
        """
        context = ssl.create_default_context()
        if self.ca_file is not None:
            try:
                context.load_verify_locations(self.ca_file)
            except (OSError, ssl.SSLError) as error:
                reason = "no PEM certificate" if isinstance(error, ssl.SSLError) else error.strerror
                raise IngestError(f"{self.ca_file} cannot be used as CA file: {reason}") from error
        return context


def headers_of(given: Sequence[str], login: str | None) -> dict[str, str]:
    """Return headers given as `Name: value` or `Name: env:VARIABLE`, and a login as one of them.

    Raises `IngestError`, which shows no value, where one is none.
    """
    headers = {}
    for each in given:
        name, colon, value = each.partition(":")
        if not colon or not name.strip() or any(c in each for c in "\r\n\0"):
            raise IngestError("--header is not of the form 'Name: value' or 'Name: env:VARIABLE'")
        headers[name.strip()] = _value(value.strip(), f"the header {name.strip()}")
    if login:
        if not login.startswith(FROM_ENVIRONMENT):
            raise IngestError("--login is not of the form env:VARIABLE; a login is a secret")
        user, colon, password = _value(login, "--login").partition(":")
        if not colon:
            raise IngestError(f"{login} of --login is not of the form user:password")
        headers["Authorization"] = basic(user, password)
    return headers


def _value(given: str, what: str) -> str:
    if not given.startswith(FROM_ENVIRONMENT):
        return given
    variable = given.removeprefix(FROM_ENVIRONMENT)
    value = os.environ.get(variable, "")
    if not value:
        raise IngestError(f"the variable {variable} of {what} is not set")
    if any(c in value for c in "\r\n\0"):
        raise IngestError(f"the variable {variable} of {what} is no single line")
    return value
