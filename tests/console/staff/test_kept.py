"""Numbers that are kept: counted once for all pages, behind them, never for long at a stretch."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from console.staff import kept
from console.staff.kept import Glance, Kept, Lately, Turns
from core.errors import StoreUnavailable

if TYPE_CHECKING:
    from console.staff.visit import Visit

LONG, NEVER = 3600.0, -1.0


class Office:
    """Counts how often it was counted; a count ends when it is let go.

    Args:
        fresh, settled: as of :class:`Kept`.
    """

    def __init__(self, fresh: float = LONG, settled: float = LONG) -> None:
        self.version, self.counted = 0, 0
        self.let_go = asyncio.Event()
        self.let_go.set()
        self.away, self.patience = False, 30.0
        self.kept = Kept(self._count, lambda: self.version, (fresh, settled), Turns())

    async def _count(self, _: Visit) -> int:
        self.counted += 1
        mine = self.counted
        await self.let_go.wait()
        if self.away:
            raise StoreUnavailable(str(mine))
        return mine

    async def glance(self, who: int = 1) -> Glance[int]:
        """What a page of this person shows."""
        return await self.kept.glance(visit(who), self.patience)

    async def settled(self, who: int = 1) -> int:
        """What a live page of this person shows after news."""
        async with asyncio.timeout(30):
            return await self.kept.settled(visit(who))

    async def until(self, times: int) -> None:
        """It has been counted, or is about to be, so many times."""
        async with asyncio.timeout(30):
            while self.counted < times:
                await asyncio.sleep(0)


def visit(who: int) -> Visit:
    return cast("Visit", SimpleNamespace(staff=SimpleNamespace(id=who)))


def current(counted: int) -> Glance[int]:
    return Glance(counted, current=True)


def older(counted: int | None) -> Glance[int]:
    return Glance(counted, current=False)


# --- glances ------------------------------------------------------------------------------------


async def test_it_is_counted_once_for_each_person() -> None:
    office = Office()
    shown = [await office.glance(who) for who in (1, 1, 2)]
    assert shown == [current(1), current(1), current(2)]


async def test_pages_that_come_at_once_wait_for_one_count() -> None:
    office = Office()
    office.let_go.clear()
    pages = [asyncio.create_task(office.glance()) for _ in range(5)]
    await asyncio.sleep(0)
    office.let_go.set()
    assert await asyncio.gather(*pages) == [current(1)] * 5


async def test_the_first_page_does_not_wait_long() -> None:
    office = Office()
    office.patience = 0.0
    office.let_go.clear()
    assert await office.glance() == older(None)
    office.let_go.set()
    assert await office.settled() == 1


@pytest.mark.parametrize(
    ("fresh", "settled", "news", "good"),
    [
        (LONG, NEVER, False, False),  # too old by time alone
        (LONG, NEVER, True, True),  # something was committed, and it is not that old
        (NEVER, LONG, False, True),
        (NEVER, LONG, True, False),
    ],
)
async def test_what_is_too_old_is_counted_behind_the_page(
    fresh: float, settled: float, news: bool, good: bool
) -> None:
    office = Office(fresh, settled)
    await office.glance()
    office.version += news
    office.let_go.clear()
    assert await office.glance() == Glance(1, current=good)
    office.let_go.set()
    await office.until(1 if good else 2)
    assert office.counted == (1 if good else 2)


async def test_what_is_very_old_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(settled=NEVER)
    await office.glance()
    monkeypatch.setattr(kept, "OLD", 0.0)
    assert await office.glance() == current(2)


async def test_it_is_kept_for_so_many_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "PEOPLE", 2)
    office = Office()
    shown = [(await office.glance(who)).counted for who in (1, 2, 3, 2, 1)]
    assert shown == [1, 2, 3, 2, 4]


# --- news ---------------------------------------------------------------------------------------


async def test_after_news_a_count_that_began_before_is_not_enough() -> None:
    office = Office(fresh=NEVER)
    await office.glance()
    office.version += 1
    office.let_go.clear()
    early = asyncio.create_task(office.settled())
    await office.until(2)
    office.version += 1
    late = asyncio.create_task(office.settled())
    await asyncio.sleep(0)
    office.let_go.set()
    assert await early == 2
    assert await late == 3


async def test_what_is_settled_is_not_counted_again() -> None:
    office = Office()
    assert [await office.settled(), await office.settled()] == [1, 1]


# --- faults -------------------------------------------------------------------------------------


async def test_where_nothing_is_known_a_fault_is_told_and_counted_again() -> None:
    office = Office()
    office.away = True
    with pytest.raises(StoreUnavailable):
        await office.glance()
    office.away = False
    assert await office.glance() == current(2)


async def test_a_fault_behind_a_page_leaves_what_was_known() -> None:
    office = Office(fresh=0.0, settled=NEVER)
    await office.glance()
    office.away = True
    assert await office.glance() == older(1)
    with pytest.raises(StoreUnavailable):
        await office.settled()
    assert await office.glance() == older(1)


async def test_who_goes_does_not_take_the_count_along() -> None:
    office = Office()
    office.let_go.clear()
    gone = asyncio.create_task(office.settled())
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait([gone])
    office.let_go.set()
    assert await office.settled() == 1


# --- what a person changed ----------------------------------------------------------------------


async def test_what_a_person_changed_is_put_right_at_once() -> None:
    office = Office()
    await office.glance()
    office.kept.amend(visit(1), lambda known: known + 100)
    assert await office.glance() == current(101)


async def test_a_count_that_began_before_the_change_is_made_again() -> None:
    office = Office(fresh=0.0, settled=NEVER)
    await office.glance()
    office.let_go.clear()
    await office.glance()
    office.kept.amend(visit(1), lambda known: known + 100)
    assert await office.glance() == older(101)
    office.let_go.set()
    assert await office.settled() == 3


async def test_where_nothing_is_known_nothing_is_put_right() -> None:
    office = Office()
    office.kept.amend(visit(1), lambda known: known + 100)
    assert await office.glance() == current(1)


# --- turns --------------------------------------------------------------------------------------


async def test_one_counts_at_a_time_and_rests_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await real(0)

    monkeypatch.setattr(kept.asyncio, "sleep", sleep)
    turns, at_once, most = Turns(), 0, 0

    async def count() -> int:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await real(0.02)
        at_once -= 1
        return 1

    assert await asyncio.gather(*(turns.run(count) for _ in range(3))) == [1, 1, 1]
    assert most == 1
    assert slept[0] <= 0 < min(slept[1:])


# --- the same for everybody ---------------------------------------------------------------------


@pytest.mark.parametrize(("fresh", "news", "read"), [(LONG, 1, 1), (NEVER, 1, 2), (NEVER, 0, 1)])
async def test_what_is_the_same_for_all_is_read_once(
    fresh: float, news: int, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "FRESH", fresh)
    version, times = 0, 0

    async def reading() -> int:
        nonlocal times
        times += 1
        await asyncio.sleep(0)
        return times

    lately = Lately(reading, lambda: version)
    assert await asyncio.gather(lately.now(), lately.now()) == [1, 1]
    version += news
    assert await lately.now() == read


async def test_whoever_changed_it_sees_the_change() -> None:
    times = 0

    async def reading() -> int:
        nonlocal times
        times += 1
        return times

    lately = Lately(reading, lambda: 0)
    await lately.now()
    lately.forget()
    assert await lately.now() == 2
