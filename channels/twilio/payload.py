"""What a message and its delivery report say, whichever kind of channel Twilio carries."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from channels.twilio.errors import OPTED_OUT, reason_of
from channels.twilio.form import FORM, JSON, Form, content_type, form_of, query_of
from channels.twilio.parts import STATES, is_sid, media_of, sid_of
from core.errors import MalformedMessage
from core.model.cleaning import without_nul
from core.model.messages import (
    Address,
    Attachment,
    ChannelId,
    DeliveryReport,
    DeliveryState,
    Ignored,
    Inbound,
    InboundMessage,
    RawRequest,
)
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ITEM = "item"
"""The query parameter of the status URL that brings our outbox id back."""

_INBOUND_WORDS = frozenset({"received", "receiving"})
_LONGEST_CODE = 20
# 18 digits fit a signed 64-bit column
_ITEM = re.compile(f"(?:^|&){ITEM}=([0-9]{{1,18}})(?:&|$)")


@value
class Said:
    """What the fields of a message mean on its kind of channel.

    Attributes:
        recipient: our number.
        references: ids of the messages that it answers.
    """

    sender: Address
    text: str
    recipient: str
    sender_name: str | None = None
    references: tuple[str, ...] = ()


if TYPE_CHECKING:
    Understand = Callable[[Form], Said]


def read(channel: ChannelId, request: RawRequest, said: Understand) -> Sequence[Inbound]:
    """The one message or report of a request. Raises MalformedMessage."""
    if request.method != "GET" and content_type(request) not in (FORM, JSON):
        sentence = "The content type is neither a form nor JSON."
        raise MalformedMessage(sentence)
    form = form_of(request)
    if request.purpose == "status":
        return [_report(channel, request, form)]
    return [_message(channel, request, form, said(form))]


def _message(channel: ChannelId, request: RawRequest, form: Form, said: Said) -> InboundMessage:
    return InboundMessage(
        channel=channel,
        external_id=sid_of(form),
        sender=said.sender,
        text=said.text,
        received_at=request.received_at,
        sender_name=said.sender_name,
        recipient=said.recipient,
        attachments=media_of(form),
        references=said.references,
        raw=request.body or query_of(request).encode("utf-8", "replace"),
    )


def _report(channel: ChannelId, request: RawRequest, form: Form) -> DeliveryReport | Ignored:
    word = (form.get("MessageStatus") or form.get("SmsStatus")).lower()
    if word in _INBOUND_WORDS:
        # answering 200 here would lose a citizen's text; 400 makes Twilio call the fallback
        sentence = "The field MessageStatus is that of an inbound message at the status URL."
        raise MalformedMessage(sentence)
    state = STATES.get(word)
    if state is None:
        return Ignored(channel, f"unknown status {word[:_LONGEST_CODE]!r}")
    code = without_nul(form.get("ErrorCode"))[:_LONGEST_CODE]
    return DeliveryReport(
        channel=channel,
        external_id=sid_of(form),
        state=state,
        at=request.received_at,
        item_id=_item(request),
        code=code,
        reason=reason_of(code) if state is DeliveryState.FAILED else "",
        opted_out=code == OPTED_OUT,
    )


def _item(request: RawRequest) -> int | None:
    found = _ITEM.search(query_of(request))
    return int(found[1]) if found else None


def listed(entry: Mapping[str, Any]) -> Form:
    """What an entry of Twilio's list shares with a webhook, as a webhook writes it."""
    names = {"From": "from", "To": "to", "Body": "body"}
    first = {field: str(entry.get(name) or "") for field, name in names.items()}
    return Form(tuple(first.items()), first)


def is_inbound(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of Twilio's list is a message to us."""
    return entry.get("direction") == "inbound" and is_sid(entry.get("sid"))


def late_message(
    channel: ChannelId,
    entry: Mapping[str, Any],
    said: Said,
    attachments: tuple[Attachment, ...],
    received_at: datetime,
) -> InboundMessage:
    """An entry of Twilio's list as the message that its webhook would have brought."""
    return InboundMessage(
        channel=channel,
        external_id=str(entry["sid"]),
        sender=said.sender,
        text=said.text,
        received_at=received_at,
        sent_at=created_at(entry),
        recipient=said.recipient,
        attachments=attachments,
        raw=json.dumps(entry).encode(),
        late=True,
    )


def created_at(entry: Mapping[str, Any]) -> datetime | None:
    """``date_created`` (RFC 2822, GMT) of an entry, aware UTC; None when absent or unreadable."""
    try:
        found = parsedate_to_datetime(str(entry.get("date_created")))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
