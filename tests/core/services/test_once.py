"""A form that a bad line sends twice does nothing twice, on both stores."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.errors import NotFound
from core.model.acts import Arrive, Assign, EnRoute, Note, Resolve
from core.model.ticket import Status
from core.model.work import Refusal, RefusalKind
from core.services.once import FormMark, Repeated, act_once
from core.services.work import Done, Order
from tests.core.services.counter import MINUTE
from tests.core.services.workshop import CARE, OTHER, TECH, Workshop, actor
from ticket_store import schema

if TYPE_CHECKING:
    from core.model.acts import Act
    from ticket_store.store import SqlStore

MARK = FormMark("tugas:abc", "d1")


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def assigned(shop: Workshop) -> str:
    number = await shop.opens()
    await shop.does(number, Assign(TECH))
    return number


async def sends(
    shop: Workshop, number: str, wanted: Act, mark: FormMark = MARK, who: int = TECH
) -> Done | Repeated | Refusal:
    shop.now += MINUTE
    order = Order(actor(who), number, wanted, shop.now)
    return await act_once(shop.store.desk, shop.work, order, mark)


async def test_the_second_sending_does_nothing(shop: Workshop) -> None:
    number = await assigned(shop)
    first = await sends(shop, number, EnRoute("Berangkat"))
    assert isinstance(first, Done)
    assert await sends(shop, number, EnRoute("Berangkat")) == Repeated(number)
    assert (await shop.ticket(number)).version == first.ticket.version
    assert len(await shop.sent("en_route")) == 1


async def test_two_at_the_same_moment_are_one(shop: Workshop) -> None:
    number = await assigned(shop)
    wanted = Note("Pintu belakang terkunci.")
    made = await asyncio.gather(*(sends(shop, number, wanted) for _ in range(3)))
    assert sorted(type(one).__name__ for one in made) == ["Done", "Repeated", "Repeated"]
    notes = [row.text for row in await shop.rows(schema.notes) if row.kind == "note"]
    assert notes == ["Pintu belakang terkunci."]


async def test_a_refusal_uses_no_mark_up(shop: Workshop) -> None:
    number = await assigned(shop)
    refused = await sends(shop, number, Arrive("Tiba"))
    assert isinstance(refused, Refusal)
    await shop.does(number, EnRoute("Berangkat"), TECH)
    assert isinstance(await sends(shop, number, Arrive("Tiba")), Done)


async def test_the_same_mark_with_other_words_is_told(shop: Workshop) -> None:
    number = await assigned(shop)
    assert isinstance(await sends(shop, number, Note("satu")), Done)
    other = await sends(shop, number, Note("dua"), replace(MARK, digest="d2"))
    assert isinstance(other, Refusal)
    assert other.kind is RefusalKind.ALREADY


async def test_a_mark_is_one_persons_own(shop: Workshop) -> None:
    number = await assigned(shop)
    assert isinstance(await sends(shop, number, Note("satu")), Done)
    assert isinstance(await sends(shop, number, Note("dua"), who=CARE), Done)


async def test_news_of_others_is_told_before_it_counts(shop: Workshop) -> None:
    number = await assigned(shop)
    seen = (await shop.ticket(number)).event_seq
    await shop.does(number, EnRoute("Berangkat"), TECH)
    await shop.does(number, Note("Pelapor menelepon lagi."), CARE)
    done = replace(MARK, seen=seen)
    refused = await sends(shop, number, Resolve("Kabel diganti."), done)
    assert isinstance(refused, Refusal)
    assert refused.kind is RefusalKind.STALE
    assert [one.kind for one in refused.changes] == ["NoteAdded"]  # not what was done oneself
    seen = (await shop.ticket(number)).event_seq
    assert isinstance(await sends(shop, number, Resolve("Kabel diganti."), done), Refusal)
    assert isinstance(
        await sends(shop, number, Resolve("Kabel diganti."), replace(MARK, seen=seen)), Done
    )


async def test_what_goes_with_it_is_laid_down_with_it(shop: Workshop) -> None:
    number = await assigned(shop)
    mark = replace(MARK, besides=(Note("Ditekan pukul 09.00."), Note("")))
    done = await sends(shop, number, EnRoute("Berangkat"), mark)
    assert isinstance(done, Done)
    assert [one.kind for one in done.events] == ["EnRoute", "NoteAdded"]
    assert done.ticket.status is Status.IN_PROGRESS
    assert await sends(shop, number, EnRoute("Berangkat"), mark) == Repeated(number)
    kept = {row.text for row in await shop.rows(schema.notes)}
    assert kept == {"Berangkat", "Ditekan pukul 09.00."}


async def test_a_ticket_of_others_is_not_there(shop: Workshop) -> None:
    number = await assigned(shop)
    for mark in (MARK, replace(MARK, seen=0)):
        with pytest.raises(NotFound):
            await sends(shop, number, EnRoute("Berangkat"), mark, OTHER)
    assert isinstance(await sends(shop, number, EnRoute("Berangkat")), Done)
