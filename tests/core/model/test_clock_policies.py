"""Promises that differ by what a ticket is about, and what follows a breach."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.model import clock_times, clocks
from core.model.clock import FIRST_ANSWER, SOLUTION, SlaClock
from core.model.clock_words import explain_clock
from core.model.sla import DEFAULT_POLICY, Matter, Measure, SlaOverride, SlaPolicy, SlaTarget
from core.model.terms import Terms
from core.model.ticket import Priority
from tests.core.model.test_clocks import TERMS, at, both, one, paused, solution, terms

if TYPE_CHECKING:
    from collections.abc import Sequence

FAST, FASTER, FASTEST = (SlaTarget(n, Measure.WORKING_HOURS) for n in (8, 4, 2))


def _override(hours: SlaTarget, **matter: str) -> SlaOverride:
    targets = {Priority.NORMAL: replace(TERMS.targets, solution=hours)}
    return SlaOverride(targets, Matter(**matter))


OVERRIDDEN = SlaPolicy(
    DEFAULT_POLICY.targets,
    (
        _override(FAST, channel="wa"),
        _override(FASTER, unit="rsud", category="medicine"),
        _override(FASTEST, unit="rsud"),
        _override(SlaTarget(1, Measure.WORKING_HOURS), category="medicine"),
    ),
)
SPECIFIC = [
    (Matter(), "5 working_days"),
    (Matter(channel="wa"), "8 working_hours"),
    (Matter(unit="rsud"), "2 working_hours"),
    (Matter("medicine"), "1 working_hours"),
    (Matter("medicine", "rsud"), "4 working_hours"),
    (Matter("medicine", "rsud", "wa"), "4 working_hours"),
    (Matter("medicine", "", "wa"), "1 working_hours"),
    (Matter("billing", "rsud", "wa"), "2 working_hours"),
    (Matter("billing", "lain", "sms"), "5 working_days"),
]


@pytest.mark.parametrize(("matter", "expected"), SPECIFIC)
def test_the_most_specific_override_wins(matter: Matter, expected: str) -> None:
    target = OVERRIDDEN.targets_for(Priority.NORMAL, matter).solution
    assert f"{target.amount} {target.measure}" == expected


def test_an_override_leaves_the_priorities_it_does_not_name() -> None:
    found = OVERRIDDEN.targets_for(Priority.HIGH, Matter(unit="rsud"))
    assert found == DEFAULT_POLICY.targets[Priority.HIGH]


# --- another policy, for tickets that run already ---------------------------------------------

SHORT = {
    priority: replace(
        targets, first_answer=SlaTarget(5, Measure.WORKING_MINUTES), solution=FASTEST
    )
    for priority, targets in DEFAULT_POLICY.targets.items()
}
CHANGED = SlaPolicy(SHORT, first=DEFAULT_POLICY)
NEW = Terms.of(CHANGED, TERMS.calendar, Priority.NORMAL)
PAUSES = [paused("15 09:00", "15 10:00")]
UNKNOWN_LENGTHS = tuple(replace(clock, length=None) for clock in both())


@pytest.mark.parametrize("running", [both(), UNKNOWN_LENGTHS], ids=["kept", "of before"])
def test_what_is_promised_stays_as_long_under_another_policy(running: Sequence[SlaClock]) -> None:
    assert clock_times.recompute(NEW, running, []) == ()
    [resumed] = clocks.resume(NEW, running, PAUSES, at("15 10:00"))
    assert (
        resumed.due_at
        == one(clocks.resume(TERMS, running, PAUSES, at("15 10:00")), SOLUTION).due_at
    )
    late = replace(one(tuple(running), SOLUTION), breached_at=at("20 17:00"))
    assert clock_times.after_breach(NEW, late, at("20 17:00")).due_at == at("25 12:00")
    told = explain_clock(NEW, one(tuple(running), SOLUTION), [])
    assert told[0].startswith("Penyelesaian: 5 hari kerja")


def test_another_priority_goes_by_what_holds_now_and_stays_so() -> None:
    high = Terms.of(CHANGED, TERMS.calendar, Priority.HIGH)
    changed = clock_times.repromise(high, both(), [])
    assert one(changed, SOLUTION).due_at == at("14 12:00")
    assert one(changed, FIRST_ANSWER).length == SlaTarget(5, Measure.WORKING_MINUTES)
    later = Terms.of(DEFAULT_POLICY, TERMS.calendar, Priority.HIGH)
    assert clock_times.recompute(later, changed, []) == ()


# --- after a breach --------------------------------------------------------------------------


def test_the_new_time_is_as_long_again_then_a_working_day() -> None:
    first = one(both(), FIRST_ANSWER)
    again = clock_times.after_breach(TERMS, first, at("14 10:31"))
    assert again.due_at == at("14 11:01")
    late = replace(first, breached_at=at("14 10:31"))
    assert clock_times.after_breach(TERMS, late, at("14 11:01")).due_at == at("15 17:00")


def test_steps_of_a_normal_ticket() -> None:
    late = replace(solution(), breached_at=at("20 17:00"))
    assert clock_times.step_at(TERMS, late, []) == at("20 17:00")
    assert clock_times.step_at(TERMS, replace(late, step=1), []) == at("20 17:00")
    assert clock_times.step_at(TERMS, replace(late, step=2), []) is None
    assert clock_times.step_at(TERMS, solution(), []) is None


def test_leadership_hears_of_a_high_one_at_five_days() -> None:
    late = replace(solution(Priority.HIGH), breached_at=at("15 17:00"), step=1)
    assert clock_times.step_at(terms(Priority.HIGH), late, []) == at("20 17:00")
    pauses = [paused("15 09:00", "15 10:00")]
    assert clock_times.step_at(terms(Priority.HIGH), late, pauses) == at("21 09:00")


def test_leadership_hears_of_an_emergency_a_day_after_the_breach() -> None:
    late = replace(solution(Priority.EMERGENCY), breached_at=at("14 12:00"), step=1)
    assert clock_times.step_at(terms(Priority.EMERGENCY), late, []) == at("15 12:00")
