"""Staff are told what concerns them, by the doors that the office has for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from core.model.acts import AskSupervisor, Assign, EnRoute, Escalate, Instruct, Mark
from core.model.messages import AddressKind
from tests.core.fakes import MAIL, SMS
from tests.core.services.counter import person
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
    await shop.does(number, EnRoute("Berangkat"), TECH)
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


# --- a citizen asks for escalation ------------------------------------------------------------


@pytest.fixture
def counter(shop: Workshop) -> Workshop:
    """Intake tells by the same doors as acts."""
    shop.policy = replace(shop.policy, staff_channels=CHANNELS)
    return shop


async def wished(counter: Workshop) -> list[str]:
    return [to for purpose, _, to in await told(counter) if purpose == "staff_escalation_asked"]


async def test_km_13_the_supervisors_of_the_unit_hear_of_the_wish_once(counter: Workshop) -> None:
    number = await counter.opens()
    await counter.does(number, Assign(TECH))
    await counter.says(f"ESKALASI {number} sudah lama")
    await counter.says(f"ESKALASI {number}")
    assert await wished(counter) == [f"+62811000000{BOSS}"]
    [text] = await counter.sent("staff_escalation_asked")
    assert text.startswith(f"Pelapor tiket {number}, prioritas Normal, meminta eskalasi.")
    assert len(text) <= 160
    await counter.does(number, Escalate(2, "sudah lama"), CARE)
    await counter.says(f"ESKALASI {number}")  # the mark was taken off: it is a new wish
    assert await wished(counter) == [f"+62811000000{BOSS}"] * 2


async def test_two_wishes_and_a_repeat_in_one_batch_are_told_once(counter: Workshop) -> None:
    number = await counter.opens()
    await counter.does(number, Assign(TECH))
    wish = counter.said(f"ESKALASI {number}")
    await counter.take(wish, counter.said(f"ESKALASI {number}"), wish)
    await counter.take(wish)
    assert await wished(counter) == [f"+62811000000{BOSS}"]


async def test_the_desk_hears_where_no_supervisor_can_be_told(counter: Workshop) -> None:
    number = await counter.opens()
    await counter.says(f"ESKALASI {number}")  # with no unit yet
    assert await wished(counter) == [f"+62811000000{CARE}"]
    other = await counter.opens("HELPDESK printer macet", person(7))
    await counter.does(other, Assign(TECH))
    await counter.does(other, Mark(about_staff_id=BOSS))
    await counter.says(f"ESKALASI {other}", person(7))
    assert await wished(counter) == [f"+62811000000{CARE}"] * 2


async def test_a_wish_without_channels_or_for_what_is_over_tells_nobody(
    counter: Workshop,
) -> None:
    number = await counter.opens()
    counter.policy = replace(counter.policy, staff_channels=())
    await counter.says(f"ESKALASI {number}")
    counter.policy = replace(counter.policy, staff_channels=CHANNELS)
    await counter.says(f"ESKALASI {number}")  # the mark stands already
    other = await counter.opens("HELPDESK printer macet", person(7))
    await counter.says(f"BATAL {other}", person(7))
    await counter.says(f"ESKALASI {other}", person(7))
    assert await told(counter) == []
