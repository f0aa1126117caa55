"""``GET /api/v1/events``: what happens to tickets, as it happens (server-sent events).

Each event carries its place as ``id``; ``Last-Event-ID`` goes on right after it, and nothing is
skipped, whatever order transactions commit in (ticket_store/stream.py). Without it the stream
begins now. Who asks is looked up again every minute, so that a session that ended, a token that
was revoked or a right that was lost ends the stream.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC
from typing import TYPE_CHECKING, Annotated, Final

from aiohttp import web
from pydantic import StringConstraints

from config.logs import get_logger
from core.errors import StoreUnavailable
from core.model.rights import may, scope
from core.model.staff import Right
from core.model.stream import Only
from core.services.entry import who, who_by_token
from gateway.api.frame import HEADERS
from gateway.api.problems import BUSY, NotDone
from gateway.api.reading import one_header
from gateway.api.table import Asked, Call, Endpoint

if TYPE_CHECKING:
    from core.model.stream import StreamEvent
    from core.services.entry import Here
    from gateway.server import Changes

log = get_logger("event stream")

MEDIA: Final = "text/event-stream"
BATCH: Final = 100
LOOK_EVERY: Final = 2.0
"""Seconds between two looks where nothing told of a commit: another process may have made it."""

RETRY: Final = 3_000
"""Milliseconds after which a browser asks again."""

ASK_AGAIN: Final = 60.0
"""Seconds after which who asks is looked up again."""

Kind = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{1,40}$")]


class StreamAsked(Asked):
    """Only these kinds of events; none: all. ``after`` is ``Last-Event-ID`` as a parameter."""

    kind: tuple[Kind, ...] = ()
    after: Annotated[str, StringConstraints(max_length=80)] = ""


class Streams:
    """The open streams of this process.

    Args:
        most: open at the same time.
    """

    def __init__(self, most: int) -> None:
        self._most, self._closing = most, asyncio.Event()
        self._open = 0

    def close(self) -> None:
        """Ends them all: the process ends."""
        self._closing.set()

    async def events(self, call: Call) -> web.StreamResponse:
        """Until the reader goes, the process ends, or who asks may not any more."""
        if self._open >= self._most:
            raise NotDone(BUSY)
        given = one_header(call.request, "Last-Event-ID") or call.query.after or None
        stream = call.parts.store.stream
        only = Only(scope(call.staff), frozenset(call.query.kind))
        first: tuple[StreamEvent, ...] = ()
        if given is None:
            cursor = await stream.end()
        else:
            page = await stream.after(given, BATCH, only)  # refuses a cursor of another store
            first, cursor = page.events, page.cursor
        self._open += 1
        try:
            return await self._run(call, only.kinds, first, cursor)
        finally:
            self._open -= 1

    async def _run(
        self, call: Call, kinds: frozenset[str], first: tuple[StreamEvent, ...], cursor: str
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": MEDIA})
        response.headers["X-Accel-Buffering"] = "no"  # nginx would hold events back
        await response.prepare(call.request)
        # The first word carries the place, so that a reader who goes at once can go on from it.
        await response.write(f"retry: {RETRY}\nid: {cursor}\n\n".encode() if not first else b"")
        for event in first:
            await response.write(_told(event))
        reading = _Reading(call, kinds, cursor)
        while not self._closing.is_set():
            if not await reading.go_on(response):
                break
            await self._wait(call.parts.gateway.changes)
        return response

    async def _wait(self, changes: Changes) -> None:
        """Until something was committed, or it is time to look without being told."""
        waiting = asyncio.ensure_future(changes.wait(changes.version, LOOK_EVERY))
        ending = asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait({waiting, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            ending.cancel()


class _Reading:
    """One reader's place, and when it was last told anything."""

    def __init__(self, call: Call, kinds: frozenset[str], cursor: str) -> None:
        self._parts, self._call, self._kinds, self._cursor = call.parts, call, kinds, cursor
        self._here: Here | None = call.here
        self._loop = asyncio.get_running_loop()
        self._told_at = self._asked_at = self._loop.time()

    async def go_on(self, response: web.StreamResponse) -> bool:
        """Tells what is new, or that it lives; False when the stream must end."""
        if not await self._still():
            return False
        try:
            await self._tell(response)
        except StoreUnavailable as away:
            log.warning("not read", why=str(away))
        now = self._loop.time()
        if now - self._told_at >= self._parts.settings.api.heartbeat_seconds:
            await response.write(b": hidup\n\n")
            self._told_at = now
        return True

    async def _tell(self, response: web.StreamResponse) -> None:
        more = True
        while more and self._here is not None:
            only = Only(scope(self._here.staff), self._kinds)
            page = await self._parts.store.stream.after(self._cursor, BATCH, only)
            for event in page.events:
                await response.write(_told(event))
                self._told_at = self._loop.time()
            self._cursor, more = page.cursor, page.more

    async def _still(self) -> bool:
        """Whether who asks may still ask; looked up once a minute."""
        now = self._loop.time()
        if now - self._asked_at < ASK_AGAIN:
            return True
        self._asked_at = now
        try:
            self._here = await self._again()
        except StoreUnavailable:
            return True
        here = self._here
        return here is not None and not here.wanting and may(here.staff, Right.VIEW)

    async def _again(self) -> Here | None:
        request, parts = self._call.request, self._parts
        if "Authorization" in request.headers:
            token = request.headers["Authorization"].partition(" ")[2].strip()
            return await who_by_token(parts.house, token)
        return await who(parts.house, parts.cookies.read(request))


def _told(event: StreamEvent) -> bytes:
    """One event as the wire wants it; ``data`` is one line of JSON."""
    fact = event.event
    told = {
        "number": event.number,
        "seq": fact.seq,
        "kind": fact.kind,
        "at": fact.at.astimezone(UTC).isoformat(),
        "actor": fact.actor,
        "data": json.loads(fact.data or "{}"),
    }
    body = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return f"id: {event.id}\nevent: {fact.kind}\ndata: {body}\n\n".encode()


async def events(call: Call) -> web.StreamResponse:
    """What happens from now on, or from a place on."""
    return await call.parts.streams.events(call)


ROUTES: Final = (
    Endpoint(
        "GET",
        "/events",
        Right.VIEW,
        events,
        "What happens to tickets, as it happens",
        query=StreamAsked,
        media=MEDIA,
    ),
)
