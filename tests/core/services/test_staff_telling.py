"""Staff are told what concerns them, by the doors that the office has for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from core.model.acts import AskSupervisor, Assign, EnRoute, Instruct, Mark
from core.model.messages import AddressKind
from tests.core.fakes import MAIL, SMS
from tests.core.services.workshop import BOSS, CARE, LEADER, OTHER, TECH, Workshop
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

CHANNELS = ((MAIL, AddressKind.EMAIL), (SMS, AddressKind.PHONE))


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    """Everybody has an address; the roles are in the store as the kit says."""
    opened = await Workshop(store).open_doors()
    opened.work = replace(opened.work, staff_channels=CHANNELS)
    roles = {CARE: "customer_care", BOSS: "unit_supervisor", TECH: "technician"}
    roles |= {OTHER: "technician", LEADER: "leadership"}
    staff = schema.staff
    for who, role in roles.items():
        values: dict[str, Any] = {"roles": f'["{role}"]', "phone": f"+62811000000{who}"}
        values |= {"email": "tono@dinas.example"} if who == TECH else {}
        await opened.tell(update(staff).where(staff.c.id == who).values(**values))
    return opened


async def told(shop: Workshop) -> list[tuple[str, str, str]]:
    rows = await shop.rows(schema.outbox)
    staff = [row for row in rows if row.purpose.startswith("staff_")]
    assert all(row.ticket_id is None for row in staff)
    return [(row.purpose, row.channel, row.recipient) for row in staff]


async def test_dk_12_the_technician_is_notified(shop: Workshop) -> None:
    number = await shop.opens()
    done = await shop.does(number, Assign(TECH))
    assert done.told == ("assigned",)
    assert await told(shop) == [("staff_assigned", "email", "tono@dinas.example")]
    await shop.does(number, Assign(OTHER, "Tono sakit"))
    assert (await told(shop))[1:] == [
        ("staff_assigned", "sms", f"+62811000000{OTHER}"),
        ("staff_taken", "email", "tono@dinas.example"),
    ]


async def test_dk_25_the_supervisor_of_the_unit_is_asked(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.does(number, AskSupervisor("Boleh?"))
    assert await told(shop) == []
    await shop.does(number, Assign(TECH))
    await shop.does(number, AskSupervisor("Boleh?"), TECH)
    assert (await told(shop))[-1] == ("staff_question", "sms", f"+62811000000{BOSS}")


async def test_mb_17_an_instruction_reaches_customer_care(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.does(number, Instruct("Dahulukan."), LEADER)
    assert await told(shop) == [("staff_instruction", "sms", f"+62811000000{CARE}")]


async def test_bw_49_the_operator_hears_who_is_on_the_way(shop: Workshop) -> None:
    staff = schema.staff
    operator = {"roles": '["operator"]'}
    await shop.tell(update(staff).where(staff.c.id == CARE).values(**operator))
    number = await shop.opens()
    await shop.does(number, Assign(TECH))
    await shop.does(number, EnRoute(), TECH)
    assert (await told(shop))[-1] == ("staff_en_route", "sms", f"+62811000000{CARE}")


async def test_nobody_is_told_of_their_own_act_or_of_a_complaint_about_them(
    shop: Workshop,
) -> None:
    number = await shop.opens()
    await shop.does(number, Assign(TECH))
    await shop.does(number, Mark(about_staff_id=TECH))
    kinds = [purpose for purpose, *_ in await told(shop)]
    assert kinds == ["staff_assigned"]
    await shop.does(number, Instruct("Dahulukan."), LEADER)
    assert (await told(shop))[-1][2] == f"+62811000000{CARE}"


async def test_without_a_door_for_staff_nothing_leaves(shop: Workshop) -> None:
    shop.work = replace(shop.work, staff_channels=())
    number = await shop.opens()
    await shop.does(number, Assign(TECH))
    assert await told(shop) == []
