"""Clocks that start, stop, go on and are computed anew (requirements §1 row 5, §3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from config.calendars import load_calendar
from core.model import clock_times, clocks
from core.model.clock import (
    DUTY_CALL,
    FIRST_ANSWER,
    NEXT_ANSWER,
    PARTNER_ANSWER,
    PENDING,
    SOLUTION,
    Pause,
    PauseReason,
    SlaClock,
)
from core.model.sla import DEFAULT_POLICY, Measure, SlaTarget
from core.model.terms import Terms
from core.model.ticket import Priority, Status
from tests.core.model.calendar_samples import local

BANYUWANGI = load_calendar("banyuwangi")
PEMERINTAH = load_calendar("pemerintah")
TERMS = Terms.of(DEFAULT_POLICY, BANYUWANGI, Priority.NORMAL)
TUESDAY = local("2026-07-14 10:00")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    """Local time in July 2026: ``15 08:30``."""
    day, clock = text.split()
    return local(f"2026-07-{day} {clock}")


def terms(priority: Priority = Priority.NORMAL) -> Terms:
    return Terms.of(DEFAULT_POLICY, BANYUWANGI, priority)


def paused(start: str, end: str | None = None, *, stops: bool = True, why: str = "") -> Pause:
    return Pause(
        reason=why or PauseReason.ACCESS.value,
        stops=stops,
        started_at=at(start),
        expected_at=at(start) + DAY,
        for_whom="pelapor",
        note="gedung terkunci",
        ended_at=at(end) if end else None,
    )


def _span(text: str) -> Pause:
    """``15 09:00/15 10:00``; with a minus before it, one that stops nothing."""
    start, end = text.removeprefix("-").split("/")
    return paused(start, end, stops=not text.startswith("-"))


def over(begun: Pause, end: str) -> tuple[list[Pause], datetime]:
    """The same pause ended then, and when."""
    return [replace(begun, ended_at=at(end))], at(end)


def one(found: tuple[SlaClock, ...], name: str) -> SlaClock:
    [clock] = [clock for clock in found if clock.target == name]
    return clock


def both(priority: Priority = Priority.NORMAL) -> tuple[SlaClock, ...]:
    return clocks.opened(terms(priority), TUESDAY)


def solution(priority: Priority = Priority.NORMAL) -> SlaClock:
    return one(both(priority), SOLUTION)


WARNINGS = [
    # priority, first answer, its warning, solution, its warning
    (Priority.EMERGENCY, "14 10:30", "14 10:22:30", "14 12:00", "14 11:30"),
    (Priority.HIGH, "14 10:30", "14 10:22:30", "15 17:00", "15 13:30"),
    # Tue 6 h, Wed and Thu 8 h, Fri 7 h, Sat 4 h, Mon 8 h: 41 h, of which 75 % are 30 h 45 min.
    (Priority.NORMAL, "14 10:30", "14 10:22:30", "20 17:00", "18 09:45"),
    (Priority.LOW, "14 11:00", "14 10:45", "20 17:00", "18 09:45"),
]


@pytest.mark.parametrize(("priority", "answer", "answer_warn", "solved", "solved_warn"), WARNINGS)
def test_each_promise_warns_at_three_quarters(
    priority: Priority, answer: str, answer_warn: str, solved: str, solved_warn: str
) -> None:
    first, last = both(priority)
    expected = (FIRST_ANSWER, at(answer), at(answer_warn))
    assert (first.target, first.due_at, first.warn_at) == expected
    assert (last.target, last.due_at, last.warn_at) == (SOLUTION, at(solved), at(solved_warn))
    assert (first.look_at, last.look_at) == (first.warn_at, last.warn_at)
    assert first.open
    assert first.started_at == TUESDAY


def test_without_warnings_the_watch_looks_at_the_due_time() -> None:
    policy = replace(DEFAULT_POLICY, warn_percent=0)
    quiet = clocks.opened(Terms.of(policy, BANYUWANGI, Priority.NORMAL), TUESDAY)
    assert [(clock.warn_at, clock.look_at) for clock in quiet] == [
        (None, at("14 10:30")), (None, at("20 17:00")),
    ]  # fmt: skip


# --- pauses ----------------------------------------------------------------------------------

PAUSES = [
    # what, pauses, solution of a normal ticket received Tue 14 July 10.00, due Mon 20 July 17.00
    ("none", [], "20 17:00"),
    ("an hour of work", ["15 09:00/15 10:00"], "21 09:00"),
    ("one that does not stop it", ["-15 09:00/15 10:00"], "20 17:00"),
    ("over the break", ["15 11:00/15 14:00"], "21 10:00"),
    ("in the break", ["15 12:00/15 13:00"], "20 17:00"),
    ("over night", ["15 17:00/16 08:00"], "20 17:00"),
    ("a whole day", ["15 08:00/16 08:00"], "21 17:00"),
    ("Saturday afternoon to Monday", ["18 12:00/20 08:00"], "20 17:00"),
    ("days before it count on (row 5)", ["16 08:00/23 08:00"], "27 17:00"),
    ("two", ["15 09:00/15 10:00", "16 09:00/16 11:00"], "21 11:00"),
    ("two that touch", ["15 09:00/15 10:00", "15 10:00/15 11:00"], "21 10:00"),
    ("two that overlap", ["15 09:00/15 11:00", "15 10:00/15 12:00"], "21 11:00"),
    ("in another order", ["16 09:00/16 11:00", "15 09:00/15 10:00"], "21 11:00"),
    ("begun before the receipt", ["14 09:00/14 11:00"], "21 09:00"),
    ("over before the receipt", ["13 09:00/14 10:00"], "20 17:00"),
    ("begun when it was due", ["20 17:00/22 08:00"], "20 17:00"),
    ("in the last hour", ["20 16:00/22 08:00"], "22 09:00"),
    ("pushed into a second one", ["15 08:00/16 08:00", "21 09:00/21 11:00"], "22 10:00"),
]


@pytest.mark.parametrize(("what", "spans", "due"), PAUSES, ids=[row[0] for row in PAUSES])
def test_what_was_left_goes_on_after_the_pause(what: str, spans: list[str], due: str) -> None:
    clock, pauses = solution(), [_span(span) for span in spans]
    moved = clock_times.recomputed(TERMS, clock, pauses)
    assert moved.due_at == at(due), what
    assert moved.warn_at is not None
    assert clock.warn_at is not None
    assert moved.warn_at >= clock.warn_at
    assert clock_times.recomputed(TERMS, moved, pauses) == moved


def test_calendar_time_is_pushed_by_the_clock() -> None:
    policy = replace(
        DEFAULT_POLICY,
        targets=dict.fromkeys(
            Priority, replace(TERMS.targets, solution=SlaTarget(2, Measure.CALENDAR_DAYS))
        ),
    )
    wall = Terms.of(policy, BANYUWANGI, Priority.NORMAL)
    clock = one(clocks.opened(wall, TUESDAY), SOLUTION)
    moved = clock_times.recomputed(wall, clock, [paused("15 20:00", "15 23:00")])
    assert moved.due_at == at("16 13:00")


def test_answers_never_stand_still() -> None:
    first = one(both(), FIRST_ANSWER)
    assert clock_times.recomputed(TERMS, first, [paused("14 10:10", "16 10:00")]) == first


def test_while_it_stands_still_nobody_looks() -> None:
    begun = paused("15 09:00")
    [still] = clocks.pause(TERMS, both(), begun)
    assert (still.target, still.look_at, still.due_at) == (SOLUTION, None, at("20 17:00"))
    assert still.open
    assert clock_times.recomputed(TERMS, still, [begun]) == still
    [running] = clocks.resume(TERMS, [still], *over(begun, "15 10:00"))
    assert (running.due_at, running.look_at) == (at("21 09:00"), running.warn_at)


def test_a_pause_that_does_not_stop_it_leaves_the_clock_alone() -> None:
    assert clocks.pause(TERMS, both(), paused("15 09:00", stops=False)) == ()


def test_an_ended_solution_is_neither_stopped_nor_moved() -> None:
    kept = clocks.meet(solution(), at("15 08:30"))
    assert clocks.pause(TERMS, [kept], paused("15 09:00")) == ()
    assert clocks.resume(TERMS, [kept], [paused("15 09:00", "15 10:00")], at("15 10:00")) == ()


def test_a_warning_that_was_given_is_given_again_when_the_promise_moves_away() -> None:
    warned = replace(solution(), warned_at=at("18 09:45"))
    begun = paused("18 10:00")
    [still] = clocks.pause(TERMS, [warned], begun)
    [moved] = clocks.resume(TERMS, [still], *over(begun, "22 08:00"))
    # The pause began after three quarters: the warning has been, the rest goes on.
    assert (moved.warned_at, moved.look_at) == (at("18 09:45"), moved.due_at)
    earlier = paused("15 08:00", "20 08:00")
    again = clock_times.recomputed(TERMS, warned, [earlier])
    assert again.warned_at is None
    assert again.look_at == again.warn_at


def test_a_broken_solution_is_moved_by_the_last_pause_only() -> None:
    late = replace(solution(), due_at=at("22 17:00"), breached_at=at("20 17:00"), step=2)
    earlier = paused("15 08:00", "16 08:00")
    begun = paused("21 08:00")
    [still] = clocks.pause(TERMS, [late], begun)
    done = replace(begun, ended_at=at("22 08:00"))
    [moved] = clocks.resume(TERMS, [still], [earlier, done], at("22 08:00"))
    assert moved.due_at == at("23 17:00")
    assert moved.breached_at == at("20 17:00")


# --- the limit of standing still --------------------------------------------------------------


def test_bw_34_hardware_on_order_has_seven_calendar_days_and_a_warning_one_day_before() -> None:
    begun = paused("15 09:00", why=PauseReason.HARDWARE_ON_ORDER.value)
    found = clocks.pause(TERMS, both(), begun)
    limit = one(found, PENDING)
    assert (limit.started_at, limit.due_at) == (at("15 09:00"), at("22 09:00"))
    assert (limit.warn_at, limit.look_at) == (at("21 09:00"), at("21 09:00"))
    assert one(found, SOLUTION).look_at is None


def test_the_limit_ends_with_the_pause() -> None:
    begun = paused("15 09:00", why=PauseReason.HARDWARE_ON_ORDER.value)
    stopped = clocks.pause(TERMS, both(), begun)
    found = clocks.resume(TERMS, stopped, *over(begun, "17 09:00"))
    limit = one(found, PENDING)
    assert (limit.open, limit.met_at, limit.breached_at) == (False, at("17 09:00"), None)


def test_a_limit_shorter_than_its_warning_warns_at_once() -> None:
    policy = replace(DEFAULT_POLICY, pending={"access": SlaTarget(60, Measure.CLOCK_MINUTES)})
    limit = one(
        clocks.pause(Terms.of(policy, BANYUWANGI, Priority.NORMAL), (), paused("15 09:00")),
        PENDING,
    )
    assert (limit.warn_at, limit.due_at) == (at("15 09:00"), at("15 10:00"))


# --- keeping ---------------------------------------------------------------------------------


def test_an_answer_keeps_first_and_next() -> None:
    answered = clocks.answered(both(), at("14 10:20"))
    [first] = answered
    assert (first.target, first.open, first.met_at) == (FIRST_ANSWER, False, at("14 10:20"))
    assert not first.late
    assert clocks.answered(answered, at("14 10:25")) == ()


@pytest.mark.parametrize(("when", "late"), [("14 10:30", False), ("14 10:30:01", True)])
def test_an_answer_in_the_last_second_is_in_time(when: str, late: bool) -> None:
    [first] = clocks.answered(both(), at(when))
    assert first.late is late
    assert first.look_at is None


def test_who_writes_again_waits_again() -> None:
    first = one(clocks.answered(both(), at("14 10:20")), FIRST_ANSWER)
    ticket = (first, solution())
    [following] = clocks.waits_again(TERMS, ticket, at("15 16:50"))
    assert (following.target, following.due_at) == (NEXT_ANSWER, at("16 08:20"))
    assert clocks.waits_again(TERMS, (*ticket, following), at("15 16:55")) == ()
    [kept] = clocks.answered((*ticket, following), at("16 08:00"))
    assert kept.target == NEXT_ANSWER
    [again] = clocks.waits_again(TERMS, (*ticket, kept), at("17 08:00"))
    assert again.due_at == at("17 08:30")


def test_before_the_first_answer_nothing_is_added() -> None:
    assert clocks.waits_again(TERMS, both(), at("14 10:10")) == ()
    assert clocks.waits_again(TERMS, (), at("14 10:10")) == ()


ENDS = [
    # status, kept, first answer met, solution met
    (Status.RESOLVED, True, True),
    (Status.CLOSED, True, True),
    (Status.REJECTED, True, False),
    (Status.CANCELLED, False, False),
    (Status.MERGED, False, False),
]


@pytest.mark.parametrize(("status", "answered", "solved"), ENDS)
def test_an_ended_ticket_ends_its_clocks(status: Status, answered: bool, solved: bool) -> None:
    found = clocks.settled(both(), status, at("14 10:20"))
    assert [clock.open for clock in found] == [False, False]
    assert [clock.look_at for clock in found] == [None, None]
    met = [clock.met_at is not None for clock in found]
    assert met == [answered, solved]
    assert clocks.settled(found, status, at("14 10:25")) == ()


@pytest.mark.parametrize("status", [status for status in Status if status.running])
def test_a_running_ticket_keeps_its_clocks(status: Status) -> None:
    assert clocks.settled(both(), status, at("14 10:20")) == ()


def test_a_solution_told_while_it_stood_still_is_not_late() -> None:
    stopped = clocks.pause(TERMS, [solution()], paused("20 16:00"))
    [kept] = clocks.settled(stopped, Status.RESOLVED, at("25 10:00"))
    assert not kept.late


# --- priorities, calendars, partners ----------------------------------------------------------


def test_bw_44_another_priority_is_computed_from_the_receipt() -> None:
    pauses = [paused("15 09:00", "15 10:00")]
    changed = clock_times.repromise(terms(Priority.HIGH), both(), pauses)
    assert one(changed, SOLUTION).due_at == at("16 09:00")
    assert {clock.target for clock in changed} == {SOLUTION}  # the answer is the same for both
    back = clock_times.repromise(TERMS, changed, pauses)
    assert one(back, SOLUTION).due_at == at("21 09:00")


def test_bw_44_kept_promises_stay_kept_and_broken_ones_broken() -> None:
    kept = clocks.meet(one(both(), FIRST_ANSWER), at("14 10:20"))
    late = replace(solution(), breached_at=at("20 17:00"), due_at=at("27 17:00"))
    [broken] = clock_times.repromise(terms(Priority.EMERGENCY), (kept, late), [])
    assert broken == replace(late, length=SlaTarget(2, Measure.WORKING_HOURS))


def test_a_call_to_the_duty_officer_that_is_under_way_is_let_be() -> None:
    call = SlaClock(DUTY_CALL, TUESDAY, TUESDAY, look_at=TUESDAY)
    changed = clock_times.repromise(terms(Priority.HIGH), (*both(), call), [])
    assert {clock.target for clock in changed} == {SOLUTION}


def test_a_higher_priority_may_be_late_at_once() -> None:
    [changed] = clock_times.repromise(terms(Priority.EMERGENCY), [solution()], [])
    assert changed.due_at == at("14 12:00")
    assert changed.look_at == at("14 11:30")


def test_a_changed_calendar_never_makes_it_earlier_unless_asked() -> None:
    other = Terms.of(DEFAULT_POLICY, PEMERINTAH, Priority.NORMAL)
    # Five days without Saturday: Tue 21 July 16.00; back again it would be Mon 20 July.
    [later] = clock_times.recompute(other, [solution()], [], never_earlier=True)
    assert later.due_at == at("21 16:00")
    assert clock_times.recompute(TERMS, [later], [], never_earlier=True) == ()
    [earlier] = clock_times.recompute(TERMS, [later], [])
    assert earlier.due_at == at("20 17:00")


def test_a_year_that_was_loaded_makes_it_certain() -> None:
    unknown = replace(solution(), provisional=True)
    [certain] = clock_times.recompute(TERMS, [unknown], [], never_earlier=True)
    assert (certain.due_at, certain.provisional) == (unknown.due_at, False)


def test_a_pause_into_an_unknown_year_makes_it_provisional() -> None:
    clock = one(clocks.opened(TERMS, local("2026-12-23 10:00")), SOLUTION)
    assert not clock.provisional
    long = replace(
        paused("15 11:00"),
        started_at=local("2026-12-23 11:00"),
        ended_at=local("2027-01-02 11:00"),
    )
    assert clock_times.recomputed(TERMS, clock, [long]).provisional


def test_a_partner_answers_on_its_own_calendar() -> None:
    # Idul Fitri: the pharmacy is closed from 18 to 24 March (KM-23).
    told = local("2026-03-17 16:30")
    [clock] = clocks.disposed(TERMS, told)
    assert (clock.target, clock.due_at) == (PARTNER_ANSWER, local("2026-03-25 17:00"))
    [by_hand] = clocks.disposed(TERMS, told, told + 4 * HOUR)
    assert (by_hand.due_at, by_hand.warn_at) == (told + 4 * HOUR, told + 3 * HOUR)
    [kept] = clocks.partner_answered([clock], local("2026-03-25 09:00"))
    assert not kept.open
