"""What waits together is taken together, and every item gets exactly one result."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Busy, StoreUnavailable
from gateway.grouping import Bounds, GroupingQueue
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

Queue = GroupingQueue[int, str]


class Clerk:
    """Work that can be held up, and that fails for chosen items.

    Attributes:
        groups: what came together, attempts included.
        poison: items that always fail.
        away: items whose group is refused by the store, that many more times.
        stumbles: items that fail once and then pass.
    """

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.parked: list[tuple[int, str]] = []
        self.poison: set[int] = set()
        self.away: dict[int, int] = {}
        self.stumbles: set[int] = set()
        self.unparkable: set[int] = set()
        self.free = asyncio.Event()
        self.free.set()

    async def work(self, items: Sequence[int]) -> list[str]:
        self.groups.append(list(items))
        await self.free.wait()
        for item in items:
            if self.away.get(item, 0):
                self.away[item] -= 1
                raise StoreUnavailable(str(item))
            if item in self.stumbles:
                self.stumbles.discard(item)
                raise LookupError(item)
            if item in self.poison:
                raise ValueError(item)
        return [f"done {item}" for item in items]

    async def park(self, item: int, error: Exception) -> str:
        if item in self.unparkable:
            raise StoreUnavailable(str(item))
        self.parked.append((item, type(error).__name__))
        return f"parked {item}"


@asynccontextmanager
async def running(clerk: Clerk, bounds: Bounds | None = None) -> AsyncIterator[Queue]:
    queue: Queue = GroupingQueue("test", clerk.work, clerk.park, bounds)
    task = asyncio.create_task(queue.run())
    yield queue
    clerk.free.set()
    queue.close()
    await asyncio.wait_for(task, PATIENCE)


def one(item: int, size: int = 1) -> list[tuple[int, int]]:
    return [(item, size)]


async def started(clerk: Clerk, groups: int = 1) -> None:
    while len(clerk.groups) < groups:
        await asyncio.sleep(0)


async def test_a_lone_item_is_done_at_once_and_alone() -> None:
    clerk = Clerk()
    async with running(clerk) as queue:
        assert await queue.submit(one(1)) == ["done 1"]
    assert clerk.groups == [[1]]


async def test_what_arrives_during_one_group_is_the_next_in_order() -> None:
    clerk = Clerk()
    clerk.free.clear()
    async with running(clerk) as queue:
        first = asyncio.create_task(queue.submit(one(0)))
        await started(clerk)
        others = [asyncio.create_task(queue.submit(one(item))) for item in range(1, 40)]
        await asyncio.sleep(0)
        assert len(queue) == 39
        clerk.free.set()
        assert await first == ["done 0"]
        assert await asyncio.gather(*others) == [[f"done {item}"] for item in range(1, 40)]
    assert clerk.groups == [[0], list(range(1, 40))]


async def test_a_group_has_a_largest_size() -> None:
    clerk = Clerk()
    async with running(clerk, Bounds(group=4)) as queue:
        results = await queue.submit([(item, 1) for item in range(10)])
    assert results == [f"done {item}" for item in range(10)]
    assert clerk.groups == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


async def test_one_bad_item_fails_no_neighbour() -> None:
    clerk = Clerk()
    clerk.poison = {3}
    async with running(clerk) as queue:
        results = await queue.submit([(item, 1) for item in range(6)])
        assert await queue.submit(one(9)) == ["done 9"]
    assert results == ["done 0", "done 1", "done 2", "parked 3", "done 4", "done 5"]
    assert clerk.parked == [(3, "ValueError")]


async def test_a_lone_item_gets_a_second_try() -> None:
    clerk = Clerk()
    clerk.stumbles = {7}
    async with running(clerk) as queue:
        assert await queue.submit(one(7)) == ["done 7"]
    assert clerk.groups == [[7], [7]]
    assert clerk.parked == []


async def test_a_store_that_is_away_refuses_the_whole_group_and_nothing_is_tried_alone() -> None:
    clerk = Clerk()
    clerk.away = {2: 1}
    async with running(clerk) as queue:
        with pytest.raises(StoreUnavailable):
            await queue.submit([(1, 1), (2, 1), (3, 1)])
        assert clerk.groups == [[1, 2, 3]]
        assert await queue.submit([(1, 1), (2, 1)]) == ["done 1", "done 2"]


async def test_the_store_going_away_while_items_are_tried_alone() -> None:
    clerk = Clerk()
    clerk.poison, clerk.stumbles, clerk.away = {3}, {1}, {2: 1}
    async with running(clerk) as queue:
        calls = [asyncio.create_task(queue.submit(one(item))) for item in (1, 2, 3)]
        results = await asyncio.gather(*calls, return_exceptions=True)
    assert clerk.groups[0] == [1, 2, 3]
    assert results[0] == ["done 1"]
    assert isinstance(results[1], StoreUnavailable)
    assert results[2] == ["parked 3"]


async def test_an_item_that_cannot_even_be_parked_is_told_to_its_sender_only() -> None:
    clerk = Clerk()
    clerk.poison, clerk.unparkable = {1}, {1}
    async with running(clerk) as queue:
        calls = [asyncio.create_task(queue.submit(one(item))) for item in (1, 2)]
        results = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(results[0], StoreUnavailable)
    assert results[1] == ["done 2"]


async def test_work_that_returns_too_few_results_leaves_nobody_waiting() -> None:
    async def careless(items: Sequence[int]) -> list[str]:
        return ["done"] if len(items) == 1 else []

    clerk = Clerk()
    queue: Queue = GroupingQueue("careless", careless, clerk.park)
    task = asyncio.create_task(queue.run())
    async with asyncio.timeout(PATIENCE):
        assert await queue.submit([(1, 1), (2, 1)]) == ["done", "done"]
    queue.close()
    await task


@pytest.mark.parametrize(
    ("waiting", "offered", "taken"),
    [
        ([], [(1, 1)] * 5, True),
        ([], [(1, 1)] * 6, False),
        ([(1, 1)] * 4, [(1, 1)], True),
        ([(1, 1)] * 5, [(1, 1)], False),
        ([(1, 1)] * 4, [(1, 1)] * 2, False),
        ([], [(1, 100)], True),
        ([(1, 60)], [(1, 40)], True),
        ([(1, 60)], [(1, 41)], False),
        ([], [(1, 101)], True),
        ([(1, 1)], [(1, 101)], False),
    ],
    ids=str,
)
async def test_bounds(
    waiting: list[tuple[int, int]],
    offered: list[tuple[int, int]],
    taken: bool,
) -> None:
    """A lone item larger than the bound passes: refused for ever, it would never get in."""
    clerk = Clerk()
    clerk.free.clear()
    async with running(clerk, Bounds(items=5, size=100)) as queue:
        at_work = asyncio.create_task(queue.submit(one(0)))
        await started(clerk)
        before = asyncio.create_task(queue.submit(waiting))
        await asyncio.sleep(0)
        call = asyncio.create_task(queue.submit(offered))
        await asyncio.sleep(0)
        assert len(queue) == len(waiting) + (len(offered) if taken else 0)
        clerk.free.set()
        if taken:
            assert len(await call) == len(offered)
        else:
            with pytest.raises(Busy):
                await call
        assert len(await before) == len(waiting)
        await at_work
        assert await queue.submit([(8, 1)] * 5) == ["done 8"] * 5


async def test_a_caller_that_leaves_does_not_take_its_item_back() -> None:
    clerk = Clerk()
    clerk.free.clear()
    async with running(clerk) as queue:
        first = asyncio.create_task(queue.submit(one(1)))
        await started(clerk)
        second = asyncio.create_task(queue.submit([(2, 1), (3, 1)]))
        await asyncio.sleep(0)
        first.cancel()
        second.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        clerk.free.set()
        assert await queue.submit(one(4)) == ["done 4"]
    assert sorted(item for group in clerk.groups for item in group) == [1, 2, 3, 4]


@pytest.mark.parametrize("leave", [False, True])
async def test_a_refusal_is_told_once_per_caller_and_not_to_the_log(leave: bool) -> None:
    """Futures nobody asks any more would each write a traceback when they are collected."""
    said: list[object] = []
    loop = asyncio.get_running_loop()
    usual = loop.get_exception_handler()
    loop.set_exception_handler(lambda _loop, context: said.append(context))
    clerk = Clerk()
    clerk.away = {1: 1}
    clerk.free.clear()
    try:
        async with running(clerk) as queue:
            call = asyncio.create_task(queue.submit([(1, 1), (2, 1), (3, 1)]))
            await started(clerk)
            if leave:
                call.cancel()
                await asyncio.gather(call, return_exceptions=True)
            clerk.free.set()
            outcome = (await asyncio.gather(call, return_exceptions=True))[0]
            assert isinstance(outcome, asyncio.CancelledError if leave else StoreUnavailable)
        del call, outcome
        await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(usual)
    assert said == []


async def test_closing_refuses_what_is_new_and_finishes_what_waits() -> None:
    clerk = Clerk()
    clerk.free.clear()
    queue: Queue = GroupingQueue("test", clerk.work, clerk.park, Bounds(group=2))
    task = asyncio.create_task(queue.run())
    calls = [asyncio.create_task(queue.submit(one(item))) for item in range(5)]
    await started(clerk)
    queue.close()
    with pytest.raises(Busy):
        await queue.submit(one(9))
    assert not task.done()
    clerk.free.set()
    assert await asyncio.gather(*calls) == [[f"done {item}"] for item in range(5)]
    await asyncio.wait_for(task, PATIENCE)


async def test_a_queue_that_lingers_waits_for_company() -> None:
    clerk = Clerk()
    async with running(clerk, Bounds(linger=0.1)) as queue:
        first = asyncio.create_task(queue.submit(one(1)))
        await asyncio.sleep(0.02)
        second = asyncio.create_task(queue.submit(one(2)))
        assert await asyncio.gather(first, second) == [["done 1"], ["done 2"]]
    assert clerk.groups == [[1, 2]]


async def test_nothing_to_do_is_done() -> None:
    clerk = Clerk()
    async with running(clerk) as queue:
        assert await queue.submit([]) == []
    assert clerk.groups == []


WORDS = {"well": {"done"}, "poison": {"parked"}, "stumbles": {"done", "parked"}, "away": {"done"}}
"""What a caller may hear; one that stumbles is parked if its group failed before its turn."""

FATES = st.sampled_from([*WORDS, "unparkable"])


def clerk_for(fates: list[str]) -> Clerk:
    clerk = Clerk()
    places = {name: {item for item, fate in enumerate(fates) if fate == name} for name in fates}
    clerk.unparkable = places.get("unparkable", set())
    clerk.poison = places.get("poison", set()) | clerk.unparkable
    clerk.stumbles = places.get("stumbles", set())
    clerk.away = dict.fromkeys(places.get("away", set()), 2)
    return clerk


def offers_of(callers: list[list[str]]) -> list[list[tuple[int, str]]]:
    """Each caller's items, numbered through."""
    numbers = iter(range(sum(map(len, callers))))
    return [[(next(numbers), fate) for fate in fates] for fates in callers]


@given(st.lists(st.lists(FATES, min_size=1, max_size=4), max_size=8), st.integers(1, 5))
def test_every_item_gets_exactly_one_result(callers: list[list[str]], group: int) -> None:
    """Whatever befalls each: every caller hears once, in order, and no good item is lost."""

    async def tell() -> None:
        clerk = clerk_for([fate for fates in callers for fate in fates])
        offers = offers_of(callers)
        async with running(clerk, Bounds(group=group)) as queue:
            calls = [queue.submit([(item, 1) for item, _ in offer]) for offer in offers]
            heard = await asyncio.gather(*calls, return_exceptions=True)
        for offer, results in zip(offers, heard, strict=True):
            if isinstance(results, BaseException):
                assert isinstance(results, StoreUnavailable)
                continue
            for (item, fate), result in zip(offer, results, strict=True):
                assert result in {f"{word} {item}" for word in WORDS[fate]}
        asked = {item for items in clerk.groups for item in items}
        assert asked == {item for offer in offers for item, _ in offer}
        assert len(clerk.parked) == len(set(clerk.parked))

    asyncio.run(tell())
