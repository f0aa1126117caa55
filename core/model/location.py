"""Where work is done may lengthen what is promised: remote places take longer (BW-30). Pure.

A policy words it as promises of a unit (``[[override]]`` with ``unit``). They hold from the moment
that the ticket goes there, counted from the receipt; the citizen is told the new time and why.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.clock import SOLUTION
from core.model.clock_times import lengthened
from core.model.scene import fact, renewed, terms_of, with_clocks
from core.model.work import Notice

if TYPE_CHECKING:
    from core.model.scene import Scene
    from core.model.work import Change, WorkTicket

_WHY = "waktu penanganan unit lebih lama"


def promised_there(scene: Scene, made: Change) -> Change:
    """The change with the time to solve it that its unit has, where that is longer.

    Nothing is ever made due earlier: a nearer unit inherits the time that was told. A ticket that
    had ended begins new promises, those of its unit.

    Args:
        scene: with the ticket as it was.
        made: what hands it over; its ticket has the new unit.
    """
    before, after = scene.ticket, made.after
    if not before.status.running:
        return replace(made, after=renewed(scene, after))
    owed = after.clock(SOLUTION)
    if owed is None or not _differ(scene, before, after):
        return made
    longer = lengthened(terms_of(scene.policy, after), owed, after.pauses)
    if longer == owed:
        return made
    due = {SOLUTION: longer.due_at.isoformat()}
    return replace(
        made,
        after=with_clocks(after, [longer]),
        facts=(*made.facts, fact(scene, "DueTimesRecomputed", **due, cause="unit")),
        notices=(*made.notices, Notice("due_later", {"alasan": _WHY})),
    )


def _differ(scene: Scene, before: WorkTicket, after: WorkTicket) -> bool:
    """Whether both units are promised another time; else a policy of later changes nothing."""
    old, new = (terms_of(scene.policy, one).target(SOLUTION) for one in (before, after))
    return old != new


def in_one_text(made: Change, assigned: Notice) -> Change:
    """The change with the notice of who has it, which also tells a later due time."""
    if made.notices:
        values = {**assigned.values, "alasan": _WHY}
        assigned = Notice("assigned_later", values)
    return replace(made, notices=(assigned,))
