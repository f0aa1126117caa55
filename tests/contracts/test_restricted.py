"""LL-10 and row 68: sealed values, on both engines: who opens them, and what is written down."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, update

from core.errors import NotFound
from core.model.restricted import RestrictedField, RestrictedValue
from core.model.staff import Role, Staff
from core.model.work import Refusal, RefusalKind
from core.services.house import NOT_ALLOWED
from core.services.restricted import Place, Resealed, find, keep, reseal, reveal, tails
from tests.contracts.desk_samples import number_of
from tests.contracts.house_kit import KEY_ONE, KEY_TWO, NOW, Office
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

NIK = "3510010107850001"
WHY = "Mencocokkan data pelapor dengan KTP"
FIELD = RestrictedField.NIK


@pytest.fixture
async def office(store: SqlStore) -> Office:
    made = Office(store)
    await made.build()
    return made


@pytest.fixture
async def care(office: Office) -> Staff:
    return await office.hires("care", Role.CUSTOMER_CARE)


async def test_kept_shown_by_its_tail_and_opened_for_a_reason(office: Office, care: Staff) -> None:
    ticket = await office.ticket(1)
    kept = await keep(office.house, care, Place(ticket, FIELD), "3510 0101 0785 0001")
    assert isinstance(kept, RestrictedValue)
    assert kept.shown == "****0001"
    [shown] = await tails(office.house, care, ticket)
    assert shown.tail == "0001"
    assert await reveal(office.house, care, Place(ticket, FIELD), WHY) == NIK


async def test_nothing_stored_holds_the_number(office: Office, care: Staff) -> None:
    ticket = await office.ticket(1)
    await keep(office.house, care, Place(ticket, FIELD), NIK)
    await reveal(office.house, care, Place(ticket, FIELD), WHY)
    kept = repr([await office.rows(table) for table in schema.metadata.sorted_tables])
    assert NIK not in kept
    assert NIK[:12] not in kept


async def test_every_opening_is_an_event_that_binds_the_reason(
    office: Office, care: Staff
) -> None:
    ticket = await office.ticket(1)
    await keep(office.house, care, Place(ticket, FIELD), NIK)
    for _ in range(2):
        await reveal(office.house, care, Place(ticket, FIELD), WHY)
    events = list(await office.store.reads.history(number_of(1)))
    assert [one.kind for one in events[-3:]] == [
        "RestrictedKept",
        "RestrictedRevealed",
        "RestrictedRevealed",
    ]
    told = json.loads(events[-1].data)
    assert (told["field"], told["of"], len(told["reason_sha256"])) == ("nik", "ticket", 64)
    assert events[-1].actor == care.mark
    assert [one.seq for one in events] == list(range(1, len(events) + 1))
    assert all(one.previous == before.hash for before, one in itertools.pairwise(events))
    [row] = await office.rows(schema.tickets)
    assert (row.event_seq, row.event_head) == (events[-1].seq, events[-1].hash)
    assert row.version == 4
    assert [one.text for one in await office.rows(schema.notes)] == [WHY, WHY]


@pytest.mark.parametrize("reason", ["", "  ", "x", "a b\t", "ya"])
async def test_no_reason_no_number_and_no_event(office: Office, care: Staff, reason: str) -> None:
    ticket = await office.ticket(1)
    await keep(office.house, care, Place(ticket, FIELD), NIK)
    refused = await reveal(office.house, care, Place(ticket, FIELD), reason)
    assert isinstance(refused, Refusal)
    assert (refused.kind, refused.field) == (RefusalKind.MISSING, "reason")
    assert len(await office.store.reads.history(number_of(1))) == 2


async def test_who_may_open(office: Office, care: Staff) -> None:
    operator = await office.hires("meja", Role.OPERATOR)
    officer = await office.hires("petugas", Role.OFFICER)
    head = await office.hires("kasatpel", Role.UNIT_SUPERVISOR, unit_id=4)
    leader = await office.hires("pimpinan", Role.LEADERSHIP)
    mine = await office.ticket(1, assignee_id=officer.id, unit_id=3)
    place = Place(mine, FIELD)
    await keep(office.house, care, place, NIK)
    house = office.house
    assert await reveal(house, officer, place, WHY) == NIK
    for seen in (operator, leader):
        assert await reveal(house, seen, place, WHY) == NOT_ALLOWED
    other = await office.ticket(2, unit_id=3)
    await keep(house, care, Place(other, FIELD), NIK)
    for hidden in (officer, head):
        with pytest.raises(NotFound):
            await reveal(house, hidden, Place(other, FIELD), WHY)
        with pytest.raises(NotFound):
            await tails(house, hidden, other)


async def test_a_person_complained_about_opens_nothing(office: Office, care: Staff) -> None:
    about = await office.ticket(1, about_staff_id=care.id)
    with pytest.raises(NotFound):
        await keep(office.house, care, Place(about, FIELD), NIK)


async def test_what_is_not_there_and_what_belongs_to_another(office: Office, care: Staff) -> None:
    ticket, other = await office.ticket(1), await office.ticket(2)
    await keep(office.house, care, Place(other, FIELD), NIK)
    places = [
        Place(ticket, FIELD),
        Place(999, FIELD),
        Place(ticket, FIELD, f"ticket:{other}"),
        Place(ticket, FIELD, "contact:1"),
    ]
    for place in places:
        with pytest.raises(NotFound):
            await reveal(office.house, care, place, WHY)


async def test_a_reporters_value_belongs_to_all_their_tickets(office: Office, care: Staff) -> None:
    ticket, later = await office.ticket(1), await office.ticket(2)
    contacts, addresses = schema.contacts, schema.addresses
    await office.tell(
        insert(contacts).values(id=7, name="Sari", created_at=NOW),
        update(addresses).values(contact_id=7),
    )
    kept = await keep(office.house, care, Place(ticket, FIELD, "contact:7"), NIK)
    assert isinstance(kept, RestrictedValue)
    assert await reveal(office.house, care, Place(later, FIELD, "contact:7"), WHY) == NIK
    found = await find(office.house, care, FIELD, NIK)
    assert found == [number_of(2), number_of(1)]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (RestrictedField.NIK, "3510010107850000"),
        (RestrictedField.KK, "351001010785000"),
        (RestrictedField.ADDRESS, "  "),
        (RestrictedField.ADDRESS, "a" * 501),
    ],
)
async def test_a_wrong_value_is_refused_without_repeating_it(
    office: Office, care: Staff, field: RestrictedField, typed: str
) -> None:
    ticket = await office.ticket(1)
    refused = await keep(office.house, care, Place(ticket, field), typed)
    assert isinstance(refused, Refusal)
    assert refused.field == field
    assert typed.strip() == "" or typed not in refused.sentence
    assert not await office.rows(schema.restricted_values)


async def test_a_value_is_found_by_all_of_it_and_only_within_reach(
    office: Office, care: Staff
) -> None:
    far = await office.ticket(1, unit_id=4)
    near = await office.ticket(2, unit_id=3)
    for ticket in (far, near):
        await keep(office.house, care, Place(ticket, FIELD), NIK)
    house = office.house
    assert await find(house, care, FIELD, "3510.0101.0785.0001") == [number_of(2), number_of(1)]
    head = await office.hires("kasatpel", Role.UNIT_SUPERVISOR, unit_id=1)
    assert await find(house, head, FIELD, NIK) == [number_of(2)]
    for part in (NIK[:12], NIK[-4:], "", "3510010107850002", NIK + "1", "%", "*"):
        assert await find(house, care, FIELD, part) == []
    assert await find(house, care, RestrictedField.KK, NIK) == []


async def test_a_later_value_replaces_the_earlier_one(office: Office, care: Staff) -> None:
    ticket = await office.ticket(1)
    for typed in (NIK, "3510014107850001"):
        await keep(office.house, care, Place(ticket, FIELD), typed)
    assert await reveal(office.house, care, Place(ticket, FIELD), WHY) == "3510014107850001"
    assert await find(office.house, care, FIELD, NIK) == []


# --- another key ---------------------------------------------------------------------------------


async def test_keys_change_without_losing_anything(
    office: Office, care: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.services.restricted.BATCH", 2)
    tickets = [await office.ticket(sequence) for sequence in range(1, 6)]
    for ticket in tickets:
        await keep(office.house, care, Place(ticket, FIELD), NIK)
    office.keys = (KEY_TWO, KEY_ONE)
    # Before anything is sealed anew both keys serve.
    assert await reveal(office.house, care, Place(tickets[0], FIELD), WHY) == NIK
    assert len(await find(office.house, care, FIELD, NIK)) == 5
    assert await reseal(office.house) == Resealed(done=5)
    assert await reseal(office.house) == Resealed()
    office.keys = (KEY_TWO,)
    assert await reveal(office.house, care, Place(tickets[4], FIELD), WHY) == NIK
    assert len(await find(office.house, care, FIELD, NIK)) == 5


async def test_a_missing_key_is_told_and_nothing_is_spoilt(
    office: Office, care: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.services.restricted.BATCH", 1)
    ticket, later = await office.ticket(1), await office.ticket(2)
    await keep(office.house, care, Place(ticket, FIELD), NIK)
    office.keys = (KEY_TWO,)
    with pytest.raises(NotFound):
        await reveal(office.house, care, Place(ticket, FIELD), WHY)
    await keep(office.house, care, Place(later, FIELD), NIK)
    assert await reseal(office.house) == Resealed(unreadable=1)
    office.keys = (KEY_TWO, KEY_ONE)
    assert await reveal(office.house, care, Place(ticket, FIELD), WHY) == NIK


async def test_second_factors_are_sealed_anew_too(office: Office, care: Staff) -> None:
    from core.services.second_factor import Enrolment
    from tests.contracts.test_second_factor import code, enrols

    enrolment, _ = await enrols(office, "care")
    assert isinstance(enrolment, Enrolment)
    office.keys = (KEY_TWO, KEY_ONE)
    assert await reseal(office.house) == Resealed(done=1)
    office.keys = (KEY_TWO,)
    whole = await office.enters("care", code=code(office, enrolment, 1))
    assert whole.wanting == ""
    assert whole.staff.id == care.id


async def test_a_value_copied_into_another_row_does_not_open(office: Office, care: Staff) -> None:
    ticket, other = await office.ticket(1), await office.ticket(2)
    await keep(office.house, care, Place(ticket, FIELD), NIK)
    table = schema.restricted_values
    await office.tell(update(table).values(owner=f"ticket:{other}"))
    with pytest.raises(NotFound):
        await reveal(office.house, care, Place(other, FIELD), WHY)
