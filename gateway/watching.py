"""The watch's own loop: looks every few seconds, whatever the wall clock does meanwhile.

Its pace is the machine's steady clock, so that a wall clock that is set back does not put it to
sleep. Each process has one; the store gives each due promise to one of them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.logs import get_logger
from core.errors import Conflict, StoreUnavailable
from core.services.partners import note_answers
from core.services.watch import Swept, sweep

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from core.ports import Clock, Store
    from core.services.watch_texts import WatchRules
    from gateway.metrics import Metrics

log = get_logger("watch")

SET_BY = 5.0
"""Seconds by which the wall clock may run off the steady one between two looks."""

HOUSE = "house"
"""Stands for the channel in alarms that no channel has raised."""


@dataclass(frozen=True, slots=True)
class WatchPace:
    """How often it looks, and how many clocks it takes at a time."""

    every: float
    limit: int


class Watching:
    """One loop.

    Attributes:
        on_record: called after a sweep that changed something: wakes the dispatchers.
        on_jump: called when the wall clock was set.
    """

    def __init__(
        self, store: Store, rules: WatchRules, pace: WatchPace, hall: tuple[Clock, Metrics]
    ) -> None:
        self._store, self._rules, self._pace = store, rules, pace
        self._clock, self._metrics = hall
        self._last: tuple[datetime, float] | None = None
        self._stopping = asyncio.Event()
        self.on_record: list[Callable[[], object]] = []
        self.on_jump: list[Callable[[], object]] = []

    def stop(self) -> None:
        """Ends after the sweep that is under way."""
        self._stopping.set()

    async def run(self) -> None:
        """Until stopped or cancelled; a look that fails is made up for by the next."""
        while not self._stopping.is_set():
            try:
                self._notice_jumps()
                await self.once()
            except (StoreUnavailable, Conflict) as away:
                log.warning("look skipped", why=str(away))
            except Exception:
                log.exception("look failed")
                self._metrics.alarms.labels(HOUSE, "watch").inc()
            try:
                await asyncio.wait_for(self._stopping.wait(), self._pace.every)
            except TimeoutError:
                continue

    async def once(self) -> int:
        """Sweeps until nothing is due any more; returns how many tickets were looked at.

        Raises StoreUnavailable and Conflict: what is left is found by the next look.
        """
        # First what partners have answered: a promise that was kept is never found broken.
        await note_answers(self._store.desk, self._clock.now())
        looked = 0
        while not self._stopping.is_set():
            swept = await sweep(self._store.desk, self._rules, self._clock.now(), self._pace.limit)
            if swept.clocks:
                self._tell(swept)
            looked += swept.tickets
            if not swept.clocks:  # nothing due, or nothing that could be moved on
                break
        return looked

    def _tell(self, swept: Swept) -> None:
        for kind in ("warned", "breached", "escalated", "called", "missing"):
            count = getattr(swept, kind)
            if count:
                self._metrics.watched.labels(kind).inc(count)
        if swept.missing:
            log.error("nobody on duty to call", tickets=swept.missing)
            self._metrics.alarms.labels(HOUSE, "duty").inc(swept.missing)
        if swept.breached:
            log.warning("promises broken", count=swept.breached, escalated=swept.escalated)
        for record in self.on_record:
            record()

    def _notice_jumps(self) -> None:
        now, steady = self._clock.now(), asyncio.get_running_loop().time()
        last, self._last = self._last, (now, steady)
        if last is None:
            return
        off = (now - last[0]).total_seconds() - (steady - last[1])
        if abs(off) > SET_BY:
            log.warning("the clock was set", seconds=round(off))
            self._metrics.alarms.labels(HOUSE, "clock").inc()
            for jump in self.on_jump:
                jump()
