"""When a running promise is due, and when the watch looks at it next. Pure.

A due time is always computed from where the clock began, with all pauses so far, so that computing
it twice changes nothing (requirements §1 row 5, §3; BW-44).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple

from core.model.calendar import holidays_known, local_day
from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, PENDING, SOLUTION
from core.model.deadline import Measure, SlaTarget, due
from core.model.sla import Since, promise
from core.model.working_time import working_after, working_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    from core.model.clock import Pause, SlaClock
    from core.model.terms import Terms
    from core.model.ticket import Promise

WORKING = frozenset({Measure.WORKING_MINUTES, Measure.WORKING_HOURS, Measure.WORKING_DAYS})
"""Measures that count in working time; a pause leaves so much of that."""

COMPUTED = frozenset({FIRST_ANSWER, NEXT_ANSWER, SOLUTION})
"""Promises that are computed anew; no priority and no calendar of the unit changes the others."""

_ONE_DAY = SlaTarget(1, Measure.WORKING_DAYS)


# --- computing anew --------------------------------------------------------------------------


def recompute(
    terms: Terms,
    clocks: Sequence[SlaClock],
    pauses: Sequence[Pause],
    *,
    never_earlier: bool = False,
) -> tuple[SlaClock, ...]:
    """All running promises on another calendar, from where each began, with the pauses so far.

    For a changed calendar or a year of holidays that was loaded: each is as long as it was
    promised, and ``never_earlier`` keeps what was told to the citizen already (requirements §3).

    Returns:
        those clocks that differ afterwards.
    """
    anew = (recomputed(terms, one, pauses, never_earlier=never_earlier) for one in clocks)
    return tuple(new for new, old in zip(anew, clocks, strict=True) if new != old)


def repromise(
    terms: Terms, clocks: Sequence[SlaClock], pauses: Sequence[Pause]
) -> tuple[SlaClock, ...]:
    """All running promises as long as these terms have them: the ticket is another (BW-44).

    Returns:
        those clocks that differ afterwards.
    """
    given = (
        replace(one, length=terms.target(one.target))
        if one.open and one.target in COMPUTED
        else one
        for one in clocks
    )
    anew = (recomputed(terms, one, pauses) for one in given)
    return tuple(new for new, old in zip(anew, clocks, strict=True) if new != old)


def lengthened(terms: Terms, clock: SlaClock, pauses: Sequence[Pause]) -> SlaClock:
    """The solution where it takes longer, counted from where it began (BW-30).

    Broken, kept and ended ones stay, and so does one that would be due earlier: what the citizen
    was told is never taken back.
    """
    longer = recomputed(terms, replace(clock, length=terms.target(clock.target)), pauses)
    return longer if longer.due_at > clock.due_at else clock


def recomputed(
    terms: Terms, clock: SlaClock, pauses: Sequence[Pause], *, never_earlier: bool = False
) -> SlaClock:
    """One clock; kept, ended and broken ones, and those of other lengths, stay as they are."""
    if not clock.open or clock.late or clock.target not in COMPUTED:
        return clock
    made = promised(terms, clock, pauses)
    due_at, warn_at = made.due_at, made.warn_at
    if never_earlier and due_at < clock.due_at:
        due_at, warn_at = clock.due_at, clock.warn_at
    warned_at = clock.warned_at
    if warned_at and warn_at and warn_at > warned_at:
        warned_at = None  # the promise has moved away from the warning that was given
    new = replace(
        clock,
        due_at=due_at,
        warn_at=warn_at,
        provisional=made.provisional,
        warned_at=warned_at,
    )
    return looking(terms, new, pauses)


def promised(terms: Terms, clock: SlaClock, pauses: Sequence[Pause]) -> Promise:
    """When the promise of a clock is due on this calendar, with the pauses so far."""
    target, started = terms.length(clock), clock.started_at
    made = promise(terms.calendar, clock.target, target, started, terms.policy.warn_percent)
    if clock.target != SOLUTION or not pauses:
        return made
    due_at = pushed(terms, target, started, (made.due_at, pauses))
    warn_at = made.warn_at and pushed(terms, target, started, (made.warn_at, pauses))
    first, last = (local_day(terms.calendar, at) for at in (started, due_at))
    unknown = target.measure in WORKING and not holidays_known(terms.calendar, first, last)
    return replace(made, due_at=due_at, warn_at=warn_at, provisional=unknown)


def pushed(
    terms: Terms,
    target: SlaTarget,
    started: datetime,
    moved: tuple[datetime, Iterable[Pause]],
) -> datetime:
    """An instant of a promise, moved on by the ended pauses that fell before it.

    What was left of the time at the pause goes on at its end, in the time it is counted in:
    working time for working days too. So a pause never makes anything earlier.

    Args:
        terms: whose calendar counts.
        target: tells what time it is counted in.
        started: when the promise began; what a pause had before counts for nothing.
        moved: the instant without pauses, and the pauses.
    """
    at = moved[0]
    for push in pushes(terms, target, started, moved):
        at = push.at
    return at


class Push(NamedTuple):
    """One pause that moved an instant: from when to when, what was left then, where it went."""

    begun: datetime
    ended_at: datetime
    left: timedelta
    at: datetime


def pushes(
    terms: Terms,
    target: SlaTarget,
    started: datetime,
    moved: tuple[datetime, Iterable[Pause]],
) -> Iterator[Push]:
    """The pauses that move an instant, one by one; the last one's ``at`` is where it stays."""
    at, pauses = moved
    for begun, ended_at in _spans(pauses, started):
        if begun >= at:
            break
        if target.measure in WORKING:
            left = working_between(terms.calendar, begun, at)
            at = working_after(terms.calendar, ended_at, left)
        else:
            left = at - begun
            at = ended_at + left
        yield Push(begun, ended_at, left, at)


def _spans(pauses: Iterable[Pause], started: datetime) -> list[tuple[datetime, datetime]]:
    """The ended pauses that stop the clock, from ``started`` on, in order, without overlap."""
    spans: list[tuple[datetime, datetime]] = []
    stopping = ((p.started_at, p.ended_at) for p in pauses if p.stops and p.ended_at)
    known = ((begun.astimezone(UTC), ended.astimezone(UTC)) for begun, ended in stopping)
    for begun, ended_at in sorted(known):
        begun = max(begun, started, *(end for _, end in spans[-1:]))  # noqa: PLW2901 - clipped
        if ended_at > begun:
            spans.append((begun, ended_at))
    return spans


# --- looking ---------------------------------------------------------------------------------


def looking(terms: Terms, clock: SlaClock, pauses: Sequence[Pause]) -> SlaClock:
    """The clock with the next instant at which the watch has something to do."""
    return replace(clock, look_at=_look_at(terms, clock, pauses))


def _look_at(terms: Terms, clock: SlaClock, pauses: Sequence[Pause]) -> datetime | None:
    if not clock.open or standing(clock, pauses):
        return None
    if not clock.late:
        warn_at = clock.warn_at if clock.warned_at is None else None
        return min(warn_at, clock.due_at) if warn_at else clock.due_at
    following = step_at(terms, clock, pauses)
    return min(following, clock.due_at) if following else clock.due_at


def step_at(terms: Terms, clock: SlaClock, pauses: Sequence[Pause]) -> datetime | None:
    """When the next step of escalation of a broken clock is due; None when all are taken."""
    steps = terms.steps(clock.target)
    if clock.breached_at is None or clock.step >= len(steps):
        return None
    step, breached_at = steps[clock.step], clock.breached_at
    if step.after is None:
        return breached_at
    if step.since is Since.BREACH:
        return due(terms.calendar, step.after, breached_at).at
    at = due(terms.calendar, step.after, clock.started_at).at
    if clock.target == SOLUTION:
        at = pushed(terms, step.after, clock.started_at, (at, pauses))
    return max(at, breached_at)


def after_breach(terms: Terms, clock: SlaClock, at: datetime) -> Promise:
    """The new time of a promise found broken: as long again, counted from now.

    Broken once more, at least to the end of the next working day: nobody is told every half hour
    that an answer is late. The limit of standing still always gets that day.
    """
    day = promise(terms.calendar, clock.target, _ONE_DAY, at, 0)
    if clock.target == PENDING:
        return day
    again = promise(terms.calendar, clock.target, terms.length(clock), at, 0)
    return max(again, day, key=lambda one: one.due_at) if clock.late else again


def standing(clock: SlaClock, pauses: Sequence[Pause]) -> bool:
    """Whether it stands still now."""
    return clock.target == SOLUTION and any(p.stops and p.ended_at is None for p in pauses)
