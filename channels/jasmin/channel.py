"""The door for text messages through Jasmin: check, read, answer, send.

In: an HTTP client connector of Jasmin calls us for each text. Out: its HTTP API. Receipts carry
Jasmin's id and, in their address, our item's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.jasmin import payload
from channels.jasmin.errors import accepted_id
from channels.jasmin.settings import JasminSettings
from channels.local_sms.coding import as_gsm7
from channels.local_sms.fields import ITEM, SECRET
from channels.local_sms.guard import Guard
from channels.local_sms.outgoing import Caller, fitting, query, written
from core.model.messages import (
    Inbound,
    OutboundMessage,
    RawRequest,
    Receipt,
    SendReceipt,
    WebReply,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.errors import MalformedMessage

__all__ = ["Jasmin", "JasminSettings"]

# exactly this, or Jasmin calls again and in the end drops the text
_ACKNOWLEDGED = WebReply(200, b"ACK/Jasmin", "text/plain")


class Jasmin:
    """Sends, Webhook and Closes of core/ports.py."""

    def __init__(self, settings: JasminSettings) -> None:
        self.id = settings.id
        self._settings = settings
        self._guard = Guard(settings.secrets, settings.networks)
        self._caller = Caller("Jasmin", settings.timeout)

    # --- in ---

    def verify(self, request: RawRequest) -> None:
        """Raises RequestRejected: secret or address are wrong."""
        self._guard.require(request)

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        """Pure. What cannot be read comes back as Unreadable, without the secret of the URL."""
        return payload.read(self.id, request, self._settings.default_alphabet)

    def answer(self, receipts: Sequence[Receipt]) -> WebReply:  # noqa: ARG002 - the contract's
        """The word that Jasmin waits for, whatever became of it."""
        return _ACKNOWLEDGED

    def malformed(self, problem: MalformedMessage) -> WebReply:  # noqa: ARG002 - the contract's
        """The same: with the settings we ask for Jasmin would repeat it for weeks."""
        return _ACKNOWLEDGED

    # --- out ---

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """One call. Raises SendError."""
        answer = await self._caller.post(self._settings.send_url, self._form(message))
        return SendReceipt(accepted_id(answer))

    def _form(self, message: OutboundMessage) -> dict[str, str | bytes]:
        settings = self._settings
        plain = fitting(message, settings.most_parts).encoding == "gsm7"
        form: dict[str, str | bytes] = {
            "username": settings.username,
            "password": settings.password,
            "to": written(message.recipient.value, settings.number_form),
            **_content(message.text, plain=plain),
            "dlr": "yes",
            "dlr-level": "3",
            "dlr-method": "POST",
            "dlr-url": self._receipts_to(message.item_id),
        }
        if settings.from_number is not None:
            form["from"] = settings.from_number
        return form

    def _receipts_to(self, item_id: int) -> str:
        ours = query({SECRET: self._settings.secrets[0], ITEM: str(item_id)})
        return f"{self._settings.status_url}?{ours}"

    async def close(self) -> None:
        """Idempotent."""
        await self._caller.close()


def _content(text: str, *, plain: bool) -> dict[str, str | bytes]:
    """Coding 0 is the network's alphabet, where even @ and _ have other codes than in ASCII."""
    if not plain:
        return {"coding": "8", "hex-content": text.encode("utf-16-be", "replace").hex()}
    written_out = as_gsm7(text)
    if text.isascii() and written_out == text.encode():
        return {"coding": "0", "content": text}
    return {"coding": "0", "hex-content": written_out.hex()}
