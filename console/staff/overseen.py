"""What supervisors and leadership look at: trouble with its next step, people, counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.language import N_
from console.staff.deeds import LEVELS
from console.staff.shown import Line, line_of
from console.wording import clock_time, moment
from core.model.masking import mask_identity
from core.model.ticket import Priority, Status
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from core.model.listing import ListedTicket
    from core.model.oversight import ToldView, UnitFigures, WaitingApproval
    from core.model.suggestion import Candidate

    Say = Callable[[str], str]

_LEVELS: Final = {int(level): words for level, words in LEVELS}

SENSITIVE: Final = N_("Tiket peka")
"""In place of what somebody counts but may not read."""

_STEPS: Final[Mapping[Status, str]] = {
    Status.ASSIGNED: N_("Petugas belum mulai: ingatkan, atau ganti petugas."),
    Status.IN_PROGRESS: N_("Sedang dikerjakan: tanyakan kapan selesai."),
    Status.PENDING: N_("Menunggu: periksa apakah sebabnya masih ada."),
}


def next_step(ticket: ListedTicket) -> str:
    """What would help most now; words of the code."""
    if ticket.first_answer is not None and ticket.assignee_id is None:
        return N_("Belum dijawab dan belum ada petugas: tugaskan.")
    if ticket.first_answer is not None:
        return N_("Pelapor belum dijawab petugas: jawab dahulu.")
    if ticket.unit_id is None and ticket.assignee_id is None:
        return N_("Belum ada unit maupun petugas: tentukan.")
    if ticket.assignee_id is None and ticket.status is not Status.PENDING:
        return N_("Belum ada petugas: tugaskan.")
    return _STEPS.get(ticket.status, N_("Telaah, lalu tugaskan."))


@value
class Trouble:
    """A running ticket with a broken promise, or one that went up.

    Attributes:
        version: for the forms beside it.
        readable: whether who looks may open it; without it no words of it are shown.
        level: to whom it went, in words; "" when it did not go up.
        step: what would help now.
    """

    line: Line
    version: int
    readable: bool
    held: bool
    level: str
    step: str


def trouble_of(
    ticket: ListedTicket, now: datetime, zone: ZoneInfo, say: Say, *, readable: bool = True
) -> Trouble:
    """A line; nothing of what was written where it must not be read."""
    return Trouble(
        line=line_of(ticket, now, zone, say),
        version=ticket.version,
        readable=readable,
        held=ticket.assignee_id is not None,
        level=say(_LEVELS[min(ticket.escalation, 3)]) if ticket.escalation else "",
        step=say(next_step(ticket)),
    )


# --- approvals -----------------------------------------------------------------------------------


@value
class Asked:
    """An approval that is waited for."""

    number: str
    version: int
    subject: str
    priority: str
    priority_words: str
    after: bool
    place: str
    unit: str
    assignee: str
    at: str
    by: str
    solution: str
    obstacles: str


def asked_of(one: WaitingApproval, names: Mapping[str, str], zone: ZoneInfo, say: Say) -> Asked:
    """Texts masked."""
    return Asked(
        number=one.number,
        version=one.version,
        subject=mask_identity(one.subject),
        priority=one.priority.value,
        priority_words=say(one.priority.word),
        after=one.phase == "after",
        place=mask_identity(one.place),
        unit=one.unit_name,
        assignee=one.assignee_name,
        at=moment(one.asked_at, zone, say) if one.asked_at else "",
        by=names.get(one.asked_by, ""),
        solution=mask_identity(one.solution),
        obstacles=mask_identity(one.obstacles),
    )


# --- people --------------------------------------------------------------------------------------


@value
class Member:
    """Somebody of the team with what they hold; ``until`` "" while they are not in."""

    id: int
    name: str
    load: int
    capacity: int
    full: bool
    until: str
    choice: str


def team_of(
    candidates: Iterable[Candidate], now: datetime, zone: ZoneInfo, say: Say
) -> list[Member]:
    """Who is in and has room first, then by load."""
    ranked = sorted(
        candidates, key=lambda one: (not one.present(now), one.full, one.load, one.name)
    )
    return [_member(one, now, zone, say) for one in ranked]


def _member(one: Candidate, now: datetime, zone: ZoneInfo, say: Say) -> Member:
    present = one.present_until if one.present(now) else None
    there = say(N_("hadir")) if present else say(N_("tidak hadir"))
    return Member(
        id=one.id,
        name=one.name,
        load=one.load,
        capacity=one.capacity,
        full=one.full,
        until=clock_time(present, zone) if present else "",
        choice=f"{one.name} ({one.load}/{one.capacity}, {there})",
    )


# --- counts --------------------------------------------------------------------------------------


@value
class UnitRow:
    """One unit's running tickets; ``by_priority`` in the order of :data:`SHOWN_PRIORITIES`."""

    unit_id: int | None
    name: str
    by_priority: tuple[int, ...]
    running: int
    breached: int
    escalated: int
    waiting: int
    unassigned: int


SHOWN_PRIORITIES: Final = tuple(reversed(Priority))
"""The most urgent first."""


def rows_of(figures: Sequence[UnitFigures], say: Say) -> tuple[list[UnitRow], UnitRow]:
    """A row for each unit, those with most broken promises first, and one for all."""
    units = {one.unit_id: one.unit_name for one in figures}
    rows = [
        _row(
            unit_id, name or say(N_("Belum di unit")), [o for o in figures if o.unit_id == unit_id]
        )
        for unit_id, name in units.items()
    ]
    rows.sort(key=lambda row: (-row.breached, -row.running, row.name))
    return rows, _row(None, say(N_("Semua")), figures)


def _row(unit_id: int | None, name: str, figures: Iterable[UnitFigures]) -> UnitRow:
    held = list(figures)
    counts = {p: sum(one.running for one in held if one.priority is p) for p in Priority}
    return UnitRow(
        unit_id=unit_id,
        name=name,
        by_priority=tuple(counts[one] for one in SHOWN_PRIORITIES),
        running=sum(counts.values()),
        breached=sum(one.breached for one in held),
        escalated=sum(one.escalated for one in held),
        waiting=sum(one.waiting for one in held),
        unassigned=sum(one.unassigned for one in held),
    )


# --- instructions --------------------------------------------------------------------------------


@value
class Told:
    """An instruction or a question, and what became of the ticket since."""

    number: str
    subject: str
    text: str
    who: str
    at: str
    unit: str
    status: str
    status_words: str
    moved: bool


def told_of(one: ToldView, names: Mapping[str, str], zone: ZoneInfo, say: Say) -> Told:
    """Texts masked."""
    return Told(
        number=one.number,
        subject=mask_identity(one.subject),
        text=mask_identity(one.text),
        who=names.get(one.by, one.by),
        at=moment(one.at, zone, say),
        unit=one.unit_name,
        status=one.status.value,
        status_words=say(one.status.word),
        moved=one.status_at > one.at,
    )
