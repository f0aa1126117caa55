"""The door behind the public pages: they hand it complaints and what is said on a ticket's page.

Nothing leaves by it. What people answer to a reporter without another address lies on the page of
the ticket: that is how far it gets, until the reporter opens the page and it is read.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.model.messages import (
    Address,
    AddressKind,
    ChannelId,
    DeliveryState,
    InboundMessage,
    SendReceipt,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.model.messages import OutboundMessage
    from core.model.submission import Said, Submission

TELLS = "nomor sudah ditampilkan pada halaman formulir"
"""Why no automatic reply leaves."""


class WebForm:
    """Sends of core/ports.py, and the messages that forms are."""

    def __init__(self, channel: ChannelId) -> None:
        self.id = channel

    def message(self, submission: Submission) -> InboundMessage:
        """The complaint as intake takes it. Pure.

        Nobody has confirmed a way to reach its sender: each form is a sender of its own, and
        what was typed as contact stands in the raw payload and among the claims.
        """
        asked = {name: getattr(submission, name) for name in ("category", "unit", "place")}
        return InboundMessage(
            channel=self.id,
            external_id=submission.id,
            sender=Address(AddressKind.CLAIM, submission.form),
            text=submission.text,
            received_at=submission.received_at,
            sender_name=submission.name or None,
            attachments=submission.files,
            raw=_raw(submission),
            fields={name: text for name, text in asked.items() if text},
        )

    def said(self, said: Said) -> InboundMessage:
        """Words of the reporter on the page of a ticket, whose code was given. Pure.

        A button says what one would write in a chat: ``BUKA HD26-004217-4 masih padam``.
        """
        parts = (said.command, said.number, said.text) if said.command else (said.text,)
        fields = {
            "number": said.number,
            "command": said.command,
            "text": said.text,
            "files": [file.reference for file in said.files],
        }
        return InboundMessage(
            channel=self.id,
            external_id=said.id,
            sender=said.sender,
            text=" ".join(part for part in parts if part),
            received_at=said.received_at,
            attachments=said.files,
            proven=said.number,
            raw=_json(fields),
        )

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """It lies on the page already; nothing can fail."""
        return SendReceipt(page_id(message.item_id), DeliveryState.SENT)


def page_id(item_id: int) -> str:
    """What a text on a ticket's page is called, as providers name what they took."""
    return f"page-{item_id}"


def _raw(submission: Submission) -> bytes:
    """The form as it was taken, for support."""
    phone, email = submission.phone, submission.email
    fields = {
        "text": submission.text,
        "category": submission.category,
        "unit": submission.unit,
        "place": submission.place,
        "name": submission.name,
        "phone": phone.value if phone else "",
        "email": email.value if email else "",
        "files": [file.reference for file in submission.files],
    }
    return _json(fields)


def _json(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")
