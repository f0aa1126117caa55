"""Disposition, assignment and approval: who may have it, and what is asked first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.model import acts
from core.model.act_rules import decide
from core.model.clock import FIRST_ANSWER, PARTNER_ANSWER, SOLUTION
from core.model.scene import UnitBrief
from core.model.ticket import Priority, Status
from core.model.work import ApprovalStep, Assigned, Disposed, Noted, RefusalKind
from tests.core.fakes import DAY, HOUR, NOON
from tests.core.model.work_samples import (
    NETWORK,
    POLICY,
    TONO,
    WATI,
    made,
    refused,
    scene,
    ticket,
)

STRICT = replace(POLICY, approval_before_work=True, approval_after_work=True)


def test_ll_12_under_review_the_citizen_sees_it() -> None:
    change = made(decide(scene(ticket()), acts.Review("Alamat belum jelas")))
    assert change.after.status.word == "Ditelaah"
    assert change.laid == (Noted("note", "Alamat belum jelas"),)
    assert made(decide(scene(ticket()), acts.Review())).laid == ()
    again = refused(decide(scene(ticket(Status.UNDER_REVIEW)), acts.Review()))
    assert again.kind is RefusalKind.ALREADY
    assert "keberatan" in refused(decide(scene(ticket(Status.REJECTED)), acts.Review())).sentence


def test_mb_16_a_disposition_names_unit_person_instruction_and_deadline() -> None:
    act = acts.Dispose(1, " Periksa kabel ", 8, NOON + DAY)
    change = made(decide(scene(ticket()), act))
    after = change.after
    assert (after.unit_id, after.unit_name, after.unit_code) == (1, "Bidang Jaringan", "jaringan")
    assert (after.assignee_id, after.assignee_name) == (8, "Wati")
    assert change.laid == (Disposed(1, "Periksa kabel", 8, NOON + DAY), Assigned(8))
    [fact] = change.facts
    assert (fact.data["unit_id"], fact.data["staff_id"]) == (1, 8)
    [notice] = change.notices
    assert notice.values["petugas"] == "Wati"


def test_a_unit_alone_takes_it_from_the_person_before() -> None:
    change = made(decide(scene(ticket(Status.ASSIGNED)), acts.Dispose(1, "Periksa")))
    assert change.after.assignee_id is None
    assert change.laid[-1] == Assigned(None)
    assert change.notices[0].values["petugas"] == "petugas"
    assert made(decide(scene(ticket()), acts.Dispose(1, "Periksa"))).laid == (
        Disposed(1, "Periksa"),
    )


def test_km_18_a_partner_owes_an_answer() -> None:
    after = made(decide(scene(ticket()), acts.Dispose(2, "Kirim obatnya"))).after
    clock = after.clock(PARTNER_ANSWER)
    assert clock
    assert clock.open
    dated = made(decide(scene(ticket()), acts.Dispose(2, "Kirim", None, NOON + 2 * HOUR))).after
    clock = dated.clock(PARTNER_ANSWER)
    assert clock
    assert clock.due_at == NOON + 2 * HOUR
    assert made(decide(scene(ticket()), acts.Dispose(1, "x"))).after.clock(PARTNER_ANSWER) is None


@pytest.mark.parametrize(
    ("act", "more", "field"),
    [
        (acts.Dispose(9, "Periksa"), {}, "unit_id"),
        (acts.Dispose(1, "Periksa"), {"units": {1: replace(NETWORK, retired=True)}}, "unit_id"),
        (acts.Dispose(1, "Periksa", None, NOON), {}, "due_at"),
        (acts.Dispose(1, "Periksa", 9), {}, "staff_id"),
        (acts.Dispose(1, "Periksa", 7), {"people": {7: replace(TONO, disabled=True)}}, "staff_id"),
        (acts.Assign(9), {}, "staff_id"),
        (acts.Assign(7), {"people": {7: replace(TONO, disabled=True)}}, "staff_id"),
    ],
)
def test_who_or_what_is_not_there_is_named(act: Any, more: dict[str, Any], field: str) -> None:
    refusal = refused(decide(scene(ticket(), **more), act))
    assert (refusal.kind, refusal.field) == (RefusalKind.INVALID, field)


def test_dk_12_passing_on_needs_a_reason() -> None:
    held = ticket(Status.IN_PROGRESS)
    refusal = refused(decide(scene(held), acts.Assign(8)))
    assert (refusal.field, "Tono" in refusal.sentence) == ("reason", True)
    change = made(decide(scene(held), acts.Assign(8, "Tono cuti", "tangga", NOON + DAY)))
    assert change.laid == (Assigned(8, "Tono cuti", "tangga"),)
    assert change.facts[0].data["previous"] == 7
    assert change.notices[0].values["mulai"] == NOON + DAY
    same = refused(decide(scene(ticket(Status.ASSIGNED)), acts.Assign(7)))
    assert same.kind is RefusalKind.ALREADY
    assert made(decide(scene(held), acts.Assign(7))).after.status is Status.ASSIGNED


def test_dk_30_out_of_the_region_needs_a_reason() -> None:
    of = ticket(region_id=5)
    away = {8: replace(WATI, regions=frozenset({6}))}
    near = {8: replace(WATI, regions=frozenset({5, 6}))}
    assert refused(decide(scene(of, people=away), acts.Assign(8))).field == "reason"
    made(decide(scene(of, people=away), acts.Assign(8, "Hanya Wati yang hadir")))
    made(decide(scene(of, people=near), acts.Assign(8)))
    made(decide(scene(ticket(), people=away), acts.Assign(8)))


def test_bw_45_over_capacity_is_confirmed_first() -> None:
    full = {8: replace(WATI, load=10)}
    refusal = refused(decide(scene(ticket(), people=full), acts.Assign(8)))
    assert (refusal.kind, refusal.field) == (RefusalKind.NOT_ALLOWED, "over_capacity")
    assert "10 tiket dari kapasitas 10" in refusal.sentence
    change = made(decide(scene(ticket(), people=full), acts.Assign(8, over_capacity=True)))
    assert change.facts[0].data["over_capacity"] is True
    made(decide(scene(ticket(), people={8: replace(WATI, load=9)}), acts.Assign(8)))


def test_mb_26_who_is_complained_about_never_gets_it() -> None:
    of = ticket(about_staff_id=8)
    for act in (acts.Assign(8), acts.Dispose(1, "Periksa", 8)):
        refusal = refused(decide(scene(of), act))
        assert (refusal.kind, refusal.field) == (RefusalKind.NOT_ALLOWED, "staff_id")


def test_the_unit_of_the_person_takes_a_ticket_without_one() -> None:
    assert made(decide(scene(ticket()), acts.Assign(8))).after.unit_id == 1
    other = ticket(unit_id=4, unit_name="Lain")
    assert made(decide(scene(other), acts.Assign(8))).after.unit_id == 4
    free = {8: replace(WATI, unit_id=None)}
    assert made(decide(scene(ticket(), people=free), acts.Assign(8))).after.unit_id is None
    far = UnitBrief(1, "desa", "Desa", region_id=9)
    assert made(decide(scene(ticket(), units={1: far}), acts.Assign(8))).after.region_id == 9


def test_a_solved_ticket_that_is_assigned_again_promises_anew() -> None:
    after = made(decide(scene(ticket(Status.RESOLVED)), acts.Assign(8, "Belum beres"))).after
    clock = after.clock(SOLUTION)
    assert clock
    assert (clock.open, clock.started_at) == (True, NOON)
    assert (after.work_done, after.noticed_at, after.ended_at) == (False, None, None)


def test_dk_12_taking_back_leaves_it_with_the_unit() -> None:
    change = made(decide(scene(ticket(Status.IN_PROGRESS)), acts.TakeBack("Sakit")))
    after = change.after
    assert (after.status, after.assignee_id, after.unit_id) == (Status.ASSIGNED, None, 1)
    assert change.laid == (Assigned(None, "Sakit"),)
    waiting = made(decide(scene(ticket(Status.PENDING)), acts.TakeBack("Sakit"))).after
    assert (waiting.status, waiting.assignee_id) == (Status.PENDING, None)
    assert refused(decide(scene(ticket()), acts.TakeBack("Sakit"))).kind is RefusalKind.ALREADY
    ended = ticket(Status.RESOLVED)
    assert refused(decide(scene(ended), acts.TakeBack("x"))).kind is RefusalKind.NOT_ALLOWED


# --- approval ---------------------------------------------------------------------------------


def test_dk_11_assigning_asks_for_approval_once() -> None:
    change = made(decide(scene(ticket(), policy=STRICT), acts.Assign(8)))
    assert change.after.approval == "before"
    assert change.notices == ()
    assert change.laid[-1] == ApprovalStep("before")
    assert [fact.kind for fact in change.facts] == ["Assigned", "ApprovalAsked"]
    again = made(decide(scene(change.after, policy=STRICT), acts.Assign(7, "Lebih dekat")))
    assert [fact.kind for fact in again.facts] == ["Assigned"]
    given = replace(change.after, approval="", approved=True)
    after = made(decide(scene(given, policy=STRICT), acts.Assign(7, "Lebih dekat")))
    assert after.notices[0].purpose == "assigned"


@pytest.mark.parametrize(
    "act", [acts.Start("Mulai"), acts.EnRoute("Berangkat"), acts.Resume("Lanjut")]
)
def test_dk_11_nothing_begins_before_it_is_approved(act: Any) -> None:
    status = Status.PENDING if isinstance(act, acts.Resume) else Status.ASSIGNED
    waits = ticket(status, approval="before")
    refusal = refused(decide(scene(waits, policy=STRICT), act))
    assert (refusal.kind, "disetujui" in refusal.sentence) == (RefusalKind.NOT_ALLOWED, True)
    made(decide(scene(replace(waits, approved=True), policy=STRICT), act))
    urgent = replace(waits, priority=Priority.EMERGENCY)
    made(decide(scene(urgent, policy=STRICT), act))


def test_rule_9_an_emergency_waits_for_no_signature() -> None:
    waits = ticket(Status.ASSIGNED, approval="before")
    act = acts.SetPriority(Priority.EMERGENCY, "Korsleting")
    assert made(decide(scene(waits, policy=STRICT), act)).after.approval == ""


def test_refused_before_work_it_is_taken_back() -> None:
    waits = ticket(Status.ASSIGNED, approval="before")
    assert refused(decide(scene(waits), acts.RefuseApproval(" "))).field == "reason"
    change = made(decide(scene(waits), acts.RefuseApproval("Bukan tugas kita")))
    assert (change.after.status, change.after.assignee_id) == (Status.ASSIGNED, None)
    assert change.laid == (
        ApprovalStep("before", approved=False, reason="Bukan tugas kita"),
        Assigned(None, "Bukan tugas kita"),
    )
    assert change.notices == ()
    nobody = replace(waits, assignee_id=None)
    assert len(made(decide(scene(nobody), acts.RefuseApproval("x"))).laid) == 1


def test_dk_34_refused_after_work_the_old_promise_runs_on() -> None:
    waits = ticket(Status.RESOLVED, approval="after")
    before = waits.clock(SOLUTION)
    change = made(decide(scene(waits), acts.RefuseApproval("Masih bocor")))
    clock = change.after.clock(SOLUTION)
    assert before
    assert clock
    assert (clock.open, clock.due_at, clock.met_at) == (True, before.due_at, None)
    assert clock.look_at is not None
    answer = change.after.clock(FIRST_ANSWER)
    assert answer
    assert not answer.open
    without = replace(waits, clocks=())
    assert made(decide(scene(without), acts.RefuseApproval("x"))).after.clocks == ()


@pytest.mark.parametrize("act", [acts.Approve(), acts.RefuseApproval("x")])
def test_nothing_to_approve_is_said(act: Any) -> None:
    for of in (ticket(Status.ASSIGNED), ticket(Status.CLOSED, approval="after")):
        assert refused(decide(scene(of), act)).kind in (
            RefusalKind.ALREADY,
            RefusalKind.UNENTITLED,
        )
