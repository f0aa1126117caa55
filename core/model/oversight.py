"""What supervisors and leadership look at: what waits for them, and what is broken (MB-08, DK-11).

Reading only. Whoever asks is within a ``Scope``; the values hold no address of a reporter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.ticket import Priority, Status


@value
class WaitingApproval:
    """A ticket that waits for a supervisor's yes (DK-11, DK-34); instants aware UTC.

    Attributes:
        ticket_id: where the next page begins.
        phase: ``before`` work or ``after`` it.
        asked_by: as in the history: ``staff:3``; "" where it was not noted.
        solution: what the technician wrote; "" before work.
    """

    ticket_id: int
    number: str
    version: int
    subject: str
    priority: Priority
    phase: str
    place: str
    unit_name: str
    assignee_name: str
    asked_at: datetime | None
    asked_by: str
    solution: str
    obstacles: str


@value
class UnitFigures:
    """Running tickets of one unit and priority.

    Attributes:
        unit_id: None: those that no unit has.
        breached: some promise was broken. escalated: went up at least one level.
        waiting: stand still. unassigned: nobody has them.
    """

    unit_id: int | None
    unit_name: str
    priority: Priority
    running: int
    breached: int
    escalated: int
    waiting: int
    unassigned: int


@value
class ToldView:
    """An instruction of leadership (MB-17), or a question to the supervisor (DK-25).

    Attributes:
        id: grows with every note; where the next page begins.
        by: as in the history: ``staff:3``.
        status, status_at: of the ticket now: a later step shows that something was done.
    """

    id: int
    number: str
    subject: str
    text: str
    by: str
    at: datetime
    status: Status
    status_at: datetime
    unit_name: str
