"""The store as a whole: the unit of work over all shelves, and what is read outside of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.events import Event
    from core.model.messages import Address
    from core.model.proof import Claim, Reporter, TicketCode
    from core.model.views import PageKey, Spoken, ThreadEntry, TicketRow
    from core.ports.audit import (
        AnchorShelf,
        Audits,
        EventStream,
        SubscriptionReads,
        SubscriptionShelf,
        Wakeups,
    )
    from core.ports.catalogue import ServiceReads, ServiceShelf
    from core.ports.composing import DraftReads, DraftShelf
    from core.ports.erasing import ErasureShelf
    from core.ports.files import AttachmentShelf, ChannelLogShelf, FileReads, ParkedShelf
    from core.ports.intake import IntakeShelf, OutboxShelf
    from core.ports.letters import LetterShelf
    from core.ports.lists import AnswerShelf, FilterShelf, ReadingShelf, TicketLists
    from core.ports.oversight import OversightReads
    from core.ports.people import PersonReads, PersonShelf
    from core.ports.policies import PolicyReads, PolicyShelf
    from core.ports.searching import TicketSearch, WordShelf
    from core.ports.settings import SettingReads, SettingShelf
    from core.ports.shelves import BookmarkShelf, ClaimShelf, QuarantineShelf
    from core.ports.sign_on import SignOnShelf
    from core.ports.staff import (
        AdminHistoryShelf,
        EntryShelf,
        RestrictedShelf,
        StaffReads,
        StaffShelf,
    )
    from core.ports.surveys import SurveyItemShelf, SurveyReads, SurveyShelf
    from core.ports.texts import CannedReads, CannedShelf, TextReads, TextShelf
    from core.ports.undelivered import UndeliveredShelf
    from core.ports.units import (
        CalendarReads,
        CalendarShelf,
        PartnerReads,
        PartnerShelf,
        UnitReads,
        UnitShelf,
    )
    from core.ports.watch import JobShelf, RetentionShelf, WatchShelf
    from core.ports.work import WorkReads, WorkShelf


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
    sign_on: SignOnShelf
    admin_history: AdminHistoryShelf
    anchors: AnchorShelf
    subscriptions: SubscriptionShelf
    answers: AnswerShelf
    filters: FilterShelf
    readings: ReadingShelf
    restricted: RestrictedShelf
    work: WorkShelf
    surveys: SurveyShelf
    texts: TextShelf
    canned: CannedShelf
    watch: WatchShelf
    jobs: JobShelf
    retention: RetentionShelf
    units: UnitShelf
    partners: PartnerShelf
    calendars: CalendarShelf
    policies: PolicyShelf
    drafts: DraftShelf
    letters: LetterShelf
    undelivered: UndeliveredShelf
    words: WordShelf
    erasure: ErasureShelf
    people: PersonShelf
    survey_items: SurveyItemShelf
    catalogue: ServiceShelf
    settings: SettingShelf

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

    async def reporter(self, number: str) -> Reporter | None:
        """Where a ticket came from; None when there is no such ticket."""
        ...

    async def conversation(self, number: str) -> Sequence[Spoken]:
        """What reporter and office said to each other, by whatever channel, oldest first.

        Without what others wrote about the ticket, and what others were told of it.
        """
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
    def canned(self) -> CannedReads:
        """Canned replies."""
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
    def catalogue(self) -> ServiceReads:
        """What services there are."""
        ...

    @property
    def settings(self) -> SettingReads:
        """Versions of texts, canned replies and services."""
        ...

    @property
    def people(self) -> PersonReads:
        """Who registered."""
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
    def policies(self) -> PolicyReads:
        """Versions of the policy of promises."""
        ...

    @property
    def drafts(self) -> DraftReads:
        """Unsent texts of staff."""
        ...

    @property
    def lists(self) -> TicketLists:
        """Tickets within somebody's reach."""
        ...

    @property
    def oversight(self) -> OversightReads:
        """A technician's day, a supervisor's desk, leadership's page."""
        ...

    @property
    def search(self) -> TicketSearch:
        """Tickets by what is known of them."""
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
