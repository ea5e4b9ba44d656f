"""Where a host name leads: wherever the system says, but for a host that this process serves."""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from ingest.images.urls import is_private


class PrivateAddressError(OSError):
    """A name that a redirect leads to has no address of the public net."""


class Resolver(AbstractResolver):
    """Looks names up as usual, but for one host that is served by this very process.

    Of hosts that are not in `named`, those that redirects lead to, only public addresses are used:
    it is here that a connection gets its address, so no name server can change it afterwards.
    """

    def __init__(self, served_here: tuple[str, int] | None, named: set[str]) -> None:
        self._named = named
        self._served_here = served_here
        self._usual = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host; the port of the one that is served here too."""
        if self._served_here is not None and host == self._served_here[0]:
            return [
                ResolveResult(
                    hostname=host,
                    host="127.0.0.1",
                    port=self._served_here[1],
                    family=socket.AF_INET,
                    proto=0,
                    flags=0,
                )
            ]
        found = await self._usual.resolve(host, port, family)
        if host in self._named:
            return found
        public = [address for address in found if not is_private(address["host"])]
        if not public:
            raise PrivateAddressError(f"{host} has no public address")
        return public

    async def close(self) -> None:
        """Let go of the system's resolver."""
        await self._usual.close()
