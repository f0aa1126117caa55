"""One complaint a month, where the office means it so: never refused, always linked (LL-11)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, update

from core.model.messages import Outcome
from core.services.splitting import sort_in
from core.services.work import Done
from tests.core.fakes import SARI, office
from tests.core.services.counter import LAMP, PRINTER, person
from tests.core.services.workshop import CARE, Workshop, actor
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

ROAD = "HELPDESK jalan depan pasar berlubang dalam sekali"


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store, office(monthly_limit=True)).open_doors()


async def linked(shop: Workshop, number: str) -> str | None:
    """The number of the ticket that this one is linked to."""
    numbers = {row.id: row.number for row in await shop.rows(schema.tickets)}
    works = {numbers[row.ticket_id]: row.linked_to for row in await shop.rows(schema.ticket_work)}
    return numbers.get(works.get(number) or 0)


async def test_ll_11_rule_2_a_further_one_has_its_number_and_names_the_earlier(
    shop: Workshop,
) -> None:
    first = await shop.opens(LAMP)
    await shop.end(first, "closed")
    shop.now = datetime(2026, 7, 30, 3, 0, tzinfo=UTC)  # long past the window of reopening
    second, stranger = await shop.opens(PRINTER), await shop.opens(ROAD, person(9))
    assert len({first, second, stranger}) == 3
    assert (await linked(shop, second), await linked(shop, stranger)) == (first, None)
    assert await linked(shop, first) is None
    assert (await shop.kinds(first))[-1] == "RepeatedInMonth"
    assert first in (await shop.history(second))[0].data
    [row] = [one for one in await shop.rows(schema.messages) if one.text == PRINTER]
    assert row.note == f"laporan lain bulan ini: {first}"
    assert [one.purpose for one in await shop.rows(schema.outbox)] == ["ack"] * 3


async def test_one_batch_is_as_one_after_the_other(shop: Workshop) -> None:
    said = [shop.said(text) for text in (LAMP, PRINTER, ROAD)]
    numbers = [receipt.number or "" for receipt in await shop.take(*said)]
    assert [await linked(shop, number) for number in numbers] == [None, *numbers[:2]]
    for number in numbers:
        assert await shop.kinds(number)  # every chain is whole


async def test_another_month_is_another_matter(shop: Workshop) -> None:
    shop.now = datetime(2026, 7, 31, 16, 50, tzinfo=UTC)  # 23.50 WIB
    first = await shop.opens(LAMP)
    shop.now = datetime(2026, 7, 31, 17, 0, tzinfo=UTC)
    second = await shop.opens(PRINTER)
    third = await shop.opens(ROAD)
    assert (await linked(shop, second), await linked(shop, third)) == (None, second)
    assert await linked(shop, first) is None


async def test_what_was_withdrawn_does_not_count(shop: Workshop) -> None:
    first = await shop.opens(LAMP)
    await shop.says(f"BATAL {first}")
    assert await linked(shop, await shop.opens(PRINTER)) is None


async def test_a_person_with_two_addresses_is_one(shop: Workshop) -> None:
    first = await shop.opens(LAMP)
    await shop.says("halo", person(2))
    await shop.tell(insert(schema.contacts).values(id=1, name="Sari", created_at=shop.now))
    both = schema.addresses.c.value.in_([SARI.value, person(2).value])
    await shop.tell(update(schema.addresses).where(both).values(contact_id=1))
    assert await linked(shop, await shop.opens(PRINTER, person(2))) == first


async def test_out_of_the_tray_too(shop: Workshop) -> None:
    first = await shop.opens(LAMP, person(3))
    await shop.says(f"BATAL {first}", person(3))
    second = await shop.opens(PRINTER, person(3))
    await shop.end(second, "closed", datetime(2026, 7, 1, tzinfo=UTC))
    receipt = await shop.says("jalan berlubang", person(3))
    assert receipt.outcome is Outcome.UNSORTED
    [row] = [one for one in await shop.rows(schema.messages) if one.text == "jalan berlubang"]
    stores = (shop.store.desk, shop.store.blocks)
    done = await sort_in(stores, shop.work, (actor(CARE), row.id), shop.now)
    assert isinstance(done, Done)
    assert await linked(shop, done.ticket.number) == second
    assert (await shop.kinds(second))[-1] == "RepeatedInMonth"
    assert (await shop.kinds(done.ticket.number))[-1] == "RepeatsInMonth"


async def test_rule_2_off_by_default(store: SqlStore) -> None:
    shop = await Workshop(store).open_doors()
    await shop.opens(LAMP)
    assert await linked(shop, await shop.opens(PRINTER)) is None
