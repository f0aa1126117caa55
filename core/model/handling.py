"""What was done with a ticket, row by row: to whom it went, and who was on the spot when.

The history binds these words by digest only; here they are as they were written (MB-16, DK-12,
BW-22, BW-26, BW-47). Instants are aware UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime


@value
class DispositionView:
    """To a unit, and whether a partner has answered.

    Attributes:
        due_at: by when the unit is to be done; None: nothing but the ticket's own promise.
        by: who did it, as in the history: ``staff:3``.
        answered_at: when a partner answered.
    """

    unit_id: int
    unit_name: str
    staff_id: int | None
    staff_name: str
    instruction: str
    due_at: datetime | None
    at: datetime
    by: str
    answered_at: datetime | None


@value
class AssignmentView:
    """To a person: the record of delegation.

    Attributes:
        reason: why it was passed on, "" where nobody had it before.
        equipment: what to take along.
        ended_at: when somebody else got it, or nobody; None: it is theirs.
    """

    staff_id: int
    staff_name: str
    at: datetime
    by: str
    reason: str
    equipment: str
    ended_at: datetime | None


@value
class VisitView:
    """On the spot; what has not happened is None."""

    staff_id: int
    staff_name: str
    planned_at: datetime | None
    left_at: datetime | None
    arrived_at: datetime | None
    finding: str
    departed_at: datetime | None


@value
class Handling:
    """All of one ticket, each in the order in which it was written."""

    dispositions: tuple[DispositionView, ...]
    assignments: tuple[AssignmentView, ...]
    visits: tuple[VisitView, ...]
