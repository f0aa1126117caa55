"""Why a promise of a ticket is due when it is: step by step, in plain Indonesian.

The same words as ``helpdesk deadline --explain`` (core/model/deadline_words.py), with the pauses
of the ticket and what the watch made of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.clock import PENDING, SOLUTION, PauseReason
from core.model.deadline_words import MEASURE_WORDS, explain_target, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.model.clock import Pause, SlaClock
    from core.model.terms import Terms


def explain_clock(terms: Terms, clock: SlaClock, pauses: Sequence[Pause]) -> tuple[str, ...]:
    """One sentence a step, the last one with the due time as it stands.

    Args:
        terms: what the ticket's clocks run by now.
        clock: of the ticket.
        pauses: of the ticket, in order of time.
    """
    return tuple(_steps(terms, clock, pauses))


def _steps(terms: Terms, clock: SlaClock, pauses: Sequence[Pause]) -> Iterator[str]:
    calendar = terms.calendar
    yield f"Dihitung dari {stamp(calendar, clock.started_at)}."
    if clock.target == PENDING:
        yield "Lamanya sesuai batas penundaan untuk alasan ini."
    else:
        target = terms.target(clock.target)
        yield f"Lamanya {target.amount} {MEASURE_WORDS[target.measure]}."
        yield from explain_target(calendar, target, clock.started_at)
    if clock.target == SOLUTION:
        yield from _pauses(terms, clock, pauses)
    if clock.provisional:
        yield "Sementara: daftar hari libur belum lengkap."
    if clock.breached_at is not None:
        yield f"Lewat batas sejak {stamp(calendar, clock.breached_at)}; batasnya dihitung baru."
    if clock.met_at is not None:
        yield f"Dipenuhi {stamp(calendar, clock.met_at)}."
    yield f"Batas: {stamp(calendar, clock.due_at)}."


def _pauses(terms: Terms, clock: SlaClock, pauses: Sequence[Pause]) -> Iterator[str]:
    known = {reason.value: reason.word for reason in PauseReason}
    for pause in pauses:
        if pause.ended_at is not None and pause.ended_at <= clock.started_at:
            continue
        words = known.get(pause.reason, pause.reason)
        begun = stamp(terms.calendar, pause.started_at)
        if not pause.stops:
            yield f"Menunggu sejak {begun} ({words}); hitungan tetap berjalan."
        elif pause.ended_at is None:
            yield f"Hitungan berhenti sejak {begun} ({words}) dan belum berjalan lagi."
        else:
            ended = stamp(terms.calendar, pause.ended_at)
            yield f"Hitungan berhenti {begun} sampai {ended} ({words}); sisanya berjalan lagi."
