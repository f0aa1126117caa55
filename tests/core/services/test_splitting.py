"""Messages that become tickets: out of the tray, and out of another ticket; on both stores."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from core.errors import NotFound
from core.model.acts import Merge, Split
from core.model.clock import FIRST_ANSWER
from core.model.work import Refusal, RefusalKind
from core.services.splitting import SplitOrder, sort_in, split
from core.services.work import Done
from tests.core.fakes import BUDI
from tests.core.services.counter import LAMP
from tests.core.services.workshop import CARE, LEADER, TECH, Workshop, actor, clock
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

HOUR = timedelta(hours=1)


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def last_message(shop: Workshop) -> int:
    [*_, row] = await shop.ask(select(schema.messages.c.id).order_by(schema.messages.c.id))
    return int(row.id)


async def sorts(shop: Workshop, message: int, who: int = CARE) -> Done | Refusal:
    stores = (shop.store.desk, shop.store.blocks)
    return await sort_in(stores, shop.work, (actor(who), message), shop.now)


async def splits(shop: Workshop, number: str, message: int, who: int = CARE) -> Done | Refusal:
    order = SplitOrder(actor(who), number, Split(message, "Masalah lain"), shop.now)
    return await split((shop.store.desk, shop.store.blocks), shop.work, order)


async def test_bw_37_an_unsorted_message_keeps_its_receipt_time(shop: Workshop) -> None:
    await shop.says("wifi di aula lemot sekali")
    received = shop.now
    shop.now += HOUR / 6
    done = await sorts(shop, await last_message(shop))
    assert isinstance(done, Done)
    assert (done.ticket.opened_at, done.told) == (received, ("ack",))
    assert [event.kind for event in done.events] == ["TicketOpened"]
    assert clock(done.ticket, FIRST_ANSWER).started_at == received
    assert done.ticket.description == "wifi di aula lemot sekali"
    [event] = await shop.history(done.ticket.number)
    assert (event.kind, event.actor, event.at) == ("TicketOpened", f"staff:{CARE}", shop.now)
    assert "wifi" not in event.data
    [ack] = await shop.sent("ack")
    assert done.ticket.number in ack
    thread = await shop.store.reads.thread(done.ticket.number)
    assert [entry.text for entry in thread] == ["wifi di aula lemot sekali", ack]
    receipt = await shop.says("sampai sekarang masih lemot")
    assert receipt.number == done.ticket.number


async def test_a_promise_that_has_passed_is_not_made(shop: Workshop) -> None:
    await shop.says("wifi di aula lemot sekali")
    shop.now += 3 * HOUR
    done = await sorts(shop, await last_message(shop))
    assert isinstance(done, Done)
    assert await shop.sent("ack") == []
    [text] = await shop.sent("status")
    assert done.ticket.number in text


async def test_somebody_out_of_reach_gets_a_ticket_all_the_same(shop: Workshop) -> None:
    await shop.says("wifi di aula lemot sekali")
    message = await last_message(shop)
    await shop.tell(update(schema.addresses).values(unreachable="Nomor tidak aktif"))
    done = await sorts(shop, message)
    assert isinstance(done, Done)
    assert done.told == ()
    assert await shop.sent("ack") == []


async def test_a_message_is_sorted_once_and_by_those_who_may(shop: Workshop) -> None:
    await shop.says("wifi di aula lemot sekali")
    message = await last_message(shop)
    refusal = await sorts(shop, message, LEADER)
    assert isinstance(refusal, Refusal)
    assert refusal.kind is RefusalKind.UNENTITLED
    assert isinstance(await sorts(shop, message), Done)
    again = await sorts(shop, message)
    assert isinstance(again, Refusal)
    assert again.kind is RefusalKind.ALREADY
    with pytest.raises(NotFound):
        await sorts(shop, 999)


async def test_a_message_is_split_off_and_both_tickets_say_so(shop: Workshop) -> None:
    number = await shop.opens(LAMP)
    await shop.says("oh ya, keran di toilet juga bocor")
    received = shop.now
    message = await last_message(shop)
    shop.now += HOUR / 6
    done = await splits(shop, number, message)
    assert isinstance(done, Done)
    new, old = done.ticket, await shop.ticket(number)
    assert (new.linked_to, new.opened_at) == (old.id, received)
    assert new.description == "oh ya, keran di toilet juga bocor"
    assert await shop.kinds(number) == ["TicketOpened", "MessageJoined", "MessageSplit"]
    assert await shop.kinds(new.number) == ["TicketOpened", "SplitFrom"]
    [*_, parted] = await shop.history(number)
    assert json.loads(parted.data) == {"message": message, "into": new.number}
    first, *_ = await shop.store.reads.thread(new.number)
    assert first.text == new.description
    assert len(await shop.sent("ack")) == 2


@pytest.mark.parametrize("mine", [True, False])
async def test_only_later_messages_of_this_ticket_are_split_off(
    shop: Workshop, *, mine: bool
) -> None:
    number = await shop.opens(LAMP)
    if not mine:
        await shop.opens("HELPDESK wifi di loket mati", BUDI)
    refusal = await splits(shop, number, await last_message(shop))
    assert isinstance(refusal, Refusal)
    assert refusal.field == "message_id"
    assert len(await shop.rows(schema.tickets)) == 2 - mine


async def test_splitting_needs_the_right_and_the_newest_version(shop: Workshop) -> None:
    number = await shop.opens(LAMP)
    await shop.says("keran bocor juga")
    message = await last_message(shop)
    with pytest.raises(NotFound):
        await splits(shop, number, message, TECH)
    refusal = await splits(shop, number, message, LEADER)
    assert isinstance(refusal, Refusal)
    assert refusal.kind is RefusalKind.UNENTITLED
    stale = SplitOrder(actor(CARE), number, Split(message), shop.now, version=1)
    refused = await split((shop.store.desk, shop.store.blocks), shop.work, stale)
    assert isinstance(refused, Refusal)
    assert (refused.kind, refused.version) == (RefusalKind.STALE, 2)


async def test_what_is_merged_can_still_be_split(shop: Workshop) -> None:
    number = await shop.opens(LAMP)
    double = await shop.opens("HELPDESK lampu padam", BUDI)
    await shop.says(f"{double} dan keran bocor", BUDI)
    message = await last_message(shop)
    await shop.does(double, Merge(number))
    done = await splits(shop, double, message)
    assert isinstance(done, Done)
    assert done.ticket.address_id == (await shop.ticket(double)).address_id
