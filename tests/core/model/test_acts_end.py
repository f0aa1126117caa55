"""Closing, reopening, rejecting, objecting, cancelling, merging."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.model import acts
from core.model.act_rules import decide
from core.model.acts_end import SILENCE, close_by_silence
from core.model.clock import SOLUTION
from core.model.scene import REJECT_REASONS, RejectReason
from core.model.ticket import Status
from core.model.work import (
    SYSTEM,
    ApprovalStep,
    Joined,
    Noted,
    RefusalKind,
    WayBack,
)
from tests.core.fakes import BUDI, DAY, NOON, SMS, number_of
from tests.core.model.work_samples import POLICY, made, refused, scene, ticket

SOLVED = ticket(Status.RESOLVED)
REJECTED = ticket(
    Status.REJECTED, objected=True, objection_open=True, rejected_by="staff:9", reason="di luar"
)
INTO = ticket(id=26 * 10**9 + 2, number=number_of(2), address_id=2, contacts=4)


def test_rule_8_only_what_is_solved_is_closed() -> None:
    change = made(decide(scene(SOLVED), acts.Close(" dikonfirmasi lewat telepon ")))
    assert change.after.status is Status.CLOSED
    assert change.notices[0].values == {
        "alasan": "dikonfirmasi lewat telepon",
        "batas": NOON + 7 * DAY,
    }
    assert made(decide(scene(SOLVED), acts.Close())).after.reason == "pekerjaan sudah selesai"
    closed = refused(decide(scene(ticket(Status.CLOSED)), acts.Close()))
    assert closed.kind is RefusalKind.ALREADY
    waits = refused(decide(scene(replace(SOLVED, approval="after")), acts.Close()))
    assert waits.kind is RefusalKind.NOT_ALLOWED


@pytest.mark.parametrize(
    ("of", "kind"),
    [
        (ticket(Status.IN_PROGRESS), RefusalKind.FORBIDDEN_TRANSITION),
        (replace(SOLVED, noticed_at=None), RefusalKind.FORBIDDEN_TRANSITION),
        (replace(SOLVED, noticed_at=NOON - 6 * DAY), RefusalKind.NOT_ALLOWED),
    ],
)
def test_km_05_silence_closes_nothing_else(of: Any, kind: RefusalKind) -> None:
    assert refused(close_by_silence(scene(of, actor=SYSTEM))).kind is kind


def test_rule_15_silence_closes_what_was_told() -> None:
    told = replace(SOLVED, noticed_at=NOON - 7 * DAY, approval="after")
    change = made(close_by_silence(scene(told, actor=SYSTEM)))
    assert (change.after.status, change.after.reason) == (Status.CLOSED, SILENCE)
    assert (change.after.noticed_at, change.after.approval) == (None, "")
    assert (change.facts[0].kind, change.facts[0].actor) == ("ClosedSilently", "system")


# --- back -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "to"),
    [
        (Status.RESOLVED, Status.IN_PROGRESS),
        (Status.CLOSED, Status.IN_PROGRESS),
        (Status.CANCELLED, Status.RECEIVED),
    ],
)
def test_bw_51_within_the_window_it_goes_on(status: Status, to: Status) -> None:
    change = made(decide(scene(ticket(status)), acts.Reopen("Mati lagi")))
    clock = change.after.clock(SOLUTION)
    assert clock
    assert (change.after.status, clock.started_at, clock.open) == (to, NOON, True)
    assert change.facts[0].data["solution"] == clock.due_at.isoformat()
    assert change.laid == (Noted("reason", "Mati lagi"),)
    late = ticket(status, status_at=NOON - 7 * DAY)
    assert refused(decide(scene(late), acts.Reopen("x"))).kind is RefusalKind.TOO_LATE


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status.ASSIGNED, RefusalKind.ALREADY),
        (Status.REJECTED, RefusalKind.FORBIDDEN_TRANSITION),
        (Status.MERGED, RefusalKind.FORBIDDEN_TRANSITION),
    ],
)
def test_others_are_not_reopened(status: Status, kind: RefusalKind) -> None:
    assert refused(decide(scene(ticket(status)), acts.Reopen("x"))).kind is kind


# --- rejecting --------------------------------------------------------------------------------


def test_ll_13_the_reason_comes_from_the_list_with_its_rule() -> None:
    change = made(decide(scene(ticket()), acts.Reject("in_court", "Perkara 12/2026")))
    listed = REJECT_REASONS["in_court"]
    values = change.notices[0].values
    assert (values["alasan"], values["aturan"]) == ("Perkara 12/2026", listed.rule)
    assert values["batas"] == NOON + 7 * DAY
    assert (change.after.reason, change.after.rejected_by) == (listed.words, "staff:3")
    assert change.facts[0].data["code"] == "in_court"
    own = acts.Reject("in_court", "x", "Perbup 5", "Tunggu putusan")
    values = made(decide(scene(ticket()), own)).notices[0].values
    assert (values["aturan"], values["saran"]) == ("Perbup 5", "Tunggu putusan")


def test_an_unknown_reason_is_refused_with_the_list() -> None:
    refusal = refused(decide(scene(ticket()), acts.Reject("mood", "x")))
    assert (refusal.kind, refusal.field) == (RefusalKind.INVALID, "code")
    assert "in_court" in refusal.sentence
    policy = replace(POLICY, reject_reasons={"mood": RejectReason("suasana hati", "tidak ada")})
    assert made(decide(scene(ticket(), policy=policy), acts.Reject("mood", "x"))).notices


def test_an_objection_that_is_accepted_begins_anew() -> None:
    change = made(decide(scene(REJECTED), acts.DecideObjection(accept=True, reason="Bukti baru")))
    assert change.after.status is Status.UNDER_REVIEW
    assert not change.after.objection_open
    clock = change.after.clock(SOLUTION)
    assert clock
    assert (clock.open, clock.started_at) == (True, NOON)
    assert change.laid == (ApprovalStep("objection", approved=True, reason="Bukti baru"),)


def test_an_objection_that_is_refused_leaves_it_rejected() -> None:
    act = acts.DecideObjection(accept=False, reason="Tidak ada hal baru")
    change = made(decide(scene(REJECTED), act))
    assert change.after == replace(REJECTED, objection_open=False)
    assert [notice.purpose for notice in change.notices] == ["objection_refused"]
    again = replace(REJECTED, status=Status.UNDER_REVIEW, ended_at=None)
    assert made(decide(scene(again), act)).after.status is Status.REJECTED
    accept = replace(act, accept=True)
    assert made(decide(scene(again), accept)).after.status is Status.UNDER_REVIEW


@pytest.mark.parametrize(
    ("of", "reason", "kind"),
    [
        (replace(REJECTED, objection_open=False), "x", RefusalKind.ALREADY),
        (replace(REJECTED, rejected_by="staff:3"), "x", RefusalKind.NOT_ALLOWED),
        (REJECTED, " ", RefusalKind.MISSING),
    ],
)
def test_an_objection_is_decided_once_with_reason_by_another(
    of: Any, reason: str, kind: RefusalKind
) -> None:
    act = acts.DecideObjection(accept=True, reason=reason)
    assert refused(decide(scene(of), act)).kind is kind


# --- withdrawn, merged ------------------------------------------------------------------------


def test_withdrawn_through_an_officer() -> None:
    change = made(decide(scene(ticket(Status.ASSIGNED)), acts.Cancel("Lewat telepon")))
    assert change.after.status is Status.CANCELLED
    assert change.notices[0].values["alasan"] == "Lewat telepon"
    busy = refused(decide(scene(ticket(Status.IN_PROGRESS)), acts.Cancel("x")))
    assert busy.kind is RefusalKind.FORBIDDEN_TRANSITION


def test_merging_moves_contacts_and_people() -> None:
    follower = WayBack(SMS, BUDI, 9, 5)
    double = ticket(contacts=3, followers=(follower,))
    change = made(decide(scene(double, other=INTO), acts.Merge(INTO.number, "Sama")))
    assert (change.after.merged_into, change.after.merged_number) == (INTO.id, INTO.number)
    assert change.notices[0].values["tiket_induk"] == INTO.number
    assert change.other
    assert change.other.after.contacts == 7
    assert change.other.laid == (Joined(9, "follower"),)
    assert change.other.after.followers == (follower,)
    assert change.laid == (Noted("reason", "Sama"),)


def test_the_same_person_does_not_follow_twice() -> None:
    own = replace(INTO, address_id=1)
    change = made(decide(scene(ticket(), other=own), acts.Merge(INTO.number)))
    assert change.other
    assert (change.other.laid, change.other.after.followers) == ((), ())


@pytest.mark.parametrize("other", [None, ticket(), replace(INTO, status=Status.CLOSED)])
def test_what_cannot_take_it_in_is_refused(other: Any) -> None:
    refusal = refused(decide(scene(ticket(), other=other), acts.Merge(INTO.number)))
    assert (refusal.kind, refusal.field) == (RefusalKind.INVALID, "into")


def test_work_that_has_begun_is_not_merged_away() -> None:
    refusal = refused(decide(scene(ticket(Status.IN_PROGRESS)), acts.Merge(INTO.number)))
    assert Status.RESOLVED in refusal.allowed
