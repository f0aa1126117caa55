"""Since when a ticket must have lain for nobody to be late: the promise, counted backwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.model.deadline import Measure, SlaTarget, due
from core.model.idle import MOST_HOURS, begun_before, idle_by_hours, idle_by_promise
from core.model.sla import DEFAULT_POLICY
from core.model.ticket import Priority
from tests.core.model.calendar_samples import desk, local

HALF_HOUR = SlaTarget(30, Measure.WORKING_MINUTES)
SECOND = timedelta(seconds=1)
OFFICE = desk()


@pytest.mark.parametrize(
    ("now", "target", "begun"),
    [
        # Tuesday at work, in the break, before opening; a Monday after Sunday, days off.
        ("2026-07-14T10:30", HALF_HOUR, "2026-07-14T10:00"),
        ("2026-07-14T12:30", HALF_HOUR, "2026-07-14T11:30"),
        ("2026-07-14T13:10", HALF_HOUR, "2026-07-14T11:40"),
        ("2026-07-14T07:59", HALF_HOUR, "2026-07-13T16:30"),
        ("2026-07-20T08:10", HALF_HOUR, "2026-07-18T11:40"),
        ("2026-07-17T08:00", HALF_HOUR, "2026-07-14T16:30"),
        ("2026-07-19T03:00", SlaTarget(30, Measure.CLOCK_MINUTES), "2026-07-19T02:30"),
        ("2026-07-14T16:59", SlaTarget(1, Measure.WORKING_DAYS), "2026-07-12T23:59:59"),
        ("2026-07-14T17:00", SlaTarget(1, Measure.WORKING_DAYS), "2026-07-13T23:59:59"),
    ],
)
def test_the_last_instant_whose_promise_is_over(now: str, target: SlaTarget, begun: str) -> None:
    found = begun_before(OFFICE, target, local(now))
    assert abs(found - local(begun)) <= SECOND
    assert due(OFFICE, target, found).at <= local(now)
    assert due(OFFICE, target, found + 2 * SECOND).at > local(now)


def test_a_long_holiday_makes_nobody_idle() -> None:
    """Nyepi and Idul Fitri 2026: from the evening of Tuesday 17 to Monday 23 March."""
    found = begun_before(OFFICE, HALF_HOUR, local("2026-03-23T07:30"))
    assert abs(found - local("2026-03-17T16:30")) <= SECOND


def test_each_priority_waits_as_long_as_it_is_promised() -> None:
    now = local("2026-07-14T10:30")
    limits = dict(idle_by_promise(DEFAULT_POLICY, OFFICE, now))
    waited = {priority: round((now - at).total_seconds() / 60) for priority, at in limits.items()}
    assert waited == {
        Priority.EMERGENCY: 30,
        Priority.HIGH: 30,
        Priority.NORMAL: 30,
        Priority.LOW: 60,
    }


@pytest.mark.parametrize(("hours", "waited"), [(1, 1), (72, 72), (10**12, MOST_HOURS)])
def test_so_many_hours_are_hours_by_the_clock(hours: int, waited: int) -> None:
    now = local("2026-07-14T10:30")
    assert {now - at for _, at in idle_by_hours(hours, now)} == {timedelta(hours=waited)}
    assert [one for one, _ in idle_by_hours(hours, now)] == list(Priority)
