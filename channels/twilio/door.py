"""A door through Twilio: check, read, answer, send, look up, catch up, fetch files.

What SMS and WhatsApp have in common is here; what differs is their :class:`Dialect`.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from channels.twilio import payload
from channels.twilio.account import Account
from channels.twilio.errors import unclear
from channels.twilio.form import Form, form_of
from channels.twilio.listing import LONG_PAGE, entries, media_of
from channels.twilio.media import MediaShelf
from channels.twilio.parts import STATES, is_sid
from channels.twilio.signature import require_signature
from core.errors import MalformedMessage, RequestRejected, SendError
from core.model.messages import (
    ChannelId,
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
    from collections.abc import AsyncIterator, Mapping, Sequence

    from channels.twilio.payload import Said
    from channels.twilio.settings import TwilioSettings
    from core.model.attachments import WantedFile
    from core.ports import Clock, Sink

_NOTHING_TO_SAY = WebReply(200, b"<Response/>", "text/xml")
_COPIES = 1_000
_MISSED = 20_000
_CLOCK_SKEW = timedelta(seconds=2)


class Dialect(Protocol):
    """What one kind of channel writes differently from the others."""

    def belongs(self, form: Form) -> bool:
        """Whether the message or report is of this kind of channel."""
        ...

    def plain(self, address: str) -> str:
        """A number of ours as our settings have it."""
        ...

    def written(self, number: str) -> str:
        """The same as Twilio wants it."""
        ...

    def read(self, channel: ChannelId, request: RawRequest) -> Sequence[Inbound]:
        """The one message or report of a request. Raises MalformedMessage."""
        ...

    def said(self, form: Form) -> Said:
        """What the fields of a message mean. Never raises."""
        ...

    def recipient(self, message: OutboundMessage) -> str:
        """Where it goes, as Twilio wants it. Raises SendError: no such address here."""
        ...

    def content(self, message: OutboundMessage) -> Mapping[str, str]:
        """The fields that say what is sent. Raises SendError: unfit, or it has to wait."""
        ...

    def is_copy(self, body: object, message: OutboundMessage) -> bool:
        """Whether a body in Twilio's list can be that message."""
        ...


class TwilioDoor:
    """Sends, Webhook, Recovers, FindsCopies, Fetches and Closes of core/ports.py."""

    def __init__(self, settings: TwilioSettings, dialect: Dialect, clock: Clock) -> None:
        self.id = settings.id
        self._settings, self._dialect, self._clock = settings, dialect, clock
        self._tokens = tuple(token.encode() for token in settings.auth_tokens)
        fallback = (settings.fallback_url,) if settings.fallback_url else ()
        self._hooks = (settings.webhook_url, *fallback)
        self._numbers = frozenset(settings.numbers)
        token, base = settings.auth_tokens[0], settings.api_base_url
        self._account = Account(
            settings.account_sid, token, base_url=base, seconds=settings.timeout
        )
        self._media = MediaShelf(self._account, token, settings.media_hosts, settings.timeout)

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
        # a ticket by the wrong kind of channel would answer where nobody asked, and 200 would
        # lose the text, so the wrong URL is refused and seen
        if not self._dialect.belongs(form):
            reason = f"{ours} of another channel"
            raise RequestRejected(reason, foreign=True)
        service = self._settings.messaging_service_sid
        if service and form.every("MessagingServiceSid") == {service}:
            return
        given = {self._dialect.plain(number) for number in form.every(ours)}
        if not given or not given <= self._numbers:
            reason = f"{ours} is no number of this channel"
            raise RequestRejected(reason, foreign=True)

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        """Pure. Raises MalformedMessage."""
        return self._dialect.read(self.id, request)

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
        status = self._settings.status_url
        mark = "&" if urlsplit(status).query else "?"
        form = {
            "To": self._dialect.recipient(message),
            **self._dialect.content(message),
            "StatusCallback": f"{status}{mark}{payload.ITEM}={message.item_id}",
            **self._sender(),
        }
        if self._settings.validity is not None:
            form["ValidityPeriod"] = str(self._settings.validity)
        return form

    def _sender(self) -> dict[str, str]:
        service, number = self._settings.messaging_service_sid, self._settings.from_number
        if service:
            return {"MessagingServiceSid": service}
        return {"From": self._dialect.written(number or "")}

    async def copies_of(self, message: OutboundMessage, since: datetime) -> Sequence[SentCopy]:
        """By recipient, sender, text and time of creation; the sent date may be missing yet."""
        filters = {"To": self._dialect.recipient(message)}
        if not self._settings.messaging_service_sid:
            filters |= self._sender()
        earliest = since - _CLOCK_SKEW
        copies = []
        async for entry in entries(self._account, filters, _COPIES):
            created = payload.created_at(entry)
            if (
                is_sid(entry.get("sid"))
                and entry.get("direction") == "outbound-api"
                and self._dialect.is_copy(entry.get("body"), message)
                and (created is None or created >= earliest)
            ):
                state = STATES.get(str(entry.get("status")), DeliveryState.QUEUED)
                copies.append(SentCopy(str(entry["sid"]), created, state))
        return copies

    # --- what was missed ---

    async def missed_since(self, when: datetime) -> AsyncIterator[Inbound]:
        """Oldest first. Raises SendError when the list cannot be read.

        Twilio filters by whole GMT days, so a day more is read, and nothing is dropped for being
        older than ``when``: the message before the last one seen may be the one that is missing.
        """
        day = when.astimezone(UTC).date() - timedelta(days=1)
        # a service's numbers are unknown to us: read the account's list and pick by the service
        mine = [{"To": self._dialect.written(own)} for own in self._settings.numbers] or [{}]
        for own in mine:
            pages = entries(
                self._account, {**own, "DateSent>": day.isoformat()}, _MISSED, LONG_PAGE
            )
            for entry in reversed([entry async for entry in pages]):
                form = payload.listed(entry)
                if payload.is_inbound(entry) and self._is_for_us(entry, form):
                    media = await media_of(self._account, entry)
                    said = self._dialect.said(form)
                    yield payload.late_message(self.id, entry, said, media, self._clock.now())

    def _is_for_us(self, entry: Mapping[str, object], form: Form) -> bool:
        service = self._settings.messaging_service_sid
        return self._dialect.belongs(form) and (
            self._dialect.plain(form.get("To")) in self._numbers
            or (service is not None and entry.get("messaging_service_sid") == service)
        )

    async def fetch(self, wanted: WantedFile, into: Sink) -> str | None:
        """A file at Twilio. Raises SendError, or what the sink raises."""
        return await self._media.fetch(wanted.reference, into)

    async def close(self) -> None:
        """Idempotent."""
        await self._media.close()
        await self._account.close()
