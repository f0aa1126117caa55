"""Takes together what waits together: one transaction for many, no timer (performance.md).

While one group is at work the next one gathers by itself. A lone item pays no wait. If a group
fails, its items are tried one by one, so that one bad item never fails its neighbours.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from config.logs import get_logger
from core.errors import Busy, StoreUnavailable

log = get_logger("grouping")

T = TypeVar("T")
R = TypeVar("R")

Work = Callable[[Sequence[T]], Awaitable[Sequence[R]]]
Poison = Callable[[T, Exception], Awaitable[R]]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may wait, and how much is taken at once.

    Attributes:
        items: waiting items before new ones are refused.
        size: their bytes together; one alone may be larger.
        group: items in one transaction.
        linger: seconds to wait for company; only for work that nobody waits for.
        flights: groups at work at the same time. A further one starts only when half as much
            waits as is at work already, so that groups stay large.
    """

    items: int = 10_000
    size: int = 64 * 2**20
    group: int = 256
    linger: float = 0.0
    flights: int = 1


@dataclass(slots=True)
class _Waiting(Generic[T, R]):
    item: T
    size: int
    done: asyncio.Future[R]


class GroupingQueue(Generic[T, R]):
    """A bounded queue that does everything that waits in one go.

    Items of one key are never at work in two groups at once: they are done in the order in which
    they came.

    Args:
        name: for logs and tasks.
        work: does a group; returns one result per item, in order.
        poison: gives the result for an item that fails alone.
        key: what an item must not overtake, such as its sender; None: nothing.
    """

    def __init__(
        self,
        name: str,
        work: Work[T, R],
        poison: Poison[T, R],
        bounds: Bounds | None = None,
        key: Callable[[T], Hashable] | None = None,
    ) -> None:
        self.name = name
        self._work = work
        self._poison = poison
        self._bounds = bounds or Bounds()
        self._waiting: deque[_Waiting[T, R]] = deque()
        self._size = 0
        self._arrived = asyncio.Event()
        self._closing = False
        self._key = key
        self._busy: set[Hashable] = set()
        self._flying: set[asyncio.Task[None]] = set()
        self._at_work = 0

    def __len__(self) -> int:
        return len(self._waiting)

    async def submit(self, items: Sequence[tuple[T, int]]) -> list[R]:
        """Waits until all are done; each item comes with its size in bytes.

        Raises:
            Busy: too much waits already; nothing was taken.
            StoreUnavailable: not kept; the sender must try again.
        """
        size = sum(item_size for _, item_size in items)
        full = len(self._waiting) + len(items) > self._bounds.items
        # What is larger than the bound by itself would be refused for ever.
        heavy = self._size > 0 and self._size + size > self._bounds.size
        if self._closing or full or heavy:
            raise Busy(self.name)
        loop = asyncio.get_running_loop()
        waiting = [_Waiting(item, item_size, loop.create_future()) for item, item_size in items]
        self._waiting.extend(waiting)
        self._size += size
        self._arrived.set()
        # A caller that leaves cancels its future only: what was queued is worked off all the same.
        return [await one.done for one in waiting]

    async def run(self) -> None:
        """Works until :meth:`close` was called and nothing waits any more."""
        while self._waiting or self._flying or not self._closing:
            await self._at_the_door()
            group = self._take() if self._may_start() else []
            if group:
                self._start(group)
                continue
            quiet = not self._waiting
            self._arrived.clear()
            await self._arrived.wait()
            if quiet and self._bounds.linger and not self._closing:
                await asyncio.sleep(self._bounds.linger)

    def close(self) -> None:
        """Refuses new items; what waits is still done."""
        self._closing = True
        self._arrived.set()

    async def _at_the_door(self) -> None:
        """Lets in what has arrived already but was not read yet; under load that is most of it.

        No timer: it ends with the first turn of the loop that brings nothing.
        """
        seen = 0
        while 1 < len(self._waiting) < self._bounds.group and len(self._waiting) > seen:
            seen = len(self._waiting)
            await asyncio.sleep(0)

    def _may_start(self) -> bool:
        if not self._waiting or len(self._flying) >= self._bounds.flights:
            return False
        return not self._flying or len(self._waiting) * 2 >= self._at_work

    def _take(self) -> list[_Waiting[T, R]]:
        """What may go now, in order; what would overtake its own kind stays where it is."""
        group: list[_Waiting[T, R]] = []
        held: list[_Waiting[T, R]] = []
        mine: set[Hashable] = set()
        while self._waiting and len(group) < self._bounds.group > len(held):
            one = self._waiting.popleft()
            key = self._key(one.item) if self._key else None
            if key in self._busy and self._key:
                held.append(one)
                continue
            group.append(one)
            mine.add(key)
        self._waiting.extendleft(reversed(held))
        self._size -= sum(one.size for one in group)
        self._busy |= mine
        return group

    def _start(self, group: list[_Waiting[T, R]]) -> None:
        self._at_work += len(group)
        task = asyncio.create_task(self._finish(group), name=f"{self.name} group")
        self._flying.add(task)
        task.add_done_callback(lambda done: self._landed(done, group))

    def _landed(self, task: asyncio.Task[None], group: list[_Waiting[T, R]]) -> None:
        self._flying.discard(task)
        self._at_work -= len(group)
        if self._key:
            self._busy -= {self._key(one.item) for one in group}
        else:
            self._busy.clear()
        self._arrived.set()

    async def _finish(self, group: list[_Waiting[T, R]]) -> None:
        try:
            results = await self._work([one.item for one in group])
            settled = list(zip(group, results, strict=True))
        except StoreUnavailable as error:
            for one in group:
                _fail(one, error)
        except Exception as error:  # noqa: BLE001 - loop edge: the group is split, nothing is lost
            log.warning(
                "group split", queue=self.name, size=len(group), error=type(error).__name__
            )
            await self._one_by_one(group)
        else:
            for one, result in settled:
                _settle(one, result)

    async def _one_by_one(self, group: list[_Waiting[T, R]]) -> None:
        """A lone item gets a second try, too: a conflict with another process passes."""
        for one in group:
            try:
                result = (await self._work([one.item]))[0]
            except StoreUnavailable as away:
                _fail(one, away)
            except Exception as alone:  # noqa: BLE001 - loop edge: the poison item itself
                await self._park(one, alone)
            else:
                _settle(one, result)

    async def _park(self, one: _Waiting[T, R], error: Exception) -> None:
        try:
            _settle(one, await self._poison(one.item, error))
        except Exception as parking:  # noqa: BLE001 - loop edge: the sender hears of it
            _fail(one, parking)


def _settle(one: _Waiting[T, R], result: R) -> None:
    if not one.done.done():
        one.done.set_result(result)


def _fail(one: _Waiting[T, R], error: Exception) -> None:
    if not one.done.done():
        one.done.set_exception(error)
        # The caller hears of its first failure only, or has left: the rest is no news for the log.
        one.done.exception()
