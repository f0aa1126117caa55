"""The door for WhatsApp through Twilio; what it does is in channels/twilio/door.py."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from channels.twilio.door import TwilioDoor
from channels.twilio.errors import LOST_FILE, NO_FILES, UNFIT_CHAT, UNKNOWN_PERSON
from channels.twilio_whatsapp import payload
from channels.twilio_whatsapp.payload import PREFIX
from channels.whatsapp_rules.templates import WindowRule, one_line, places
from core.errors import SendError
from core.model.enclosing import MIB, Carriage, why_apart
from core.model.messages import AddressKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from channels.twilio.form import Form
    from channels.twilio.payload import Said
    from channels.twilio.settings import TwilioSettings
    from core.model.messages import (
        ChannelId,
        Inbound,
        OutboundFile,
        OutboundMessage,
        RawRequest,
    )
    from core.ports import Clock

MOST_CHARACTERS = 1600
"""Twilio's limit for a text (21617), lower than WhatsApp's own 4,096."""

CARRIES = Carriage(
    "WhatsApp",
    files=1,
    file_bytes=5 * MIB,
    types=frozenset({"image/jpeg", "image/png"}),
    text=1024,
)
"""Twilio takes one file with a message, and words only beside a picture
(https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages)."""


class TwilioWhatsApp(TwilioDoor):
    """As TwilioDoor, and Converses: it has to know when a person last wrote."""

    converses = True

    def __init__(
        self,
        settings: TwilioSettings,
        rule: WindowRule,
        clock: Clock,
        lend: Callable[[OutboundFile], str] | None = None,
    ) -> None:
        super().__init__(settings, Chatting(rule, clock, lend), clock)


@dataclass(frozen=True, slots=True)
class Chatting:
    """Addresses with ``whatsapp:`` and a window: the ``Dialect`` of WhatsApp.

    Attributes:
        lend: the address where Twilio fetches a file of ours, good for a while; None: nowhere.
    """

    rule: WindowRule
    clock: Clock
    lend: Callable[[OutboundFile], str] | None = None

    def belongs(self, form: Form) -> bool:
        """Not a text message that went to the wrong URL."""
        return payload.belongs(form)

    def plain(self, address: str) -> str:
        """The number without the prefix."""
        return address.removeprefix(PREFIX)

    def written(self, number: str) -> str:
        """The number with the prefix."""
        return PREFIX + number

    def read(self, channel: ChannelId, request: RawRequest) -> Sequence[Inbound]:
        """The one message or report of a request. Raises MalformedMessage."""
        return payload.read(channel, request)

    def said(self, form: Form) -> Said:
        """What the fields of a message mean. Never raises."""
        return payload.said(form)

    def recipient(self, message: OutboundMessage) -> str:
        """Number or id of a WhatsApp user. Raises SendError."""
        if message.recipient.kind is not AddressKind.WHATSAPP:
            raise SendError(UNKNOWN_PERSON)
        return PREFIX + message.recipient.value

    def content(self, message: OutboundMessage) -> Mapping[str, str]:
        """The text, or the template that stands for it. Raises SendError: unfit, or held."""
        if not message.text.strip() or len(message.text) > MOST_CHARACTERS:
            raise SendError(UNFIT_CHAT)
        template = self.rule.template_for(message, self.clock.now())
        if template is None:
            return {"Body": message.text, **self._media(message)}
        filled = places(message)
        variables = json.dumps({"1": filled.number, "2": filled.line}, ensure_ascii=False)
        return {"ContentSid": template.name, "ContentVariables": variables}

    def _media(self, message: OutboundMessage) -> Mapping[str, str]:
        """Where Twilio fetches the one file that goes along. Raises SendError."""
        files = message.conversation.files if message.conversation else ()
        if not files:
            return {}
        if self.lend is None or why_apart(CARRIES, files, message.text):
            raise SendError(NO_FILES)
        if not Path(files[0].path).is_file():
            raise SendError(LOST_FILE)
        return {"MediaUrl": self.lend(files[0])}

    def is_copy(self, body: object, message: OutboundMessage) -> bool:
        """Letter by letter, or as the line within a template's own words."""
        if not isinstance(body, str):
            return False
        filled = places(message)
        inside = filled.number in body and filled.line in one_line(body)
        return body == message.text or (bool(self.rule.templates) and inside)
