"""Catches up on messages whose webhook never reached us, from the provider's own list.

At start and every few minutes; repeats are harmless, the unique key drops them (providers.md §14).
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from config.logs import get_logger
from core.errors import GatewayError, SendError
from core.model.messages import InboundMessage

if TYPE_CHECKING:
    from core.ports import Recovers
    from gateway.hallway import Hallway

log = get_logger("recovery")

TOGETHER = 50


class Recovery:
    """Reads one door's list again and again.

    Args:
        every: seconds between two readings.
    """

    def __init__(self, door: Recovers, hallway: Hallway, every: float) -> None:
        self._door, self._channel = door, door.id
        self._store, self._intake, self._every = hallway.store, hallway.intake, every
        self._clock, self._metrics = hallway.clock, hallway.metrics

    async def run(self) -> None:
        """Until cancelled. A provider that is down is asked again at the next turn."""
        while True:
            try:
                await self.once()
            except (GatewayError, TimeoutError, OSError) as error:
                why = error.problem.code if isinstance(error, SendError) else type(error).__name__
                log.warning("recovery failed", channel=self._channel, why=why)
                self._metrics.alarms.labels(self._channel, "recovery").inc()
            except Exception:
                log.exception("recovery failed", channel=self._channel)
            await asyncio.sleep(self._every)

    async def once(self) -> int:
        """One reading; returns how many messages were new to us."""
        began = self._clock.now()
        since = await self._since(began)
        new, waiting = 0, []
        async for inbound in self._door.missed_since(since):
            if isinstance(inbound, InboundMessage):
                waiting.append(inbound)
            if len(waiting) >= TOGETHER:
                new += await self._take(waiting)
                waiting = []
        new += await self._take(waiting)
        async with self._store.desk() as desk:
            await desk.bookmarks.write(self._channel, began.isoformat())
            await desk.commit()
        if new:
            log.warning("caught up", channel=self._channel, messages=new, since=since.isoformat())
        return new

    async def _since(self, now: datetime) -> datetime:
        async with self._store.desk() as desk:
            mark = await desk.bookmarks.read(self._channel)
        return datetime.fromisoformat(mark) if mark else now

    async def _take(self, messages: list[InboundMessage]) -> int:
        if not messages:
            return 0
        receipts = await self._intake.take(messages)
        return sum(1 for receipt in receipts if not receipt.repeated)
