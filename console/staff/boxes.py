"""The boxes of the console: named views of tickets, each a filter and an order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from console.language import N_
from core.model.field import end_of_day
from core.model.idle import idle_by_promise
from core.model.listing import Sort, TicketFilter
from core.model.rights import reaches
from core.model.staff import Reach, Right, Role
from core.model.ticket import Status
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from core.model.scene import WorkPolicy
    from core.model.staff import Staff

RUNNING: Final = frozenset(status for status in Status if status.running)
MOVING: Final = RUNNING - {Status.PENDING}
"""What stands still for a reason is not idle: it has a date of its own."""

SOON: Final = timedelta(hours=24)
"""What is due within a day is due soon."""


@value
class Box:
    """One view.

    Attributes:
        key: in addresses.
        words: its name on screens.
        wanted: which tickets are in it for this person now.
        empty: what stands there while nothing is in it.
        counted: whether its number is shown beside it.
        go: the letter that leads there after ``g``.
        narrower: what the office's promises or its day make of ``wanted``; None: nothing.
        listed: whether it stands among the boxes; else only links lead there.
    """

    key: str
    words: str
    wanted: Callable[[Staff, datetime], TicketFilter]
    sort: Sort
    empty: str
    counted: bool = True
    go: str = ""
    narrower: Callable[[TicketFilter, WorkPolicy, datetime], TicketFilter] | None = None
    listed: bool = True

    def tickets(self, me: Staff, work: WorkPolicy, now: datetime) -> TicketFilter:
        """What is in it for this person in this office now."""
        wanted = self.wanted(me, now)
        return self.narrower(wanted, work, now) if self.narrower else wanted


def overlooked(wanted: TicketFilter, work: WorkPolicy, now: datetime) -> TicketFilter:
    """Those on which nobody has acted for longer than an answer may take (MB-25)."""
    return replace(wanted, idle=idle_by_promise(work.office.sla_now, work.office.calendar, now))


def _due_today(wanted: TicketFilter, work: WorkPolicy, now: datetime) -> TicketFilter:
    """Between the midnights of the office's day, what was due this morning too (LL-23)."""
    ends = end_of_day(now, work.office.zone)
    begins = end_of_day(now - timedelta(days=1), work.office.zone)
    return replace(wanted, due_from=begins, due_before=ends)


UNREAD: Final = "belum-dibaca"
"""The box of what this person has not had before them."""

BOXES: Final = (
    Box(
        "saya",
        N_("Tugas saya"),
        lambda me, _: TicketFilter(statuses=RUNNING, assignee_id=me.id),
        Sort.URGENCY,
        N_("Tidak ada tiket yang ditugaskan kepada Anda."),
        go="s",
    ),
    Box(
        "baru",
        N_("Baru masuk"),
        lambda _me, _: TicketFilter(statuses=frozenset({Status.RECEIVED})),
        Sort.URGENCY,
        N_("Semua tiket baru sudah ditangani."),
        go="b",
    ),
    Box(
        UNREAD,
        N_("Belum dibaca"),
        lambda me, _: TicketFilter(statuses=RUNNING | {Status.RESOLVED}, unread_by=me.id),
        Sort.NEWEST,
        N_("Semua pesan sudah Anda baca."),
        go="c",
    ),
    Box(
        "tanpa-petugas",
        N_("Belum ditugaskan"),
        lambda _me, _: TicketFilter(statuses=RUNNING, assignee_id=0),
        Sort.URGENCY,
        N_("Setiap tiket sudah ada petugasnya."),
        go="t",
    ),
    Box(
        "jawaban",
        N_("Menunggu jawaban"),
        lambda me, _: TicketFilter(
            statuses=RUNNING, waiting=True, assignee_id=me.id if works(me) else None
        ),
        Sort.URGENCY,
        N_("Tidak ada pelapor yang menunggu jawaban."),
        go="j",
    ),
    Box(
        "segera",
        N_("Segera jatuh tempo"),
        lambda _me, now: TicketFilter(statuses=RUNNING, due_before=now + SOON),
        Sort.DUE,
        N_("Tidak ada yang jatuh tempo dalam 24 jam."),
        go="d",
    ),
    Box(
        "lewat",
        N_("Melewati batas"),
        lambda _me, _: TicketFilter(statuses=RUNNING, breached=True),
        Sort.URGENCY,
        N_("Tidak ada janji yang terlewati."),
        go="l",
    ),
    Box(
        "diam",
        N_("Tanpa tindakan"),
        lambda _me, _: TicketFilter(statuses=MOVING),
        Sort.IDLE,
        N_("Setiap tiket sudah ditindaklanjuti pada waktunya."),
        go="m",
        narrower=overlooked,
    ),
    Box(
        "hari-ini",
        N_("Jatuh tempo hari ini"),
        lambda _me, _: TicketFilter(statuses=RUNNING),
        Sort.DUE,
        N_("Tidak ada yang jatuh tempo hari ini."),
        narrower=_due_today,
        listed=False,
    ),
    Box(
        "menunggu",
        N_("Tertunda"),
        lambda _me, _: TicketFilter(statuses=frozenset({Status.PENDING})),
        Sort.DUE,
        N_("Tidak ada pekerjaan yang tertunda."),
        go="p",
    ),
    Box(
        "tak-sampai",
        N_("Tidak sampai"),
        lambda _me, _: TicketFilter(statuses=RUNNING | {Status.RESOLVED}, undelivered=True),
        Sort.NEWEST,
        N_("Semua kiriman ke pelapor sampai."),
        go="k",
    ),
    Box(
        "selesai",
        N_("Selesai, belum ditutup"),
        lambda _me, _: TicketFilter(statuses=frozenset({Status.RESOLVED})),
        Sort.NEWEST,
        N_("Tidak ada yang menunggu tanggapan pelapor."),
        go="e",
    ),
    Box(
        "berjalan",
        N_("Semua yang berjalan"),
        lambda _me, _: TicketFilter(statuses=RUNNING),
        Sort.URGENCY,
        N_("Tidak ada tiket yang berjalan."),
        go="r",
    ),
    Box(
        "semua",
        N_("Semua tiket"),
        lambda _me, _: TicketFilter(),
        Sort.NEWEST,
        N_("Belum ada tiket."),
        counted=False,
        go="a",
    ),
)
"""In the order of the screen."""

TRAY: Final = "belum-terpilah"
TRAY_WORDS: Final = N_("Belum terpilah")
"""The tray of messages that opened no ticket stands beside the boxes."""

BY_KEY: Final[Mapping[str, Box]] = {box.key: box for box in BOXES}


def works(me: Staff) -> bool:
    """Whether this person is one of those whom tickets are given to."""
    return bool({Role.TECHNICIAN, Role.OFFICER} & me.roles)


def sorts_tray(me: Staff) -> bool:
    """Whether this person sees the tray: nobody knows yet whose unit its messages concern."""
    return Reach.ALL in reaches(me, Right.CLASSIFY)


def first_box(me: Staff) -> Box:
    """Where somebody begins: with their own work where they have such a right, else with all."""
    return BY_KEY["saya"] if works(me) else BY_KEY["baru"]


_PAGES: Final = (
    (frozenset({Role.OPERATOR, Role.CUSTOMER_CARE}), ""),
    (frozenset({Role.UNIT_SUPERVISOR}), "/console/unit"),
    (frozenset({Role.TECHNICIAN}), "/console/tugas"),
    (frozenset({Role.LEADERSHIP, Role.AGENCY_HEAD}), "/console/pimpinan"),
)
"""Where roles begin, the busiest first; "": with their box."""


def first_page(me: Staff) -> str:
    """Where somebody who comes in finds what waits for them."""
    found = next((path for roles, path in _PAGES if roles & me.roles), "")
    return found or f"/console/kotak/{first_box(me).key}"
