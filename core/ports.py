"""What the living room asks of the other rooms: small Protocols, no base class (design.md §5)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from core.model.messages import (
    Address,
    ChannelId,
    Conversation,
    DeliveryReport,
    Inbound,
    OutboundMessage,
    RawRequest,
    Reachability,
    Receipt,
    SendReceipt,
    SentCopy,
    WebReply,
)

if TYPE_CHECKING:
    from datetime import datetime

    from core.audit_shelves import (
        AnchorShelf,
        Audits,
        EventStream,
        SubscriptionReads,
        SubscriptionShelf,
        Wakeups,
    )
    from core.errors import MalformedMessage
    from core.list_shelves import AnswerShelf, TicketLists
    from core.model.attachments import WantedFile
    from core.model.brief import WorkBrief
    from core.model.events import Event
    from core.model.filing import Filing
    from core.model.health import Symptom
    from core.model.outbox import OutboxDraft, OutboxItem, SendResult
    from core.model.proof import Claim, Reporter, TicketCode
    from core.model.ticket import KnownTicket, Sender
    from core.model.views import OutboxLoad, PageKey, ThreadEntry, TicketRow
    from core.shelves import AttachmentShelf, ChannelLogShelf, FileReads, ParkedShelf
    from core.staff_shelves import (
        AdminHistoryShelf,
        EntryShelf,
        RestrictedShelf,
        StaffReads,
        StaffShelf,
    )
    from core.survey_shelves import SurveyReads, SurveyShelf
    from core.text_shelves import TextReads, TextShelf
    from core.unit_shelves import (
        CalendarReads,
        CalendarShelf,
        PartnerReads,
        PartnerShelf,
        UnitReads,
        UnitShelf,
    )
    from core.watch_shelves import JobShelf, RetentionShelf, WatchShelf
    from core.work_shelves import WorkReads, WorkShelf

MessageKey = tuple[ChannelId, str]
"""Channel and the provider's id: unique for ever."""

Deliver = Callable[[Sequence[Inbound]], Awaitable[Sequence[Receipt]]]
"""Hands what a listening door received to the house; returns once all of it is on disk.

One receipt per InboundMessage, in order; reports, unreadable and ignored items have none. The
bookmark of each item is kept with it. Raises StoreUnavailable (also as Busy): nothing was taken
for certain, the door leaves it where it is and tries again; a repeat is harmless.
"""


class Bookmarks(Protocol):
    """Reads how far a listening door had come; it writes by the bookmarks of what it delivers."""

    async def read(self, name: str) -> str | None:
        """The mark kept under this name; None before the first. Raises StoreUnavailable."""
        ...


class Clock(Protocol):
    """The one source of wall-clock time."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...


# --- doors -----------------------------------------------------------------------------------


class Door(Protocol):
    """Any door; what it can do besides is told by the Protocols below."""

    id: ChannelId


@runtime_checkable
class Sends(Protocol):
    """A door that carries messages out."""

    id: ChannelId

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """One call, one timeout, no retry of its own. Raises SendError."""
        ...


@runtime_checkable
class Webhook(Protocol):
    """A door that providers call over HTTP."""

    id: ChannelId

    def verify(self, request: RawRequest) -> None:
        """Raises RequestRejected. Constant time, before any parsing, over the raw bytes."""
        ...

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        """Pure: bytes in, values out. Raises MalformedMessage."""
        ...

    def answer(self, receipts: Sequence[Receipt]) -> WebReply:
        """What this provider wants to hear."""
        ...

    def malformed(self, problem: MalformedMessage) -> WebReply:
        """The answer to an authentic but unreadable request; keeps it from coming again."""
        ...


@runtime_checkable
class Handshakes(Protocol):
    """A door whose provider checks the URL first, by GET."""

    def is_handshake(self, request: RawRequest) -> bool:
        """Whether the request is such a check; then ``verify`` and ``parse`` are not called."""
        ...

    def handshake(self, request: RawRequest) -> WebReply:
        """The subscription challenge. Raises RequestRejected."""
        ...


@runtime_checkable
class Listens(Protocol):
    """A door that waits on a connection of its own (SMTP, IMAP, polling)."""

    id: ChannelId

    async def listen(self, deliver: Deliver, bookmarks: Bookmarks) -> None:
        """Runs until cancelled; loses no connection for good. An exception restarts it later."""
        ...


@runtime_checkable
class Recovers(Protocol):
    """A door whose provider keeps a list of what it sent us."""

    id: ChannelId

    def missed_since(self, when: datetime) -> AsyncIterator[Inbound]:
        """Everything received at the provider since then; repeats are expected and harmless."""
        ...


@runtime_checkable
class FindsCopies(Protocol):
    """A door whose provider keeps a list of what we sent."""

    async def copies_of(self, message: OutboundMessage, since: datetime) -> Sequence[SentCopy]:
        """Messages in the provider's list equal to this one, not older than ``since``.

        Raises SendError when the list cannot be read.
        """
        ...


@runtime_checkable
class Converses(Protocol):
    """A door that needs to know what a message stands in: threads, windows, files."""

    converses: bool
    """True; without it ``OutboundMessage.conversation`` is None and costs nothing."""


@runtime_checkable
class Fetches(Protocol):
    """A door whose messages refer to files that are to be had from its provider or payload."""

    async def fetch(self, wanted: WantedFile, into: Sink) -> str | None:
        """Writes the file's bytes; returns the content type that the provider names, if any.

        One attempt, no redirect to hosts not listed, no private address. Raises SendError, or
        what the sink raises when the file grows too large.
        """
        ...


class Sink(Protocol):
    """Takes a file's bytes as they come."""

    def write(self, data: bytes) -> None:
        """Raises TooLarge beyond the limit."""
        ...


@runtime_checkable
class Examines(Protocol):
    """A door that can tell how it is with its provider: pending updates, a dead modem."""

    async def examine(self) -> Sequence[Symptom]:
        """What is wrong now, nothing when all is well. Raises SendError: it cannot be asked."""
        ...


@runtime_checkable
class Closes(Protocol):
    """A door with connections to close at the end."""

    async def close(self) -> None:
        """Idempotent."""
        ...


# --- store -----------------------------------------------------------------------------------


class IntakeShelf(Protocol):
    """What intake reads and lays down within one unit of work."""

    async def senders(
        self,
        addresses: Sequence[Address],
        named: Sequence[str],
        ended_after: datetime,
        young_after: datetime,
    ) -> Mapping[Address, Sender]:
        """Creates missing addresses, locks them all, and returns what is known of each.

        Two processes that receive for one sender wait for each other here (design.md §4).

        Args:
            addresses: without repeats, any order.
            named: ticket numbers named in the batch; tickets among them that a sender owns or
                takes part in are returned whatever their age.
            ended_after: ended tickets younger than this are returned too.
            young_after: ``match_text`` is filled for tickets opened after this.
        """
        ...

    async def seen(self, keys: Sequence[MessageKey]) -> Mapping[MessageKey, Receipt]:
        """Receipts of those already stored. Call after ``senders``: the lock makes it final."""
        ...

    async def threads(self, references: Sequence[MessageKey]) -> Mapping[MessageKey, str]:
        """Ticket numbers of the provider ids among them that are messages of ours or to us."""
        ...

    async def tickets(self, numbers: Sequence[str]) -> Mapping[str, KnownTicket]:
        """Tickets whoever they belong to, ``mine`` False, locked: where mail points into one."""
        ...

    async def message_text(self, message_id: int) -> str:
        """The whole text of a stored message. Raises NotFound."""
        ...

    async def briefs(self, ticket_ids: Sequence[int]) -> Mapping[int, WorkBrief]:
        """What staff have done with tickets that ``senders`` returned; one for each id."""
        ...

    async def lay_down(self, filing: Filing) -> None:
        """Writes all rows. A stale ticket version raises Conflict."""
        ...


class OutboxShelf(Protocol):
    """What delivery reads and writes within one unit of work."""

    async def put(self, drafts: Sequence[OutboxDraft]) -> None:
        """Adds promises; one whose key exists already is left as it was."""
        ...

    async def claim(
        self, channel: ChannelId, now: datetime, lease_until: datetime, limit: int
    ) -> Sequence[OutboxItem]:
        """Takes due items with a lease, replies first, oldest first, one per recipient.

        An item whose lease ran out, or that is in doubt and due, comes back ``doubtful``.
        No item is taken while an earlier one to the same recipient is not yet handed over.
        """
        ...

    async def record(self, results: Sequence[SendResult]) -> None:
        """Writes what became of attempts; applies early reports that were waiting for the id."""
        ...

    async def conversations(self, item_ids: Sequence[int]) -> Mapping[int, Conversation]:
        """What each of these items stands in."""
        ...

    async def release(self, places: Sequence[tuple[ChannelId, int]], now: datetime) -> int:
        """What is held for these channels and addresses waits again. Returns how many items."""
        ...

    async def mark_reachable(self, news: Sequence[Reachability]) -> None:
        """Notes on addresses whether they can be reached; unknown addresses are left out."""
        ...

    async def known_ids(self, channel: ChannelId, provider_ids: Sequence[str]) -> set[str]:
        """Those provider ids that already belong to an item."""
        ...

    async def report(self, reports: Sequence[DeliveryReport]) -> int:
        """Moves states forward only; keeps unknown ids. Returns how many found an item."""
        ...

    async def load(self) -> Sequence[OutboxLoad]:
        """What is waiting, claimed, in doubt, held or dead, per channel."""
        ...

    async def forget_claims(self, look_at: datetime) -> int:
        """Ends every lease, after a restart of the only process. Returns how many.

        The items come back doubtful at ``look_at``, with all their look-ups before them: what the
        dead process had on the wire may reach the provider only now.
        """
        ...

    async def purge_reports(self, before: datetime) -> Sequence[str]:
        """Drops reports kept since before then; returns their provider ids for the log."""
        ...


class QuarantineShelf(Protocol):
    """Payloads that we could not understand, kept raw."""

    async def add(
        self, channel: ChannelId, raw: bytes, sentence: str, at: datetime, frame: str = ""
    ) -> int:
        """Returns the row's id.

        ``frame`` is how the payload came, as JSON (core/model/quarantine.py), so that it can be
        read again later; "" when there is no more to it than its bytes.
        """
        ...


class BookmarkShelf(Protocol):
    """How far a door has read at its provider."""

    async def read(self, name: str) -> str | None:
        """None before the first. ``name`` as in ``core.model.messages.Bookmark``."""
        ...

    async def write(self, name: str, mark: str) -> None:
        """Replaces it."""
        ...


class ClaimShelf(Protocol):
    """Codes that open a ticket's page, and typed addresses until their owner confirms them."""

    async def keep_code(self, code: TicketCode) -> None:
        """Lays down the code of a form; one that is there already stays."""
        ...

    async def replace_code(self, code: TicketCode) -> None:
        """Lays down a code that was sent, over an earlier one that was sent."""
        ...

    async def code(self, ticket_id: int) -> TicketCode | None:
        """The code of a ticket, locked until the end; None when it has none."""
        ...

    async def failed(self, code: TicketCode) -> None:
        """Writes how often the code was guessed wrong, and until when it is locked."""
        ...

    async def reporter(self, number: str) -> Reporter | None:
        """Where a ticket came from; None when there is no such ticket."""
        ...

    async def add(self, claim: Claim) -> None:
        """Lays down a claim; one that is there already stays."""
        ...

    async def mailed(self, address: Address, since: datetime) -> Sequence[Claim]:
        """Claims of this address made since then for which a mail went out."""
        ...

    async def claim(self, number: str, token: str) -> Claim | None:
        """The claim on this ticket whose token has this hash, locked until the end."""
        ...

    async def confirm(self, claim: Claim, address_id: int, at: datetime) -> None:
        """Notes that the owner confirmed it, who takes part in the ticket from now on."""
        ...


class Desk(Protocol):
    """The unit of work: rolls back unless committed."""

    intake: IntakeShelf
    outbox: OutboxShelf
    quarantine: QuarantineShelf
    bookmarks: BookmarkShelf
    claims: ClaimShelf
    attachments: AttachmentShelf
    channel_log: ChannelLogShelf
    parked: ParkedShelf
    staff: StaffShelf
    entries: EntryShelf
    admin_history: AdminHistoryShelf
    anchors: AnchorShelf
    subscriptions: SubscriptionShelf
    answers: AnswerShelf
    restricted: RestrictedShelf
    work: WorkShelf
    surveys: SurveyShelf
    texts: TextShelf
    watch: WatchShelf
    jobs: JobShelf
    retention: RetentionShelf
    units: UnitShelf
    partners: PartnerShelf
    calendars: CalendarShelf

    async def commit(self) -> None:
        """Raises StoreUnavailable when the store cannot keep it."""
        ...


OpenDesk = Callable[[], AbstractAsyncContextManager[Desk]]


class Blocks(Protocol):
    """Numbers from blocks reserved per process: no hot row, gaps allowed, reuse never."""

    async def take(self, series: str, count: int) -> Sequence[int]:
        """The next ``count`` numbers of a series, beginning at 1 in an empty store.

        Raises StoreUnavailable when a new block is needed and cannot be had.
        """
        ...


class Reads(Protocol):
    """What pages read, outside any unit of work."""

    async def tickets(self, after: PageKey | None, limit: int) -> Sequence[TicketRow]:
        """Newest first, by keyset."""
        ...

    async def ticket(self, number: str) -> TicketRow:
        """Raises NotFound."""
        ...

    async def history(self, number: str) -> Sequence[Event]:
        """In order. Raises NotFound."""
        ...

    async def thread(self, number: str) -> Sequence[ThreadEntry]:
        """Both directions in time order. Raises NotFound."""
        ...

    async def with_address(self, address: Address, limit: int) -> Sequence[ThreadEntry]:
        """The last messages from and to one address, oldest first, ticket or not."""
        ...


class Proofs(Protocol):
    """What the public page of a ticket reads, outside any unit of work."""

    async def code(self, number: str) -> TicketCode | None:
        """The code of a ticket; None without one, and for a number that does not exist."""
        ...

    async def claim(self, number: str, token: str) -> Claim | None:
        """The claim on this ticket whose token has this hash."""
        ...

    async def files(self, number: str) -> Sequence[tuple[str | None, str]]:
        """Name as claimed and content type of each file that the reporter sent, in order."""
        ...


class Store(Protocol):
    """The cellar as the hallway holds it."""

    @property
    def blocks(self) -> Blocks:
        """Ticket and message numbers."""
        ...

    @property
    def reads(self) -> Reads:
        """What pages read."""
        ...

    @property
    def work(self) -> WorkReads:
        """Tickets with everything staff see of them."""
        ...

    @property
    def surveys(self) -> SurveyReads:
        """Figures of surveys."""
        ...

    @property
    def texts(self) -> TextReads:
        """Texts as staff have worded them."""
        ...

    @property
    def files(self) -> FileReads:
        """The files of tickets."""
        ...

    @property
    def staff(self) -> StaffReads:
        """Who works here, and who asks."""
        ...

    @property
    def units(self) -> UnitReads:
        """Where work is done, and who could do it."""
        ...

    @property
    def partners(self) -> PartnerReads:
        """How partner units answer."""
        ...

    @property
    def calendars(self) -> CalendarReads:
        """Calendars and holidays as documents."""
        ...

    @property
    def lists(self) -> TicketLists:
        """Tickets within somebody's reach."""
        ...

    @property
    def stream(self) -> EventStream:
        """All tickets' events in one order."""
        ...

    @property
    def audits(self) -> Audits:
        """The whole history, for anchors and for whoever checks it."""
        ...

    @property
    def subscriptions(self) -> SubscriptionReads:
        """Programs that want to be told of events."""
        ...

    @property
    def wakeups(self) -> Wakeups | None:
        """The way to other processes at this store; None where there can be none."""
        ...

    @property
    def proofs(self) -> Proofs:
        """What the public page of a ticket reads."""
        ...

    @property
    def exclusive(self) -> bool:
        """Whether no other process can be at work on it: then old claims are dead ones."""
        ...

    def desk(self) -> AbstractAsyncContextManager[Desk]:
        """A unit of work."""
        ...

    async def ping(self) -> None:
        """Raises StoreUnavailable."""
        ...

    async def close(self) -> None:
        """Idempotent."""
        ...
