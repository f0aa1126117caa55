"""What a text message and its delivery report say: bytes in, values out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.twilio import payload
from channels.twilio.parts import text_of
from channels.twilio.payload import Said
from core.model.cleaning import without_nul
from core.model.phone import sms_sender

if TYPE_CHECKING:
    from collections.abc import Sequence

    from channels.twilio.form import Form
    from core.model.messages import ChannelId, Inbound, RawRequest


def read(channel: ChannelId, request: RawRequest) -> Sequence[Inbound]:
    """The one message or report of a request. Raises MalformedMessage."""
    return payload.read(channel, request, said)


def said(form: Form) -> Said:
    """What the fields of a text message mean. Never raises."""
    return Said(
        sender=sms_sender(without_nul(form.get("From"))),
        text=text_of(form.get("Body")),
        recipient=without_nul(form.get("To")),
    )
