"""What of tickets goes out and comes in; identity numbers in texts masked (requirements §4)."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints

from core.model.clock import PauseReason  # noqa: TC001 - pydantic reads it
from core.model.listing import MOST_LINES, Sort
from core.model.masking import mask_address, mask_identity
from core.model.ticket import ALLOWED, Priority, Status
from gateway.api.said_models import SuggestedTime, suggested_times
from gateway.api.table import Asked, Shown

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from core.model.clock import Pause, SlaClock
    from core.model.listing import ListedTicket
    from core.model.stock import StockCheck
    from core.model.work import Visit, WayBack, WorkTicket

Name = Annotated[str, StringConstraints(max_length=64)]
Id = Annotated[int, Field(ge=0, le=2**53)]
After = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Limit = Annotated[int, Field(ge=1, le=MOST_LINES)]


# --- lists ---------------------------------------------------------------------------------------


class TicketsAsked(Asked):
    """Which tickets, in which order; ``status`` and ``priority`` may be repeated.

    ``unit``: with it; ``within``: with it or with units below it; ``level``: with units of it.
    """

    status: tuple[Status, ...] = ()
    priority: tuple[Priority, ...] = ()
    unit: Id | None = None
    within: Id | None = None
    level: Name = ""
    assignee: Id | None = None
    mine: bool = False
    channel: Name = ""
    category: Name = ""
    breached: bool | None = None
    untold: bool | None = None
    due_before: AwareDatetime | None = None
    waiting: bool = False
    pause: PauseReason | None = None
    undelivered: bool = False
    number: Name = ""
    sort: Sort = Sort.NEWEST
    limit: Limit = 50
    after: After | None = None


class TicketLine(Shown):
    """One line of a list (DK-29); ``untold``: solved, and no notice of it leaves (LL-15)."""

    number: str
    status: Status
    status_at: datetime
    priority: Priority
    priority_hint: Priority | None
    subject: str
    category: str
    channel: str
    reporter: str
    opened_at: datetime
    ended_at: datetime | None
    contacts: int
    version: int
    unit_id: int | None
    unit_name: str
    assignee_id: int | None
    assignee_name: str
    progress: int
    escalation: int
    breached: bool
    asked_escalation: bool
    sensitive: bool
    untold: bool
    first_answer_due: datetime | None
    solution_due: datetime | None


_LINE = frozenset(TicketLine.model_fields) - {"subject", "first_answer_due", "solution_due"}


def line_of(line: ListedTicket) -> TicketLine:
    """As it goes out."""
    return TicketLine(
        subject=mask_identity(line.subject),
        first_answer_due=line.first_answer,
        solution_due=line.solution,
        **{name: getattr(line, name) for name in _LINE},
    )


class TicketPage(Shown):
    """A page; ``next`` is where the next one begins, null at the end."""

    items: list[TicketLine]
    next: str | None


class TicketCount(Shown):
    """How many; ``more`` when counting stopped at its limit."""

    count: int
    more: bool


# --- one ticket ----------------------------------------------------------------------------------


class ClockShown(Shown):
    """A promise."""

    target: str
    started_at: datetime
    due_at: datetime
    warn_at: datetime | None
    provisional: bool
    open: bool
    step: int
    warned_at: datetime | None
    breached_at: datetime | None
    met_at: datetime | None


def clock_of(clock: SlaClock) -> ClockShown:
    """As it goes out."""
    return ClockShown(**{name: getattr(clock, name) for name in ClockShown.model_fields})


class PauseShown(Shown):
    """A time of standing still."""

    reason: str
    stops: bool
    started_at: datetime
    expected_at: datetime
    ended_at: datetime | None
    for_whom: str
    note: str


def pause_of(pause: Pause) -> PauseShown:
    """As it goes out."""
    return PauseShown(**{name: getattr(pause, name) for name in PauseShown.model_fields})


class WayShown(Shown):
    """A place where texts to the reporter can go; the address is masked."""

    channel: str
    address: str
    muted: bool
    unreachable: str


def _way_of(way: WayBack) -> WayShown:
    return WayShown(
        channel=way.channel,
        address=mask_address(way.address),
        muted=way.muted,
        unreachable=way.unreachable,
    )


class VisitShown(Shown):
    """A visit that is planned or under way."""

    id: int
    staff_id: int
    planned_at: datetime | None
    left_at: datetime | None
    arrived_at: datetime | None
    finding: str


def _visit_of(visit: Visit) -> VisitShown:
    return VisitShown(**{name: getattr(visit, name) for name in VisitShown.model_fields})


class StockShown(Shown):
    """A part that was looked for; ``used`` pieces were taken for this ticket."""

    item: str
    in_stock: bool
    checked_at: datetime
    checked_by: str
    used: int
    used_at: datetime | None
    used_by: str


def _stock_of(check: StockCheck) -> StockShown:
    plain = {name: getattr(check, name) for name in StockShown.model_fields}
    return StockShown(**plain | {"item": mask_identity(check.item)})


class TicketShown(Shown):
    """Everything that staff see of one ticket; ``version`` is its ETag.

    ``internal_measure`` is null for whom it is restricted (LL-07).
    """

    number: str
    version: int
    event_seq: int
    status: Status
    status_at: datetime
    next_statuses: list[Status]
    reason: str
    priority: Priority
    priority_hint: Priority | None
    kind: str
    category: str
    subject: str
    description: str
    channel: str
    unit_hint: str
    place: str
    language: str
    opened_at: datetime
    ended_at: datetime | None
    contacts: int
    unit_id: int | None
    unit_name: str
    region_id: int | None
    assignee_id: int | None
    assignee_name: str
    created_by: int | None
    form: str
    form_label: str
    progress: int
    substep: str
    work_done: bool
    approval: str
    approved: bool
    solution: str
    cause: str
    obstacles: str
    client_note: str
    visit_at: datetime | None
    escalation: int
    breached: bool
    asked_escalation: bool
    objected: bool
    objection_open: bool
    merged_number: str
    linked_number: str
    sensitive: bool
    about_staff_id: int | None
    internal_measure: str | None
    external_ref: str
    affected: str
    answered_at: datetime | None
    answered_by: int | None
    noticed_at: datetime | None
    clocks: list[ClockShown]
    pauses: list[PauseShown]
    visit: VisitShown | None
    stock: list[StockShown]
    ways: list[WayShown]
    suggested_times: list[SuggestedTime]


_MASKED = (
    *("reason", "subject", "description", "unit_hint", "place", "solution", "cause"),
    *("obstacles", "client_note", "external_ref", "affected"),
)
_MADE = {
    *("next_statuses", "internal_measure", "clocks", "pauses", "visit", "stock", "ways"),
    "suggested_times",
}
_PLAIN = frozenset(TicketShown.model_fields) - _MADE - set(_MASKED)


def ticket_of(ticket: WorkTicket, zone: ZoneInfo, *, measure: bool) -> TicketShown:
    """As it goes out, to the office in this zone; ``measure``: with the restricted outcome."""
    plain: dict[str, Any] = {name: getattr(ticket, name) for name in _PLAIN}
    masked: dict[str, Any] = {name: mask_identity(getattr(ticket, name)) for name in _MASKED}
    return TicketShown(
        **plain,
        **masked,
        next_statuses=[status for status in Status if status in ALLOWED[ticket.status]],
        internal_measure=ticket.internal_measure if measure else None,
        clocks=[clock_of(clock) for clock in ticket.clocks],
        pauses=[pause_of(pause) for pause in ticket.pauses],
        visit=_visit_of(ticket.visit) if ticket.visit else None,
        stock=[_stock_of(check) for check in ticket.stock],
        ways=[_way_of(way) for way in ticket.ways],
        suggested_times=suggested_times(ticket, zone),
    )
