"""What the citizen's commands leave behind on a ticket that staff work on (requirements §4)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from core.model.acts import (
    Answer,
    Assign,
    DecideObjection,
    Dispose,
    EnRoute,
    Merge,
    Pend,
    PlanVisit,
    Reject,
    Resolve,
    Start,
)
from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, SOLUTION
from core.model.messages import ChannelId, Outcome
from core.model.staff import Role
from core.model.ticket import Status
from core.model.work import Actor
from core.services.work import Done, Order, act
from tests.core.fakes import BUDI, DAY, HOUR, SARI
from tests.core.services.workshop import CARE, NETWORK, OTHER, TECH, Workshop, staff
from ticket_store import schema

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

CHAT = ChannelId("whatsapp")
SOLVED = Resolve("kabel diganti")


@pytest.fixture
async def shop(store: SqlStore) -> Workshop:
    return await Workshop(store).open_doors()


async def working(shop: Workshop) -> str:
    """A ticket that a technician works on."""
    number = await shop.opens()
    await shop.does(number, Dispose(NETWORK, "periksa"))
    await shop.does(number, Assign(TECH))
    await shop.does(number, Start("Mulai"), TECH)
    return number


async def resolved(shop: Workshop) -> str:
    number = await working(shop)
    await shop.does(number, SOLVED, TECH)
    return number


def waiting(shop: Workshop) -> Pend:
    until = shop.now + 2 * DAY
    return Pend("power_outage", "PLN", "gardu padam", until)


async def last(shop: Workshop) -> str:
    return (await shop.texts())[-1]


async def running_assignments(shop: Workshop) -> list[Any]:
    table = schema.assignments
    return list(await shop.ask(select(table.c.staff_id).where(table.c.ended_at.is_(None))))


# --- status -----------------------------------------------------------------------------------


async def test_km_11_a_status_tells_state_reason_step_time_answer_and_unit(
    shop: Workshop,
) -> None:
    number = await working(shop)
    await shop.says("tolong cepat ya pak", channel=CHAT)
    await shop.does(number, Answer("Besok pagi kami datang."), TECH)
    visit = shop.now + DAY
    await shop.does(number, PlanVisit(visit), TECH)
    await shop.says("STATUS", channel=CHAT)
    text = await last(shop)
    assert text.startswith(f"Tiket {number}: Dikerjakan (diperbarui ")
    assert "\nAlasan: sedang dikerjakan petugas\n" in text
    assert "\nLangkah berikutnya: petugas datang Rab 15 Juli 2026 pukul " in text
    assert "\nJawaban petugas: Besok pagi kami datang. (Sel 14 Juli 2026 pukul 10." in text
    assert "\nBatas selesai: Sen 20 Juli 2026 pukul 17.00 WIB\n" in text
    assert "\nPenanggung jawab: Bidang Jaringan\n" in text
    await shop.does(number, EnRoute("Berangkat"), TECH)
    await shop.says("STATUS", channel=CHAT)
    assert "Langkah berikutnya: petugas dalam perjalanan ke lokasi\n" in await last(shop)


async def test_km_09_a_waiting_ticket_says_for_whom_why_since_and_until_when(
    shop: Workshop,
) -> None:
    number = await working(shop)
    await shop.does(number, waiting(shop), TECH)
    await shop.says(f"STATUS {number}")
    assert await last(shop) == (
        f"Tiket {number} menunggu PLN sejak 14/07 10.05 s/d 16/07 10.04 WIB, karena "
        "listrik padam: gardu padam. Balas bila ada tambahan."
    )
    await shop.says(f"STATUS {number}", channel=CHAT)
    text = await last(shop)
    for line in (
        f"Tiket {number}: Menunggu sejak Sel 14 Juli 2026 pukul 10.05 WIB.",
        "Menunggu: PLN",
        "Alasan: listrik padam: gardu padam",
        "Perkiraan dilanjutkan: Kam 16 Juli 2026 pukul 10.04 WIB",
        "Langkah berikutnya: pekerjaan dilanjutkan begitu penyebab tunda selesai",
    ):
        assert line in text.splitlines()
    assert "dilanjutkan (semula Sen 20 Juli 2026 pukul 17.00 WIB)\n" in text


async def test_an_ended_ticket_says_how_to_take_it_up_again(shop: Workshop) -> None:
    number = await resolved(shop)
    await shop.says(f"STATUS {number}")
    assert await last(shop) == (
        f"Tiket {number}: Selesai sejak 14/07 10.05 WIB, karena pekerjaan sudah selesai. "
        "Berikutnya: SELESAI, atau BUKA s/d 21/07 10.05."
    )
    shop.now += 8 * DAY
    await shop.says(f"STATUS {number}")
    assert "Berikutnya: masalah lain: kirim HELPDESK isi keluhan." in await last(shop)


async def test_km_06_asking_without_a_number_is_recognised_and_answered(shop: Workshop) -> None:
    number = await working(shop)
    receipt = await shop.says("kapan dikerjakan ya pak")
    assert (receipt.outcome, receipt.number) == (Outcome.JOINED, number)
    assert (await last(shop)).startswith(f"Tiket {number}: Dikerjakan, karena")
    told = len(await shop.texts())
    await shop.says("lampunya yang di ruang tunggu")
    assert len(await shop.texts()) == told


async def test_km_06_the_third_contact_raises_a_flag_once(shop: Workshop) -> None:
    number = await shop.opens()
    for text in ("sampai mana pak", f"STATUS {number}", "halo?", "halo lagi", "STATUS"):
        await shop.says(text)
    kinds = await shop.kinds(number)
    assert kinds.count("ContactFlagged") == 1
    assert kinds.index("ContactFlagged") == 3
    [flag] = [one for one in await shop.history(number) if one.kind == "ContactFlagged"]
    assert (flag.actor, json.loads(flag.data)) == ("system", {"contacts": 3})
    assert (await shop.ticket(number)).contacts == 6


# --- escalation -------------------------------------------------------------------------------


async def test_km_13_escalation_marks_the_ticket_and_the_conversation_goes_on(
    shop: Workshop,
) -> None:
    number = await working(shop)
    await shop.does(number, Answer("Kami periksa."), TECH)
    await shop.says("terima kasih, tapi masih mati")
    receipt = await shop.says(f"ESKALASI {number} sudah dua hari")
    assert receipt.number == number
    ticket = await shop.ticket(number)
    assert (ticket.asked_escalation, ticket.status) == (True, Status.IN_PROGRESS)
    text = await last(shop)
    assert text.startswith(f"Permintaan eskalasi tiket {number} kami teruskan ke kepala satuan")
    assert "Percakapan tetap terbuka" in text
    again = await shop.says("masih menunggu")
    assert (again.outcome, again.number) == (Outcome.JOINED, number)
    thread = [entry.text for entry in await shop.store.reads.thread(number)]
    assert thread.index("masih menunggu") > thread.index(f"ESKALASI {number} sudah dua hari")
    clock = (await shop.ticket(number)).clock(NEXT_ANSWER)
    assert clock
    assert clock.open


async def test_escalation_owes_an_answer_though_the_last_was_given(shop: Workshop) -> None:
    number = await working(shop)
    await shop.does(number, Answer("Kami periksa."), TECH)
    await shop.says(f"ESKALASI {number}")
    ticket = await shop.ticket(number)
    owed = ticket.clock(NEXT_ANSWER)
    assert owed
    assert owed.open
    assert f"{owed.due_at.astimezone(shop.policy.zone):%d/%m %H.%M}" in await last(shop)
    assert ticket.clock(FIRST_ANSWER).met_at  # type: ignore[union-attr]  # every ticket has it


async def test_escalation_of_an_ended_ticket_changes_nothing(shop: Workshop) -> None:
    number = await resolved(shop)
    await shop.says(f"ESKALASI {number}")
    ticket = await shop.ticket(number)
    assert (ticket.asked_escalation, ticket.status) == (False, Status.RESOLVED)
    assert (await shop.kinds(number))[-1] == "EscalationNotTaken"


# --- objection --------------------------------------------------------------------------------


async def rejected(shop: Workshop) -> str:
    number = await shop.opens()
    await shop.does(number, Reject("outside_authority", "kewenangan provinsi"))
    return number


async def test_ll_13_an_objection_goes_to_another_officer_once(shop: Workshop) -> None:
    number = await rejected(shop)
    await shop.says(f"KEBERATAN {number} jalan ini milik kabupaten")
    ticket = await shop.ticket(number)
    assert (ticket.status, ticket.objected, ticket.objection_open) == (
        Status.UNDER_REVIEW,
        True,
        True,
    )
    assert ticket.reason == "keberatan ditelaah petugas lain"
    solution = ticket.clock(SOLUTION)
    assert solution
    assert solution.open
    assert (await last(shop)).startswith(f"Keberatan atas tiket {number} kami catat")
    same = await shop.refused(number, DecideObjection(accept=True, reason="ya"), CARE)
    assert "petugas lain" in same.sentence
    other = Actor(staff(OTHER, roles=frozenset({Role.CUSTOMER_CARE})))
    refusing = DecideObjection(accept=False, reason="tetap")
    order = Order(other, number, refusing, shop.now)
    assert isinstance(await act(shop.store.desk, shop.work, order), Done)
    assert (await shop.ticket(number)).status is Status.REJECTED
    await shop.says(f"KEBERATAN {number} sekali lagi")
    assert (await shop.ticket(number)).status is Status.REJECTED
    assert "tidak dapat diajukan, karena sudah pernah diputus" in await last(shop)


async def test_an_objection_comes_too_late(shop: Workshop) -> None:
    number = await rejected(shop)
    shop.now += 7 * DAY + HOUR
    await shop.says(f"KEBERATAN {number} maaf terlambat")
    ticket = await shop.ticket(number)
    assert (ticket.status, ticket.objected) == (Status.REJECTED, False)
    assert "karena batas waktunya sudah lewat" in await last(shop)


async def test_only_a_rejection_can_be_objected_to(shop: Workshop) -> None:
    number = await working(shop)
    await shop.says(f"KEBERATAN {number}")
    ticket = await shop.ticket(number)
    assert (ticket.status, ticket.objected) == (Status.IN_PROGRESS, False)


# --- confirmed, withdrawn, taken up again -------------------------------------------------------


async def test_the_citizen_closes_what_waited_for_approval(shop: Workshop) -> None:
    number = await resolved(shop)
    await shop.says(f"SELESAI {number}")
    ticket = await shop.ticket(number)
    assert (ticket.status, ticket.approval, ticket.noticed_at) == (Status.CLOSED, "", None)
    solution = ticket.clock(SOLUTION)
    assert solution
    assert (solution.open, bool(solution.met_at)) == (False, True)


async def test_withdrawing_ends_pause_assignment_and_clocks(shop: Workshop) -> None:
    number = await working(shop)
    await shop.does(number, waiting(shop), TECH)
    await shop.says(f"BATAL {number}")
    ticket = await shop.ticket(number)
    assert (ticket.status, ticket.pause) == (Status.CANCELLED, None)
    assert not any(clock.open for clock in ticket.clocks if clock.target != "pending")
    assert await running_assignments(shop) == []
    [pause] = await shop.rows(schema.pauses)
    assert pause.ended_at == shop.now
    await shop.says(f"BUKA {number}")
    again = await shop.ticket(number)
    assert (again.status, again.assignee_id) == (Status.RECEIVED, TECH)
    assert [row.staff_id for row in await running_assignments(shop)] == [TECH]


async def test_reopening_gives_the_work_back_to_who_had_it(shop: Workshop) -> None:
    number = await resolved(shop)
    assert await running_assignments(shop) == []
    await shop.says(f"BUKA {number} mati lagi")
    ticket = await shop.ticket(number)
    assert (ticket.status, ticket.work_done, ticket.noticed_at) == (
        Status.IN_PROGRESS,
        False,
        None,
    )
    assert [row.staff_id for row in await running_assignments(shop)] == [TECH]
    assert all(clock.open for clock in ticket.clocks if clock.target == SOLUTION)
    done = await shop.tries(number, SOLVED, TECH)
    assert isinstance(done, Done)


async def test_writing_on_reopens_like_the_command(shop: Workshop) -> None:
    number = await resolved(shop)
    await shop.says(f"{number} masih mati pak")
    assert [row.staff_id for row in await running_assignments(shop)] == [TECH]
    assert not (await shop.ticket(number)).work_done


# --- split and continued ----------------------------------------------------------------------


async def test_split_tickets_name_each_other(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.says("HELPDESK lampu ruang tunggu mati sejak kemarin sore ya")
    receipt = await shop.says("BARU")
    assert (receipt.outcome, receipt.number != number) == (Outcome.OPENED, True)
    assert receipt.number
    *_, parted = await shop.history(number)
    assert parted.kind == "MessageSplit"
    assert json.loads(parted.data)["into"] == receipt.number
    new, old = await shop.ticket(receipt.number), await shop.ticket(number)
    assert new.linked_to == old.id
    assert old.contacts == 2
    [opened] = await shop.history(receipt.number)
    assert json.loads(opened.data)["split_from"] == json.loads(parted.data)["message"]


async def test_opened_again_too_late_both_tickets_name_each_other(shop: Workshop) -> None:
    number = await resolved(shop)
    shop.now += 8 * DAY
    receipt = await shop.says(f"BUKA {number} mati lagi")
    assert receipt.number
    new = await shop.ticket(receipt.number)
    assert new.linked_to == (await shop.ticket(number)).id
    [opened] = await shop.history(receipt.number)
    assert json.loads(opened.data)["continues"] == number
    assert (await shop.kinds(number))[-1] == "ContinuedIn"
    assert (await shop.ticket(number)).status is Status.RESOLVED


# --- notices ----------------------------------------------------------------------------------


async def test_stop_ends_notices_and_start_brings_them_back(shop: Workshop) -> None:
    number = await working(shop)
    await shop.says("STOP")
    before = len(await shop.texts())
    await shop.does(number, SOLVED, TECH)
    assert len(await shop.texts()) == before
    await shop.says("MULAI")
    await shop.says(f"BUKA {number}")
    await shop.does(number, SOLVED, TECH)
    assert (await last(shop)).startswith(f"Tiket {number} selesai: kabel diganti.")


async def test_a_notice_takes_the_channel_used_last(shop: Workshop) -> None:
    number = await working(shop)
    await shop.says("saya tambah fotonya", channel=CHAT)
    await shop.does(number, SOLVED, TECH)
    row = (await shop.rows(schema.outbox))[-1]
    assert (row.channel, row.purpose) == ("whatsapp", "resolved")
    assert row.text.startswith(f"Tiket {number} kami nyatakan selesai pada ")
    assert "{" not in row.text


async def test_people_of_a_merged_ticket_hear_of_the_one_it_went_into(shop: Workshop) -> None:
    number = await working(shop)
    other = await shop.opens(sender=BUDI)
    await shop.does(other, Merge(number))
    assert await last(shop) == (
        f"Tiket {other} digabung dengan tiket {number} karena masalahnya sama. Kabar berikutnya "
        f"memakai nomor {number}. Cek: STATUS {number}"
    )
    await shop.says(f"STATUS {number}", BUDI)
    assert (await last(shop)).startswith(f"Tiket {number}: Dikerjakan")
    await shop.says(f"STATUS {other}", BUDI)
    assert "perkembangan tercatat pada tiket induk" in await last(shop)
    await shop.does(number, SOLVED, TECH)
    told = [row.recipient for row in await shop.rows(schema.outbox) if row.purpose == "resolved"]
    assert sorted(told) == sorted([SARI.value, BUDI.value])
