"""Registration, accounts, statements and the catalogue on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from core.errors import NotFound
from core.model.accounts import LOGIN, AccountCode, AccountSession, account_hash
from core.model.catalogue import Service, ServiceDraft
from core.model.messages import Address, AddressKind
from core.model.registration import NikRule, Person, PersonDraft
from core.model.servqual import Dimension
from core.model.staff import Role, Staff
from core.model.survey_items import ItemDraft, SurveyItem, newest
from core.services.accounts import WRONG_CODE, Opened, Wish, enter
from core.services.catalogue import add_service, change_service
from core.services.house import House
from core.services.registering import (
    Already,
    Seen,
    Unfit,
    change_person,
    forget_person,
    merge_people,
    register,
)
from core.services.respondents import PersonQuery, export_people, find_people
from core.services.survey_items import add_item, change_item, retire_item
from gateway.vault import KeyVault
from tests.core.model.calendar_samples import WIB

if TYPE_CHECKING:
    from core.ports import Desk
    from ticket_store.store import SqlStore

NOW = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
ADMIN = Staff(1, "admin", "Admin", frozenset({Role.ADMIN}))
NIK = "1673014507900001"
RULE = NikRule.OPTIONAL


class Still:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


def house(store: SqlStore) -> House:
    vault = KeyVault(["kunci-uji-" * 5])
    return House(store.desk, store.staff, None, vault, Still())  # type: ignore[arg-type]  # no password here


async def wrote(store: SqlStore, number: str) -> int:
    """The id of an address that has written."""
    address = Address(AddressKind.PHONE, number)
    async with store.desk() as desk:
        found = await desk.intake.senders([address], [], NOW, NOW)
        await desk.commit()
    return found[address].address_id


async def joined(store: SqlStore, number: str, **fields: str) -> Person:
    draft = PersonDraft(**({"name": "Siti"} | fields))
    made = await register(house(store), RULE, await wrote(store, number), draft)
    assert isinstance(made, Person)
    return made


async def test_somebody_registers_once_and_intake_knows_it(store: SqlStore) -> None:
    one = await joined(store, "+6281200000001", nik=NIK, phone="0812-0000-0001", area="Lubuk")
    assert await store.people.one(one.id) == one
    assert (one.nik, one.phone, one.version) == ("****0001", "+6281200000001", 1)
    at = await wrote(store, "+6281200000001")
    again = await register(house(store), RULE, at, PersonDraft("Lain"))
    assert again == Already(one.id)
    address = Address(AddressKind.PHONE, "+6281200000001")
    async with store.desk() as desk:
        sender = (await desk.intake.senders([address], [], NOW, NOW))[address]
    assert sender.registration == "registered"
    with pytest.raises(NotFound):
        await register(house(store), RULE, 999_999, PersonDraft("Siti"))
    with pytest.raises(NotFound):
        await store.people.one(999_999)


async def test_a_nik_is_one_persons(store: SqlStore) -> None:
    one = await joined(store, "+6281200000001", nik=NIK)
    other = await wrote(store, "+6281200000002")
    found = await register(house(store), RULE, other, PersonDraft("Lain", NIK))
    assert isinstance(found, Unfit)
    assert list(found.faults) == ["nik"]
    vault = house(store).vault
    for text, ids in ((NIK, [one.id]), ("1673 0145 0790 0001", [one.id]), ("0001", [])):
        people = await find_people(store.people, vault, PersonQuery(text))
        assert [person.id for person in people] == ids
    wrong = PersonDraft("Siti", "1673014507900002")
    mine = await change_person(house(store), None, Seen(one.id), (RULE, wrong))
    assert isinstance(mine, Unfit)
    theirs = await change_person(house(store), ADMIN, Seen(one.id, 1), (RULE, wrong))
    assert isinstance(theirs, Person)
    assert (theirs.nik, theirs.version) == ("****0002", 2)


async def test_two_become_one_and_one_is_forgotten(store: SqlStore) -> None:
    first = await joined(store, "+6281200000001", area="Lubuk")
    second = await joined(store, "+6281200000002", nik=NIK)
    merged = await merge_people(house(store), ADMIN, first.id, second.id)
    assert isinstance(merged, Person)
    assert (merged.nik, merged.area) == ("****0001", "Lubuk")
    assert len(await store.people.addresses(first.id)) == 2
    text = await export_people(store.people, WIB)
    assert NIK not in text
    assert text.count("\r\n") == 2
    assert await forget_person(house(store), None, first.id) is None
    assert await store.people.addresses(first.id) == []
    assert await store.people.find((), None, 50) == []
    assert await forget_person(house(store), None, first.id) is not None
    assert await joined(store, "+6281200000003", nik=NIK)


async def code_of(desk: Desk, address_id: int, code: str, at: datetime) -> None:
    hashed = account_hash(address_id, LOGIN, code)
    await desk.people.put_code(AccountCode(address_id, LOGIN, hashed, at))


@pytest.mark.parametrize(
    ("typed", "after", "enters"),
    [
        ("7KQ2-M9XT", timedelta(), True), ("7kq2m9xt", timedelta(minutes=14), True),
        ("7KQ2-M9XT", timedelta(minutes=16), False), ("7KQ2-M9XA", timedelta(), False),
        ("", timedelta(), False),
    ],
)  # fmt: skip
async def test_dk_18_a_code_lets_its_owner_in_once(
    store: SqlStore, typed: str, after: timedelta, enters: bool
) -> None:
    person = await joined(store, "+6281200000001")
    (at,) = await store.people.addresses(person.id)
    async with store.desk() as desk:
        await code_of(desk, at.address_id, "7KQ2-M9XT", NOW)
        await desk.commit()
    wish, now = Wish((at.address,)), NOW + after
    found = await enter(store.desk, wish, typed, now)
    assert isinstance(found, Opened) is enters
    if isinstance(found, Opened):
        session = await store.people.session(found.session.token_hash)
        assert session == AccountSession(
            found.session.token_hash, person.id, now, now + timedelta(hours=12)
        )
        assert await enter(store.desk, wish, typed, now) == WRONG_CODE


async def test_ll_25_versions_stand_beside_each_other(store: SqlStore) -> None:
    draft = ItemDraft(Dimension.EMPATHY, "Petugas sabar.", "Staff are patient.", 5)
    made = await add_item(store.desk, ADMIN, draft, NOW)
    assert isinstance(made, SurveyItem)
    seen = (made.id, made.version)
    changed = await change_item(
        store.desk, ADMIN, seen, ItemDraft(Dimension.ASSURANCE, "Petugas teliti."), NOW
    )
    assert isinstance(changed, SurveyItem)
    stored = await store.surveys.items()
    assert [(one.version, one.words) for one in stored] == [
        (1, "Petugas sabar."), (2, "Petugas teliti."),
    ]  # fmt: skip
    assert newest(stored)[made.id] == changed
    assert await retire_item(store.desk, ADMIN, (made.id, 2), NOW) is None
    assert await store.surveys.items() == []
    one = await retire_item(store.desk, ADMIN, (5, 1), NOW)
    assert isinstance(one, SurveyItem)
    assert (one.retired, one.version) == (True, 2)


async def test_ll_41_an_entry_is_read_back_whole(store: SqlStore) -> None:
    parts = {"fee": "Gratis\n100%", "time_limit": "1 hari"}
    made = await add_service(store.desk, ADMIN, ServiceDraft(" Rujukan  ", parts), NOW)
    assert isinstance(made, Service)
    assert await store.catalogue.one(made.id) == made
    assert [one.id for one in await store.catalogue.find(["100%"], 5)] == [made.id]
    assert await store.catalogue.find(["_"], 5) in ([], [made])
    gone = await change_service(store.desk, ADMIN, (made.id, 1), None, NOW)
    assert isinstance(gone, Service)
    assert await store.catalogue.find((), 5) == []
