"""What pages need again and again, kept for however many of them are open."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from console.staff.visit import Visit

Counted = TypeVar("Counted")
Held = TypeVar("Held")

PEOPLE: Final = 500
"""For so many it is kept; who looked longest ago goes first."""

FRESH: Final = 2.0
"""Seconds for which something is good although something was committed meanwhile."""

SETTLED: Final = 15.0
"""Seconds for which it is good while no commit is known of: other processes commit too."""


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


class Kept(Generic[Counted]):
    """Counted once however many pages ask, anew when it is too old.

    Whoever comes while another page counts takes what was known, unless something was committed
    since: only then could it be wrong about more than the passing of time.

    Args:
        count: does it.
        version: of the news; grows with everything that was committed.
        fresh: seconds for which it is good although something was committed meanwhile.
        settled: the same while nothing was.
    """

    def __init__(
        self,
        count: Callable[[Visit], Awaitable[Counted]],
        version: Callable[[], int],
        fresh: float,
        settled: float,
    ) -> None:
        self._count, self._version = count, version
        self._fresh, self._settled = fresh, settled
        self._known: OrderedDict[int, tuple[int, float, Counted]] = OrderedDict()
        self._counting: dict[int, asyncio.Lock] = {}

    async def of(self, visit: Visit) -> Counted:
        """For this person. Raises what counting raises."""
        who = visit.staff.id
        lock = self._counting.setdefault(who, asyncio.Lock())
        known = self._known.get(who)
        if known and lock.locked() and known[0] == self._version():
            return known[2]
        async with lock:
            known = self._known.get(who)
            version, now = self._version(), asyncio.get_running_loop().time()
            if known and now - known[1] < (self._settled if known[0] == version else self._fresh):
                return known[2]
            counted = await self._count(visit)
            self._keep(who, (version, now, counted))
            return counted

    def _keep(self, who: int, made: tuple[int, float, Counted]) -> None:
        self._known[who] = made
        self._known.move_to_end(who)
        while len(self._known) > PEOPLE:
            gone, _ = self._known.popitem(last=False)
            self._counting.pop(gone, None)

    async def settle(self, visit: Visit) -> None:
        """Waits until what was committed since may be counted, at most ``fresh`` seconds.

        A page that looks because of news looks once: what is too young then would stay wrong.
        """
        known = self._known.get(visit.staff.id)
        if known and known[0] != self._version():
            await asyncio.sleep(known[1] + self._fresh - asyncio.get_running_loop().time())

    async def amend(self, visit: Visit, change: Callable[[Counted], Awaitable[Counted]]) -> None:
        """What this person has just changed is put right in what is known; its age stays."""
        who = visit.staff.id
        async with self._counting.setdefault(who, asyncio.Lock()):
            if known := self._known.get(who):
                self._known[who] = (*known[:2], await change(known[2]))
