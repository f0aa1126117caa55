"""Numbers in blocks reserved per process: one UPDATE per block, no hot row (design.md §4).

A block is durable before its first number is given out, so a number is never given twice; what a
process had not used when it ended is a gap. The next block is fetched while this one still lasts,
so that numbers can be had when the store is away.
"""

from __future__ import annotations

import asyncio
from collections import deque
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.errors import StoreUnavailable
from ticket_store.failures import guarded
from ticket_store.schema import number_blocks
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

BLOCK = 500
SIZES: Mapping[str, int] = MappingProxyType({"message": 5000})
"""A series that is not named here gets ``BLOCK`` numbers at a time."""


class _Series:
    """What is left of one series in this process."""

    __slots__ = ("left", "lock", "ranges")

    def __init__(self) -> None:
        self.ranges: deque[range] = deque()
        self.left = 0
        self.lock = asyncio.Lock()

    def add(self, block: range) -> None:
        self.ranges.append(block)
        self.left += len(block)

    def take(self, count: int) -> list[int]:
        """The caller has seen that so many are left."""
        taken: list[int] = []
        while len(taken) < count:
            first = self.ranges[0]
            wanted = count - len(taken)
            taken.extend(first[:wanted])
            if wanted < len(first):
                self.ranges[0] = first[wanted:]
            else:
                self.ranges.popleft()
        self.left -= count
        return taken


class NumberBlocks:
    """``core.ports.Blocks``. Never take numbers inside a desk: a new block is a transaction."""

    def __init__(self, engine: AsyncEngine, sizes: Mapping[str, int] = SIZES) -> None:
        self._engine = engine
        self._sizes = sizes
        self._series: dict[str, _Series] = {}
        self._fetching: dict[str, asyncio.Task[None]] = {}

    async def take(self, series: str, count: int) -> Sequence[int]:
        """The next numbers; without waiting as long as the block lasts.

        Raises:
            StoreUnavailable: a new block is needed and cannot be had.
            ValueError: a negative count.
        """
        if count < 0:
            raise ValueError(count)
        own = self._series.setdefault(series, _Series())
        while own.left < count:
            await self._fill(series, own, count)
        numbers = own.take(count)
        if own.left <= self._size(series) // 2 and series not in self._fetching:
            self._fetch_ahead(series, own)
        return numbers

    async def close(self) -> None:
        """Waits for what is being fetched. Idempotent."""
        await asyncio.gather(*self._fetching.values())

    def _size(self, series: str) -> int:
        return self._sizes.get(series, BLOCK)

    async def _fill(self, series: str, own: _Series, count: int) -> None:
        async with own.lock:
            if own.left < count:
                size = max(self._size(series), count)
                own.add(await self._reserve(series, size))

    def _fetch_ahead(self, series: str, own: _Series) -> None:
        task = asyncio.create_task(self._ahead(series, own), name=f"numbers of {series}")
        self._fetching[series] = task
        task.add_done_callback(lambda _: self._fetching.pop(series, None))

    async def _ahead(self, series: str, own: _Series) -> None:
        half = self._size(series) // 2
        try:
            await self._fill(series, own, half + 1)
        except StoreUnavailable:
            # The numbers that are left still serve; the next take asks again.
            return

    async def _reserve(self, series: str, size: int) -> range:
        with guarded():
            async with self._engine.begin() as connection:
                end: int = await connection.run_sync(_raise_mark, series, size)
        return range(end - size, end)


def _raise_mark(connection: Connection, series: str, size: int) -> int:
    """Moves the series' mark up and returns it: the first number that is still free."""
    row = INSERT[connection.dialect.name](number_blocks).values(series=series, next=1 + size)
    statement = row.on_conflict_do_update(
        index_elements=["series"], set_={"next": number_blocks.c.next + size}
    ).returning(number_blocks.c.next)
    return int(connection.execute(statement).scalar_one())
