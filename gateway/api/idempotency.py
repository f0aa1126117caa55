"""Requests that come again: their effect once, their answer every time (``Idempotency-Key``).

The key is claimed in the very transaction that writes the effect, so that no crash and no second
request at the same moment can do it twice. The answer is kept right after; where a crash came in
between, the row answers with what there is now.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from aiohttp import web

from core.errors import StoreUnavailable
from core.model.listing import ReadyAnswer
from gateway.api.problems import KEY_BUSY, KEY_USED, NotDone
from gateway.api.table import Keyed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from core.ports import Desk, OpenDesk
    from gateway.api.table import Endpoint

REPLAYED: Final = "Idempotent-Replayed"
_KEPT: Final = ("ETag", "Location")
_FINISHED: Final = 500


@dataclass(frozen=True, slots=True)
class Keyhole:
    """One request with a key.

    Attributes:
        open_desk: begins a unit of work, as everybody's.
        request_hash: of method, path, version and body.
    """

    open_desk: OpenDesk
    staff_id: int
    key: str
    request_hash: str
    now: datetime

    async def earlier(self) -> ReadyAnswer | None:
        """What was answered before. Raises NotDone: the key belongs to another request."""
        async with self.open_desk() as desk:
            found = await desk.answers.find(self.staff_id, self.key)
        if found is not None and found.request_hash != self.request_hash:
            raise NotDone(KEY_USED)
        return found

    def claiming(self) -> OpenDesk:
        """Units of work of which the first that commits claims the key."""
        claimed = False

        async def claim(desk: Desk) -> None:
            nonlocal claimed
            if not claimed:
                await self._claim(desk)
                claimed = True

        @asynccontextmanager
        async def opened() -> AsyncIterator[Desk]:
            async with self.open_desk() as desk:
                yield cast("Desk", _Claiming(desk, claim))

        return opened

    async def _claim(self, desk: Desk) -> None:
        free = await desk.answers.claim(self.staff_id, self.key, self.request_hash, self.now)
        if not free:
            raise NotDone(KEY_BUSY)

    async def claim_alone(self) -> None:
        """Claims it in a transaction of its own, where doing the work again does no harm."""
        async with self.open_desk() as desk:
            await desk.answers.claim(self.staff_id, self.key, self.request_hash, self.now)
            await desk.commit()

    async def keep(self, response: web.Response) -> None:
        """Keeps what was answered; errors of ours are not answers."""
        if response.status >= _FINISHED:
            return
        held = response.headers
        headers = {name: held[name] for name in _KEPT if name in held}
        body = response.body.decode() if isinstance(response.body, bytes) else ""
        answer = ReadyAnswer(self.request_hash, response.status, body, json.dumps(headers))
        # What was asked for is done: a store that cannot keep the answer must not hide that.
        with suppress(StoreUnavailable):
            async with self.open_desk() as desk:
                await desk.answers.keep(self.staff_id, self.key, answer)
                await desk.commit()


class _Claiming:
    """A desk whose commit claims the key first."""

    def __init__(self, desk: Desk, claim: Any) -> None:  # noqa: ANN401 - an async function
        self._desk, self._claim = desk, claim

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever shelf it is
        return getattr(self._desk, name)

    async def commit(self) -> None:
        """Raises NotDone when another request with this key was faster."""
        await self._claim(self._desk)
        await self._desk.commit()


def replay(endpoint: Endpoint, answer: ReadyAnswer) -> web.Response | None:
    """The answer as it was given before; None where it must be made from what there is now."""
    if answer.status == 0:
        if endpoint.again is None and endpoint.keyed is Keyed.IN_ONE:
            raise NotDone(KEY_BUSY)
        return None
    media = "application/json" if answer.status < 400 else "application/problem+json"  # noqa: PLR2004 - HTTP's own
    return web.Response(
        status=answer.status,
        body=answer.body.encode(),
        content_type=media,
        headers={**json.loads(answer.headers), REPLAYED: "true"},
    )


def request_hash(request: web.Request, body: bytes) -> str:
    """Names a request: the same key with another one is a mistake of the program."""
    told = (request.method, request.rel_url.raw_path, request.headers.get("If-Match", ""))
    head = "\n".join(told).encode("utf-8", "surrogatepass")
    return hashlib.sha256(head + b"\n" + body).hexdigest()
