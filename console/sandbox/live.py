"""The live stream of the sandbox: one short event whenever something was committed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal

from aiohttp import web

from console.pages import CLOSING

if TYPE_CHECKING:
    from console.sandbox.phone import Changes

_HEARTBEAT = 15.0  # seconds; proxies cut silent streams
_PACE = 0.25  # seconds between two announcements, however much comes in


class Live:
    """Server-sent events; holds nothing between two requests."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    async def events(self, request: web.Request) -> web.StreamResponse:
        """``change`` with the counter as id, a comment as heartbeat."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        told = request.headers.get("Last-Event-ID") or request.query.get("after", "")
        closing = asyncio.create_task(request.app[CLOSING].wait())
        try:
            await response.write(b"retry: 1000\n\n")
            await self._announce(response, told, closing)
        except ConnectionResetError:
            pass  # the visitor left
        finally:
            closing.cancel()
        return response

    async def _announce(
        self, response: web.StreamResponse, told: str, closing: asyncio.Task[Literal[True]]
    ) -> None:
        # The counter begins anew with the process, so it is compared for equality first: after
        # a restart a visitor may know a higher one than we have.
        version = await self._changes.wait(-1, 0)
        if str(version) != told:
            await response.write(_change(version))
        while not closing.done():
            waiting = asyncio.create_task(self._changes.wait(version, _HEARTBEAT))
            both: set[asyncio.Task[Any]] = {waiting, closing}
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                if not waiting.done():
                    return
            finally:
                waiting.cancel()
            newer = waiting.result()
            await response.write(_change(newer) if newer != version else b": masih di sini\n\n")
            version = newer
            await asyncio.sleep(_PACE)


def _change(version: int) -> bytes:
    return f"id: {version}\nevent: change\ndata: {version}\n\n".encode()
