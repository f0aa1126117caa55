"""The invitation to register: once for each person, beside the number and never before it (LL-08).

It follows an acknowledgement that really leaves: whoever may not be answered, is a machine, has
written STOP, or has flooded us is not invited either. One text for each person costs the office
one SMS part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.case import Reply
from core.model.gsm7 import segments
from core.model.limits import ACKS
from core.model.messages import AddressKind
from core.model.outbox import OutboxDraft, Urgency
from core.model.registration import AWAITED, REGISTERED, Registration
from core.model.replies import Told, compose
from core.model.texts import TextForm
from core.model.ticket import ReplyMark

if TYPE_CHECKING:
    from core.model.messages import InboundMessage
    from core.model.policy import IntakePolicy
    from core.model.ticket import Sender
    from core.services.answering import Answers, Asked

_PURPOSES = {
    Registration.AFTER_FIRST_MESSAGE: "register",
    Registration.BEFORE_WORK: "register_first",
}


def invite(asked: Asked, answers: Answers, policy: IntakePolicy) -> None:
    """Adds the invitation to the answers where it is due; most messages cause none."""
    purpose = _PURPOSES.get(policy.registration, "")
    sender, now = asked.sender, asked.message.received_at
    if not purpose or policy.registration_link is None or sender.registration or sender.muted:
        return
    ack = next((one for one in answers.drafts if one.purpose in ACKS), None)
    if ack is None:
        return
    link = policy.registration_link(sender.address_id)
    form = policy.channels[ack.channel].form
    told = Told(now, key=purpose, language=asked.language, link=link)
    text = compose(Reply(purpose), asked.ticket, told, (policy, form))
    if link not in text:
        return  # an address of ours so long that one SMS cannot carry it: better none than half
    answers.drafts.append(
        OutboxDraft(
            key=f"register:{sender.address_id}",
            purpose=purpose,
            channel=ack.channel,
            recipient=ack.recipient,
            address_id=sender.address_id,
            text=text,
            created_at=now,
            ticket_id=asked.ticket.id if asked.ticket else None,
            urgency=Urgency.NOTICE,
            segments=segments(text).parts if form is TextForm.SMS else 0,
        )
    )
    answers.marks.append(ReplyMark(now, purpose))
    answers.invited = True


def why_it_waits(policy: IntakePolicy, sender: Sender, message: InboundMessage) -> str:
    """The reason of a new ticket whose work waits for its reporter's data; "" where none does.

    What an officer entered does not wait: they have the person before them. Nor do those who
    cannot be reached at all, for their wait would have no end.
    """
    waits = policy.registration is Registration.BEFORE_WORK and sender.registration != REGISTERED
    if not waits or message.staff_id is not None or message.entered_by:
        return ""
    return "" if sender.address.kind is AddressKind.SENDER_LABEL else AWAITED
