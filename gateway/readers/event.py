"""What was read from one payload, and how it is told as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from core.model.automatic import why_automatic, why_silent, why_unanswerable
from core.model.messages import (
    AddressKind,
    DeliveryReport,
    Ignored,
    InboundMessage,
    Unreadable,
)
from core.model.reading import read_intent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.model.messages import Inbound

PREFIX = "HD"
"""Of ticket numbers, where no configuration names another."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a payload says.

    Attributes:
        own_text: what its writer added, without quotes and signature; None: all of the text.
        sender: address and name as the payload has them, where the address of the house is
            another (a mail with several senders).
        bounce: recipient and status of what came back.
        notes: what a reader should know besides: defects, faults.
    """

    inbound: Inbound
    own_text: str | None = None
    sender: Mapping[str, str | None] | None = None
    bounce: Mapping[str, object] | None = None
    notes: tuple[str, ...] = ()


class Reader(Protocol):
    """Reads payloads of one kind."""

    async def read(self, raw: bytes, at: datetime) -> Sequence[Event]:
        """What a payload says. Raises MalformedMessage."""
        ...

    async def close(self) -> None:
        """Idempotent."""
        ...


def told(event: Event, prefix: str = PREFIX) -> Json:
    """An event as JSON: always ``type``, then what this type has."""
    inbound = event.inbound
    if isinstance(inbound, InboundMessage):
        return _message(event, inbound, prefix)
    if isinstance(inbound, DeliveryReport):
        return {
            "type": "report",
            "external_id": inbound.external_id,
            "state": inbound.state.value,
            "item": inbound.item_id,
            "code": inbound.code,
            "reason": inbound.reason,
        }
    if isinstance(inbound, Ignored):
        return {"type": "ignored", "reason": inbound.reason}
    if isinstance(inbound, Unreadable):
        return {"type": "unreadable", "reason": inbound.sentence}
    return {"type": "reachability", "reason": inbound.reason}


def _message(event: Event, message: InboundMessage, prefix: str) -> Json:
    mail = message.sender.kind is AddressKind.EMAIL or message.subject is not None
    intent = read_intent(message.text, subject=message.subject, mail=mail, prefix=prefix)
    found: Json = {
        "type": "message",
        "external_id": message.external_id,
        "sender": event.sender or {"address": message.sender.value, "name": message.sender_name},
        "subject": message.subject,
        "text": message.text,
        "reply_text": message.text if event.own_text is None else event.own_text,
        "attachments": [
            {"filename": one.filename, "content_type": one.content_type, "size": one.size}
            for one in message.attachments
        ],
        "thread_hints": {
            "thread_id": message.thread_id,
            "references": list(message.references),
            "numbers": [str(number) for number in intent.numbers],
            "proven": message.proven,
            "edits": message.edits,
        },
        "automatic": why_no_acknowledgement(message),
        "bounce": event.bounce,
        "intent": {
            "kind": intent.kind.value,
            "command": intent.command.value if intent.command else None,
            "content": intent.content,
        },
        "sent_at": message.sent_at.isoformat() if message.sent_at else None,
    }
    if event.notes:
        found["notes"] = list(event.notes)
    return found


def why_no_acknowledgement(message: InboundMessage) -> str | None:
    """The reason by the message alone, Indonesian; None when it would be acknowledged."""
    automatic = why_automatic(message, frozenset())
    reasons = (
        message.machine,
        automatic.reason if automatic else "",
        message.quiet,
        why_silent(message.headers),
        why_unanswerable(message.sender),
    )
    return next((reason for reason in reasons if reason), None)
