"""Automatic replies as promises in the outbox, within the limits (providers.md §2.6)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.model.automatic import why_silent
from core.model.gsm7 import segments
from core.model.limits import ACKS, DIALOGUE, why_withheld
from core.model.outbox import OutboxDraft
from core.model.policy import way_out
from core.model.replies import Told, compose, text_key
from core.model.texts import TextForm, with_untold
from core.model.ticket import KnownTicket, ReplyMark, Sender
from core.model.value import value

if TYPE_CHECKING:
    from core.model.case import Decision, Reply
    from core.model.messages import InboundMessage
    from core.model.policy import ChannelTraits, IntakePolicy


@dataclass(slots=True)
class Answers:
    """What leaves because of one message, and what is remembered of it.

    Attributes:
        drafts: promises to send.
        marks: one per promise, for the limits.
        silence: why a due reply was withheld, "" when none was.
        untold: numbers that the sender has still not been told.
        invited: the one invitation to register is among the drafts (LL-08).
    """

    drafts: list[OutboxDraft] = field(default_factory=list)
    marks: list[ReplyMark] = field(default_factory=list)
    silence: str = ""
    untold: tuple[str, ...] = ()
    invited: bool = False


@value
class Asked:
    """The message that is answered.

    Attributes:
        summary: first sentence of the complaint.
        ticket: the ticket it opened or went to, as it stands after the decision.
        language: of the message.
    """

    id: int
    message: InboundMessage
    summary: str
    ticket: KnownTicket | None
    sender: Sender
    language: str = "id"


def answer(asked: Asked, decision: Decision, policy: IntakePolicy) -> Answers:
    """The replies of a decision; one that a limit withholds leaves its reason and its number."""
    traits = policy.channels[asked.message.channel]
    answers = Answers(untold=asked.sender.untold)
    via = way_out(policy.channels, traits.id, asked.message.sender.kind)
    if via is None:
        answers.silence = traits.tells if decision.replies else ""
        return answers
    for reply in decision.replies:
        _one(asked, reply, (policy, via), answers)
    return answers


def _one(
    asked: Asked, reply: Reply, where: tuple[IntakePolicy, ChannelTraits], answers: Answers
) -> None:
    policy, traits = where
    now = asked.message.received_at
    purpose = text_key(reply.purpose, policy, now)
    sender = asked.sender
    if answers.marks:  # a second reply to one message counts the first
        sender = replace(sender, replies=(*sender.replies, *answers.marks))
    withheld = (
        asked.message.quiet
        or why_silent(asked.message.headers)
        or why_withheld(sender, purpose, now, traits, policy.limits)
    )
    ticket = asked.ticket if _own(reply, asked.ticket) else reply.ticket
    if withheld:
        answers.silence = withheld
        if purpose in ACKS and asked.ticket:
            answers.untold = (*answers.untold, asked.ticket.number)
        return
    told = Told(
        *(now, asked.summary, reply.asked, purpose, reply.reason, reply.question),
        language=asked.language,
    )
    text = compose(reply, ticket, told, (policy, traits.form))
    text = _tell_the_untold(text, answers, traits.form)
    answers.drafts.append(
        OutboxDraft(
            key=_key(reply, asked, answers),
            purpose=purpose,
            channel=traits.id,
            recipient=asked.message.sender,
            address_id=asked.sender.address_id,
            text=text,
            created_at=now,
            ticket_id=ticket.id if ticket else None,
            segments=segments(text).parts if traits.form is TextForm.SMS else 0,
        )
    )
    if purpose not in DIALOGUE:
        answers.marks.append(ReplyMark(now, purpose))


def _key(reply: Reply, asked: Asked, answers: Answers) -> str:
    """Purpose and cause; a second reply of one purpose to one message is another promise."""
    same = sum(1 for draft in answers.drafts if draft.key.startswith(f"{reply.purpose}:"))
    return f"{reply.purpose}:{asked.id}" + (f":{same + 1}" if same else "")


def _own(reply: Reply, ticket: KnownTicket | None) -> bool:
    """Whether the reply speaks of the ticket that the decision opened or changed."""
    return (
        ticket is not None
        and (reply.ticket is None or reply.ticket.id == ticket.id)
        and (not reply.asked or reply.ticket is not None)
    )


def _tell_the_untold(text: str, answers: Answers, form: TextForm) -> str:
    """Numbers withheld earlier are told with the next text that does go out."""
    if not answers.untold:
        return text
    waiting = [number for number in answers.untold if number not in text]
    text, count = with_untold(text, waiting, form)
    answers.untold = tuple(waiting[count:])
    return text
