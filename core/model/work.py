"""A ticket as staff work on it, and what an act makes of it (requirements §1, §2).

An act (core/model/acts.py) looks at a ``Scene`` and gives a ``Change`` or a ``Refusal``; both are
values, nothing here reads a clock or a store.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.staff import TicketFacts
from core.model.stock import StockCheck
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from core.model.clock import Pause, SlaClock
    from core.model.events import Fact
    from core.model.faults import Fault
    from core.model.messages import Address, ChannelId, OutboundFile
    from core.model.staff import Staff
    from core.model.ticket import Priority, Status


@value
class Actor:
    """Who acts.

    Attributes:
        staff: as the store knows the person now; None: the system itself.
    """

    staff: Staff | None = None

    @property
    def staff_id(self) -> int | None:
        """None: the system."""
        return self.staff.id if self.staff else None

    @property
    def mark(self) -> str:
        """As events and rows name it: ``staff:7`` or ``system``."""
        return self.staff.mark if self.staff else "system"


SYSTEM = Actor()
"""Acts by nobody: silent closing, the automatic round. Never refused for want of a right."""


@value
class WayBack:
    """Where answers and notices to a person can go: the place of the last message (BW-23).

    Attributes:
        channel: the door that the message came through, or the last text of ours left by.
        message_id: that message, whose thread is the answer's thread; 0: none came that way.
        muted: the person wants no notices (STOP); answers by people still go.
        unreachable: why nothing can be sent there, "" when it can.
    """

    channel: ChannelId
    address: Address
    address_id: int
    message_id: int
    muted: bool = False
    unreachable: str = ""


@value
class Visit:
    """A visit on the spot that has not ended (BW-38, BW-47, BW-49); instants aware UTC."""

    id: int
    staff_id: int
    planned_at: datetime | None = None
    left_at: datetime | None = None
    arrived_at: datetime | None = None
    finding: str = ""
    departed_at: datetime | None = None


@value
class PlannedVisit:
    """A visit of somebody's day, to see what a new one would clash with (BW-38)."""

    number: str
    planned_at: datetime
    place: str


@value
class WorkTicket:
    """Everything of one ticket that staff see and change.

    Attributes:
        id … event_head: the ticket itself, as in ``NewTicket`` and ``KnownTicket``.
        reason: why it stands where it stands, as told to the citizen.
        kind: complaint, question, suggestion, praise, incident (MB-04).
        unit_name: as the unit was called when the ticket went there (DK-40).
        assignee_name: "" without an assignee.
        created_by: the officer who entered it for the reporter (MB-06).
        form, form_label: how it reached the office where somebody entered it: phone, walk_in,
            letter, paper_box, other; what staff call that (DK-37).
        substep: ``en_route``, ``arrived`` or "".
        approval: ``before`` or ``after`` while an approval is waited for, else "".
        approved: the last approval before work was given.
        escalation: level reached, 0: none. breached: some promise was broken.
        objected: the one objection was raised (LL-13).
        objection_open: it waits for a decision. rejected_by: mark of the actor who rejected.
        merged_into: id of the ticket it was merged into; merged_number its number.
        linked_to: id of an earlier ticket that it goes on from, was split from, or that is of the
            same person and month; linked_number its number.
        about_staff_id: the person complained about, who never sees it (MB-26).
        internal_measure: restricted, never sent out (LL-07).
        answered_at, answered_by: the first answer by a person.
        noticed_at: when the solution was told; silent closing counts from it.
        clocks: one for each promise ever made; pauses: in order of time.
        unit_code, unit_calendar: of the unit it is with now, "" without.
        ways: where texts to the reporter can go, the last message's place first; whether a door
            can send there is the office's policy.
        followers: the same for people of tickets that were merged into this one.
        visit: the one that is planned or under way.
        stock: parts that were looked for, in order of time.
        registered: the reporter's own data are there, or cannot be asked for (LL-08).
    """

    id: int
    number: str
    status: Status
    status_at: datetime
    priority: Priority
    opened_at: datetime
    subject: str
    description: str
    channel: ChannelId
    address_id: int
    version: int
    event_seq: int
    event_head: str
    reason: str = ""
    priority_hint: Priority | None = None
    category: str = "other"
    unit_hint: str = ""
    place: str = ""
    language: str = "id"
    ended_at: datetime | None = None
    contacts: int = 1
    kind: str = "complaint"
    unit_id: int | None = None
    unit_name: str = ""
    region_id: int | None = None
    assignee_id: int | None = None
    assignee_name: str = ""
    created_by: int | None = None
    form: str = ""
    form_label: str = ""
    progress: int = 0
    substep: str = ""
    work_done: bool = False
    approval: str = ""
    approved: bool = False
    solution: str = ""
    cause: str = ""
    obstacles: str = ""
    client_note: str = ""
    visit_at: datetime | None = None
    escalation: int = 0
    breached: bool = False
    asked_escalation: bool = False
    objected: bool = False
    objection_open: bool = False
    rejected_by: str = ""
    merged_into: int | None = None
    merged_number: str = ""
    linked_to: int | None = None
    linked_number: str = ""
    sensitive: bool = False
    about_staff_id: int | None = None
    internal_measure: str = ""
    external_ref: str = ""
    affected: str = ""
    answered_at: datetime | None = None
    answered_by: int | None = None
    noticed_at: datetime | None = None
    clocks: tuple[SlaClock, ...] = ()
    pauses: tuple[Pause, ...] = ()
    unit_code: str = ""
    unit_calendar: str = ""
    ways: tuple[WayBack, ...] = ()
    followers: tuple[WayBack, ...] = ()
    visit: Visit | None = None
    stock: tuple[StockCheck, ...] = ()
    registered: bool = True

    @property
    def pause(self) -> Pause | None:
        """The one that lasts."""
        return next((pause for pause in self.pauses if pause.ended_at is None), None)

    @property
    def way_back(self) -> WayBack | None:
        """Where the reporter wrote last; None: nothing has ever come that could be answered."""
        return next(iter(self.ways), None)

    @property
    def facts(self) -> TicketFacts:
        """What rights look at."""
        return TicketFacts(
            self.unit_id,
            self.region_id,
            self.assignee_id,
            self.created_by,
            self.about_staff_id,
            self.sensitive,
        )

    def clock(self, target: str) -> SlaClock | None:
        """The promise of this name, running or ended."""
        return next((clock for clock in self.clocks if clock.target == target), None)


class RefusalKind(StrEnum):
    """Why an act is not done; ``unentitled``: the role may not, whatever the ticket's state."""

    FORBIDDEN_TRANSITION = "forbidden_transition"
    MISSING = "missing"
    INVALID = "invalid"
    NOT_ALLOWED = "not_allowed"
    UNENTITLED = "unentitled"
    STALE = "stale"
    TOO_LATE = "too_late"
    ALREADY = "already"


@value
class EventBrief:
    """One change that a stale writer has not seen."""

    seq: int
    kind: str
    at: datetime
    actor: str


@value
class Refusal:
    """An act that is not done, and what would help: an expected outcome, not an error.

    Attributes:
        sentence: Indonesian, says what to do.
        field: the field of the act it is about, "" for none.
        allowed: for a forbidden transition, where the ticket may go.
        version, expected: for a stale writer, the ticket's and the writer's.
        changes: what happened in between, oldest first.
        faults: of a document, each with its place.
    """

    kind: RefusalKind
    sentence: str
    field: str = ""
    allowed: tuple[Status, ...] = ()
    version: int = 0
    expected: int = 0
    changes: tuple[EventBrief, ...] = ()
    faults: tuple[Fault, ...] = ()


# --- what a change lays down besides the ticket -----------------------------------------------


@value
class Disposed:
    """A disposition to a unit, with instruction and deadline (MB-16)."""

    unit_id: int
    instruction: str
    staff_id: int | None = None
    due_at: datetime | None = None


@value
class Assigned:
    """An assignment to a person; the one before it ends. ``staff_id`` None: taken back."""

    staff_id: int | None
    reason: str = ""
    equipment: str = ""


@value
class ApprovalStep:
    """An approval asked for (``approved`` None) or decided (DK-11, DK-34).

    ``phase``: before (work), after (work), objection (the decision about one).
    """

    phase: str
    approved: bool | None = None
    reason: str = ""


@value
class Noted:
    """A text that never leaves the house; its kind is a key of ``console.staff.shown.NOTES``."""

    kind: str
    text: str
    files: tuple[OutboundFile, ...] = ()


@value
class Raised:
    """An escalation to a role; level 1 unit supervisor, 2 leadership, 3 head of agency."""

    level: int
    to_role: str
    reason: str


@value
class Joined:
    """Takes part in the ticket from now on."""

    address_id: int
    role: str


Laid = Disposed | Assigned | ApprovalStep | Noted | Raised | Joined | Visit | StockCheck
"""Rows beside the ticket. A visit or check of id 0 is new; another id changes that row."""


@value
class Notice:
    """A text to the citizen that is due: key (requirements §5), values, files for the reporter."""

    purpose: str
    values: Mapping[str, str | datetime]
    files: tuple[OutboundFile, ...] = ()


@value
class Letter:
    """A person's words to the citizen, in the thread of the last one, kept back for ``hold``."""

    text: str
    hold: timedelta = timedelta()
    files: tuple[OutboundFile, ...] = ()


@value
class Change:
    """What an act makes of a ticket.

    Attributes:
        after: the ticket as it stands then; version and chain are the service's business. The
            store writes what differs, clocks and pauses included.
        facts: for its chain, in order.
        notices: to the reporter.
        letter: a person's answer.
        laid: rows beside it.
        other: a second ticket that changes with it (merge), with its facts and rows.
    """

    after: WorkTicket
    facts: tuple[Fact, ...] = ()
    notices: tuple[Notice, ...] = ()
    letter: Letter | None = None
    laid: tuple[Laid, ...] = ()
    other: Change | None = None


@value
class StoredMessage:
    """A message in the store, for opening a ticket from it.

    Attributes:
        ticket_id: where it lies; None: in the tray of unsorted messages, or nowhere.
        text, subject: as they came.
        received_at: when it reached us, aware UTC: what promises are counted from (rule 10).
    """

    id: int
    channel: ChannelId
    address: Address
    address_id: int
    text: str
    received_at: datetime
    subject: str | None = None
    outcome: str = ""
    ticket_id: int | None = None
    language: str = "id"
    attachments: int = 0
    muted: bool = False
    unreachable: str = ""
