"""What staff have done with a ticket, as far as the citizen's commands and status speak of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.clock import Pause
    from core.model.survey import SurveyState


@value
class WorkBrief:
    """Read only where a reply or a command asks for it: most messages never do.

    Attributes:
        unit: as it was called when the ticket went there; "" while it is with no unit.
        substep: ``en_route``, ``arrived`` or "".
        visit_at: when somebody is going to come.
        objected: the one objection was raised (LL-13).
        asked_escalation: the citizen asked that the supervisor look at it.
        pause: the one that lasts: why, for whom, since when, until when (KM-09).
        answer, answered_at: the last words of a person to the citizen, and when.
        invited_at: when the solution was told, which asks for the survey.
        survey: None: nobody has opened it yet.
    """

    unit_id: int | None = None
    unit: str = ""
    assignee_id: int | None = None
    substep: str = ""
    visit_at: datetime | None = None
    objected: bool = False
    asked_escalation: bool = False
    pause: Pause | None = None
    answer: str = ""
    answered_at: datetime | None = None
    invited_at: datetime | None = None
    survey: SurveyState | None = None


UNTOUCHED = WorkBrief()
"""A ticket that nobody has touched, or whose work was not asked for."""
