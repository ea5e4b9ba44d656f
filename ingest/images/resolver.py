"""Where a host name leads: wherever the system says, but for a host that this process serves."""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver


class Resolver(AbstractResolver):
    """Looks names up as usual, but for one host that is served by this very process."""

    def __init__(self, served_here: tuple[str, int] | None) -> None:
        self._served_here = served_here
        self._usual = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host; the port of the one that is served here too."""
        if self._served_here is None or host != self._served_here[0]:
            return await self._usual.resolve(host, port, family)
        address = ResolveResult(
            hostname=host,
            host="127.0.0.1",
            port=self._served_here[1],
            family=socket.AF_INET,
            proto=0,
            flags=0,
        )
        return [address]

    async def close(self) -> None:
        """Let go of the system's resolver."""
        await self._usual.close()
