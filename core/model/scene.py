"""What one act looks at, and the small steps that all acts are made of (requirements §2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from core.model import clocks as sla
from core.model.clock import PauseReason
from core.model.dates import told_time
from core.model.events import Fact
from core.model.sentences import listed, lowered, said, term
from core.model.sla import Matter
from core.model.terms import Terms
from core.model.ticket import ALLOWED, Status
from core.model.value import value
from core.model.work import Change, Refusal, RefusalKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from core.model.calendar import Calendar
    from core.model.clock import SlaClock
    from core.model.events import Json
    from core.model.messages import AddressKind, ChannelId, OutboundFile
    from core.model.policy import IntakePolicy
    from core.model.work import Actor, Laid, Notice, WorkTicket

T = TypeVar("T")

STOPPING = frozenset(PauseReason) - {PauseReason.WAITING_PARTNER, PauseReason.UNIT_HOLIDAY}
"""Reasons that stop the solution clock unless the office says otherwise (requirements §2)."""


@value
class RejectReason:
    """A reason of the office's list (LL-12), as told to citizens: the words, and the rule."""

    words: str
    rule: str


REJECT_REASONS: Mapping[str, RejectReason] = MappingProxyType(
    {
        "outside_authority": RejectReason(
            said("di luar kewenangan instansi kami"), "pembagian urusan pemerintahan"
        ),
        "incomplete": RejectReason(
            said("keterangan belum cukup untuk ditindaklanjuti"), "syarat pengaduan"
        ),
        "in_court": RejectReason("sedang diperiksa pengadilan", "syarat pengaduan"),
        "already_decided": RejectReason(
            said("sudah diputus dan tidak ada keterangan baru"), "syarat pengaduan"
        ),
        "not_public_service": RejectReason(
            said("bukan tentang pelayanan publik"), "UU 25 Tahun 2009"
        ),
        "abusive": RejectReason(said("memuat ancaman atau penghinaan"), "tata tertib layanan"),
    }
)
"""Unless the office has its own list."""


@dataclass(frozen=True, slots=True)
class WorkPolicy:
    """Everything an act depends on besides the ticket and its people.

    Attributes:
        office: texts, channels, zone, promises, the reopening window.
        approval_before_work: a supervisor's yes before work begins; never for emergencies.
        approval_after_work: a supervisor's yes before a solved ticket is closed by an officer.
        close_after: how long after the solution was told a silent ticket closes.
        undo: how long an answer that asks for it waits before it leaves (core/model/letters.py).
        sms_rupiah: what one SMS part costs the office; 0: unknown.
        stopping: pause reasons that stop the solution clock.
        reject_reasons: by code.
        calendar_of: a unit's calendar by its name; None: all units keep the office's.
        staff_channels: the doors by which staff are told, the preferred one first, with the kind
            of address each takes; empty: they see it on their pages only.
    """

    office: IntakePolicy
    approval_before_work: bool = False
    approval_after_work: bool = False
    close_after: timedelta = timedelta(days=7)
    undo: timedelta = timedelta(seconds=10)
    sms_rupiah: int = 0
    stopping: frozenset[str] = STOPPING
    reject_reasons: Mapping[str, RejectReason] = field(default_factory=lambda: REJECT_REASONS)
    calendar_of: Callable[[str], Calendar] | None = None
    staff_channels: tuple[tuple[ChannelId, AddressKind], ...] = ()

    def calendar(self, name: str) -> Calendar:
        """The calendar of this name; the office's for ""."""
        if self.calendar_of is None:
            return self.office.calendar
        return self.calendar_of(name)


@value
class UnitBrief:
    """A unit that an act names."""

    id: int
    code: str
    name: str
    region_id: int | None = None
    calendar: str = ""
    partner: bool = False
    retired: bool = False


@value
class Colleague:
    """Somebody whom an act names.

    Attributes:
        load: tickets that run and are assigned to this person now.
        regions: ids of regions worked in; empty: everywhere.
    """

    id: int
    name: str
    unit_id: int | None = None
    regions: frozenset[int] = frozenset()
    capacity: int = 10
    load: int = 0
    disabled: bool = False


NOBODY: Mapping[int, Colleague] = MappingProxyType({})
NOWHERE: Mapping[int, UnitBrief] = MappingProxyType({})


@value
class Scene:
    """Everything one act looks at.

    Attributes:
        now: aware UTC.
        people, units: those that the act names, by id; one that is not here does not exist.
        regions: ids of the regions that exist among those that the act names.
        other: the second ticket, for merging; None: there is none of that number in reach.
        files: those that the act names, in its order; one that is not here does not exist.
    """

    ticket: WorkTicket
    actor: Actor
    policy: WorkPolicy
    now: datetime
    people: Mapping[int, Colleague] = field(default_factory=lambda: NOBODY)
    units: Mapping[int, UnitBrief] = field(default_factory=lambda: NOWHERE)
    other: WorkTicket | None = None
    regions: frozenset[int] = frozenset()
    files: tuple[OutboundFile, ...] = ()

    @property
    def window(self) -> datetime:
        """The end of the window that begins now: for reopening, objecting, confirming."""
        return self.now + self.policy.office.reopening

    def in_window(self) -> bool:
        """Whether the ticket ended lately enough to be taken up again."""
        return self.ticket.status_at > self.now - self.policy.office.reopening


# --- refusing ---------------------------------------------------------------------------------


def wanting(name: str, sentence: str) -> Refusal:
    """A mandatory field is empty."""
    return Refusal(RefusalKind.MISSING, sentence, name)


def invalid(name: str, sentence: str) -> Refusal:
    """A field holds what cannot be."""
    return Refusal(RefusalKind.INVALID, sentence, name)


def not_allowed(sentence: str, name: str = "") -> Refusal:
    """The status fits, but a rule stands against it."""
    return Refusal(RefusalKind.NOT_ALLOWED, sentence, name)


def already(sentence: str) -> Refusal:
    """There is nothing to change."""
    return Refusal(RefusalKind.ALREADY, sentence)


def too_late(sentence: str) -> Refusal:
    """The window is over."""
    return Refusal(RefusalKind.TOO_LATE, sentence)


def forbidden(ticket: WorkTicket, wanted: Status) -> Refusal:
    """The status does not lead there; names where it does (requirements §2)."""
    allowed = tuple(status for status in Status if status in ALLOWED[ticket.status])
    words = listed(term(status.word) for status in allowed) or term("tidak ada")
    sentence = said(
        "Tiket berstatus {status} tidak dapat menjadi {wanted}. Yang dapat dipilih: {allowed}.",
        status=term(ticket.status.word),
        wanted=term(wanted.word),
        allowed=words,
    )
    return Refusal(RefusalKind.FORBIDDEN_TRANSITION, sentence, allowed=allowed)


def off_course(ticket: WorkTicket, wanted: Status) -> Refusal:
    """The status leads there, but by another act, which the sentence names."""
    if not leads_to(ticket, wanted):
        return forbidden(ticket, wanted)
    other = {
        Status.PENDING: said("Tiket sedang menunggu. Lanjutkan dahulu pekerjaannya."),
        Status.REJECTED: said("Tiket sudah ditolak. Yang ditelaah lagi hanya lewat keberatan."),
    }
    return not_allowed(other.get(ticket.status, over(ticket).sentence))


def over(ticket: WorkTicket) -> Refusal:
    """The ticket has ended, and this is for tickets that run."""
    return not_allowed(
        said("Tiket sudah {status}. Buka kembali bila perlu.", status=lowered(ticket.status.word))
    )


def gone_by(scene: Scene, name: str, what: str, at: datetime | None) -> Refusal | None:
    """A time that must lie ahead does not: what is planned, promised or told would be untrue.

    Args:
        scene: its ``now`` counts.
        name: the field that holds ``at``.
        what: the time in a word, Indonesian: ``Waktu kunjungan``.
        at: aware; None is no time and nothing wrong.
    """
    if at is None or at > scene.now:
        return None
    now = told_time(scene.now, scene.policy.office.zone)
    passed = said("{what} sudah lewat. Pilih waktu sesudah {now}.", what=term(what), now=now)
    return invalid(name, passed)


def first_of(*checks: tuple[bool, Refusal]) -> Refusal | None:
    """The refusal of the first check that is true; None when none is."""
    return next((refusal for wrong, refusal in checks if wrong), None)


FILES_GONE = not_allowed(
    said("Ada berkas yang sudah tidak tersimpan. Muat ulang halaman, lalu pilih berkasnya lagi."),
    "files",
)
"""A file that the act names is not there any more, or belongs to something else."""


# --- stating ----------------------------------------------------------------------------------


def digest(text: str) -> str:
    """Binds a text to the history without repeating it there."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def fact(scene: Scene, kind: str, /, **data: Json) -> Fact:
    """What the actor did now; empty values are left out."""
    told = {name: held for name, held in data.items() if held not in (None, "", [])}
    return Fact(kind, scene.now, scene.actor.mark, told)


def terms_of(policy: WorkPolicy, ticket: WorkTicket) -> Terms:
    """What the clocks of this ticket run by."""
    calendar = policy.calendar(ticket.unit_calendar)
    matter = Matter(ticket.category, ticket.unit_code, str(ticket.channel))
    return Terms.of(policy.office.sla_now, calendar, ticket.priority, matter)


def with_clocks(ticket: WorkTicket, changed: Iterable[SlaClock]) -> WorkTicket:
    """The ticket with these clocks in place of those of the same name."""
    by_name = {clock.target: clock for clock in ticket.clocks}
    by_name.update({clock.target: clock for clock in changed})
    return replace(ticket, clocks=tuple(by_name.values()))


def going_on(scene: Scene, ticket: WorkTicket) -> WorkTicket:
    """The ticket with its pause, if one lasts, ended now."""
    if ticket.pause is None:
        return ticket
    pauses = tuple(
        replace(pause, ended_at=scene.now) if pause.ended_at is None else pause
        for pause in ticket.pauses
    )
    moved = replace(ticket, pauses=pauses)
    terms = terms_of(scene.policy, moved)
    return with_clocks(moved, sla.resume(terms, moved.clocks, pauses, scene.now))


def moved(scene: Scene, ticket: WorkTicket, status: Status, reason: str) -> WorkTicket:
    """The ticket in its new status: pauses end, and at the end of a ticket its clocks.

    The caller has asked ``leads_to`` before.
    """
    ticket = going_on(scene, ticket) if ticket.status is Status.PENDING else ticket
    ticket = with_clocks(ticket, sla.settled(ticket.clocks, status, scene.now))
    return replace(
        ticket,
        status=status,
        status_at=scene.now,
        reason=reason,
        ended_at=None if status.running else scene.now,
        substep="",
    )


def leads_to(ticket: WorkTicket, status: Status) -> bool:
    """Whether the status model allows it."""
    return status in ALLOWED[ticket.status]


def renewed(scene: Scene, ticket: WorkTicket) -> WorkTicket:
    """The ticket with promises that begin now; what was broken stays in the history."""
    return with_clocks(ticket, sla.opened(terms_of(scene.policy, ticket), scene.now))


def due_times(ticket: WorkTicket) -> dict[str, Json]:
    """The due times of all promises that run, for the history."""
    return {clock.target: clock.due_at.isoformat() for clock in ticket.clocks if clock.open}


def change(
    after: WorkTicket,
    *facts: Fact,
    notices: Iterable[Notice] = (),
    laid: Iterable[Laid] = (),
) -> Change:
    """A change of one ticket."""
    return Change(after, facts, tuple(notices), laid=tuple(laid))
