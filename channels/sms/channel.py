"""The door for text messages through Twilio; what it does is in channels/twilio/door.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.sms import payload
from channels.sms.settings import TwilioSmsSettings
from channels.twilio.door import TwilioDoor
from channels.twilio.errors import UNFIT, UNREACHABLE
from channels.twilio.parts import is_foreign_kind
from core.errors import SendError
from core.model.messages import AddressKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from channels.twilio.form import Form
    from channels.twilio.payload import Said
    from core.model.messages import ChannelId, Inbound, OutboundMessage, RawRequest
    from core.ports import Clock

__all__ = ["TwilioSms", "TwilioSmsSettings"]

MOST_CHARACTERS = 1600
"""Twilio's limit for a text, all its segments together (21617)."""


class TwilioSms(TwilioDoor):
    """Sends, Webhook, Recovers, FindsCopies, Fetches and Closes of core/ports.py."""

    def __init__(self, settings: TwilioSmsSettings, clock: Clock) -> None:
        super().__init__(settings, Texting(), clock)


class Texting:
    """Bare phone numbers and plain text: the ``Dialect`` of SMS."""

    def belongs(self, form: Form) -> bool:
        """WhatsApp and other channels of Twilio write ``whatsapp:+62…``."""
        return not any(is_foreign_kind(form.get(end)) for end in ("From", "To"))

    def plain(self, address: str) -> str:
        """The number itself."""
        return address

    def written(self, number: str) -> str:
        """The number itself."""
        return number

    def read(self, channel: ChannelId, request: RawRequest) -> Sequence[Inbound]:
        """The one message or report of a request. Raises MalformedMessage."""
        return payload.read(channel, request)

    def said(self, form: Form) -> Said:
        """What the fields of a text message mean. Never raises."""
        return payload.said(form)

    def recipient(self, message: OutboundMessage) -> str:
        """A phone number. Raises SendError."""
        if message.recipient.kind is not AddressKind.PHONE:
            raise SendError(UNREACHABLE)
        return message.recipient.value

    def content(self, message: OutboundMessage) -> Mapping[str, str]:
        """The text as it is. Raises SendError: empty or too long."""
        if not message.text.strip() or len(message.text) > MOST_CHARACTERS:
            raise SendError(UNFIT)
        return {"Body": message.text}

    def is_copy(self, body: object, message: OutboundMessage) -> bool:
        """Letter by letter."""
        return body == message.text
