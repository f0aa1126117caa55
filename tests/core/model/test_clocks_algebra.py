"""What holds for every calendar, receipt, length and pause; and a foreign library as a witness."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from businesstimedelta import BusinessTimeDelta
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.clock import SOLUTION, Pause
from core.model.clock_times import pushed, recomputed
from core.model.clocks import opened
from core.model.deadline import Measure, SlaTarget, due
from core.model.sla import SlaPolicy, SlaTargets
from core.model.terms import Terms
from core.model.ticket import Priority
from core.model.working_time import working_after, working_between
from tests.core.model.test_sla_algebra import OFFICE, WITNESS, calendars, instants, lengths

if TYPE_CHECKING:
    from core.model.calendar import Calendar

small = settings(max_examples=80, deadline=None)

targets = st.one_of(
    st.integers(1, 40 * 60).map(lambda n: SlaTarget(n, Measure.WORKING_MINUTES)),
    st.integers(1, 8).map(lambda n: SlaTarget(n, Measure.WORKING_DAYS)),
    st.integers(1, 5000).map(lambda n: SlaTarget(n, Measure.CLOCK_MINUTES)),
    st.integers(1, 8).map(lambda n: SlaTarget(n, Measure.CALENDAR_DAYS)),
)
gaps = st.lists(
    st.tuples(st.integers(0, 5 * 24 * 60), st.integers(1, 9 * 24 * 60)), min_size=1, max_size=4
)


def pauses_from(received: datetime, steps: list[tuple[int, int]]) -> list[Pause]:
    """Pauses in a row after the receipt: minutes until each begins, minutes it lasts."""
    found, at = [], received
    for wait, length in steps:
        start = at + timedelta(minutes=wait)
        at = start + timedelta(minutes=length)
        found.append(Pause("access", stops=True, started_at=start, expected_at=at, for_whom="",
                           note="", ended_at=at))  # fmt: skip
    return found


def terms(calendar: Calendar, target: SlaTarget) -> Terms:
    policy = SlaPolicy(dict.fromkeys(Priority, SlaTargets(target, target)))
    return Terms.of(policy, calendar, Priority.NORMAL)


def due_with(
    calendar: Calendar, target: SlaTarget, received: datetime, pauses: list[Pause]
) -> datetime:
    start = due(calendar, target, received).at
    return pushed(terms(calendar, target), target, received, (start, pauses))


@small
@given(calendars(), instants, targets, gaps)
def test_a_pause_never_makes_it_earlier(
    calendar: Calendar, received: datetime, target: SlaTarget, steps: list[tuple[int, int]]
) -> None:
    pauses = pauses_from(received, steps)
    dues = [due_with(calendar, target, received, pauses[:count]) for count in range(5)]
    assert dues == sorted(dues)


@small
@given(calendars(), instants, targets, gaps)
def test_what_the_pauses_took_is_given_back_to_the_minute(
    calendar: Calendar, received: datetime, target: SlaTarget, steps: list[tuple[int, int]]
) -> None:
    pauses = pauses_from(received, steps)
    first, last = due(calendar, target, received).at, due_with(calendar, target, received, pauses)
    spans = [(p.started_at, p.ended_at) for p in pauses if p.ended_at and p.started_at < last]
    working = target.measure in (Measure.WORKING_MINUTES, Measure.WORKING_DAYS)
    if working:
        taken = sum((working_between(calendar, a, b) for a, b in spans), timedelta())
        assert working_between(calendar, received, last) - taken == working_between(
            calendar, received, first
        )
    else:
        assert last - sum((b - a for a, b in spans), timedelta()) == first


@small
@given(calendars(), instants, targets, gaps)
def test_computing_it_again_changes_nothing(
    calendar: Calendar, received: datetime, target: SlaTarget, steps: list[tuple[int, int]]
) -> None:
    pauses, rules = pauses_from(received, steps), terms(calendar, target)
    [clock] = [one for one in opened(rules, received) if one.target == SOLUTION]
    once = recomputed(rules, clock, pauses)
    assert recomputed(rules, once, pauses) == once
    assert recomputed(rules, once, []) == clock
    assert once.warn_at is not None
    assert received <= once.warn_at <= once.due_at


@small
@given(calendars(), instants, instants, targets, gaps)
def test_who_comes_later_is_not_due_earlier_with_the_same_pauses(
    calendar: Calendar,
    one: datetime,
    other: datetime,
    target: SlaTarget,
    steps: list[tuple[int, int]],
) -> None:
    earlier, later = sorted((one, other))
    pauses = pauses_from(later, steps)
    assert due_with(calendar, target, earlier, pauses) <= due_with(calendar, target, later, pauses)


@small
@given(calendars(), instants, st.integers(1, 900), st.integers(1, 900), gaps)
def test_one_length_after_another_is_their_sum_with_pauses(
    calendar: Calendar, received: datetime, one: int, other: int, steps: list[tuple[int, int]]
) -> None:
    pauses = pauses_from(received, steps)
    first, second, whole = (
        SlaTarget(n, Measure.WORKING_MINUTES) for n in (one, other, one + other)
    )
    between = due_with(calendar, first, received, pauses)
    assert due_with(calendar, second, between, pauses) == due_with(
        calendar, whole, received, pauses
    )


@small
@given(calendars(), instants, lengths)
def test_working_time_there_and_back(
    calendar: Calendar, start: datetime, length: timedelta
) -> None:
    end = working_after(calendar, start, length)
    assert working_between(calendar, start, end) == length
    assert working_between(calendar, end, start) == timedelta()
    assert working_after(calendar, start, timedelta()) == start


@small
@given(calendars(), instants, instants, instants)
def test_working_time_adds_up(
    calendar: Calendar, one: datetime, other: datetime, third: datetime
) -> None:
    first, middle, last = sorted((one, other, third))
    whole = working_between(calendar, first, last)
    parts = working_between(calendar, first, middle) + working_between(calendar, middle, last)
    assert parts == whole


# --- the witness of test_sla_algebra, for pauses ----------------------------------------------


@settings(max_examples=100, deadline=None)
@given(instants, instants)
def test_a_foreign_library_counts_the_same_working_time(one: datetime, other: datetime) -> None:
    start, end = sorted((one, other))
    theirs = WITNESS.difference(start, end)
    ours = working_between(OFFICE, start, end)
    assert ours == timedelta(hours=theirs.hours, seconds=theirs.seconds)


@settings(max_examples=100, deadline=None)
@given(instants, st.integers(1, 40 * 60), st.integers(0, 3000), st.integers(1, 9000))
def test_a_foreign_library_agrees_about_one_pause(
    received: datetime, minutes: int, wait: int, length: int
) -> None:
    [pause] = pauses_from(received, [(wait, length)])
    whole = BusinessTimeDelta(WITNESS, seconds=minutes * 60)
    theirs = received + whole
    if pause.started_at < theirs and pause.ended_at:
        theirs = pause.ended_at + (whole - WITNESS.difference(received, pause.started_at))
    target = SlaTarget(minutes, Measure.WORKING_MINUTES)
    assert due_with(OFFICE, target, received, [pause]) == theirs
