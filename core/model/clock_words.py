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
    MEASURE_WORDS,
    explain_target,
    length_words,
    provisional_words,
    stamp,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.model.deadline import SlaTarget
    from core.model.terms import Terms

HEADINGS = {
    FIRST_ANSWER: "Jawaban pertama petugas",
    NEXT_ANSWER: "Jawaban berikutnya",
    SOLUTION: "Penyelesaian",
    PENDING: "Batas penundaan",
    PARTNER_ANSWER: "Jawaban instansi rekanan",
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
    heading = HEADINGS.get(clock.target, clock.target)
    target = _target(terms, clock, pauses)
    if target is None:
        yield f"{heading}: ditetapkan sampai {stamp(calendar, clock.due_at)}."
    else:
        words = f"{target.amount} {MEASURE_WORDS[target.measure]}"
        yield f"{heading}: {words} sejak {stamp(calendar, clock.started_at)}."
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
    kind = " kerja" if target.measure in WORKING else ""
    for push in pushes(terms, target, clock.started_at, (made.at, pauses)):
        reason = next((_word(p) for p in pauses if p.ended_at == push.ended_at), "jeda")
        yield (
            f"Berhenti {stamp(calendar, push.begun)} sampai {stamp(calendar, push.ended_at)} "
            f"({reason}): sisa {length_words(push.left)}{kind} dilanjutkan, batas menjadi "
            f"{stamp(calendar, push.at)}."
        )


def _ending(terms: Terms, clock: SlaClock, pauses: Sequence[Pause]) -> Iterator[str]:
    calendar = terms.calendar
    if standing(clock, pauses):
        begun = next(p for p in pauses if p.stops and p.ended_at is None)
        yield (
            f"Waktu berhenti sejak {stamp(calendar, begun.started_at)} ({_word(begun)}); batas "
            "bergeser begitu pekerjaan dilanjutkan."
        )
    if clock.breached_at is not None and clock.open:
        found = stamp(calendar, clock.breached_at)
        yield f"Lewat batas, ditemukan {found}; batas baru dijanjikan."
    if clock.met_at is not None:
        late = "terlambat" if clock.late else "tepat waktu"
        yield f"Dipenuhi {stamp(calendar, clock.met_at)}, {late}."
    yield f"Paling lambat {stamp(calendar, clock.due_at)}."


def _word(pause: Pause) -> str:
    return _REASONS.get(pause.reason, pause.for_whom or "jeda")
