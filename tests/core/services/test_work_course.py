"""Standing still, approval and the ways a ticket ends, in the core on both stores."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from core.model.acts import (
    Approve,
    Assign,
    CheckStock,
    Close,
    DecideObjection,
    Merge,
    Pend,
    RefuseApproval,
    Reject,
    Reopen,
    Resolve,
    Resume,
    SetPriority,
    Start,
    UseStock,
)
from core.model.clock import PENDING, SOLUTION
from core.model.ticket import Priority, Status
from core.model.work import RefusalKind
from tests.core.fakes import BUDI, SARI
from tests.core.services.counter import PRINTER
from tests.core.services.workshop import BOSS, CARE, LEADER, TECH, Workshop, clock
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


# --- standing still ---------------------------------------------------------------------------


async def test_bw_34_hardware_on_order_stops_the_clock_for_a_week_at_most(shop: Workshop) -> None:
    number = await assigned(shop)
    await shop.does(number, Start("Mulai"), TECH)
    due = clock(await shop.ticket(number), SOLUTION).due_at
    order = Pend("hardware_on_order", "pemasok", "Lampu rusak", shop.now + 8 * DAY, "lampu LED")
    refusal = await shop.refused(number, order, TECH)
    assert (refusal.kind, refusal.field) == (RefusalKind.INVALID, "expected_at")
    done = await shop.does(number, replace(order, expected_at=shop.now + 3 * DAY), TECH)
    assert done.ticket.status is Status.PENDING
    assert clock(done.ticket, SOLUTION).look_at is None
    assert clock(done.ticket, PENDING).due_at == shop.now + 7 * DAY
    [text] = await shop.sent("pending_hardware")
    assert "lampu LED" in text
    shop.now += 2 * DAY
    done = await shop.does(number, Resume("Lanjut"), TECH)
    assert done.ticket.status is Status.IN_PROGRESS
    assert clock(done.ticket, SOLUTION).due_at > due
    assert not clock(done.ticket, PENDING).open
    [pause] = done.ticket.pauses
    assert pause.ended_at == shop.now


async def test_bw_50_a_pause_without_comment_is_refused(shop: Workshop) -> None:
    number = await assigned(shop)
    pause = Pend("power_outage", "PLN", "  ", shop.now + DAY)
    refusal = await shop.refused(number, pause, TECH)
    assert (refusal.kind, refusal.field) == (RefusalKind.MISSING, "note")


async def test_bw_44_priority_counts_from_receipt_again(shop: Workshop) -> None:
    number = await shop.opens()
    before = await shop.ticket(number)
    done = await shop.does(number, SetPriority(Priority.EMERGENCY, "Ruang gawat darurat gelap"))
    after = done.ticket
    assert clock(after, SOLUTION).due_at < clock(before, SOLUTION).due_at
    assert clock(after, SOLUTION).started_at == before.opened_at
    [_, event] = await shop.history(number)
    assert json.loads(event.data)["old"] == "normal"
    assert json.loads(event.data)["solution"] == clock(after, SOLUTION).due_at.isoformat()


# --- approval ---------------------------------------------------------------------------------


async def test_dk_11_work_waits_for_approval_but_never_in_an_emergency(shop: Workshop) -> None:
    shop.work = replace(shop.work, approval_before_work=True)
    number = await assigned(shop)
    assert await shop.sent("assigned") == []
    refusal = await shop.refused(number, Start("Mulai"), TECH)
    assert refusal.kind is RefusalKind.NOT_ALLOWED
    assert (await shop.refused(number, Approve(), CARE)).kind is RefusalKind.UNENTITLED
    await shop.does(number, Approve(), BOSS)
    assert len(await shop.sent("assigned")) == 1
    await shop.does(number, Start("Mulai"), TECH)
    urgent = await shop.opens(PRINTER, BUDI)
    await shop.does(urgent, SetPriority(Priority.EMERGENCY, "Loket lumpuh"))
    await shop.does(urgent, Assign(TECH))
    await shop.does(urgent, Start("Mulai"), TECH)


async def test_dk_34_refused_work_goes_back_and_its_clock_runs_again(shop: Workshop) -> None:
    shop.work = replace(shop.work, approval_after_work=True)
    number = await assigned(shop)
    await shop.does(number, Start("Mulai"), TECH)
    done = await shop.does(number, Resolve("Lampu diganti."), TECH)
    assert done.ticket.approval == "after"
    assert (await shop.refused(number, Close())).kind is RefusalKind.NOT_ALLOWED
    done = await shop.does(number, RefuseApproval("Lampu masih berkedip"), BOSS)
    assert (done.ticket.status, done.ticket.progress) == (Status.IN_PROGRESS, 99)
    assert clock(done.ticket, SOLUTION).open
    await shop.does(number, Resolve("Ballast juga diganti."), TECH)
    done = await shop.does(number, Approve(), BOSS)
    assert done.ticket.status is Status.CLOSED
    phases = [(row.phase, row.approved) for row in await shop.rows(schema.approvals)]
    assert phases == [("after", False), ("after", True)]


# --- the end ----------------------------------------------------------------------------------


async def test_mb_22_nothing_is_solved_without_a_solution(shop: Workshop) -> None:
    number = await assigned(shop)
    await shop.does(number, Start("Mulai"), TECH)
    refusal = await shop.refused(number, Resolve(" \n"), TECH)
    assert (refusal.kind, refusal.field) == (RefusalKind.MISSING, "solution")
    done = await shop.does(number, Resolve("Lampu diganti."), TECH)
    assert done.ticket.status is Status.RESOLVED


async def test_ll_15_the_solution_is_told(shop: Workshop) -> None:
    number = await assigned(shop)
    await shop.does(number, Start("Mulai"), TECH)
    done = await shop.does(number, Resolve("Lampu diganti dua buah."), TECH)
    assert done.told == ("resolved",)
    assert done.ticket.noticed_at == shop.now
    [text] = await shop.sent("resolved")
    assert "Lampu diganti dua buah" in text
    assert f"BUKA {number}" in text


async def test_ll_13_a_rejection_is_told_and_decided_once_by_another(shop: Workshop) -> None:
    number = await shop.opens()
    reject = Reject("outside_authority", "Jalan itu milik provinsi")
    await shop.does(number, reject)
    [text] = await shop.sent("rejected")
    assert "KEBERATAN" in text
    assert (
        await shop.refused(number, DecideObjection(accept=True, reason="x"))
    ).kind is RefusalKind.ALREADY
    await shop.tell(update(schema.ticket_work).values(objected=True))
    assert (await shop.ticket(number)).objection_open
    refusal = await shop.refused(number, DecideObjection(accept=True, reason="Ada bukti baru"))
    assert refusal.kind is RefusalKind.NOT_ALLOWED
    done = await shop.does(number, DecideObjection(accept=True, reason="Ada bukti baru"), LEADER)
    assert done.ticket.status is Status.UNDER_REVIEW
    assert not done.ticket.objection_open
    await shop.does(number, reject)
    assert not (await shop.ticket(number)).objection_open


async def test_merged_people_follow_the_other_ticket(shop: Workshop) -> None:
    number = await shop.opens()
    double = await shop.opens(PRINTER, BUDI)
    done = await shop.does(double, Merge(number.lower(), "Gangguan yang sama"))
    assert (done.ticket.status, done.ticket.merged_number) == (Status.MERGED, number)
    into = await shop.ticket(number)
    assert into.contacts == 2
    assert [way.address for way in into.followers] == [BUDI]
    assert await shop.kinds(number) == ["TicketOpened", "MergedIn"]
    await shop.does(number, Assign(TECH))
    await shop.does(number, Start("Mulai"), TECH)
    await shop.does(number, Resolve("Server dinyalakan ulang."), TECH)
    told = [row.recipient for row in await shop.rows(schema.outbox) if row.purpose == "resolved"]
    assert sorted(told) == sorted([SARI.value, BUDI.value])
    refusal = await shop.refused(double, Merge(number))
    assert (refusal.kind, refusal.allowed) == (RefusalKind.FORBIDDEN_TRANSITION, ())


async def test_bw_51_reopened_within_the_window_with_new_promises(shop: Workshop) -> None:
    number = await assigned(shop)
    await shop.does(number, Start("Mulai"), TECH)
    await shop.does(number, Resolve("Lampu diganti."), TECH)
    await shop.does(number, Close())
    late = await shop.refused(number, Reopen("Mati lagi"), now=shop.now + 8 * DAY)
    assert late.kind is RefusalKind.TOO_LATE
    shop.now -= 2 * DAY
    done = await shop.does(number, Reopen("Mati lagi"))
    assert done.ticket.status is Status.IN_PROGRESS
    assert clock(done.ticket, SOLUTION).started_at == shop.now
    assert done.ticket.solution == "Lampu diganti."
    rows = await shop.rows(schema.assignments)
    assert [row.ended_at is None for row in rows] == [False, True]


async def test_bw_32_bw_33_the_stock_is_checked_and_used(shop: Workshop) -> None:
    number = await shop.opens()
    await shop.does(number, Assign(TECH))
    await shop.does(number, CheckStock("Adaptor 12V", in_stock=False, note="gudang pusat"), TECH)
    await shop.does(number, CheckStock("Adaptor 12V", in_stock=True), TECH)
    done = await shop.does(number, UseStock(quantity=2), TECH)
    first, second = done.ticket.stock
    assert (first.in_stock, first.used, first.checked_by) == (False, 0, f"staff:{TECH}")
    assert (second.in_stock, second.used, second.used_by) == (True, 2, f"staff:{TECH}")
    assert second.used_at == shop.now
    assert (await shop.kinds(number))[-3:] == ["StockChecked", "StockChecked", "StockUsed"]
    assert [row.text for row in await shop.rows(schema.notes)] == ["gudang pusat"]
    assert await shop.sent("pending_hardware") == []
