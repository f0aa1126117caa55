"""The door behind the public form: the page hands it a complaint, and it can carry nothing out.

A citizen who leaves no confirmed address is reached by the ticket's page only; a message that is
sent by this door all the same is a dead letter with that reason, for staff to see.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.errors import SendError, SendFailure, SendProblem
from core.model.messages import Address, AddressKind, ChannelId, InboundMessage

if TYPE_CHECKING:
    from core.model.messages import OutboundMessage, SendReceipt
    from core.model.submission import Submission

TELLS = "nomor sudah ditampilkan pada halaman formulir"
"""Why no automatic reply leaves."""

UNREACHABLE = SendProblem(
    SendFailure.PERMANENT,
    "Pelapor tidak meninggalkan alamat yang dikonfirmasi; jawaban hanya terlihat pada halaman "
    "tiketnya.",
    code="no-address",
)


class WebForm:
    """Sends of core/ports.py, and the message that a form is."""

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

    async def send(self, message: OutboundMessage) -> SendReceipt:  # noqa: ARG002 - the contract
        """Raises SendError: there is no way back by this door."""
        raise SendError(UNREACHABLE)


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
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")
