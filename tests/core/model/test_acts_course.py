"""Work, visits, progress and standing still."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model import acts
from core.model.act_rules import decide
from core.model.clock import PENDING, SOLUTION, PauseReason
from core.model.scene import digest
from core.model.ticket import Status
from core.model.work import Change, Noted, RefusalKind, Visit, WorkTicket
from tests.core.fakes import DAY, HOUR, NOON
from tests.core.model.calendar_samples import WIB
from tests.core.model.work_samples import POLICY, made, refused, scene, ticket, visited

AT_WORK = ticket(Status.IN_PROGRESS)


def test_work_begins_on_what_somebody_has() -> None:
    change = made(decide(scene(ticket(Status.ASSIGNED)), acts.Start("Mulai")))
    assert change.after.status is Status.IN_PROGRESS
    bound = {"note_sha256": digest("Mulai")}
    assert change.facts[0].data == {"from": "assigned", "to": "in_progress", **bound}
    assert refused(decide(scene(AT_WORK), acts.Start("Mulai"))).kind is RefusalKind.ALREADY
    early = refused(decide(scene(ticket()), acts.Start("Mulai")))
    assert (early.kind, Status.ASSIGNED in early.allowed) == (
        RefusalKind.FORBIDDEN_TRANSITION,
        True,
    )
    waiting = refused(decide(scene(ticket(Status.PENDING)), acts.Start("Mulai")))
    assert "Lanjutkan" in waiting.sentence


@pytest.mark.parametrize(
    ("of", "step"),
    [
        (ticket(Status.ASSIGNED), acts.Start),
        (ticket(Status.ASSIGNED), acts.EnRoute),
        (AT_WORK, acts.EnRoute),
        (AT_WORK, acts.Arrive),
        (ticket(Status.PENDING), acts.Resume),
    ],
)
def test_bw_07_every_step_of_a_technician_demands_a_note(of: WorkTicket, step: Any) -> None:
    for empty in ("", "  \n"):
        refusal = refused(decide(scene(of), step(empty)))
        assert (refusal.kind, refusal.field) == (RefusalKind.MISSING, "note")
    change = made(decide(scene(of), step(" Kunci dibawa penjaga ")))
    assert Noted("note", "Kunci dibawa penjaga") in change.laid
    assert change.facts[0].data["note_sha256"] == digest("Kunci dibawa penjaga")


# --- visits -----------------------------------------------------------------------------------


def test_bw_38_a_visit_is_planned_and_told() -> None:
    change = made(decide(scene(ticket(Status.ASSIGNED)), acts.PlanVisit(NOON + DAY)))
    assert change.laid == (Visit(0, 7, NOON + DAY),)
    assert change.notices[0].values["waktu"] == NOON + DAY
    planned = replace(change.after, visit=Visit(5, 7, NOON + DAY))
    moved = made(decide(scene(planned), acts.PlanVisit(NOON + 2 * DAY)))
    assert moved.laid == (Visit(5, 7, NOON + 2 * DAY),)
    others = replace(planned, visit=Visit(5, 8, NOON + DAY))
    assert made(decide(scene(others), acts.PlanVisit(NOON + DAY))).laid == (
        Visit(0, 7, NOON + DAY),
    )


@pytest.mark.parametrize(
    ("of", "at", "kind"),
    [
        (ticket(), NOON + DAY, RefusalKind.NOT_ALLOWED),
        (ticket(Status.RESOLVED), NOON + DAY, RefusalKind.NOT_ALLOWED),
        (ticket(Status.ASSIGNED, assignee_id=None), NOON + DAY, RefusalKind.NOT_ALLOWED),
        (ticket(Status.ASSIGNED), NOON, RefusalKind.INVALID),
    ],
)
def test_a_visit_that_cannot_be_is_refused(of: Any, at: Any, kind: RefusalKind) -> None:
    assert refused(decide(scene(of), acts.PlanVisit(at))).kind is kind


def test_bw_49_on_the_way_by_one_tap() -> None:
    change = made(decide(scene(ticket(Status.ASSIGNED)), acts.EnRoute("Berangkat")))
    after = change.after
    assert (after.status, after.substep) == (Status.IN_PROGRESS, "en_route")
    assert change.laid == (Visit(0, 7, left_at=NOON), Noted("note", "Berangkat"))
    assert refused(decide(scene(after), acts.EnRoute("Berangkat"))).kind is RefusalKind.ALREADY
    again = made(decide(scene(replace(AT_WORK, visit=visited())), acts.EnRoute("Berangkat")))
    assert again.after.status_at == AT_WORK.status_at
    assert "to" not in again.facts[0].data
    free = ticket(Status.ASSIGNED, assignee_id=None)
    assert refused(decide(scene(free), acts.EnRoute("Berangkat"))).kind is RefusalKind.NOT_ALLOWED
    assert refused(decide(scene(ticket()), acts.EnRoute("Berangkat"))).allowed


def test_bw_47_arrival_finding_departure() -> None:
    on_way = replace(AT_WORK, substep="en_route", visit=visited())
    there = made(decide(scene(on_way), acts.Arrive("Tiba"))).after
    assert (there.substep, there.visit) == ("arrived", visited(arrived_at=NOON))
    assert refused(decide(scene(there), acts.Arrive("Tiba"))).kind is RefusalKind.ALREADY
    assert refused(decide(scene(there), acts.NoteFinding(" "))).field == "finding"
    found = made(decide(scene(there), acts.NoteFinding("Kabel putus"))).after
    assert found.visit
    assert found.visit.finding == "Kabel putus"
    away = made(decide(scene(found), acts.Depart()))
    assert (away.after.visit, away.after.substep) == (None, "")
    assert away.laid == (visited(arrived_at=NOON, finding="Kabel putus", departed_at=NOON),)
    other = made(decide(scene(found), acts.Depart("Kabel dan soket")))
    assert isinstance(other.laid[0], Visit)
    assert other.laid[0].finding == "Kabel dan soket"
    assert refused(decide(scene(there), acts.Depart(" "))).field == "finding"


@pytest.mark.parametrize("act", [acts.NoteFinding("x"), acts.Depart()])
@pytest.mark.parametrize("visit", [None, visited()])
def test_what_follows_arrival_waits_for_it(act: Any, visit: Visit | None) -> None:
    refusal = refused(decide(scene(replace(AT_WORK, visit=visit)), act))
    assert refusal.kind is RefusalKind.NOT_ALLOWED


def test_arrival_needs_work_under_way() -> None:
    for of in (ticket(Status.ASSIGNED), replace(AT_WORK, assignee_id=None)):
        assert refused(decide(scene(of), acts.Arrive("Tiba"))).kind is RefusalKind.NOT_ALLOWED


# --- progress ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "act", "field"),
    [
        (40, acts.SetProgress(39), "note"),
        (40, acts.SetProgress(100), "solution"),
        (40, acts.SetProgress(101), "percent"),
        (40, acts.SetProgress(-1), "percent"),
        (40, acts.SetProgress(39, "Salah hitung"), None),
        (40, acts.SetProgress(40), None),
        (40, acts.SetProgress(100, solution="Diganti"), None),
        (0, acts.SetProgress(99), None),
    ],
)
def test_dk_32_progress_falls_only_with_reason(
    now: int, act: acts.SetProgress, field: str | None
) -> None:
    found = decide(scene(replace(AT_WORK, progress=now)), act)
    if field:
        assert refused(found).field == field
        return
    change = made(found)
    assert change.after.progress == act.percent
    assert change.after.solution == act.solution
    assert change.laid == ((Noted("progress", act.note),) if act.note else ())
    assert (change.facts[0].data["old"], change.facts[0].data["new"]) == (now, act.percent)


def test_dk_32_a_solution_written_before_is_enough() -> None:
    solved = replace(AT_WORK, solution="Diganti")
    assert made(decide(scene(solved), acts.SetProgress(100))).after.solution == "Diganti"
    early = refused(decide(scene(ticket(Status.ASSIGNED)), acts.SetProgress(10)))
    assert early.kind is RefusalKind.NOT_ALLOWED


# --- standing still ---------------------------------------------------------------------------


def pend(reason: str = "access", **changes: Any) -> acts.Pend:
    return replace(acts.Pend(reason, "pemilik", "Gedung terkunci", NOON + DAY), **changes)


@pytest.mark.parametrize("reason", PauseReason)
def test_km_09_a_pause_says_why_for_whom_since_and_until(reason: PauseReason) -> None:
    change = made(decide(scene(AT_WORK), pend(reason)))
    pause = change.after.pause
    assert pause
    assert (pause.reason, pause.for_whom, pause.note) == (reason, "pemilik", "Gedung terkunci")
    assert (pause.started_at, pause.expected_at) == (NOON, NOON + DAY)
    assert pause.stops == (reason in POLICY.stopping)
    clock = change.after.clock(SOLUTION)
    assert clock
    assert (clock.look_at is None) == pause.stops
    assert change.after.reason == f"{reason.word}: Gedung terkunci"
    hardware = reason is PauseReason.HARDWARE_ON_ORDER
    assert change.notices[0].purpose == ("pending_hardware" if hardware else "pending")
    assert (change.after.clock(PENDING) is not None) == hardware


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (pend("lunch"), "reason"),
        (pend(expected_at=NOON), "expected_at"),
        (pend("hardware_on_order", expected_at=NOON + 7 * DAY + HOUR), "expected_at"),
    ],
)
def test_a_pause_that_cannot_be_is_refused(act: acts.Pend, field: str) -> None:
    refusal = refused(decide(scene(AT_WORK), act))
    assert (refusal.kind, refusal.field) == (RefusalKind.INVALID, field)


def test_bw_34_a_week_is_the_limit_and_is_told_with_the_thing() -> None:
    act = pend("hardware_on_order", expected_at=NOON + 7 * DAY)
    change = made(decide(scene(AT_WORK), replace(act, item=" switch 24 port ")))
    values = change.notices[0].values
    assert (values["barang"], values["batas"]) == ("switch 24 port", NOON + 7 * DAY)
    assert made(decide(scene(AT_WORK), act)).notices[0].values["barang"] == "perangkat pengganti"


def test_km_12_a_holiday_of_the_unit_ends_at_its_next_opening() -> None:
    holiday = datetime(2026, 8, 17, 10, tzinfo=WIB)
    closed = made(decide(scene(AT_WORK, now=holiday), pend("unit_holiday", expected_at=None)))
    assert closed.after.pause
    assert closed.after.pause.expected_at == datetime(2026, 8, 18, 8, tzinfo=WIB)
    while_open = refused(decide(scene(AT_WORK), pend("unit_holiday", expected_at=None)))
    assert (while_open.kind, while_open.field) == (RefusalKind.MISSING, "expected_at")


def test_a_pause_ends_by_going_on_and_by_every_other_way_out() -> None:
    waiting = ticket(Status.PENDING)
    later = NOON + DAY
    for act in (
        acts.Resume("Kunci diantar"),
        acts.Assign(8, "Tono sakit"),
        acts.Resolve("Selesai dari jarak jauh"),
        acts.Cancel("Pelapor pindah"),
    ):
        after = made(decide(scene(waiting, now=later), act)).after
        assert after.pause is None
        assert after.pauses[-1].ended_at == later
    going = made(decide(scene(waiting, now=later), acts.Resume("Kunci diantar")))
    assert going.laid == (Noted("note", "Kunci diantar"),)
    before, clock = waiting.clock(SOLUTION), going.after.clock(SOLUTION)
    assert before
    assert clock
    assert clock.due_at > before.due_at
    assert refused(decide(scene(AT_WORK), acts.Resume("Lanjut"))).kind is RefusalKind.ALREADY


# --- the solution -----------------------------------------------------------------------------


def test_dk_35_solution_cause_obstacles_and_note_are_kept() -> None:
    act = acts.Resolve(" Kabel diganti ", "usia", "hujan", "terima kasih")
    after = made(decide(scene(AT_WORK), act)).after
    assert (after.solution, after.cause, after.obstacles, after.client_note) == (
        "Kabel diganti",
        "usia",
        "hujan",
        "terima kasih",
    )
    assert (after.progress, after.work_done, after.noticed_at) == (100, True, NOON)
    earlier = replace(AT_WORK, cause="usia")
    assert made(decide(scene(earlier), acts.Resolve("x"))).after.cause == "usia"


def test_mb_07_each_solution_stays_readable() -> None:
    change = made(decide(scene(AT_WORK), acts.Resolve("Kabel diganti")))
    assert Noted("solution", "Kabel diganti") in change.laid


@given(st.text(max_size=40), st.integers(-5, 105), st.sampled_from(list(Status)))
def test_whatever_is_typed_progress_stays_within_bounds(
    text: str, percent: int, status: Status
) -> None:
    found = decide(scene(ticket(status)), acts.SetProgress(percent, text, text))
    if isinstance(found, Change):
        assert 0 <= found.after.progress <= 100
        assert found.after.progress < 100 or found.after.solution.strip()
