"""Drafts: kept for each person and ticket, gone when sent, on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core.model import acts
from core.model.drafts import Draft, DraftKind
from core.model.work import Refusal, RefusalKind
from core.services.composing import keep, send
from core.services.work import Done, Order
from tests.core.services.workshop import BOSS, CARE, LEADER, Workshop, actor

if TYPE_CHECKING:
    from core.model.work import WorkTicket
    from ticket_store.store import SqlStore

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def writes(
    shop: Workshop, ticket: WorkTicket, text: str, who: int = CARE, kind: str = "answer"
) -> Refusal | None:
    draft = Draft(ticket.id, who, DraftKind(kind), text, ticket.version, shop.now)
    return await keep(shop.store.desk, actor(who), ticket, draft)


async def texts(shop: Workshop, ticket: WorkTicket, who: int = CARE) -> dict[str, str]:
    unsent = await shop.store.drafts.unsent(ticket.id, who, shop.now)
    return {one.kind.value: one.text for one in unsent.drafts}


async def test_km_16_a_draft_of_each_kind_for_each_ticket_and_person(shop: Workshop) -> None:
    one, two = [await shop.ticket(await shop.opens(f"HELPDESK {what}")) for what in ("a b", "c d")]
    await writes(shop, one, "Teknisi dat")
    await writes(shop, one, "Teknisi datang besok 🙏\r\nTerima kasih")
    await writes(shop, one, "tetangga bupati", kind="note")
    await writes(shop, two, "lain")
    assert await texts(shop, one) == {
        "answer": "Teknisi datang besok 🙏\r\nTerima kasih",
        "note": "tetangga bupati",
    }
    assert await texts(shop, two) == {"answer": "lain"}
    assert await texts(shop, one, BOSS) == {}


async def test_an_empty_text_ends_the_draft(shop: Workshop) -> None:
    ticket = await shop.ticket(await shop.opens())
    await writes(shop, ticket, "x")
    await writes(shop, ticket, " \n")
    assert await texts(shop, ticket) == {}


async def test_who_writes_is_told_without_what(shop: Workshop) -> None:
    ticket = await shop.ticket(await shop.opens())
    await writes(shop, ticket, "lama", BOSS, "note")
    ticket = await shop.ticket(ticket.number)
    shop.now += 5 * MINUTE
    await writes(shop, ticket, "baru")
    [writer] = await shop.store.drafts.writers(ticket.id, shop.now - MINUTE)
    assert (writer.staff_id, writer.name, writer.kind) == (CARE, "Rina", DraftKind.ANSWER)


@pytest.mark.parametrize(
    ("text", "who", "kind"),
    [
        ("x" * 20_001, CARE, RefusalKind.INVALID),
        ("a\x00b", CARE, RefusalKind.INVALID),
        ("a\ud83d", CARE, RefusalKind.INVALID),
        ("x", LEADER, RefusalKind.UNENTITLED),
    ],
)
async def test_what_is_not_kept_is_told(
    shop: Workshop, text: str, who: int, kind: RefusalKind
) -> None:
    ticket = await shop.ticket(await shop.opens())
    refusal = await writes(shop, ticket, text, who)
    assert refusal
    assert refusal.kind is kind
    assert await texts(shop, ticket, who) == {}


async def test_sent_it_is_gone_and_only_that_one(shop: Workshop) -> None:
    ticket = await shop.ticket(await shop.opens())
    await writes(shop, ticket, "Teknisi datang.")
    await writes(shop, ticket, "catatan", kind="note")
    done = await sends(shop, ticket, acts.Answer("Teknisi datang besok."))
    assert isinstance(done, Done)
    assert await texts(shop, ticket) == {"note": "catatan"}


async def test_refused_it_stays(shop: Workshop) -> None:
    ticket = await shop.ticket(await shop.opens())
    await writes(shop, ticket, "mungkin besok")
    refusal = await sends(shop, ticket, acts.Answer("mungkin besok"))
    assert isinstance(refusal, Refusal)
    assert await texts(shop, ticket) == {"answer": "mungkin besok"}


async def sends(shop: Workshop, ticket: WorkTicket, act: acts.Act) -> Done | Refusal:
    order = Order(actor(CARE), ticket.number, act, shop.now + MINUTE)
    return await send(shop.store.desk, shop.work, order)
