"""Messages of the tray that join a ticket; on both stores."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from core.errors import NotFound
from core.model.acts import Answer
from core.model.clock import NEXT_ANSWER
from core.model.messages import Outcome
from core.model.work import Refusal, RefusalKind
from core.services.joining import FOREIGN, JoinOrder, join_in
from core.services.splitting import sort_in
from core.services.work import Done
from tests.core.services.counter import LAMP, person
from tests.core.services.workshop import CARE, LEADER, TECH, Workshop, actor, clock
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

STRAY = "lampunya masih gelap juga ya"


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def stray(shop: Workshop, who: int = 3) -> int:
    """The id of a message that lies in the tray."""
    receipt = await shop.says(STRAY, person(who))
    assert receipt.outcome is Outcome.UNSORTED
    rows = await shop.ask(select(schema.messages.c.id).where(schema.messages.c.text == STRAY))
    return int(max(row.id for row in rows))


async def joins(shop: Workshop, message: int, number: str, who: int = CARE) -> Done | Refusal:
    order = JoinOrder(actor(who), message, number, shop.now)
    return await join_in(shop.store.desk, shop.work, order)


async def test_the_sender_waits_for_an_answer(shop: Workshop) -> None:
    message, received = await stray(shop), shop.now
    number = await shop.opens(LAMP, person(3))
    await shop.does(number, Answer("Teknisi berangkat."))
    shop.now += timedelta(minutes=5)
    done = await joins(shop, message, number)
    assert isinstance(done, Done)
    waiting = clock(done.ticket, NEXT_ANSWER)
    assert (waiting.open, waiting.started_at) == (True, received)
    [*_, event] = await shop.history(number)
    assert (event.kind, event.actor) == ("MessageJoined", f"staff:{CARE}")
    assert "gelap" not in event.data
    thread = await shop.store.reads.thread(number)
    assert STRAY in {entry.text for entry in thread}
    assert await shop.store.lists.unsorted(None, 9) == []
    again = await joins(shop, message, number)
    assert isinstance(again, Refusal)
    assert again.kind is RefusalKind.ALREADY
    sorted_in = await sort_in(
        (shop.store.desk, shop.store.blocks), shop.work, (actor(CARE), message), shop.now
    )
    assert isinstance(sorted_in, Refusal)


async def test_an_answer_never_goes_to_somebody_else(shop: Workshop) -> None:
    message = await stray(shop, 4)
    number = await shop.opens(LAMP, person(3))
    refusal = await joins(shop, message, number)
    assert isinstance(refusal, Refusal)
    assert (refusal.sentence, refusal.field) == (FOREIGN, "nomor")


async def test_only_those_who_may_and_only_what_runs(shop: Workshop) -> None:
    message = await stray(shop)
    number = await shop.opens(LAMP, person(3))
    refusal = await joins(shop, message, number, LEADER)
    assert isinstance(refusal, Refusal)
    assert refusal.kind is RefusalKind.UNENTITLED
    for wrong in ((message, "HD26-999999-0", CARE), (999, number, CARE), (message, number, TECH)):
        with pytest.raises(NotFound):
            await joins(shop, *wrong)
    await shop.says(f"BATAL {number}", person(3))
    ended = await joins(shop, message, number)
    assert isinstance(ended, Refusal)
    assert (await shop.store.lists.unsorted(None, 9))[0].id == message
