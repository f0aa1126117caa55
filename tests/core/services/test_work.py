"""Acts of staff end to end in the core, on both stores: from the number to the end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, update

from core.errors import NotFound
from core.model.acts import (
    Answer,
    Arrive,
    AskSupervisor,
    Assign,
    Classify,
    Close,
    Depart,
    Dispose,
    EnRoute,
    Mark,
    Note,
    PlanVisit,
    Resolve,
    Start,
)
from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, SOLUTION
from core.model.messages import Address, AddressKind
from core.model.ticket import Status
from core.model.work import RefusalKind
from tests.core.fakes import MAIL, SARI
from tests.core.services.workshop import CARE, NETWORK, OTHER, TECH, Workshop, clock
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

DAY = timedelta(days=1)


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def assigned(shop: Workshop) -> str:
    number = await shop.opens()
    await shop.does(number, Assign(TECH))
    return number


async def test_a_ticket_goes_from_its_number_to_its_end(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.does(number, Dispose(NETWORK, "Mohon diperiksa di tempat", TECH))
    await shop.does(number, PlanVisit(shop.now + DAY), TECH)
    await shop.does(number, EnRoute("Berangkat"), TECH)
    await shop.does(number, Arrive("Tiba"), TECH)
    await shop.does(number, Depart("Kabel putus"), TECH)
    await shop.does(number, Answer("Kabel sedang kami ganti."), TECH)
    await shop.does(number, Resolve("Kabel diganti."), TECH)
    done = await shop.does(number, Close())
    assert done.ticket.status is Status.CLOSED
    assert await shop.kinds(number) == [
        *("TicketOpened", "Disposed", "VisitPlanned", "EnRoute", "Arrived", "Departed"),
        *("Answered", "Resolved", "Closed"),
    ]
    assert done.ticket.solution == "Kabel diganti."
    assert all(not clock.open for clock in done.ticket.clocks)
    [row] = await shop.rows(schema.visits)
    assert row.finding == "Kabel putus"
    assert row.departed_at is not None
    assert [row.ended_at is None for row in await shop.rows(schema.assignments)] == [False]
    assert await shop.ticket(number) == done.ticket


async def test_a_stale_writer_is_told_both_versions_and_what_changed(shop: Workshop) -> None:
    number = await shop.opens()
    seen = await shop.ticket(number)
    await shop.does(number, Note("Sudah ditelepon."), version=seen.version)
    await shop.does(number, Assign(TECH))
    refusal = await shop.refused(number, Assign(OTHER), version=seen.version, seq=seen.event_seq)
    assert refusal.kind is RefusalKind.STALE
    assert (refusal.version, refusal.expected) == (3, 1)
    assert [one.kind for one in refusal.changes] == ["NoteAdded", "Assigned"]
    assert [one.actor for one in refusal.changes] == [f"staff:{CARE}"] * 2
    refusal = await shop.refused(number, Note("x"), version=seen.version)
    assert [one.kind for one in refusal.changes] == ["NoteAdded", "Assigned"]


async def test_mb_20_two_who_assign_at_once_never_double(shop: Workshop) -> None:
    number = await shop.opens()
    version = (await shop.ticket(number)).version
    outcomes = await asyncio.gather(
        shop.tries(number, Assign(TECH), version=version),
        shop.tries(number, Assign(OTHER), version=version),
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Done", "Refusal"]
    running = [row for row in await shop.rows(schema.assignments) if row.ended_at is None]
    assert len(running) == 1
    assert len(await shop.sent("assigned")) == 1
    assert await shop.kinds(number) == ["TicketOpened", "Assigned"]


async def test_writers_without_a_version_wait_for_each_other(shop: Workshop) -> None:
    number = await shop.opens()
    await asyncio.gather(*(shop.does(number, Note(f"Catatan {n}.")) for n in range(8)))
    assert await shop.kinds(number) == ["TicketOpened", *["NoteAdded"] * 8]
    assert (await shop.ticket(number)).version == 9


async def test_messages_and_acts_at_once_wait_for_each_other(shop: Workshop) -> None:
    number = await assigned(shop)
    said = (shop.says(f"masih mati, kali ke {n}") for n in range(20))
    done = (shop.does(number, Note(f"Catatan {n}."), TECH) for n in range(20))
    told = (shop.does(number, Answer(f"Kabar {n}."), TECH) for n in range(10))
    await asyncio.gather(*said, *done, *told)
    kinds = await shop.kinds(number)
    assert [kinds.count(kind) for kind in ("MessageJoined", "NoteAdded", "Answered")] == [
        20,
        20,
        10,
    ]


async def test_a_region_that_is_not_there_is_named(shop: Workshop) -> None:
    number = await shop.opens()
    refusal = await shop.refused(number, Classify(region_id=9))
    assert (refusal.kind, refusal.field) == (RefusalKind.INVALID, "region_id")
    await shop.tell(insert(schema.regions).values(code="kec", name="Kecamatan"))
    done = await shop.does(number, Classify(region_id=1))
    assert done.ticket.region_id == 1


# --- the citizen ------------------------------------------------------------------------------


async def test_bw_23_an_answer_leaves_where_the_reporter_wrote_last(shop: Workshop) -> None:
    number = await shop.opens()
    mail = Address(AddressKind.EMAIL, "sari@contoh.example")
    done = await shop.does(number, Answer("Sedang kami periksa."))
    assert done.told == ("answer",)
    await shop.join(number, mail)
    await shop.tell(update(schema.participants).values(role="reporter"))
    await shop.says(f"{number} masih mati", mail, channel=MAIL, subject="Lampu")
    await shop.does(number, Answer("Petugas datang besok."))
    first, second = [row for row in await shop.rows(schema.outbox) if row.purpose == "answer"]
    assert (first.channel, first.recipient, first.text) == (
        "sms",
        SARI.value,
        "Sedang kami periksa.",
    )
    assert (second.channel, second.recipient, second.urgency) == ("email", mail.value, 0)


async def test_bw_39_only_a_persons_answer_keeps_the_first_answer(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.does(number, Assign(TECH))
    assert clock(await shop.ticket(number), FIRST_ANSWER).open
    done = await shop.does(number, Answer("Selamat pagi, kami periksa."), TECH)
    answer = clock(done.ticket, FIRST_ANSWER)
    assert not answer.open
    assert answer.met_at == shop.now
    assert (done.ticket.answered_at, done.ticket.answered_by) == (shop.now, TECH)
    assert clock(done.ticket, SOLUTION).open
    await shop.says("Kapan petugasnya datang?")
    assert clock(await shop.ticket(number), NEXT_ANSWER).open
    done = await shop.does(number, Answer("Besok pagi."), TECH)
    assert not clock(done.ticket, NEXT_ANSWER).open
    assert done.ticket.answered_at
    assert done.ticket.answered_at < shop.now


async def test_notes_never_leave_the_house(shop: Workshop) -> None:
    number = await shop.opens()
    before = await shop.rows(schema.outbox)
    await shop.does(number, Note("Pelapor marah."))
    await shop.does(number, AskSupervisor("Boleh diganti baru?"))
    assert await shop.rows(schema.outbox) == before
    kinds = [(row.kind, row.text) for row in await shop.rows(schema.notes)]
    assert kinds == [("note", "Pelapor marah."), ("question", "Boleh diganti baru?")]
    told = "".join(event.data for event in await shop.history(number))
    assert "marah" not in told


async def test_who_wrote_stop_gets_answers_but_no_notices(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.says("STOP")
    done = await shop.does(number, Assign(TECH))
    assert done.told == ()
    assert (await shop.does(number, Answer("Sedang kami periksa."))).told == ("answer",)
    await shop.does(number, Start("Mulai"), TECH)
    done = await shop.does(number, Resolve("Lampu diganti."), TECH)
    assert done.ticket.noticed_at is None


async def test_nobody_to_write_to_is_said_and_a_spoken_answer_counts(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.tell(update(schema.addresses).values(unreachable="Nomor tidak aktif"))
    refusal = await shop.refused(number, Answer("Sudah selesai."))
    assert (refusal.kind, refusal.field) == (RefusalKind.NOT_ALLOWED, "spoken")
    done = await shop.does(number, Answer("Sudah disampaikan lewat telepon.", spoken=True))
    assert done.told == ()
    assert not clock(done.ticket, FIRST_ANSWER).open


# --- who may ----------------------------------------------------------------------------------


async def test_what_somebody_may_not_see_does_not_exist(shop: Workshop) -> None:
    number = await shop.opens()
    with pytest.raises(NotFound):
        await shop.tries(number, Note("x"), TECH)
    await shop.does(number, Assign(TECH))
    await shop.does(number, Note("Saya berangkat."), TECH)
    assert (await shop.refused(number, Close(), TECH)).kind is RefusalKind.UNENTITLED
    with pytest.raises(NotFound):
        await shop.tries("HD26-999999-9", Note("x"))


async def test_mb_26_a_complaint_about_somebody_leaves_that_person(shop: Workshop) -> None:
    number = await assigned(shop)
    done = await shop.does(number, Mark(about_staff_id=TECH, sensitive=True))
    assert done.ticket.assignee_id is None
    with pytest.raises(NotFound):
        await shop.tries(number, Note("x"), TECH)
    refusal = await shop.refused(number, Assign(TECH))
    assert (refusal.kind, refusal.field) == (RefusalKind.NOT_ALLOWED, "staff_id")
