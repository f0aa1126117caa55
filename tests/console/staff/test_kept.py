"""Numbers that are kept: counted once for all pages, never older than what was committed."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from console.staff import kept
from console.staff.kept import Kept

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
        self.kept = Kept(self._count, lambda: self.version, fresh, settled)

    async def _count(self, _: Visit) -> int:
        self.counted += 1
        mine = self.counted
        await self.let_go.wait()
        return mine

    async def of(self, who: int = 1) -> int:
        """What a page of this person shows."""
        return await self.kept.of(visit(who))


def visit(who: int) -> Visit:
    return cast("Visit", SimpleNamespace(staff=SimpleNamespace(id=who)))


async def test_it_is_counted_once_for_each_person() -> None:
    office = Office()
    assert [await office.of(1), await office.of(1), await office.of(2)] == [1, 1, 2]


async def test_pages_that_come_at_once_wait_for_one_count() -> None:
    office = Office()
    office.let_go.clear()
    pages = [asyncio.create_task(office.of()) for _ in range(5)]
    await asyncio.sleep(0)
    office.let_go.set()
    assert await asyncio.gather(*pages) == [1] * 5


@pytest.mark.parametrize(
    ("fresh", "settled", "news", "shown"),
    [
        (LONG, NEVER, False, 2),  # too old by time alone
        (LONG, NEVER, True, 1),  # something was committed, and it is not that old
        (NEVER, LONG, False, 1),
        (NEVER, LONG, True, 2),
    ],
)
async def test_it_is_counted_anew_when_it_is_too_old(
    fresh: float, settled: float, news: bool, shown: int
) -> None:
    office = Office(fresh, settled)
    await office.of()
    office.version += news
    assert await office.of() == shown


async def test_while_one_page_counts_others_take_what_was_known() -> None:
    office = Office(settled=NEVER)
    await office.of()
    office.let_go.clear()
    slow = asyncio.create_task(office.of())
    await asyncio.sleep(0)
    assert await office.of() == 1
    office.let_go.set()
    assert await slow == 2


async def test_after_news_nobody_takes_what_was_known_before() -> None:
    office = Office(fresh=NEVER, settled=NEVER)
    await office.of()
    office.version += 1
    office.let_go.clear()
    slow, late = (asyncio.create_task(office.of()) for _ in range(2))
    await asyncio.sleep(0)
    assert not late.done()
    office.let_go.set()
    assert await slow == 2
    assert await late > 1


async def test_a_count_that_failed_is_made_again() -> None:
    office = Office(settled=NEVER)
    await office.of()
    office.let_go.clear()
    slow = asyncio.create_task(office.of())
    await asyncio.sleep(0)
    slow.cancel()
    await asyncio.wait([slow])
    office.let_go.set()
    assert await office.of() == 3


async def test_what_a_person_changed_is_put_right_after_a_count_that_began_before() -> None:
    office = Office(settled=NEVER)
    await office.of()

    async def change(known: int) -> int:
        return known + 100

    office.let_go.clear()
    slow = asyncio.create_task(office.of())
    await asyncio.sleep(0)
    change_too = asyncio.create_task(office.kept.amend(visit(1), change))
    office.let_go.set()
    await asyncio.gather(slow, change_too)
    office.let_go.clear()
    again = asyncio.create_task(office.of())
    await asyncio.sleep(0)
    assert await office.of() == 102
    office.let_go.set()
    assert await again == 3


async def test_where_nothing_is_known_nothing_is_put_right() -> None:
    office = Office()

    async def change(known: int) -> int:
        return known + 100

    await office.kept.amend(visit(1), change)
    assert await office.of() == 1


async def test_it_is_kept_for_so_many_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "PEOPLE", 2)
    office = Office()
    shown = [await office.of(who) for who in (1, 2, 3, 2, 1)]
    assert shown == [1, 2, 3, 2, 4]
