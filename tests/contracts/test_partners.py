"""Dispositions to partners and their answers, on both engines (KM-18, KM-24, KM-25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, update

from config.calendars import load_calendar
from core.model import acts
from core.model.clock import PARTNER_ANSWER
from core.model.messages import ChannelId
from core.services.partners import ask_holiday_hours, note_answers
from tests.core.fakes import DAY, HOUR
from tests.core.services.counter import LAMP, MINUTE, person
from tests.core.services.workshop import CARE, NETWORK, Workshop, clock
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

PHARMACY, VENDOR, SILENT = 3, 4, 5
ASKED = "Cek stok obat untuk pasien rujukan"


class House(Workshop):
    """A workshop with three partners, one of them without an address."""

    async def opens_house(self) -> House:
        await self.open_doors()
        rows = [
            {"code": "apotek", "name": "Apotek Sehat", "address": person(91).value},
            {"code": "vendor", "name": "PT Serat", "address": person(92).value},
            {"code": "diam", "name": "Toko Diam", "address": ""},
        ]
        for row in rows:
            reach = {"channel": "sms", "address_kind": "phone"} if row["address"] else {}
            whole = {"partner": True, "channel": "", "address_kind": ""} | row | reach
            await self.tell(insert(schema.units).values(**whole))
        return self

    async def disposes(self, number: str, unit: int = PHARMACY, **more: Any) -> None:
        await self.does(number, acts.Dispose(unit, ASKED, **more), CARE)

    async def dispositions(self) -> list[Any]:
        return list(await self.rows(schema.dispositions))

    async def notes(self) -> int:
        return await note_answers(self.store.desk, self.now)


@pytest.fixture
def house(store: SqlStore) -> House:
    return House(store)


async def test_a_disposition_leaves_by_the_partners_own_channel(house: House) -> None:
    await house.opens_house()
    number = await house.opens()
    await house.disposes(number)
    [row] = [
        one for one in await house.rows(schema.outbox) if one.purpose == "partner_disposition"
    ]
    assert (row.channel, row.recipient) == ("sms", person(91).value)
    assert ASKED in row.text
    assert number in row.text
    assert LAMP.split()[1] not in row.text
    assert row.ticket_id == (await house.ticket(number)).id
    [laid] = await house.dispositions()
    assert laid.due_at == clock(await house.ticket(number), PARTNER_ANSWER).due_at
    assert [one.role for one in await house.rows(schema.participants)] == ["partner"]


async def test_the_answer_joins_the_ticket_and_keeps_the_promise(house: House) -> None:
    await house.opens_house()
    number = await house.opens()
    await house.disposes(number)
    receipt = await house.says(f"{number} stok ada, silakan diambil", person(91))
    assert receipt.number == number
    answered, house.now = house.now, house.now + HOUR
    assert await house.notes() == 1
    kept = clock(await house.ticket(number), PARTNER_ANSWER)
    assert (kept.open, kept.met_at, kept.late) == (False, answered, False)
    [laid] = await house.dispositions()
    assert laid.answered_at == answered
    assert (await house.kinds(number))[-1] == "PartnerAnswered"
    assert await house.notes() == 0
    # The citizen's next notice goes to the citizen.
    assert [way.address for way in (await house.ticket(number)).ways] != [person(91)]


async def test_without_a_number_it_joins_too(house: House) -> None:
    await house.opens_house()
    number = await house.opens()
    await house.disposes(number)
    assert (await house.says("stok kosong sampai Senin", person(91))).number == number
    assert await house.notes() == 1


async def test_a_late_answer_is_late(house: House) -> None:
    await house.opens_house()
    number = await house.opens()
    await house.disposes(number, due_at=house.now + HOUR)
    house.now += DAY
    await house.says(f"{number} baru sempat", person(91))
    await house.notes()
    assert clock(await house.ticket(number), PARTNER_ANSWER).late


async def test_words_of_others_answer_nothing(house: House) -> None:
    await house.opens_house()
    number = await house.opens()
    await house.says("saya tunggu dari tadi, petugas juga belum datang")
    await house.disposes(number)
    await house.says(f"{number} bagaimana kelanjutan laporan saya ini")
    assert await house.notes() == 0
    assert clock(await house.ticket(number), PARTNER_ANSWER).open


async def test_two_partners_owe_two_answers(house: House) -> None:
    await house.opens_house()
    number = await house.opens()
    await house.disposes(number)
    await house.disposes(number, VENDOR)
    await house.says(f"{number} stok ada", person(91))
    assert await house.notes() == 1
    assert clock(await house.ticket(number), PARTNER_ANSWER).open
    await house.says(f"{number} kabel sudah disambung", person(92))
    assert await house.notes() == 1
    assert not clock(await house.ticket(number), PARTNER_ANSWER).open


async def test_a_partner_without_an_address_is_told_nothing(house: House) -> None:
    await house.opens_house()
    number = await house.opens()
    await house.disposes(number, SILENT)
    assert "partner_disposition" not in await house.purposes()
    assert await house.rows(schema.participants) == []
    assert clock(await house.ticket(number), PARTNER_ANSWER).open


async def test_a_unit_of_the_house_gets_no_such_text(house: House) -> None:
    await house.opens_house()
    number = await house.opens()
    await house.disposes(number, NETWORK)
    assert "partner_disposition" not in await house.purposes()


async def test_the_figures_of_partners(house: House) -> None:
    await house.opens_house()
    began = house.now
    first, second = await house.opens(), await house.opens(LAMP + " lagi", person(5))
    await house.disposes(first, due_at=house.now + 3 * HOUR)
    await house.disposes(second, due_at=house.now + HOUR)
    sent = [laid.at for laid in await house.dispositions()]
    await house.says(f"{first} ada", person(91))
    took = house.now - sent[0]
    await house.notes()
    until = house.now + MINUTE
    [figures] = await house.store.partners.figures(began, until, house.now)
    assert (figures.name, figures.dispositions, figures.answered) == ("Apotek Sehat", 2, 1)
    assert (figures.breached, figures.unanswered, figures.mean) == (0, 1, took)
    [later] = await house.store.partners.figures(began, until, house.now + DAY)
    assert later.breached == 1
    assert await house.store.partners.figures(until, until + DAY, house.now) == []


async def test_km_25_partners_are_asked_for_their_hours_once(house: House) -> None:
    await house.opens_house()
    now = datetime(2026, 12, 20, 3, tzinfo=UTC)

    def calendar(_: str) -> Any:
        return load_calendar("pemerintah")

    found = await ask_holiday_hours(house.store.desk, house.policy, calendar, now)
    again = await ask_holiday_hours(house.store.desk, house.policy, calendar, now + DAY)
    assert {one.unit.id for one in found} == {PHARMACY, VENDOR, SILENT}
    assert found == again
    assert await house.purposes() == ["partner_holiday"] * 2
    told = update(schema.units).values(holidays_confirmed_until=date(2026, 12, 31))
    await house.tell(told)
    assert await ask_holiday_hours(house.store.desk, house.policy, calendar, now) == []


async def test_a_door_that_is_gone_asks_nobody(house: House) -> None:
    await house.opens_house()
    number = await house.opens()
    channels = {id_: one for id_, one in house.policy.channels.items() if id_ != ChannelId("sms")}
    house.work = replace(house.work, office=replace(house.policy, channels=channels))
    await house.disposes(number)
    assert "partner_disposition" not in await house.purposes()
