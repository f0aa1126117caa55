"""Which approved template carries a text once the window is closed, and with what in it.

A template of ours has two places: {{1}} the ticket number, {{2}} the text itself in one line.
WhatsApp takes no line break, no tab and no four spaces in a row there (code 132018), and no more
than 1,024 characters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.errors import Scope, SendError, SendFailure, SendProblem
from core.model.sentences import said
from core.model.value import value
from core.model.window import MARGIN, is_open

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from core.model.messages import OutboundMessage

LONGEST_PLACE = 1024
"""Characters in one place of a template."""

ANY_PURPOSE = "*"
"""Stands for every purpose that has no template of its own."""

_SPACES = re.compile(r"\s+")

_CLOSED = said(
    "Jendela 24 jam WhatsApp sudah tertutup. Pesan ini tertahan sampai warga menulis lagi, atau "
    "sampai templat untuk pesan ini diatur."
)
_TOO_LONG = said(
    "Jendela 24 jam WhatsApp sudah tertutup, dan teks ini lebih panjang dari 1.024 karakter "
    "sehingga tidak muat dalam templat. Pesan tertahan sampai warga menulis lagi."
)
_FILES = said(
    "Jendela 24 jam WhatsApp sudah tertutup, dan templat tidak dapat membawa berkas. Pesan "
    "tertahan sampai warga menulis lagi."
)


@value
class Template:
    """An approved template.

    Attributes:
        name: as approved; at Twilio the SID of the content (HX…).
        language: of the approved wording, ``id``; not used at Twilio.
    """

    name: str
    language: str = "id"


@value
class Places:
    """What goes into a template's two places."""

    number: str
    line: str


@value
class WindowRule:
    """What the office has arranged for the time after the window.

    Attributes:
        templates: purpose of a text, or ``*``, to the template that carries it.
        margin: how long before its end the window counts as closed.
    """

    templates: Mapping[str, Template]
    margin: timedelta = MARGIN

    def template_for(self, message: OutboundMessage, now: datetime) -> Template | None:
        """The template that a message needs; None: the window is open, it goes as it is.

        A message that says nothing of its conversation is left to WhatsApp's own judgement.

        Raises:
            SendError: HELD, as it fits into no template that we have.
        """
        if message.conversation is None or is_open(
            message.conversation.heard_at, now, self.margin
        ):
            return None
        found = self.templates.get(message.purpose) or self.templates.get(ANY_PURPOSE)
        if found is None:
            raise SendError(held(_CLOSED))
        if message.conversation.files:
            raise SendError(held(_FILES))
        if len(one_line(message.text)) > LONGEST_PLACE:
            raise SendError(held(_TOO_LONG))
        return found


def held(reason: str = _CLOSED, code: str = "window") -> SendProblem:
    """The problem of a text that waits for a person or a template."""
    return SendProblem(SendFailure.HELD, reason, code, Scope.RECIPIENT)


def places(message: OutboundMessage) -> Places:
    """What a template says of a message: its ticket's number, or a dash, and its text."""
    number = message.conversation.number if message.conversation else None
    return Places(number or "-", one_line(message.text))


def one_line(text: str) -> str:
    """The text without line breaks, tabs and runs of spaces."""
    return _SPACES.sub(" ", text).strip()
