"""The administration of staff, on both engines: what is refused, what the history tells."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from core.errors import NotFound
from core.model.admin_events import intact_admin
from core.model.events import GENESIS
from core.model.staff import Role, Staff
from core.model.work import Refusal, RefusalKind
from core.services.house import NO_SUCH_PERSON, NOT_ALLOWED
from core.services.passwords import invite, set_password
from core.services.staff import (
    StaffDraft,
    add_staff,
    change_staff,
    come_in,
    disable_staff,
    enable_staff,
)
from core.services.tokens import TokenDraft, make_token
from tests.contracts.house_kit import NOW, PASSWORD, SECOND, Office, drafted
from tests.contracts.planting import connection_of
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

OPERATOR = frozenset({Role.OPERATOR})
SARI = StaffDraft("Sari", OPERATOR)


@pytest.fixture
async def office(store: SqlStore) -> Office:
    made = Office(store)
    await made.build()
    return made


@pytest.fixture
async def admin(office: Office) -> Staff:
    return await office.hires("admin", Role.ADMIN)


async def test_somebody_new_is_read_back_whole(office: Office, admin: Staff) -> None:
    draft = StaffDraft(
        "  Sari   Dewi ",
        frozenset({Role.TECHNICIAN, Role.OPERATOR}),
        unit_id=2,
        regions=frozenset({1}),
        skills=frozenset({"Jaringan", " kabel  optik "}),
        capacity=4,
        email="sari@dinas.example",
        phone="+628111",
        telegram="@sari",
    )
    added = await add_staff(office.house, admin, " Sari ", draft)
    assert not isinstance(added, Refusal)
    assert added.login == "sari"
    assert added.name == "Sari Dewi"
    assert added.skills == {"jaringan", "kabel optik"}
    assert (added.units, added.areas) == ({2, 3}, {1, 2})
    assert await office.store.staff.one(added.id) == added
    listed = await office.store.staff.staff()
    assert [one.login for one in listed] == ["admin", "sari"]
    assert not added.needs_second_factor


FAULTS = [
    ("name", {"name": " "}),
    ("name", {"name": "a" * 121}),
    ("roles", {"roles": frozenset()}),
    ("unit_id", {"unit_id": 99}),
    ("unit_id", {"roles": frozenset({Role.UNIT_SUPERVISOR})}),
    ("regions", {"regions": frozenset({1, 99})}),
    ("skills", {"skills": frozenset({" "})}),
    ("capacity", {"capacity": -1}),
    ("capacity", {"capacity": 1_001}),
    ("email", {"email": "sari"}),
    ("email", {"email": "a@b.id\r\nBcc: x@y.id"}),
    ("email", {"email": "a@b.id, c@d.id"}),
]


@pytest.mark.parametrize(("field", "changes"), FAULTS)
async def test_a_wrong_field_is_named(
    office: Office, admin: Staff, field: str, changes: dict[str, Any]
) -> None:
    refused = await add_staff(office.house, admin, "sari", replace(SARI, **changes))
    assert isinstance(refused, Refusal)
    assert (refused.kind, refused.field) == (RefusalKind.INVALID, field)
    refused = await change_staff(
        office.house, admin, admin.id, admin.version, replace(drafted(admin), **changes)
    )
    assert isinstance(refused, Refusal)
    assert refused.field == field
    assert len(await office.rows(schema.staff)) == 1


@pytest.mark.parametrize(
    "login", ["", " ", "sa ri", ".sari", "sari.", "sa/ri", "s" * 65, "sari\0"]
)
async def test_what_is_no_login(office: Office, admin: Staff, login: str) -> None:
    refused = await add_staff(office.house, admin, login, SARI)
    assert isinstance(refused, Refusal)
    assert refused.field == "login"


async def test_a_login_is_never_given_to_another(office: Office, admin: Staff) -> None:
    sari = await add_staff(office.house, admin, "sari", SARI)
    assert not isinstance(sari, Refusal)
    await disable_staff(office.house, admin, sari.id, sari.version)
    refused = await add_staff(office.house, admin, "SARI", SARI)
    assert isinstance(refused, Refusal)
    assert refused.kind is RefusalKind.ALREADY


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_mb_18_only_administrators_administer(office: Office, role: Role) -> None:
    """MB-18: only the admin may do it."""
    other = await office.hires("lain", role, unit_id=1)
    house = office.house
    answers = [
        await add_staff(house, other, "baru", SARI),
        await change_staff(house, other, other.id, 1, drafted(other, roles=frozenset(Role))),
        await disable_staff(house, other, other.id, 1),
        await enable_staff(house, other, other.id, 1),
        await invite(house, other, other.id),
    ]
    assert answers == [NOT_ALLOWED] * 5


async def test_nobody_is_a_refusal_not_an_error(office: Office, admin: Staff) -> None:
    house = office.house
    answers = [
        await change_staff(house, admin, 999, 1, SARI),
        await disable_staff(house, admin, 999, 1),
        await enable_staff(house, admin, 999, 1),
        await invite(house, admin, 999),
        await set_password(house, 999, PASSWORD),
        await make_token(house, admin, 999, TokenDraft("a")),
    ]
    assert answers == [NO_SUCH_PERSON] * 6
    with pytest.raises(NotFound):
        await office.store.staff.one(999)


async def test_a_stale_writer_is_told_what_changed(office: Office, admin: Staff) -> None:
    sari = await office.hires("sari", Role.OPERATOR)
    for capacity in (5, 6):
        current = await office.store.staff.one(sari.id)
        await change_staff(
            office.house, admin, sari.id, current.version, drafted(sari, capacity=capacity)
        )
    refused = await change_staff(office.house, admin, sari.id, sari.version, drafted(sari))
    assert isinstance(refused, Refusal)
    assert refused.kind is RefusalKind.STALE
    assert (refused.version, refused.expected) == (3, 1)
    assert [one.kind for one in refused.changes] == ["StaffChanged", "StaffChanged"]
    assert {one.actor for one in refused.changes} == {admin.mark}


async def test_two_that_change_one_person_at_once(office: Office, admin: Staff) -> None:
    sari = await office.hires("sari", Role.OPERATOR)
    both = await asyncio.gather(
        *(
            change_staff(
                office.house, admin, sari.id, sari.version, drafted(sari, capacity=capacity)
            )
            for capacity in (5, 6)
        )
    )
    assert sorted(isinstance(one, Refusal) for one in both) == [False, True]


async def test_the_history_tells_old_and_new_but_no_person(office: Office, admin: Staff) -> None:
    """LL-21, and no name, number or address in an event."""
    sari = await office.hires("sari", Role.OPERATOR, phone="+628111222333")
    changed = drafted(
        sari,
        name="Rahasia Sekali",
        email="rahasia@dinas.example",
        roles=frozenset({Role.OFFICER}),
        unit_id=2,
    )
    await change_staff(office.house, admin, sari.id, sari.version, changed)
    await disable_staff(office.house, admin, sari.id, sari.version + 1)
    await enable_staff(office.house, admin, sari.id, sari.version + 2)
    async with office.store.desk() as desk:
        events = await desk.admin_history.history(sari.mark)
    assert [one.kind for one in events] == [
        "StaffAdded",
        "PasswordSet",
        "StaffChanged",
        "StaffDisabled",
        "StaffEnabled",
    ]
    assert json.loads(events[2].data) == {
        "roles": {"old": ["operator"], "new": ["officer"]},
        "unit_id": {"old": None, "new": 2},
        "changed": ["name", "email"],
    }
    told = repr(events)
    assert not any(word in told for word in ("Rahasia", "rahasia", "628111", "Petugas"))
    previous = GENESIS
    for place, event in enumerate(events, start=1):
        assert (event.seq, event.previous) == (place, previous)
        assert intact_admin(event)
        assert not intact_admin(replace(event, data=event.data + " "))
        previous = event.hash
    assert [one.actor for one in events] == ["system", "system", *[admin.mark] * 3]


async def test_the_history_of_staff_cannot_be_rewritten(office: Office, admin: Staff) -> None:
    table = schema.admin_events
    for change in (update(table).values(actor="staff:9"), delete(table)):
        with pytest.raises(DBAPIError):
            async with office.store.desk() as desk:
                await connection_of(desk).execute(change)
    assert await office.kinds(admin.mark) == ["StaffAdded", "PasswordSet"]


async def test_a_change_of_nothing_is_none(office: Office, admin: Staff) -> None:
    same = await change_staff(office.house, admin, admin.id, admin.version, drafted(admin))
    assert not isinstance(same, Refusal)
    assert same.version == admin.version
    assert await office.kinds(admin.mark) == ["StaffAdded", "PasswordSet"]


async def test_the_last_administrator_stays(office: Office, admin: Staff) -> None:
    house = office.house
    demoted = drafted(admin, roles=OPERATOR)
    assert isinstance(await change_staff(house, None, admin.id, admin.version, demoted), Refusal)
    assert isinstance(await disable_staff(house, None, admin.id, admin.version), Refusal)
    second = await office.hires("kedua", Role.ADMIN)
    both = await asyncio.gather(
        disable_staff(house, admin, second.id, second.version),
        disable_staff(house, second, admin.id, admin.version),
    )
    assert sorted(isinstance(one, Refusal) for one in both) == [False, True]
    left = await office.store.staff.staff()
    assert len([one for one in left if Role.ADMIN in one.roles]) == 1


async def test_nobody_disables_themselves(office: Office, admin: Staff) -> None:
    await office.hires("kedua", Role.ADMIN)
    assert isinstance(await disable_staff(office.house, admin, admin.id, admin.version), Refusal)


async def test_ll_27_whoever_acted_stays(office: Office, admin: Staff) -> None:
    """LL-27."""
    sari = await office.hires("sari", Role.OPERATOR)
    await disable_staff(office.house, admin, sari.id, sari.version)
    assert [one.login for one in await office.store.staff.staff()] == ["admin"]
    assert (await office.store.staff.one(sari.id)).name == "Petugas sari"
    assert len(await office.store.staff.staff(disabled=True)) == 2
    twice = await disable_staff(office.house, admin, sari.id, sari.version + 1)
    assert not isinstance(twice, Refusal)
    assert (await office.kinds(sari.mark)).count("StaffDisabled") == 1


async def test_presence(office: Office, admin: Staff) -> None:
    """BW-45: whom the office has today."""
    sari = await office.hires("sari", Role.TECHNICIAN)
    until = NOW + timedelta(hours=6)
    there = await come_in(office.house, sari, sari.id, until)
    assert not isinstance(there, Refusal)
    assert (await office.store.staff.one(sari.id)).present_until == until
    assert await come_in(office.house, sari, admin.id, until) == NOT_ALLOWED
    operator = await office.hires("meja", Role.OPERATOR)
    assert not isinstance(await come_in(office.house, operator, sari.id, None), Refusal)
    assert (await office.store.staff.one(sari.id)).present_until is None
    for wrong in (NOW, NOW - SECOND, NOW + timedelta(days=1)):
        assert isinstance(await come_in(office.house, sari, sari.id, wrong), Refusal)
