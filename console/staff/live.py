"""What happens, as it happens, to every open page: one reader of the stream for all of them.

A page is told ``change`` when anything was committed, at most once a second, with the marks of the
tickets that it happened to. It fetches what it shows anew by itself, then and whenever it connects
(before, anything may have happened), within the rights of whoever looks: a mark says nothing to
somebody who may not see the ticket and so does not know its mark.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

from aiohttp import ClientConnectionResetError, web

from config.logs import get_logger
from console.pages import CLOSING
from core.errors import StoreUnavailable
from core.model.stream import EVERYTHING
from core.services.entry import who

if TYPE_CHECKING:
    from console.staff.reception import Reception
    from console.staff.visit import Visit

log = get_logger("console")

BATCH: Final = 200
MOST_MARKS: Final = 200
"""In one announcement; where more happened, every page looks."""

LOOK_EVERY: Final = 2.0
"""Seconds between two looks where nothing told of a commit: another process may have made it."""

PACE: Final = 1.0
"""Seconds between two announcements to one page, however much happens."""

ASK_AGAIN: Final = 60.0
"""Seconds after which who looks is looked up again; a session that ended ends the stream."""

RETRY: Final = 2_000
"""Milliseconds after which a browser asks again."""


class Wire:
    """The one reader; it reads while somebody listens.

    A message that opens no ticket is no event of any: the tray is looked at beside the stream.

    Attributes:
        place: grows with every event; a page remembers how far it was told.
    """

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self.place = 0
        self._touched: dict[str, int] = {}
        self._bell = asyncio.Condition()
        self._listeners = 0
        self._task: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Somebody listens; returns once nothing that is committed from now on can be missed.

        Raises StoreUnavailable.
        """
        async with self._opening:
            if self._task is None or self._task.done():
                cursor = await self._reception.store.stream.end()
                self._task = asyncio.create_task(self._read(cursor), name="console wire")
            self._listeners += 1

    def close(self) -> None:
        """Somebody went; the last one stops the reading."""
        self._listeners -= 1
        if self._listeners == 0 and self._task is not None:
            self._task.cancel()
            self._task = None

    @property
    def listeners(self) -> int:
        """How many pages listen."""
        return self._listeners

    def mark(self, number: str) -> str:
        """As a ticket is named on the wire, by every process of this office."""
        return self._reception.house.vault.digest(number, "console")[:16]

    def touched(self, since: int) -> list[str] | None:
        """The marks of tickets that anything happened to after this place; None: too many."""
        found: list[str] = []
        for number, place in reversed(self._touched.items()):
            if place <= since:
                break
            if len(found) == MOST_MARKS:
                return None
            found.append(self.mark(number))
        return found

    async def wait(self, after: int, seconds: float) -> int:
        """The place once it is past ``after``, or as it is when the time is over."""
        try:
            async with asyncio.timeout(seconds), self._bell:
                await self._bell.wait_for(lambda: self.place > after)
        except TimeoutError:
            pass
        return self.place

    async def _read(self, cursor: str) -> None:
        store, news = self._reception.store, self._reception.news
        newest = 0
        while True:
            version = news.version
            try:
                page = await store.stream.after(cursor, BATCH, EVERYTHING)
                tray = await store.lists.tray(1)
            except StoreUnavailable as away:
                log.warning("not read", why=str(away))
                await asyncio.sleep(LOOK_EVERY)
                continue
            cursor = page.cursor
            if page.events or tray.newest > newest:
                await self._tell([event.number for event in page.events])
            newest = max(newest, tray.newest)
            if not page.more:
                await news.wait(version, LOOK_EVERY)

    async def _tell(self, numbers: list[str]) -> None:
        async with self._bell:
            self.place += 1
            for number in numbers:
                self._touched.pop(number, None)
                self._touched[number] = self.place
            while len(self._touched) > 10_000:  # noqa: PLR2004 - far more than pages are open
                self._touched.pop(next(iter(self._touched)))
            self._bell.notify_all()


class Live:
    """The handler of ``/console/langsung``.

    Args:
        wire: the process's own.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def events(self, visit: Visit) -> web.StreamResponse:
        """Until the page goes, the process ends, or who looks may not any more."""
        if self._wire.listeners >= visit.reception.streams:
            return web.Response(status=503, headers={"Retry-After": "5"})
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        )
        await self._wire.open()
        place = self._wire.place
        try:
            await response.prepare(visit.request)
            await response.write(f"retry: {RETRY}\n\n".encode())
            await self._announce(response, visit, place)
        except ClientConnectionResetError:
            pass  # the page went
        finally:
            self._wire.close()
        return response

    async def _announce(self, response: web.StreamResponse, visit: Visit, place: int) -> None:
        loop, closing = asyncio.get_running_loop(), visit.request.app[CLOSING]
        asked_at = loop.time()
        while not closing.is_set():
            newer = await self._next(place, visit, closing)
            if closing.is_set():
                return
            if loop.time() - asked_at >= ASK_AGAIN:
                asked_at = loop.time()
                if not await self._still(visit):
                    return
            told = ": masih di sini\n\n"
            if newer > place:
                told = _event(self._wire.touched(place))
            await response.write(told.encode())
            place = newer
            await asyncio.sleep(PACE)

    async def _next(self, place: int, visit: Visit, closing: asyncio.Event) -> int:
        waiting = asyncio.ensure_future(self._wire.wait(place, visit.reception.heartbeat))
        ending = asyncio.ensure_future(closing.wait())
        try:
            await asyncio.wait({waiting, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
            if not waiting.done():
                waiting.cancel()
        return waiting.result() if waiting.done() else place

    async def _still(self, visit: Visit) -> bool:
        token = visit.reception.cookies.read(visit.request)
        try:
            here = await who(visit.reception.house, token)
        except StoreUnavailable:
            return True
        return here is not None and not here.wanting


def _event(marks: list[str] | None) -> str:
    """``marks`` None: whatever may have happened."""
    return f"event: change\ndata: {json.dumps({'marks': marks})}\n\n"
