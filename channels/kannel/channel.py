"""The door for text messages through Kannel: check, read, answer, send.

In: Kannel fetches our URL for each text (``get-url`` or ``post-url`` of an ``sms-service``).
Out: ``sendsms``. Kannel gives no id and keeps no list, so our item's id travels in the address of
its receipts, and the receipt "taken by the operator" settles a send in doubt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.kannel import payload
from channels.kannel.errors import problem_of
from channels.kannel.settings import KannelSettings
from channels.local_sms.fields import ITEM, SECRET
from channels.local_sms.guard import Guard
from channels.local_sms.outgoing import Caller, fitting, query, written
from core.errors import MalformedMessage, SendError
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

__all__ = ["Kannel", "KannelSettings"]

# any body would be sent to the citizen as an SMS
_SILENCE = WebReply(200, b"", "text/plain")


class Kannel:
    """Sends, Webhook and Closes of core/ports.py."""

    def __init__(self, settings: KannelSettings) -> None:
        self.id = settings.id
        self._settings = settings
        self._guard = Guard(settings.secrets, settings.networks)
        self._caller = Caller("Kannel", settings.timeout)

    # --- in ---

    def verify(self, request: RawRequest) -> None:
        """Raises RequestRejected: secret or address are wrong."""
        self._guard.require(request)

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        """Pure. What cannot be read comes back as Unreadable, without the secret of the URL."""
        return payload.read(self.id, request)

    def answer(self, receipts: Sequence[Receipt]) -> WebReply:  # noqa: ARG002 - the contract's
        """200 and nothing at all, whatever became of it: Kannel repeats on anything else."""
        return _SILENCE

    def malformed(self, problem: MalformedMessage) -> WebReply:  # noqa: ARG002 - the contract's
        """The same: with the settings we ask for Kannel would repeat it for ever."""
        return _SILENCE

    # --- out ---

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """One call. Raises SendError."""
        # GET, for older versions know sendsms by no other; the URL is logged nowhere here
        answer = await self._caller.get(self._settings.sendsms_url, self._form(message))
        problem = problem_of(answer)
        if problem is not None:
            raise SendError(problem)
        return SendReceipt(payload.provider_id(message.item_id))

    def _form(self, message: OutboundMessage) -> dict[str, str | bytes]:
        settings = self._settings
        plain = fitting(message, settings.most_parts).encoding == "gsm7"
        form: dict[str, str | bytes] = {
            "username": settings.username,
            "password": settings.password,
            "from": settings.from_number,
            "to": written(message.recipient.value, settings.number_form),
            "text": message.text if plain else message.text.encode("utf-16-be", "replace"),
            "coding": "0" if plain else "2",
            "dlr-mask": str(payload.MASK),
            "dlr-url": self._receipts_to(message.item_id),
        }
        if plain and not message.text.isascii():
            form["charset"] = "UTF-8"  # builds without iconv refuse any charset
        if settings.smsc is not None:
            form["smsc"] = settings.smsc
        if settings.validity is not None:
            form["validity"] = str(settings.validity)
        return form

    def _receipts_to(self, item_id: int) -> str:
        """Kannel fills ``%d`` when it reports."""
        ours = query({SECRET: self._settings.secrets[0], ITEM: str(item_id)})
        return f"{self._settings.status_url}?{ours}&state=%d"

    async def close(self) -> None:
        """Idempotent."""
        await self._caller.close()
