"""Closing by silence: only what is solved, told and left without a word; on both stores."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from core.model.acts import Assign, Reopen, Resolve, Start
from core.model.acts_end import SILENCE
from core.model.ticket import Status
from core.services.work import close_silently
from tests.core.services.workshop import TECH, Workshop
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from core.ports import Desk
    from ticket_store.store import SqlStore

DAY = timedelta(days=1)


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def solved(shop: Workshop, *, sent: bool = True) -> str:
    number = await shop.opens()
    for act, who in ((Assign(TECH), 1), (Start("Mulai"), TECH), (Resolve("Lampu diganti."), TECH)):
        await shop.does(number, act, who)
    if sent:
        await hand_over(shop)
    return number


async def hand_over(shop: Workshop, **changes: Any) -> None:
    """The door took all that was promised."""
    values = {"state": "handed_over", "handed_over_at": shop.now} | changes
    await shop.tell(update(schema.outbox).values(**values))


async def closes(shop: Workshop, at: datetime) -> list[str]:
    return await close_silently(shop.store.desk, shop.work, at)


async def test_km_05_silence_closes_a_week_after_the_notice(shop: Workshop) -> None:
    number = await solved(shop)
    assert await closes(shop, shop.now + 7 * DAY - timedelta(seconds=1)) == []
    late = shop.now + 7 * DAY
    assert await closes(shop, late) == [number]
    ticket = await shop.ticket(number)
    assert (ticket.status, ticket.reason, ticket.status_at) == (Status.CLOSED, SILENCE, late)
    [*_, event] = await shop.history(number)
    assert (event.kind, event.actor) == ("ClosedSilently", "system")
    assert len(await shop.sent("closed")) == 1
    assert await closes(shop, late + DAY) == []
    shop.now = late + DAY
    assert (await shop.does(number, Reopen("Mati lagi"))).ticket.status is Status.IN_PROGRESS


async def test_what_no_door_has_taken_was_not_told(shop: Workshop) -> None:
    number = await solved(shop, sent=False)
    assert await closes(shop, shop.now + 30 * DAY) == []
    await hand_over(shop)
    assert await closes(shop, shop.now + 30 * DAY) == [number]


async def test_a_notice_that_left_late_counts_from_then(shop: Workshop) -> None:
    number = await solved(shop)
    await hand_over(shop, handed_over_at=shop.now + 2 * DAY)
    assert await closes(shop, shop.now + 8 * DAY) == []
    assert await closes(shop, shop.now + 9 * DAY) == [number]


async def test_nobody_who_wrote_stop_is_closed_unheard(shop: Workshop) -> None:
    await shop.opens("HELPDESK wifi mati")
    await shop.says("STOP")
    await solved(shop)
    assert await closes(shop, shop.now + 30 * DAY) == []


@pytest.mark.parametrize("word", ["BUKA", "SELESAI"])
async def test_an_answer_ends_the_waiting(shop: Workshop, word: str) -> None:
    number = await solved(shop)
    await shop.says(f"{word} {number}")
    status = (await shop.ticket(number)).status
    assert await closes(shop, shop.now + 30 * DAY) == []
    assert (await shop.ticket(number)).status is status
    [row] = await shop.rows(schema.ticket_work)
    assert row.noticed_at is None


async def test_an_answer_at_the_last_moment_is_heard(shop: Workshop) -> None:
    number = await solved(shop)
    opened = 0

    @asynccontextmanager
    async def open_desk() -> AsyncIterator[Desk]:
        nonlocal opened
        opened += 1
        if opened == 2:  # after the look, before the closing
            await shop.says(f"BUKA {number} masih mati")
        async with shop.store.desk() as desk:
            yield desk

    assert await close_silently(open_desk, shop.work, shop.now + 8 * DAY) == []
    assert (await shop.ticket(number)).status is Status.IN_PROGRESS


async def test_solved_again_waits_again(shop: Workshop) -> None:
    number = await solved(shop)
    shop.now += 5 * DAY
    await shop.says(f"BUKA {number} masih mati")
    await shop.does(number, Resolve("Kabel diganti."), TECH)
    assert await closes(shop, shop.now + 3 * DAY) == []
    await hand_over(shop)
    assert await closes(shop, shop.now + 7 * DAY) == [number]
