"""What has to be done now and then while the process serves."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from config.logs import get_logger
from core.errors import StoreUnavailable

if TYPE_CHECKING:
    from core.ports import Clock, Store

log = get_logger("housekeeping")

EVERY = 60.0
"""Seconds between two rounds."""

KEEP_REPORTS = timedelta(hours=1)
"""How long a report of an unknown message waits for its message (providers.md §2.3)."""


class Housekeeping:
    """Drops delivery reports whose message never came, and says so; and logins that ended."""

    def __init__(self, store: Store, clock: Clock, every: float = EVERY) -> None:
        self._store, self._clock, self._every = store, clock, every

    async def run(self) -> None:
        """Until cancelled; a round that fails is made up for by the next."""
        while True:
            await asyncio.sleep(self._every)
            try:
                await self.once()
            except StoreUnavailable as away:
                log.warning("round skipped", why=str(away))
            except Exception:
                log.exception("round failed")

    async def once(self) -> int:
        """One round; returns how many reports were dropped."""
        async with self._store.desk() as desk:
            dropped = await desk.outbox.purge_reports(self._clock.now() - KEEP_REPORTS)
            await desk.entries.purge_entries(self._clock.now())
            await desk.sign_on.purge_spent(self._clock.now())
            await desk.commit()
        for provider_id in dropped:
            log.info("report of an unknown message dropped", message=provider_id)
        return len(dropped)
