"""Starts, stops and moves the clocks of a ticket (requirements §1 rows 3 and 5, §3). Pure.

All functions take the clocks and pauses of one ticket and return the clocks that changed; the
others are left out. A clock that has been kept stays kept, a broken one stays broken (BW-44).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from core.model.clock import (
    FIRST_ANSWER,
    NEXT_ANSWER,
    PARTNER_ANSWER,
    PENDING,
    SOLUTION,
    Pause,
    SlaClock,
)
from core.model.clock_times import looking, pushed, recomputed
from core.model.deadline import due
from core.model.sla import promise
from core.model.ticket import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from core.model.deadline import SlaTarget
    from core.model.terms import Terms
    from core.model.ticket import Promise

_KEPT_BY = {
    Status.RESOLVED: frozenset({FIRST_ANSWER, NEXT_ANSWER, SOLUTION, PENDING, PARTNER_ANSWER}),
    Status.CLOSED: frozenset({FIRST_ANSWER, NEXT_ANSWER, SOLUTION, PENDING, PARTNER_ANSWER}),
    Status.REJECTED: frozenset({FIRST_ANSWER, NEXT_ANSWER}),
}


# --- starting --------------------------------------------------------------------------------


def opened(terms: Terms, received: datetime) -> tuple[SlaClock, ...]:
    """The first answer and the solution, counted from a receipt or a reopening.

    Raises:
        ValueError: a naive time, here as in all functions of this module.
    """
    return _started(terms, FIRST_ANSWER, received), _started(terms, SOLUTION, received)


def waits_again(
    terms: Terms, clocks: Sequence[SlaClock], received: datetime
) -> tuple[SlaClock, ...]:
    """The next answer, opened by the message of a citizen whose first answer was given.

    A citizen who writes twice waits from the first of both messages.
    """
    by_name = _by_name(clocks)
    first, following = by_name.get(FIRST_ANSWER), by_name.get(NEXT_ANSWER)
    if first is None or first.open or (following and following.open):
        return ()
    return (_started(terms, NEXT_ANSWER, received),)


def disposed(terms: Terms, at: datetime, due_at: datetime | None = None) -> tuple[SlaClock, ...]:
    """The partner's answer, on the partner's calendar, or by the deadline of the disposition."""
    clock = _started(terms, PARTNER_ANSWER, at)
    if due_at is None:
        return (clock,)
    percent = terms.policy.warn_percent
    warn_at = at + (due_at - at) * percent / 100 if percent else None
    length = terms.target(PARTNER_ANSWER)
    return (SlaClock(PARTNER_ANSWER, at, due_at, warn_at, warn_at or due_at, length=length),)


def _started(terms: Terms, name: str, at: datetime) -> SlaClock:
    return clock_of(
        promise(terms.calendar, name, terms.target(name), at, terms.policy.warn_percent)
    )


def clock_of(made: Promise) -> SlaClock:
    """A fresh clock that runs for this promise."""
    started_at = made.started_at or made.due_at
    look = made.warn_at or made.due_at
    return SlaClock(
        *(made.target, started_at, made.due_at, made.warn_at, look, made.provisional),
        length=made.length,
    )


# --- keeping and ending ----------------------------------------------------------------------


def answered(clocks: Sequence[SlaClock], at: datetime) -> tuple[SlaClock, ...]:
    """A person answered the citizen: first and next answer are kept."""
    return _kept(clocks, {FIRST_ANSWER, NEXT_ANSWER}, at)


def partner_answered(clocks: Sequence[SlaClock], at: datetime) -> tuple[SlaClock, ...]:
    """The partner answered its disposition."""
    return _kept(clocks, {PARTNER_ANSWER}, at)


def settled(clocks: Sequence[SlaClock], status: Status, at: datetime) -> tuple[SlaClock, ...]:
    """The ticket has ended: telling the solution keeps all promises, refusing it the answers.

    What the new status does not keep ends without being kept. A running status changes nothing.
    """
    if status.running:
        return ()
    kept = _KEPT_BY.get(status, frozenset())
    return tuple(
        meet(clock, at) if clock.target in kept else ended(clock) for clock in clocks if clock.open
    )


def meet(clock: SlaClock, at: datetime) -> SlaClock:
    """Kept, late or not; one that the watch has not found late yet is late all the same."""
    standing = clock.look_at is None
    late = clock.breached_at or (at if at > clock.due_at and not standing else None)
    return replace(clock, open=False, look_at=None, met_at=at, breached_at=late)


def ended(clock: SlaClock) -> SlaClock:
    """Nobody owes it any more, though it was not kept."""
    return replace(clock, open=False, look_at=None)


def _kept(clocks: Iterable[SlaClock], names: set[str], at: datetime) -> tuple[SlaClock, ...]:
    return tuple(meet(clock, at) for clock in clocks if clock.open and clock.target in names)


# --- standing still --------------------------------------------------------------------------


def pause(terms: Terms, clocks: Sequence[SlaClock], begun: Pause) -> tuple[SlaClock, ...]:
    """The ticket stands still from now on; a reason with a limit gets a clock of its own."""
    changed = []
    solution = _by_name(clocks).get(SOLUTION)
    if begun.stops and solution and solution.open:
        changed.append(replace(solution, look_at=None))
    limit = terms.policy.pending.get(begun.reason)
    if limit:
        changed.append(_pending(terms, limit, begun))
    return tuple(changed)


def _pending(terms: Terms, limit: SlaTarget, begun: Pause) -> SlaClock:
    made = due(terms.calendar, limit, begun.started_at)
    # The warning is one day before the limit (BW-34), never before the pause.
    length = terms.policy.pending_warning.length
    warn_at = max(made.at - length, begun.started_at.astimezone(UTC))
    return SlaClock(
        *(PENDING, begun.started_at, made.at, warn_at, warn_at, made.provisional), length=limit
    )


def resume(
    terms: Terms, clocks: Sequence[SlaClock], pauses: Sequence[Pause], at: datetime
) -> tuple[SlaClock, ...]:
    """The ticket goes on: what was left of the solution's time when it stopped goes on now.

    Args:
        terms: of the ticket as it is now.
        clocks: all of the ticket.
        pauses: all of the ticket, the last one ended at ``at``.
        at: when it goes on.
    """
    changed = list(_kept(clocks, {PENDING}, at))
    solution = _by_name(clocks).get(SOLUTION)
    if solution and solution.open:
        changed.append(_resumed(terms, solution, pauses))
    return tuple(changed)


def _resumed(terms: Terms, solution: SlaClock, pauses: Sequence[Pause]) -> SlaClock:
    if not solution.late:
        return recomputed(terms, solution, pauses)
    # The new time of a broken promise is counted from the breach: only the last pause moves it.
    target = terms.length(solution)
    due_at = pushed(terms, target, solution.started_at, (solution.due_at, pauses[-1:]))
    return looking(terms, replace(solution, due_at=due_at), pauses)


def _by_name(clocks: Iterable[SlaClock]) -> dict[str, SlaClock]:
    return {clock.target: clock for clock in clocks}
