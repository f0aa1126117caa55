"""Gathers the words of messages for the search, behind intake and never in its way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from config.logs import get_logger
from core.errors import StoreUnavailable
from core.services.searching import gather_words
from gateway.rounds import Round

if TYPE_CHECKING:
    from core.ports import Store
    from gateway.server import Gateway

log = get_logger("words")

LOOK_EVERY: Final = 5.0
"""Seconds after which it looks although nothing told of a commit."""

PAUSE: Final = 0.5
"""Seconds between two steps, so that a flood of messages is gathered in few of them."""

AGAIN_AFTER: Final = 5.0
"""Seconds before the next attempt after one that failed."""


class Gatherer:
    """One per process; several processes do the work once among them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something was committed."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._woken.clear()
            await asyncio.sleep(await self._step())

    async def _step(self) -> float:
        """Gathers once, and waits for news where there is no more; seconds until the next step."""
        try:
            if await gather_words(self._store):
                return PAUSE
        except StoreUnavailable as why:
            log.warning("words not gathered", why=str(why))
            return AGAIN_AFTER
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await self._woken.wait()
        except TimeoutError:
            pass
        return PAUSE


def gathering(gateway: Gateway) -> Round:
    """Woken by what commits."""
    gatherer = Gatherer(gateway.plan.store)
    gateway.intake.on_commit.append(gatherer.wake)
    return Round("words", gatherer.run)
