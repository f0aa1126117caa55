"""Why a promise is due when it is, step by step, in plain Indonesian: for staff and for doubts.

The steps are read off the same calculation that makes the due time (core/model/clock_times.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.clock import (
    FIRST_ANSWER,
    NEXT_ANSWER,
    PARTNER_ANSWER,
    PENDING,
    SOLUTION,
    Pause,
    PauseReason,
    SlaClock,
)
from core.model.clock_times import WORKING, pushes, standing
from core.model.deadline import due
from core.model.deadline_words import (
    amount_words,
    explain_target,
    length_words,
    provisional_words,
    stamp,
)
from core.model.sentences import said, term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.model.deadline import SlaTarget
    from core.model.terms import Terms

HEADINGS = {
    FIRST_ANSWER: said("Jawaban pertama petugas"),
    NEXT_ANSWER: said("Jawaban berikutnya"),
    SOLUTION: said("Penyelesaian"),
    PENDING: said("Batas penundaan"),
    PARTNER_ANSWER: said("Jawaban instansi rekanan"),
}
"""What each promise is called, Indonesian."""

_REASONS = {reason.value: reason.word for reason in PauseReason}


def explain_clock(terms: Terms, clock: SlaClock, pauses: Sequence[Pause]) -> tuple[str, ...]:
    """How the due time of a clock came about, one sentence per step, the due time last.

    Args:
        terms: of the ticket, as they are now.
        clock: running or ended.
        pauses: all of the ticket.

    Raises:
        ValueError: a naive time.
    """
    return tuple(_steps(terms, clock, pauses))


def _steps(terms: Terms, clock: SlaClock, pauses: Sequence[Pause]) -> Iterator[str]:
    calendar = terms.calendar
    heading = term(HEADINGS.get(clock.target, clock.target))
    target = _target(terms, clock, pauses)
    if target is None:
        yield said(
            "{promise}: ditetapkan sampai {at}.",
            promise=heading,
            at=stamp(calendar, clock.due_at),
        )
    else:
        yield said(
            "{promise}: {length} sejak {at}.",
            promise=heading,
            length=amount_words(target),
            at=stamp(calendar, clock.started_at),
        )
        yield from explain_target(calendar, target, clock.started_at)
        yield from _pushed(terms, target, clock, pauses)
    yield from _ending(terms, clock, pauses)


def _target(terms: Terms, clock: SlaClock, pauses: Sequence[Pause]) -> SlaTarget | None:
    """The length that was promised; None where the time was set by hand."""
    if clock.target == PENDING:
        begun = next((p for p in pauses if p.started_at == clock.started_at), None)
        return clock.length or (terms.policy.pending.get(begun.reason) if begun else None)
    target = terms.length(clock)
    if clock.target == PARTNER_ANSWER and not clock.late:
        computed = due(terms.calendar, target, clock.started_at).at
        return target if computed == clock.due_at else None
    return target


def _pushed(
    terms: Terms, target: SlaTarget, clock: SlaClock, pauses: Sequence[Pause]
) -> Iterator[str]:
    """The pauses that moved it; none of them moves an answer."""
    calendar, made = terms.calendar, due(terms.calendar, target, clock.started_at)
    warning = provisional_words(calendar, clock.started_at, made)
    if warning:
        yield warning
    if clock.target != SOLUTION:
        return
    left = _LEFT[target.measure in WORKING]
    for push in pushes(terms, target, clock.started_at, (made.at, pauses)):
        reason = next((_word(p) for p in pauses if p.ended_at == push.ended_at), term(_GAP))
        yield said(
            left,
            begun=stamp(calendar, push.begun),
            ended=stamp(calendar, push.ended_at),
            reason=reason,
            left=length_words(push.left),
            at=stamp(calendar, push.at),
        )


_LEFT = {
    True: said(
        "Berhenti {begun} sampai {ended} ({reason}): sisa {left} kerja dilanjutkan, batas menjadi "
        "{at}."
    ),
    False: said(
        "Berhenti {begun} sampai {ended} ({reason}): sisa {left} dilanjutkan, batas menjadi {at}."
    ),
}
"""What a pause moved, by whether working time is counted."""
_GAP = said("jeda")


def _ending(terms: Terms, clock: SlaClock, pauses: Sequence[Pause]) -> Iterator[str]:
    calendar = terms.calendar
    if standing(clock, pauses):
        begun = next(p for p in pauses if p.stops and p.ended_at is None)
        yield said(
            "Waktu berhenti sejak {at} ({reason}); batas bergeser begitu pekerjaan dilanjutkan.",
            at=stamp(calendar, begun.started_at),
            reason=_word(begun),
        )
    if clock.breached_at is not None and clock.open:
        found = stamp(calendar, clock.breached_at)
        yield said("Lewat batas, ditemukan {found}; batas baru dijanjikan.", found=found)
    if clock.met_at is not None:
        when = _LATE if clock.late else _IN_TIME
        yield said("Dipenuhi {at}, {when}.", at=stamp(calendar, clock.met_at), when=term(when))
    yield said("Paling lambat {at}.", at=stamp(calendar, clock.due_at))


_LATE = said("terlambat")
_IN_TIME = said("tepat waktu")


def _word(pause: Pause) -> str:
    known = _REASONS.get(pause.reason)
    return term(known) if known else pause.for_whom or term(_GAP)
