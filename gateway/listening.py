"""Doors that wait on a connection of their own: kept listening, whatever happens to them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from config.logs import get_logger
from core.errors import GatewayError, SendError, StoreUnavailable

if TYPE_CHECKING:
    from core.ports import Listens, Store
    from gateway.hallway import Hallway

log = get_logger("listening")

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds before a door that gave up is opened again; doubles."""

LONG_ENOUGH = 300.0
"""Seconds of listening after which the next failure counts as the first again."""


class StoredBookmarks:
    """``core.ports.Bookmarks`` over the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self, name: str) -> str | None:
        """None before the first. Raises StoreUnavailable."""
        async with self._store.desk() as desk:
            return await desk.bookmarks.read(name)


class Listener:
    """Keeps one door listening."""

    def __init__(self, door: Listens, hallway: Hallway) -> None:
        self._door, self._hallway = door, hallway

    async def run(self) -> None:
        """Until cancelled."""
        pause, loop = FIRST_PAUSE, asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self._door.listen(self._hallway.take, StoredBookmarks(self._hallway.store))
            except (GatewayError, OSError, TimeoutError) as error:
                why = error.problem.code if isinstance(error, SendError) else type(error).__name__
                log.warning("listening failed", channel=self._door.id, why=why)
                if not isinstance(error, StoreUnavailable):
                    self._hallway.metrics.alarms.labels(self._door.id, "listening").inc()
            except Exception:
                log.exception("listening failed", channel=self._door.id)
                self._hallway.metrics.alarms.labels(self._door.id, "listening").inc()
            if loop.time() - began > LONG_ENOUGH:
                pause = FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
