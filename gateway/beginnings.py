"""Wordings of the office that wait for their day begin with it, while the process runs (BW-14)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from config.logs import get_logger
from core.errors import Conflict, StoreUnavailable
from core.services.settings import begin_due
from gateway.refreshing import kept_fresh

if TYPE_CHECKING:
    from core.ports import Clock, Store

log = get_logger("beginnings")

EVERY: Final = 5.0
"""Seconds after which a day that has come is seen."""


class Beginnings:
    """One for a process; whichever process looks first begins what is due."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def begin(self) -> None:
        """Before the first message is taken: days that came while nothing ran."""
        try:
            await self.look()
        except StoreUnavailable as away:
            log.warning("wordings not begun", why=str(away))

    async def look(self) -> int:
        """Begins what is due; how many began. Raises StoreUnavailable."""
        now = self._clock.now()
        if not await self._store.settings.any_due(now):
            return 0
        try:
            begun = await begin_due(self._store.desk, now)
        except Conflict:  # another process was faster; the next look finds what is left
            return 0
        if begun:
            log.info("wordings begun", count=begun)
        return begun

    async def run(self, every: float = EVERY) -> None:
        """Keeps looking until cancelled."""
        await asyncio.sleep(every)  # the start has looked
        await kept_fresh(self.look, "wordings that wait", every)
