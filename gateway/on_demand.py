"""Parts of the web server that are made with their first request.

The REST API and the pages of staff are half of the program's code. A process that only takes
messages, of which an office may have several, never loads them: 13 MiB less, and ready sooner.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from aiohttp.web_urldispatcher import _InfoDict as Info
    from yarl import URL

    Make = Callable[[], Awaitable[web.Application]]


class OnDemand:
    """What is made once, by whoever asks first.

    Args:
        make: gives the application with its routes under their whole paths. A failure is the
            failure of that request; the next one tries again.
    """

    def __init__(self, make: Make) -> None:
        self._make = make
        self._lock = asyncio.Lock()
        self._made: web.Application | None = None

    async def made(self) -> web.Application:
        """Frozen, so that nothing is added behind the requests it serves."""
        if self._made is None:
            async with self._lock:
                if self._made is None:
                    made = await self._make()
                    made.freeze()
                    self._made = made
        return self._made

    def below(self, prefix: str) -> web.AbstractResource:
        """A resource for everything at and under ``prefix``."""
        return _Below(self, prefix)

    async def shut_down(self, _: web.Application) -> None:
        """For ``on_shutdown`` of the server."""
        if self._made is not None:
            await self._made.shutdown()

    async def clean_up(self, _: web.Application) -> None:
        """For ``on_cleanup`` of the server."""
        if self._made is not None:
            await self._made.cleanup()


class _Below(web.AbstractResource):
    """Looks its requests up in what is made on demand, as sub-applications of aiohttp do."""

    def __init__(self, part: OnDemand, prefix: str) -> None:
        super().__init__()
        self._part, self._prefix = part, prefix

    @property
    def canonical(self) -> str:
        """The prefix: how aiohttp finds the resource."""
        return self._prefix

    async def resolve(
        self, request: web.Request
    ) -> tuple[web.UrlMappingMatchInfo | None, set[str]]:
        """Loads the part if nobody has asked before."""
        found = await (await self._part.made()).router.resolve(request)
        refused = found.http_exception
        if isinstance(refused, web.HTTPMethodNotAllowed):
            return found, set(refused.allowed_methods)
        return found, set()

    def raw_match(self, path: str) -> bool:  # noqa: ARG002 - as aiohttp asks
        """Never merged with another one."""
        return False

    def url_for(self, **_: str) -> URL:
        """There is no one address."""
        raise RuntimeError(self._prefix)

    def add_prefix(self, prefix: str) -> None:
        """It stands at the root of the server."""
        raise RuntimeError(prefix)

    def get_info(self) -> Info:
        """For aiohttp's own listing."""
        return {"prefix": self._prefix}

    def __len__(self) -> int:
        """No routes are known before somebody asks."""
        return 0

    def __iter__(self) -> Iterator[web.AbstractRoute]:
        """As ``__len__`` says."""
        return iter(())
