"""What a message does beside its ticket: work, survey, and what is remembered of both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.filing import WorkChange
from core.model.messages import Outcome
from core.model.survey import LONGEST_COMMENT, SurveyState, SurveyWrite, is_late, period_of

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from core.model.brief import WorkBrief
    from core.model.case import Decision
    from core.model.events import Json
    from core.model.messages import InboundMessage
    from core.model.policy import IntakePolicy
    from core.model.ticket import KnownTicket, Sender

FLAGGED_AT = 3
"""Contacts of a citizen that raise a flag (KM-06)."""

_OF_SURVEY = frozenset(
    {"SurveyOpened", "SurveyAnswered", "SurveyItemAnswered", "SurveyItemSkipped", "SurveySkipped"}
)
_NO_CONTACT = _OF_SURVEY | {
    *("SurveyAnswerRefused", "SurveyNotTaken", "FeedbackGiven", "Confirmed", "MessageEdited"),
    *("AutomaticReplyJoined", "UnverifiedJoined"),
}


def asks_something(ticket: KnownTicket, decision: Decision) -> bool:
    """Whether the message is one more contact of a reporter who wants something.

    Answers to a survey, a new wording of the same message and machine mail are none.
    """
    return ticket.mine and decision.fact not in _NO_CONTACT


# --- work -------------------------------------------------------------------------------------


def work_change(ticket: KnownTicket, decision: Decision, at: datetime) -> WorkChange | None:
    """What a decision does to the work on its ticket; None for most."""
    escalated = decision.fact == "EscalationAsked"
    if decision.status is None and not escalated:
        return None
    return WorkChange(
        ticket.id,
        at,
        decision.status,
        asked_escalation=escalated,
        objected=decision.fact == "ObjectionRaised",
    )


def entry_change(ticket_id: int, message: InboundMessage) -> WorkChange | None:
    """Who entered a new ticket for its reporter, and how it reached the office; None for most."""
    form = message.fields.get("form", "")
    if not form and message.staff_id is None:
        return None
    return WorkChange(
        ticket_id,
        message.received_at,
        created_by=message.staff_id,
        form=form,
        form_label=message.fields.get("label", ""),
    )


def origin_of(sender: Sender, decision: Decision) -> KnownTicket | None:
    """The ticket that a new one goes on from or was split off, while it is in sight."""
    if decision.split_from is None:
        return decision.continues
    ticket_id = decision.split_from[1]
    return next((ticket for ticket in sender.tickets if ticket.id == ticket_id), None)


def origin_told(
    message: InboundMessage, decision: Decision, earlier: KnownTicket | None
) -> dict[str, Json]:
    """Where a new ticket comes from, for its first event; empty for most."""
    told: dict[str, Json] = {}
    if decision.split_from:
        told["split_from"] = decision.split_from[0]
    if decision.continues:
        told["continues"] = decision.continues.number
    if earlier:
        told["month_after"] = earlier.number
    if message.entered_by:
        told["entered_by"] = message.entered_by
    return told


def of_month(
    found: KnownTicket | None, decision: Decision, at: datetime, zone: ZoneInfo
) -> KnownTicket | None:
    """The last ticket of a person, where a new one is to be linked to it: same month, no other."""
    if found is None or decision.split_from or decision.continues:
        return None
    return found if period_of(found.opened_at, zone) == period_of(at, zone) else None


# --- the survey -------------------------------------------------------------------------------


def survey_write(
    policy: IntakePolicy,
    ticket: KnownTicket,
    taken: tuple[Sender, InboundMessage, Decision],
    counted: bool,  # noqa: FBT001 - one of the facts it looks at
) -> SurveyWrite | None:
    """What a decision lays down about the survey of its ticket; None for most.

    Args:
        policy: when an answer is late, and whether one a month counts.
        ticket: as it stands, its work read.
        taken: the reporter's message and what was decided about it.
        counted: one of this person counts in this month already.
    """
    sender, message, decision = taken
    if decision.fact not in _OF_SURVEY and not decision.comment:
        return None
    at, state = message.received_at, ticket.work.survey
    invited_at = ticket.work.invited_at or (state.opened_at if state else ticket.status_at)
    answered = decision.fact == "SurveyAnswered"
    late = answered and is_late(invited_at, at, policy.survey_late)
    return SurveyWrite(
        ticket_id=ticket.id,
        address_id=sender.address_id,
        at=at,
        scores=decision.scores,
        answered=answered,
        skipped=decision.fact == "SurveySkipped",
        late=late,
        counted=answered and not late and not (policy.monthly_limit and counted),
        staff_id=ticket.work.assignee_id,
        comment=message.text[:LONGEST_COMMENT] if decision.comment else None,
    )


def moved_on(work: WorkBrief, change: WorkChange | None, write: SurveyWrite | None) -> WorkBrief:
    """The work as later messages of the same batch must see it."""
    if change:
        work = replace(
            work,
            objected=work.objected or change.objected,
            asked_escalation=work.asked_escalation or change.asked_escalation,
            pause=None if change.status else work.pause,
            substep="" if change.status else work.substep,
        )
    if write is None:
        return work
    state = work.survey or SurveyState(write.at)
    given = frozenset(score.item for score in write.scores)
    return replace(
        work,
        survey=SurveyState(
            state.opened_at,
            write.at if write.answered else state.answered_at,
            write.at if write.skipped else state.skipped_at,
            state.items | given,
        ),
    )


# --- what is remembered of the sender ---------------------------------------------------------


def open_survey(
    sender: Sender, ticket: KnownTicket | None, decision: Decision
) -> tuple[int | None, int]:
    """The ticket whose survey is open after the message, and the question asked last."""
    if decision.survey_done:
        return None, 0
    if decision.survey and ticket:
        return ticket.id, decision.question
    return sender.survey, sender.question


def awaited_remark(sender: Sender, ticket: KnownTicket | None, decision: Decision) -> int | None:
    """The ticket that the next words may be a remark on: right after its survey, and once."""
    if decision.fact == "SurveyAnswered" and ticket:
        return ticket.id
    return sender.feedback if decision.outcome is Outcome.IGNORED else None
