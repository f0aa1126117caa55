"""The door for text messages through Twilio: check, read, answer, send, look up."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from channels.sms import payload
from channels.sms.settings import TwilioSmsSettings
from channels.twilio.account import Account
from channels.twilio.errors import UNFIT, UNREACHABLE, unclear
from channels.twilio.form import Form, form_of
from channels.twilio.listing import LONG_PAGE, entries, media_of
from channels.twilio.parts import STATES, is_foreign_kind, is_sid
from channels.twilio.signature import require_signature
from core.errors import MalformedMessage, RequestRejected, SendError
from core.model.messages import (
    AddressKind,
    DeliveryState,
    Inbound,
    OutboundMessage,
    RawRequest,
    Receipt,
    SendReceipt,
    SentCopy,
    WebReply,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from core.ports import Clock

__all__ = ["TwilioSms", "TwilioSmsSettings"]

MOST_CHARACTERS = 1600
"""Twilio's limit for a text, all its segments together (21617)."""

_NOTHING_TO_SAY = WebReply(200, b"<Response/>", "text/xml")
_COPIES = 1_000
_MISSED = 20_000
_CLOCK_SKEW = timedelta(seconds=2)


class TwilioSms:
    """Sends, Webhook, Recovers, FindsCopies and Closes of core/ports.py."""

    def __init__(self, settings: TwilioSmsSettings, clock: Clock) -> None:
        self.id = settings.id
        self._settings = settings
        self._clock = clock
        self._tokens = tuple(token.encode() for token in settings.auth_tokens)
        fallback = (settings.fallback_url,) if settings.fallback_url else ()
        self._hooks = (settings.webhook_url, *fallback)
        self._numbers = frozenset(settings.numbers)
        self._account = Account(
            settings.account_sid,
            settings.auth_tokens[0],
            base_url=settings.api_base_url,
            seconds=settings.timeout,
        )

    # --- in ---

    def verify(self, request: RawRequest) -> None:
        """Raises RequestRejected: not signed by our account, or meant for somebody else."""
        reports = request.purpose == "status"
        addresses = (self._settings.status_url,) if reports else self._hooks
        require_signature(request, addresses, self._tokens)
        with suppress(MalformedMessage):  # authentic; parse will say what is wrong with it
            self._require_ours(form_of(request), ours="From" if reports else "To")

    def _require_ours(self, form: Form, *, ours: str) -> None:
        if form.every("AccountSid") != {self._settings.account_sid}:
            reason = "AccountSid of another account"
            raise RequestRejected(reason, foreign=True)
        # WhatsApp and other channels of Twilio write whatsapp:+62…; a ticket by SMS would answer
        # where nobody asked, and 200 would lose the text, so the wrong URL is refused and seen
        if any(is_foreign_kind(form.get(end)) for end in ("From", "To")):
            reason = f"{ours} of another channel"
            raise RequestRejected(reason, foreign=True)
        service = self._settings.messaging_service_sid
        if service and form.every("MessagingServiceSid") == {service}:
            return
        if not form.every(ours) or not form.every(ours) <= self._numbers:
            reason = f"{ours} is no number of this channel"
            raise RequestRejected(reason, foreign=True)

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        """Pure. Raises MalformedMessage."""
        return payload.read(self.id, request)

    def answer(self, receipts: Sequence[Receipt]) -> WebReply:
        """An empty TwiML document; nothing at all to a delivery report, which has no receipt."""
        return _NOTHING_TO_SAY if receipts else WebReply()

    def malformed(self, problem: MalformedMessage) -> WebReply:
        """400: Twilio does not repeat on it, notes the sentence and calls the fallback URL."""
        return WebReply(400, problem.sentence.encode())

    # --- out ---

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """One call. Raises SendError."""
        answer = await self._account.post("Messages.json", self._form(message))
        sid, word = answer.get("sid"), answer.get("status")
        if not isinstance(sid, str) or not sid:
            raise SendError(unclear("no sid"))
        return SendReceipt(sid, STATES.get(str(word), DeliveryState.QUEUED))

    def _form(self, message: OutboundMessage) -> dict[str, str]:
        if message.recipient.kind is not AddressKind.PHONE:
            raise SendError(UNREACHABLE)
        if not message.text.strip() or len(message.text) > MOST_CHARACTERS:
            raise SendError(UNFIT)
        settings = self._settings
        status = settings.status_url
        mark = "&" if urlsplit(status).query else "?"
        form = {
            "To": message.recipient.value,
            "Body": message.text,
            "StatusCallback": f"{status}{mark}{payload.ITEM}={message.item_id}",
            **self._sender(),
        }
        if settings.validity is not None:
            form["ValidityPeriod"] = str(settings.validity)
        return form

    def _sender(self) -> dict[str, str]:
        service, number = self._settings.messaging_service_sid, self._settings.from_number
        return {"MessagingServiceSid": service} if service else {"From": number or ""}

    async def copies_of(self, message: OutboundMessage, since: datetime) -> Sequence[SentCopy]:
        """By recipient, sender, text and time of creation; the sent date may be missing yet."""
        filters = {"To": message.recipient.value}
        if not self._settings.messaging_service_sid:
            filters |= self._sender()
        earliest = since - _CLOCK_SKEW
        copies = []
        async for entry in entries(self._account, filters, _COPIES):
            created = payload.created_at(entry)
            if (
                is_sid(entry.get("sid"))
                and entry.get("direction") == "outbound-api"
                and entry.get("body") == message.text
                and (created is None or created >= earliest)
            ):
                state = STATES.get(str(entry.get("status")), DeliveryState.QUEUED)
                copies.append(SentCopy(str(entry["sid"]), created, state))
        return copies

    async def missed_since(self, when: datetime) -> AsyncIterator[Inbound]:
        """Oldest first. Raises SendError when the list cannot be read.

        Twilio filters by whole GMT days, so a day more is read, and nothing is dropped for being
        older than ``when``: the message before the last one seen may be the one that is missing.
        """
        day = when.astimezone(UTC).date() - timedelta(days=1)
        for mine in self._inbound_filters():
            filters = {**mine, "DateSent>": day.isoformat()}
            pages = entries(self._account, filters, _MISSED, LONG_PAGE)
            for entry in reversed([entry async for entry in pages]):
                if payload.is_inbound_text(entry) and self._is_for_us(entry.get("to"), entry):
                    media = await media_of(self._account, entry)
                    yield payload.late_message(self.id, entry, media, self._clock.now())

    def _inbound_filters(self) -> Sequence[dict[str, str]]:
        # a service's numbers are unknown to us: read the account's list and pick by the service
        return [{"To": number} for number in self._settings.numbers] or [{}]

    def _is_for_us(self, number: object, entry: dict[str, object]) -> bool:
        service = self._settings.messaging_service_sid
        return number in self._numbers or (
            service is not None and entry.get("messaging_service_sid") == service
        )

    async def close(self) -> None:
        """Idempotent."""
        await self._account.close()
