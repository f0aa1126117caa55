"""A unit that is promised more time: from the hand-over on, counted from the receipt (BW-30)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.model import acts
from core.model.act_rules import decide
from core.model.clock import FIRST_ANSWER, SOLUTION
from core.model.deadline import due
from core.model.scene import UnitBrief, WorkPolicy
from core.model.sla import DEFAULT_POLICY, Matter, Measure, SlaOverride, SlaTarget
from core.model.ticket import Priority, Status
from core.model.work import SYSTEM
from tests.core.fakes import DAY, HOUR, NOON, office
from tests.core.model.work_samples import NETWORK, TONO, WATI, made, scene, ticket

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.clock import SlaClock
    from core.model.work import Change, WorkTicket

MINE, ISLANDS, HILLS, TOWN = 1, 3, 4, 5
PLACES = {
    MINE: NETWORK,
    ISLANDS: UnitBrief(ISLANDS, "kepulauan", "Kecamatan Kepulauan"),
    HILLS: UnitBrief(HILLS, "gunung", "Kecamatan Gunung"),
    TOWN: UnitBrief(TOWN, "kota", "Kelurahan Kota"),
}
PEOPLE = {7: TONO, 8: replace(WATI, unit_id=ISLANDS)}
USUAL = DEFAULT_POLICY.targets[Priority.NORMAL]


def length(days: int) -> SlaTarget:
    return SlaTarget(days, Measure.WORKING_DAYS)


def override(unit: str, days: int) -> SlaOverride:
    slower = replace(USUAL, solution=length(days), first_answer=length(1))
    return SlaOverride({Priority.NORMAL: slower}, Matter(unit=unit))


BY_PLACE = (override("kepulauan", 8), override("gunung", 10), override("kota", 2))
POLICY = WorkPolicy(office(sla=replace(DEFAULT_POLICY, overrides=BY_PLACE)))
STRICT = replace(POLICY, approval_before_work=True)


def handed(
    of: WorkTicket, *units: int, act: acts.Act | None = None, policy: WorkPolicy = POLICY
) -> Change:
    """To these units one after the other, or by this act; the last change."""
    steps = [act] if act else [acts.Dispose(unit, "Periksa di lokasi") for unit in units]
    change = None
    for step in steps:
        change = made(decide(scene(of, policy=policy, units=PLACES, people=PEOPLE), step))
        of = change.after
    assert change is not None
    return change


def in_days(days: int, since: datetime = NOON - HOUR) -> datetime:
    return due(POLICY.office.calendar, length(days), since).at


def solution(of: WorkTicket) -> SlaClock:
    clock = of.clock(SOLUTION)
    assert clock is not None
    return clock


@pytest.mark.parametrize(
    ("units", "days", "purpose"),
    [
        ((MINE,), 5, "assigned"),  # promised as everywhere
        ((ISLANDS,), 8, "assigned_later"),
        ((HILLS,), 10, "assigned_later"),
        ((TOWN,), 5, "assigned"),  # promised less: what was told stays
        ((ISLANDS, HILLS), 10, "assigned_later"),
        ((HILLS, ISLANDS), 10, "assigned"),
        ((ISLANDS, MINE), 8, "assigned"),
        ((ISLANDS, MINE, ISLANDS), 8, "assigned"),  # no second time longer
        ((ISLANDS, ISLANDS), 8, "assigned"),
    ],
)
def test_bw_30_a_unit_of_longer_promises_has_them_from_the_hand_over_on(
    units: tuple[int, ...], days: int, purpose: str
) -> None:
    change = handed(ticket(), *units)
    assert solution(change.after).due_at == in_days(days)
    assert [notice.purpose for notice in change.notices] == [purpose]
    recounted = [fact for fact in change.facts if fact.kind == "DueTimesRecomputed"]
    told = {SOLUTION: in_days(days).isoformat(), "cause": "unit"}
    assert [fact.data for fact in recounted] == ([told] if purpose == "assigned_later" else [])


def test_bw_30_the_citizen_is_told_why_in_one_text() -> None:
    [notice] = handed(ticket(), ISLANDS).notices
    assert notice.values["alasan"] == "waktu penanganan unit lebih lama"
    assert notice.values["unit"] == "Kecamatan Kepulauan"


def test_bw_30_where_an_approval_is_awaited_the_new_time_is_told_at_once() -> None:
    change = handed(ticket(), ISLANDS, policy=STRICT)
    assert [notice.purpose for notice in change.notices] == ["due_later"]
    waits = scene(change.after, policy=STRICT, actor=SYSTEM)
    begun = made(decide(waits, acts.Approve()))
    assert [notice.purpose for notice in begun.notices] == ["assigned"]


def test_bw_30_the_unit_of_the_person_counts_where_there_was_none() -> None:
    change = handed(ticket(), act=acts.Assign(8))
    assert (change.after.unit_id, solution(change.after).due_at) == (ISLANDS, in_days(8))
    assert change.notices[0].purpose == "assigned_later"
    here = handed(ticket(unit_id=MINE, unit_name="Bidang Jaringan"), act=acts.Assign(8))
    assert solution(here.after).due_at == in_days(5)


BROKEN = {"breached_at": NOON, "due_at": NOON + DAY, "look_at": NOON + DAY}
KEPT = {"open": False, "met_at": NOON, "look_at": None}


@pytest.mark.parametrize("held", [BROKEN, KEPT])
def test_bw_30_broken_ones_stay_broken_and_kept_ones_kept(held: dict[str, object]) -> None:
    plain = ticket()
    clocks = tuple(
        replace(one, **held) if one.target == SOLUTION else one  # type: ignore[arg-type]  # the fields of the row
        for one in plain.clocks
    )
    change = handed(replace(plain, clocks=clocks), ISLANDS)
    assert solution(change.after) in clocks
    assert [notice.purpose for notice in change.notices] == ["assigned"]


def test_bw_30_the_answer_is_owed_when_it_was_promised() -> None:
    plain = ticket()
    assert handed(plain, ISLANDS).after.clock(FIRST_ANSWER) == plain.clock(FIRST_ANSWER)


def test_bw_30_pauses_so_far_count_on_the_longer_promise() -> None:
    waited = handed(ticket(Status.PENDING), ISLANDS).after
    [pause] = waited.pauses
    assert pause.ended_at == NOON
    # Half an hour of working time stood still, which is given back after the close.
    assert solution(waited).due_at > in_days(8)
    assert waited.status is Status.ASSIGNED


def test_bw_30_a_solved_ticket_begins_new_promises_by_its_new_unit() -> None:
    change = handed(ticket(Status.RESOLVED), ISLANDS)
    assert (solution(change.after).started_at, solution(change.after).open) == (NOON, True)
    assert solution(change.after).due_at == in_days(8, NOON)
    assert solution(handed(ticket(Status.RESOLVED), TOWN).after).due_at == in_days(2, NOON)


def test_bw_30_a_policy_of_later_changes_nothing_by_handing_over() -> None:
    usual = replace(USUAL, solution=length(20))
    later = replace(DEFAULT_POLICY, targets={**DEFAULT_POLICY.targets, Priority.NORMAL: usual})
    change = handed(ticket(), MINE, policy=WorkPolicy(office(sla=later)))
    assert solution(change.after).due_at == in_days(5)


def test_bw_30_it_warns_by_the_longer_promise() -> None:
    usual, slower = (solution(handed(ticket(), unit).after) for unit in (MINE, ISLANDS))
    assert usual.warn_at is not None
    assert slower.warn_at is not None
    assert slower.warn_at > usual.warn_at
    assert slower.look_at == slower.warn_at
    assert slower.length == length(8)
