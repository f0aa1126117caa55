"""What pages need again and again, kept for however many of them are open."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from config.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from console.staff.visit import Visit

log = get_logger("console")

Counted = TypeVar("Counted")
Held = TypeVar("Held")

PEOPLE: Final = 500
"""For so many it is kept; who looked longest ago goes first."""

FRESH: Final = 2.0
"""Seconds for which something is good although something was committed meanwhile."""

SETTLED: Final = 15.0
"""Seconds for which it is good while no commit is known of: other processes commit too."""


OLD: Final = 60.0
"""Seconds after which numbers are not shown any more while they are counted anew."""

PATIENCE: Final = 0.3
"""Seconds for which a page waits for its first numbers; later they come by themselves."""

RESTS: Final = 3.0
"""Nobody counts for so many times as long as the last count took."""


class _Known(NamedTuple, Generic[Counted]):
    version: int
    at: float
    counted: Counted


class Lately(Generic[Held]):
    """The same for everybody: read once, and again when it is older than a moment.

    Args:
        read: does it.
        version: of the news; grows with everything that was committed.
    """

    def __init__(self, read: Callable[[], Awaitable[Held]], version: Callable[[], int]) -> None:
        self._read, self._version = read, version
        self._known: tuple[int, float, Held] | None = None
        self._reading = asyncio.Lock()

    async def now(self) -> Held:
        """As it is. Raises what reading raises."""
        async with self._reading:
            version, now = self._version(), asyncio.get_running_loop().time()
            if self._known is not None:
                known, at, held = self._known
                if now - at < (SETTLED if known == version else FRESH):
                    return held
            held = await self._read()
            self._known = (version, now, held)
            return held

    def forget(self) -> None:
        """Whoever changed it sees the change at once."""
        self._known = None


class Turns:
    """One counts at a time, and all of them a quarter of the time: the rest belongs to pages."""

    def __init__(self) -> None:
        self._counting = asyncio.Lock()
        self._rests_until = 0.0

    async def run(self, count: Callable[[], Awaitable[Counted]]) -> Counted:
        """When it is its turn. Raises what counting raises."""
        loop = asyncio.get_running_loop()
        async with self._counting:
            await asyncio.sleep(self._rests_until - loop.time())
            began = loop.time()
            try:
                return await count()
            finally:
                self._rests_until = loop.time() + RESTS * (loop.time() - began)


class Glance(NamedTuple, Generic[Counted]):
    """What is known without waiting long.

    Attributes:
        counted: None: nothing yet.
        current: False: it is being counted anew; whoever settles for it has it afterwards.
    """

    counted: Counted | None
    current: bool


class Kept(Generic[Counted]):
    """Counted once for each person however many pages ask, anew when it is too old.

    Args:
        count: does it.
        version: of the news; grows with everything that was committed.
        good: seconds for which it is good although something was committed meanwhile, and while
            nothing was.
        turns: of all that count.
    """

    def __init__(
        self,
        count: Callable[[Visit], Awaitable[Counted]],
        version: Callable[[], int],
        good: tuple[float, float],
        turns: Turns,
    ) -> None:
        self._count, self._version, self._turns = count, version, turns
        self._fresh, self._settled = good
        self._known: OrderedDict[int, _Known[Counted]] = OrderedDict()
        self._counting: dict[int, asyncio.Task[Counted]] = {}
        self._changed: set[int] = set()

    async def glance(self, visit: Visit, patience: float = PATIENCE) -> Glance[Counted]:
        """For this person; what is too old is counted behind the page that asks.

        Args:
            visit: of this person.
            patience: seconds to wait where nothing is known.

        Raises what counting raises, where nothing is known.
        """
        known, now = self._known.get(visit.staff.id), asyncio.get_running_loop().time()
        if known and self._good(known, now):
            return Glance(known.counted, current=True)
        counting = self._begun(visit)
        if known and now - known.at < OLD:
            return Glance(known.counted, current=False)
        _ = await asyncio.wait({counting}, timeout=patience)
        if counting.done():
            return Glance(counting.result(), current=True)
        return Glance(None, current=False)

    async def settled(self, visit: Visit) -> Counted:
        """With all that was committed since, at most ``fresh`` seconds after the last count.

        A page that looks because of news looks once: what is too young then would stay wrong.
        Raises what counting raises.
        """
        who, wanted = visit.staff.id, self._version()
        while True:
            known, now = self._known.get(who), asyncio.get_running_loop().time()
            if known and known.version >= wanted:
                if self._good(known, now):
                    return known.counted
            elif known:
                await asyncio.sleep(known.at + self._fresh - now)
            # A count that runs already may have begun before: then once more.
            counted = await asyncio.shield(self._begun(visit))
            if who not in self._known or self._known[who].version >= wanted:
                return counted

    def amend(self, visit: Visit, change: Callable[[Counted], Counted]) -> None:
        """What this person has just changed is put right in what is known; its age stays."""
        who = visit.staff.id
        if known := self._known.get(who):
            self._known[who] = known._replace(counted=change(known.counted))
        if who in self._counting:
            # Nobody knows whether that count has seen it.
            self._changed.add(who)

    def _good(self, known: _Known[Counted], now: float) -> bool:
        good_for = self._settled if known.version == self._version() else self._fresh
        return now - known.at < good_for

    def _begun(self, visit: Visit) -> asyncio.Task[Counted]:
        """The count of this person that runs, else a new one."""
        who = visit.staff.id
        if who not in self._counting:
            counting = asyncio.create_task(self._counted(visit), name="console counts")
            self._counting[who] = counting
            counting.add_done_callback(lambda done: self._ended(who, done))
        return self._counting[who]

    async def _counted(self, visit: Visit) -> Counted:
        who = visit.staff.id
        version = self._version()
        counted = await self._turns.run(lambda: self._count(visit))
        at = asyncio.get_running_loop().time()
        if who in self._changed:
            at, version = at - self._fresh, version - 1
        self._known[who] = _Known(version, at, counted)
        self._known.move_to_end(who)
        while len(self._known) > PEOPLE:
            self._known.popitem(last=False)
        return counted

    def _ended(self, who: int, done: asyncio.Task[Counted]) -> None:
        del self._counting[who]
        self._changed.discard(who)
        if not done.cancelled() and (why := done.exception()) is not None:
            # Whoever waits for it is told; a page that does not wait shows what was known.
            log.info("not counted", why=str(why))
