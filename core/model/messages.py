"""What comes in by a door and what goes out: messages, reports, requests (design.md §3)."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NewType

from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from core.model.ticket import Promise

ChannelId = NewType("ChannelId", str)
"""The name of a configured door, as in ``[channels.sms]``."""

NOTHING: Mapping[str, str] = MappingProxyType({})


class AddressKind(StrEnum):
    """One way to reach a person."""

    PHONE = "phone"  # SMS, E.164 with plus
    SENDER_LABEL = (
        "sender_label"  # SMS sender that cannot be answered: letters, short code, withheld
    )
    WHATSAPP = "whatsapp"  # E.164 with plus, or a business-scoped user id where there is none
    TELEGRAM = "telegram"  # id of the private chat
    EMAIL = "email"  # addr-spec, domain as A-labels in lower case
    CLAIM = "claim"  # web form, desk: nobody has confirmed a way to reach this person; random


@value
class Address:
    """Kind and normalised value; two equal addresses are one identity on one kind of channel."""

    kind: AddressKind
    value: str


@value
class Attachment:
    """A file that a message refers to.

    Attributes:
        reference: the provider's URL or id; fetched later, never before the answer.
            ``part:3`` is a part of the raw payload, ``file:<name>`` lies in our folder already.
        content_type: as claimed by the provider, not believed.
        filename: as claimed, may be None.
        size: bytes as claimed, may be None.
    """

    reference: str
    content_type: str = "application/octet-stream"
    filename: str | None = None
    size: int | None = None


@value
class Bookmark:
    """How far a door had read when it came to a message; kept in the message's transaction.

    Attributes:
        name: the place that is read: channel id, with ``/<folder>`` where it has several.
        mark: what the door wrote there itself.
    """

    name: str
    mark: str


@value
class InboundMessage:
    """One message as it reached us.

    Attributes:
        channel: the door.
        external_id: the provider's id; with the channel it is unique for ever.
        sender: who claims to have sent it.
        text: whole text, cleaned of NUL and lone surrogates only.
        received_at: ours, aware UTC.
        sent_at: the provider's time stamp, aware UTC, or None.
        subject: email only.
        sender_name: display name as claimed.
        recipient: our number or address it was sent to.
        attachments: in the order of the provider.
        references: provider ids of earlier messages this one answers, nearest first.
        headers: the mail headers that the rules on automatic mail read, names in lower case.
        raw: the payload as received, kept beside the message.
        late: caught up from the provider's own list after an outage.
        thread_id: how replies name this message, where that is not ``external_id`` (email: the
            Message-ID without brackets).
        proven: number of the ticket whose secret token the message carries, verified by the door.
        edits: provider id of the message that this one is a new version of.
        machine: why the door takes it for a machine's (bounce, vacation notice), Indonesian; such
            a message is kept and never acknowledged.
        quiet: why it is taken in as any other but not acknowledged, Indonesian.
        html: sanitised HTML form of the text, email only.
        occurred_at: when it was said or written, where a desk officer enters it later.
        entered_by: the officer who entered it, "" where the sender did.
        staff_id: the same officer as one who works here; None: a program, or nobody.
        fields: what a form asked for by itself: ``category``, ``unit``, ``place``, ``priority``
            (only a hint for staff); ``form`` and ``label``: how it reached the office.
        bookmark: where the door stands after this message.
    """

    channel: ChannelId
    external_id: str
    sender: Address
    text: str
    received_at: datetime
    sent_at: datetime | None = None
    subject: str | None = None
    sender_name: str | None = None
    recipient: str = ""
    attachments: tuple[Attachment, ...] = ()
    references: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    raw: bytes = b""
    late: bool = False
    thread_id: str | None = None
    proven: str | None = None
    edits: str | None = None
    machine: str = ""
    quiet: str = ""
    html: str = ""
    occurred_at: datetime | None = None
    entered_by: str = ""
    staff_id: int | None = None
    fields: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    bookmark: Bookmark | None = None


class DeliveryState(StrEnum):
    """How far an outgoing message got. Only a higher rank is ever written."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"

    @property
    def rank(self) -> int:
        """Position in queued < sent < failed < delivered < read (providers.md §2.3)."""
        return _RANKS[self]


_RANKS = {state: rank for rank, state in enumerate(DeliveryState)}


@value
class DeliveryReport:
    """What the provider says about a message of ours.

    Attributes:
        item_id: our outbox id when the provider carried it back (callback URL), else None.
        code: the provider's error code, empty when none.
        opted_out: the code says that the recipient refuses our messages.
        bookmark: where the door stands after it.
    """

    channel: ChannelId
    external_id: str
    state: DeliveryState
    at: datetime
    item_id: int | None = None
    code: str = ""
    reason: str = ""
    opted_out: bool = False
    bookmark: Bookmark | None = None


@value
class Ignored:
    """Understood, nothing to do: a success with a reason."""

    channel: ChannelId
    reason: str
    bookmark: Bookmark | None = None


@value
class Unreadable:
    """One item of a batch that could not be read: it goes to quarantine alone.

    Attributes:
        raw: the item as it came, re-encoded where it was cut out of a larger payload.
        sentence: what is wrong with it; names the field.
        bookmark: where the door stands after it.
    """

    channel: ChannelId
    raw: bytes
    sentence: str
    bookmark: Bookmark | None = None


@value
class Reachability:
    """The provider says that a person can or cannot be written to any more.

    Attributes:
        reason: why not, Indonesian, for staff; "" when the person can be reached again.
        bookmark: where the door stands after it.
    """

    channel: ChannelId
    address: Address
    reason: str
    bookmark: Bookmark | None = None


Inbound = InboundMessage | DeliveryReport | Ignored | Unreadable | Reachability


@value
class OutboundFile:
    """A file that goes out with a message.

    Attributes:
        path: where it lies; in a promise below the folder of attachments, for a door the whole.
        content_type: as found by our own sniffing.
        filename: as the recipient sees it.
        apart: the door does not carry it; it lies on the page of the ticket.
    """

    path: str
    content_type: str
    filename: str
    size: int
    apart: bool = False


@value
class Conversation:
    """What an outgoing message stands in, for channels that thread or have a window.

    Attributes:
        number: of its ticket, None for none.
        subject: of the first message of the conversation, "" where the channel has none.
        answers: ``thread_id`` of the message that it answers, "" when it answers none.
        references: thread ids of earlier messages both ways, oldest first, ``answers`` last.
        heard_at: when this person last wrote on this channel, by the provider's time stamp, else
            by ours; None: never.
        automatic: no person wrote it.
        files: what goes with it.
    """

    number: str | None = None
    subject: str = ""
    answers: str = ""
    references: tuple[str, ...] = ()
    heard_at: datetime | None = None
    automatic: bool = True
    files: tuple[OutboundFile, ...] = ()


@value
class OutboundMessage:
    """One message to send.

    Attributes:
        item_id: our outbox id, carried to the provider where it lets us.
        attempt: 1 for the first try.
        purpose: key of the text without its form: ``ack``, ``status`` …
        created_at: when it was promised, aware UTC; the same at every attempt.
        conversation: only for doors that ask for it (``core.ports.Converses``).
    """

    item_id: int
    channel: ChannelId
    recipient: Address
    text: str
    attempt: int = 1
    purpose: str = ""
    created_at: datetime | None = None
    conversation: Conversation | None = None


@value
class SendReceipt:
    """What the provider answered when it took a message."""

    provider_id: str
    state: DeliveryState = DeliveryState.QUEUED


@value
class SentCopy:
    """A message found in the provider's own list that equals one of ours in doubt."""

    provider_id: str
    created_at: datetime | None
    state: DeliveryState = DeliveryState.QUEUED


@value
class RawRequest:
    """An HTTP request without a framework: what a door verifies and parses.

    Attributes:
        method: upper case.
        public_url: the URL as configured at the provider, query included; never built from
            ``Host`` or ``X-Forwarded-*`` (threats.md row 15).
        headers: names in lower case; doubled headers joined by ", ".
        body: undecoded bytes, already limited in size.
        remote: the peer's address, for the log only.
        received_at: aware UTC.
        purpose: which of the door's routes was called: ``message`` or ``status``.
    """

    method: str
    public_url: str
    headers: Mapping[str, str]
    body: bytes
    remote: str
    received_at: datetime
    purpose: str = "message"


@value
class WebReply:
    """What to answer over HTTP."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)


class Outcome(StrEnum):
    """What intake did with one message."""

    OPENED = "opened"
    JOINED = "joined"
    ANSWERED = "answered"
    UNSORTED = "unsorted"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    QUARANTINED = "quarantined"


@value
class Receipt:
    """The decision as told to the door.

    Attributes:
        number: the ticket the message belongs to, if any; the same on every repeat.
        repeated: the provider sent a message again that we had already stored.
        promises: of the ticket as they stand after the message, for doors that tell the number
            in their answer (desk, web form); not filled for a repeat.
    """

    outcome: Outcome
    number: str | None = None
    repeated: bool = False
    promises: tuple[Promise, ...] = ()
