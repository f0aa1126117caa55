"""BW-13, LL-09, row 69: persons leave the records on both engines, figures and history stay."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select, update

from core.errors import NotFound
from core.model.acts import (
    Answer,
    Arrive,
    Assign,
    Close,
    Depart,
    Dispose,
    EnRoute,
    Mark,
    Note,
    Pend,
    Resolve,
    Resume,
    Start,
)
from core.model.erasure import MARK, SUBJECT, Erased, months_before
from core.model.rights import EVERYTHING, Scope
from core.model.searching import read_search
from core.model.staff import Role
from core.model.work import Refusal, RefusalKind
from core.services.audit import AuditWish, anchor, verify
from core.services.erasing import Eraser, Request, erasable, erase_old, erase_person
from core.services.house import NOT_ALLOWED
from core.services.searching import gather_words
from tests.core.fakes import NOON
from tests.core.services.counter import person
from tests.core.services.workshop import CARE, NETWORK, TECH, Workshop, staff
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table

    from core.model.staff import Staff
    from ticket_store.store import SqlStore

NAME = "Rahmawati"
RAHMA, OTHER = person(77_001_234), person(88_004_321)
DAY = timedelta(days=1)
LATER = NOON + 400 * DAY
NIK = "3510010107850001"
ADMIN = staff(CARE, roles=frozenset({Role.ADMIN}))
WHY = "Surat permohonan 12/2027"


class DiskFullError(OSError):
    """The disk refuses."""


@dataclass
class Folder:
    """A folder that says what was taken away; ``broken`` is a disk that refuses."""

    gone: list[str] = field(default_factory=list)
    broken: bool = False

    async def shred(self, names: Sequence[str]) -> None:
        if self.broken:
            raise DiskFullError
        self.gone += names


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def closed(shop: Workshop, sender: Any = RAHMA) -> str:
    """A ticket in whose every text somebody is named, from its first message to its end."""
    said = await shop.says(
        f"HELPDESK lampu rumah {NAME} mati", sender, sender_name=NAME, raw=NAME.encode(),
        external_id=f"wamid.{NAME}.{shop.count}", subject=f"Lampu {NAME}",
    )  # fmt: skip
    number = said.number
    assert number
    await shop.says(f"{number} kata {NAME} masih mati", sender, raw=NAME.encode())
    pended = Pend("access", NAME, f"Menunggu {NAME}", shop.now + 2 * DAY)
    for act, who in (
        (Dispose(NETWORK, f"Hubungi {NAME}"), CARE),
        (Mark(affected=NAME, external_ref=NAME), CARE),
        (Assign(TECH, f"Atas permintaan {NAME}", f"Tangga {NAME}"), CARE),
        (EnRoute(f"Ke rumah {NAME}"), TECH),
        (Arrive(f"Bertemu {NAME}"), TECH),
        (Depart(f"Kata {NAME} kabel putus"), TECH),
        (pended, TECH),
        (Resume(f"{NAME} sudah pulang"), TECH),
        (Answer(f"Yth. {NAME}, kami periksa."), TECH),
        (Note(f"{NAME} sering keluar"), CARE),
        (
            Resolve(f"Lampu {NAME} diganti", f"Salah {NAME}", f"Anjing {NAME}", f"Salam {NAME}"),
            TECH,
        ),
        (Close(f"{NAME} puas"), CARE),
    ):
        await shop.does(number, act, who)
    return number


async def besides(shop: Workshop, number: str) -> None:
    """What lies around a ticket: files, claims, codes, drafts, sealed values, logs, answers."""
    ticket, message = (await shop.rows(schema.tickets))[0], (await shop.rows(schema.messages))[0]
    letter = next(row for row in await shop.rows(schema.outbox) if row.purpose == "answer")
    note = next(row for row in await shop.rows(schema.notes) if row.kind == "note")
    here, paper = {"ticket_id": ticket.id}, {"content_type": "x", "filename": NAME, "size": 1}
    file = {"message_id": message.id, "reference": "", "content_type": "image/png"}
    rows: tuple[tuple[Table, dict[str, Any]], ...] = (
        (schema.attachments, file | {"position": 0, "filename": f"{NAME}.png", "state": "stored",
                                     "stored_as": "ab/cd", "sha256": NAME}),
        (schema.attachments, file | {"position": 1, "reference": "file:ab/ef"}),
        (schema.note_files, {"note_id": note.id, "position": 0, "stored_as": "ab/ij", **paper}),
        (schema.draft_files, here | {"staff_id": CARE, "kind": "note",
                              "stored_as": "ab/kl", "saved_at": shop.now, **paper}),
        (schema.outbox_files, {"outbox_id": letter.id, "position": 0, "stored_as": "ab/gh",
                               **paper}),
        (schema.claims, here | {"token_hash": "t", "kind": "phone", "value": RAHMA.value,
                                "created_at": NOON}),
        (schema.ticket_codes, here | {"hash": NAME, "created_at": NOON}),
        (schema.drafts, here | {"staff_id": TECH, "kind": "note", "text": NAME, "version": 1,
                                "saved_at": NOON}),
        (schema.surveys, here | {"address_id": ticket.address_id, "token_hash": "s",
                                 "opened_at": NOON, "rating": 4, "comment": NAME}),
        (schema.survey_answers, here | {"entry": 1, "item": 1, "half": "perception", "score": 4,
                                        "at": NOON, "by": "reporter"}),
        (schema.restricted_values, {"owner": f"ticket:{ticket.id}", "field": "nik",
                                    "key_id": "k", "sealed": NIK.encode(), "digest": NAME,
                                    "tail": "0001", "created_at": NOON}),
        (schema.quarantine, {"channel": "sms", "at": NOON, "sentence": "x",
                             "raw": NAME.encode(), "frame": NAME}),
        (schema.channel_log, {"channel": "sms", "at": NOON, "direction": "in",
                              "about": message.external_id, "said": NAME, "answered": ""}),
        (schema.idempotency_keys, {"staff_id": CARE, "key": "k", "request_hash": "h",
                                   "status": 200, "body": f"{number} {NAME}",
                                   "created_at": NOON}),
    )  # fmt: skip
    await shop.tell(*(insert(table).values(**row) for table, row in rows))


async def everything(shop: Workshop) -> str:
    """All that the store holds, as one text."""
    return repr([await shop.rows(table) for table in schema.metadata.sorted_tables])


def traces(held: str) -> set[str]:
    return {mark for mark in (NAME, RAHMA.value[3:], NIK) if mark in held}


async def found(shop: Workshop, typed: str) -> int:
    await gather_words(shop.store)
    words = read_search(typed, "HD", 26).words
    all_of_it = Scope(CARE, EVERYTHING, EVERYTHING)
    texts, _ = await shop.store.search.texts(all_of_it, words, None, 100)
    return len(texts)


async def request(shop: Workshop, number: str, reason: str = WHY) -> Request:
    [row] = await shop.ask(select(schema.tickets.c.id).where(schema.tickets.c.number == number))
    return Request(row.id, number, reason)


def figures(ticket: Any) -> tuple[Any, ...]:
    return (
        ticket.number, ticket.status, ticket.category, ticket.priority, ticket.opened_at,
        ticket.contacts, ticket.unit_id, ticket.assignee_id, ticket.answered_at, ticket.clocks,
        [(pause.reason, pause.started_at, pause.expected_at) for pause in ticket.pauses],
    )  # fmt: skip


async def test_bw_13_nobody_is_left_and_every_figure_is(shop: Workshop) -> None:
    number = await closed(shop)
    await besides(shop, number)
    assert await found(shop, NAME) > 0
    before, kinds = await shop.ticket(number), await shop.kinds(number)
    assert traces(await everything(shop)) == {NAME, RAHMA.value[3:], NIK}
    folder = Folder()
    eraser = Eraser(shop.store.desk, folder)
    await anchor(shop.store, NOON.date(), shop.now)
    assert await erase_old(eraser, NOON, LATER) == Erased()
    assert await erasable(shop.store.desk, LATER) == Erased(1, 0, 1)
    assert await erase_old(eraser, LATER, LATER) == Erased(1, 0, 1)
    assert sorted(folder.gone) == ["ab/cd", "ab/ef", "ab/gh", "ab/ij", "ab/kl"]
    assert await found(shop, NAME) == 0
    held = await everything(shop)
    # Answers to programs go by their own age, in hours.
    assert traces(held.replace(f"{number} {NAME}", "")) == set()
    after = await shop.ticket(number)
    assert figures(after) == figures(before)
    assert (after.subject, after.solution) == (SUBJECT, "")
    assert await shop.kinds(number) == [*kinds, "PersonErased"]
    [survey] = await shop.rows(schema.surveys)
    [score] = await shop.rows(schema.survey_answers)
    assert (survey.rating, survey.comment, score.score) == (4, "", 4)
    verdict = await verify(shop.store.audits, AuditWish("HD"))
    assert verdict.findings == ()
    # Again, nothing happens.
    assert await erasable(shop.store.desk, LATER) == Erased()
    assert await erase_old(eraser, LATER, LATER) == Erased()
    assert await everything(shop) == held


async def test_what_still_says_who_one_is_elsewhere_stays(shop: Workshop) -> None:
    old, _ = await closed(shop), await closed(shop, OTHER)
    until = shop.now + DAY
    shop.now += 300 * DAY
    new = await shop.opens(f"HELPDESK {NAME} lagi", RAHMA)
    await erase_old(Eraser(shop.store.desk, Folder()), until, LATER)
    values = {row.value for row in await shop.rows(schema.addresses)}
    assert RAHMA.value in values
    assert OTHER.value not in values
    assert NAME not in repr(await shop.ticket(old))
    assert NAME in (await shop.ticket(new)).description
    said = await shop.says(f"STATUS {new}", RAHMA)
    assert said.number == new
    foreign = await shop.says(f"{old} masih mati", RAHMA)
    assert foreign.number != old


async def test_a_message_without_a_ticket_goes_by_its_own_age(shop: Workshop) -> None:
    await shop.says(f"tanpa kata kunci dari {NAME}", RAHMA, sender_name=NAME, raw=NAME.encode())
    before = shop.now + DAY
    shop.now += 2 * DAY
    await shop.says("tanpa kata kunci yang baru", OTHER)
    eraser = Eraser(shop.store.desk, Folder())
    assert await erasable(shop.store.desk, before) == Erased(0, 1)
    assert await erase_old(eraser, before, LATER) == Erased(0, 1)
    held = await everything(shop)
    assert traces(held) == set()
    assert OTHER.value in held
    rows = {row.text for row in await shop.rows(schema.messages)}
    assert rows == {MARK, "tanpa kata kunci yang baru"}


async def test_a_run_that_is_cut_short_goes_on(shop: Workshop) -> None:
    await besides(shop, await closed(shop))
    await closed(shop, OTHER)
    broken = Eraser(shop.store.desk, Folder(broken=True))
    with pytest.raises(DiskFullError):
        await erase_old(broken, LATER, LATER)
    assert await erasable(shop.store.desk, LATER) == Erased(2, 0, 1)
    folder = Folder()
    assert (await erase_old(Eraser(shop.store.desk, folder), LATER, LATER)).tickets == 2
    assert len(folder.gone) == 5


async def test_what_waits_to_be_sent_leaves_no_more(shop: Workshop) -> None:
    await closed(shop)
    await erase_old(Eraser(shop.store.desk, Folder()), LATER, LATER)
    rows = await shop.rows(schema.outbox)
    assert rows
    assert {row.state for row in rows} <= {"withdrawn", "handed_over", "dead"}
    assert {(row.text, row.recipient) for row in rows} == {(MARK, "")}


async def test_a_partner_is_no_person(shop: Workshop) -> None:
    number = await closed(shop)
    partner = {"address_kind": "phone", "address": OTHER.value}
    await shop.tell(update(schema.units).where(schema.units.c.id == NETWORK).values(**partner))
    await shop.join(number, OTHER)
    await erase_old(Eraser(shop.store.desk, Folder()), LATER, LATER)
    [left] = await shop.rows(schema.participants)
    values = {row.id: row.value for row in await shop.rows(schema.addresses)}
    assert values[left.address_id] == OTHER.value


async def test_ll_09_a_person_is_forgotten_at_their_wish(shop: Workshop) -> None:
    first, second = await closed(shop), await closed(shop)
    await besides(shop, first)
    await shop.says(f"halo dari {NAME}", RAHMA)
    runs = await shop.opens(f"HELPDESK pagar {NAME} roboh", RAHMA)
    eraser = Eraser(shop.store.desk, Folder())
    refused = await erase_person(eraser, ADMIN, await request(shop, first), LATER)
    assert isinstance(refused, Refusal)
    assert (refused.kind, runs in refused.sentence) == (RefusalKind.NOT_ALLOWED, True)
    for act, who in ((Assign(TECH), CARE), (Start("Mulai"), TECH), (Resolve("Berdiri"), TECH),
                     (Close(), CARE)):  # fmt: skip
        await shop.does(runs, act, who)
    done = await erase_person(eraser, ADMIN, await request(shop, first), LATER)
    assert done == Erased(3, 1)
    await shop.tell(schema.quarantine.delete())  # nobody can tell whose a payload was
    assert traces(await everything(shop)) == set()
    texts = {row.text for row in await shop.rows(schema.notes)}
    assert texts == {MARK, WHY}
    for number in (first, second, runs):
        assert (await shop.kinds(number))[-1] == "PersonErased"
    again = await erase_person(eraser, ADMIN, await request(shop, first), LATER)
    assert again == Erased()
    assert (await verify(shop.store.audits, AuditWish("HD"))).findings == ()


async def registers(shop: Workshop, *, mail: bool = True) -> None:
    """The reporter has an account; with ``mail`` also an address that no ticket came from."""
    letters = {"kind": "email", "value": f"{NAME}@contoh.example", "contact_id": 7}
    seen = {"first_seen_at": NOON, "last_seen_at": NOON}
    own = schema.addresses.c.value == RAHMA.value
    [phone] = await shop.ask(select(schema.addresses.c.id).where(own))
    rows: tuple[tuple[Table, dict[str, Any]], ...] = (
        (schema.contacts, {"id": 7, "name": NAME, "created_at": NOON}),
        *([(schema.addresses, letters | seen)] if mail else []),
        (schema.registrations, {"contact_id": 7, "phone": RAHMA.value, "email": letters["value"],
                                "area": NAME, "registered_at": NOON, "by": "reporter"}),
        (schema.account_codes, {"address_id": phone.id, "purpose": "login", "hash": NAME,
                                "created_at": NOON}),
        (schema.account_sessions, {"token_hash": NAME, "contact_id": 7, "seen_at": NOON,
                                   "expires_at": LATER}),
        (schema.restricted_values, {"owner": "contact:7", "field": "nik", "key_id": "k",
                                    "sealed": NIK.encode(), "digest": NAME, "tail": "0001",
                                    "created_at": NOON}),
    )  # fmt: skip
    await shop.tell(*(insert(table).values(**row) for table, row in rows))
    await shop.tell(update(schema.addresses).where(own).values(contact_id=7))


async def test_ll_09_whoever_registered_is_forgotten_with_their_account(shop: Workshop) -> None:
    number = await closed(shop)
    await registers(shop)
    eraser = Eraser(shop.store.desk, Folder())
    assert await erase_person(eraser, ADMIN, await request(shop, number), LATER) == Erased(1, 0)
    assert traces(await everything(shop)) == set()
    for table in (schema.contacts, schema.registrations, schema.account_sessions):
        assert await shop.rows(table) == []


@pytest.mark.parametrize("mail", [True, False])
async def test_bw_13_an_account_goes_with_the_last_address_that_opens_it(
    shop: Workshop, mail: bool
) -> None:
    await closed(shop)
    await registers(shop, mail=mail)
    await erase_old(Eraser(shop.store.desk, Folder()), LATER, LATER)
    tables = (schema.contacts, schema.registrations, schema.account_sessions)
    assert [len(await shop.rows(table)) for table in tables] == [mail, mail, mail]
    assert await shop.rows(schema.account_codes) == []


@pytest.mark.parametrize(
    ("by", "reason", "expected"),
    [(staff(CARE), WHY, NOT_ALLOWED), (ADMIN, " a ", "reason"), (ADMIN, "", "reason")],
)
async def test_only_an_administrator_with_a_reason(
    shop: Workshop, by: Staff, reason: str, expected: Any
) -> None:
    number = await closed(shop)
    eraser = Eraser(shop.store.desk, Folder())
    refused = await erase_person(eraser, by, await request(shop, number, reason), LATER)
    assert isinstance(refused, Refusal)
    assert expected in (refused, refused.field)
    assert NAME in repr(await shop.ticket(number))


async def test_a_ticket_that_is_not_there(shop: Workshop) -> None:
    eraser = Eraser(shop.store.desk, Folder())
    with pytest.raises(NotFound):
        await erase_person(eraser, ADMIN, Request(26 * 10**9 + 9, "HD26-000009-0", WHY), LATER)


@pytest.mark.parametrize(
    ("at", "months", "before"),
    [
        ((2027, 3, 31), 1, (2027, 2, 28)),
        ((2028, 3, 31), 1, (2028, 2, 29)),
        ((2027, 1, 15), 1, (2026, 12, 15)),
        ((2027, 12, 5), 24, (2025, 12, 5)),
        ((2027, 5, 5), 0, (2027, 5, 5)),
    ],
)
def test_months_are_those_of_the_calendar(
    at: tuple[int, int, int], months: int, before: tuple[int, int, int]
) -> None:
    assert months_before(datetime(*at, tzinfo=UTC), months) == datetime(*before, tzinfo=UTC)
