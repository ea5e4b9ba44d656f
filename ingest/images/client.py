"""One GET over one pool of connections: its headers, its proxy, and what may go wrong with it."""

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from ingest.images.access import Access
from ingest.images.answers import Fetched, Refused, Sink, read_body, seconds_to_wait
from ingest.images.limits import Limits
from ingest.images.resolver import PrivateAddressError, Resolver
from ingest.images.urls import as_sent, check, is_private, login_of

REDIRECTS = (301, 302, 303, 307, 308)


class Client:
    """Asks once, follows nothing. In `named` are the hosts that the user's URLs name."""

    def __init__(
        self, access: Access, limits: Limits, most: int, served_here: tuple[str, int] | None
    ) -> None:
        self._access, self._limits = access, limits
        self._served_here = served_here[0] if served_here else None
        self._proxies = getproxies()
        self.named = {urlsplit(proxy).hostname or "" for proxy in self._proxies.values()}
        connector = aiohttp.TCPConnector(
            limit=most,
            resolver=Resolver(served_here, self.named),
            ttl_dns_cache=60,
            ssl=access.tls(),
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # no body grows on arrival
            headers={"User-Agent": access.user_agent, "Accept-Encoding": "identity"},
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()

    async def get(
        self,
        fetched: Fetched,
        url: str,
        start: Callable[[str], Sink],
        most_bytes: int,
        seconds: float,
        named_by: str,
    ) -> str | None:
        """GET once and hand the body to a sink; return where a redirect leads to, if it is one.

        Only hosts that are `named` may be private, and only that of the URL `named_by` is told
        secrets. Raises `Refused` with what came of it.
        """
        timeout = aiohttp.ClientTimeout(
            total=seconds, sock_connect=self._limits.connect, sock_read=self._limits.silence
        )
        host = check(url).hostname or ""
        if host not in self.named and is_private(host):
            raise Refused("private address", f"to {url}")
        is_meant = host == check(named_by).hostname
        try:
            async with self._session.get(
                as_sent(url),
                allow_redirects=False,
                timeout=timeout,
                proxy=self._proxy(url, host),
                headers=self._secrets(url) if is_meant else None,
            ) as answer:
                fetched.status = answer.status
                if answer.status == 200:
                    await read_body(answer, fetched, start(url), most_bytes)
                    return None
                if answer.status in REDIRECTS and "Location" in answer.headers:
                    return answer.headers["Location"]
                wait = seconds_to_wait(answer.headers.get("Retry-After", ""))
                raise Refused("http status", answer.reason or "", wait)
        except Refused:
            raise
        except asyncio.TimeoutError as error:
            raise Refused("timeout", "the host was silent, or slow, for too long") from error
        except aiohttp.ClientSSLError as error:  # before ValueError, which one of them is
            raise Refused("certificate", _line(error)) from error
        except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError) as error:
            raise Refused("broken answer", _line(error)) from error
        except (aiohttp.ServerDisconnectedError, ConnectionResetError) as error:
            raise Refused("broken answer", "the host closed the connection") from error
        except ValueError as error:  # yarl's and aiohttp's invalid URLs are among them
            raise Refused("invalid url", _line(error)) from error
        except (aiohttp.ClientError, OSError) as error:
            if isinstance(error.__cause__, PrivateAddressError):
                raise Refused("private address", str(error.__cause__)) from error
            raise Refused("no connection", _line(error)) from error

    def _secrets(self, url: str) -> dict[str, str]:
        login = login_of(url)
        return {**self._access.headers, **({"Authorization": login} if login else {})}

    def _proxy(self, url: str, host: str) -> str | None:
        if host == self._served_here or proxy_bypass(host):
            return None
        return self._proxies.get(check(url).scheme) or self._proxies.get("all")


def _line(error: BaseException) -> str:
    return (" ".join(str(error).split()) or type(error).__name__)[:500]
