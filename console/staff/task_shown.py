"""One task as a technician sees it: which steps are offered, and what the page tells."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from console.language import N_
from console.staff.deeds import BY_NAME, PAUSES, YES_NO, Deed, Field
from console.staff.shown import PROMISES, Due, conversation, reporter_of, state_of, stock_words
from console.staff.writing import listed
from console.wording import due_moment, moment
from core.model.act_rules import NAMES, RULES, entitled
from core.model.clock import SOLUTION, PauseReason
from core.model.dates import sms_day, sms_due, zone_name
from core.model.drafts import DraftKind
from core.model.masking import mask_identity
from core.model.ticket import Status
from core.model.value import value
from core.model.work import Actor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from console.staff.visit import Visit
    from core.model.field import FieldTask
    from core.model.handling import Handling
    from core.model.listing import Dossier, NoteView
    from core.model.staff import Staff
    from core.model.work import WorkTicket

LAST: Final = 8
"""Entries of the conversation that a task shows; the rest stands on the ticket's page."""

NOTE: Final = Deed(
    "note",
    N_("Catatan internal"),
    lambda _: True,
    (Field("text", N_("Catatan, tidak dikirim ke pelapor"), "text", needed=True),),
)
_EN_ROUTE, _ARRIVE, _FIND, _DEPART, _START, _PEND, _RESUME, _RESOLVE, _PLAN, _ASK = (
    BY_NAME[name]
    for name in (
        *("en-route", "arrive", "note-finding", "depart", "start"),
        *("pend", "resume", "resolve", "plan-visit", "ask-supervisor"),
    )
)
_PROGRESS, _CHECK, _USE = (BY_NAME[n] for n in ("set-progress", "check-stock", "use-stock"))

HEARD: Final = frozenset(
    deed.name
    for deed in (
        *(_EN_ROUTE, _ARRIVE, _FIND, _DEPART, _START, _PEND, _RESUME, _RESOLVE, _PLAN, _ASK),
        *(_PROGRESS, _CHECK, _USE, NOTE),
    )
)
"""What a task's page takes; the rest stands on the ticket's page."""

UNTOUCHED_BY_NEWS: Final = frozenset({"en-route", "arrive", "note-finding", "depart", "note"})
"""Facts on the spot: what others wrote meanwhile changes nothing about them."""

FILED: Final = frozenset({"note-finding", "pend", "resolve", "note"})
"""Steps that take photos and files."""

SHOWABLE: Final = frozenset({"pend", "resolve"})
"""Steps of which the reporter is told; the files of others stay in the house."""

_ASIDE: Final = (_USE, _CHECK, _ASK, NOTE)
_ORDER: Final[Mapping[tuple[Status, str], tuple[Deed, ...]]] = {
    (Status.ASSIGNED, ""): (_EN_ROUTE, _START, _PEND, _PLAN, *_ASIDE),
    (Status.IN_PROGRESS, ""): (_RESOLVE, _EN_ROUTE, _PEND, _PROGRESS, _PLAN, *_ASIDE),
    (Status.IN_PROGRESS, "en_route"): (_ARRIVE, _PEND, _RESOLVE, *_ASIDE),
    (Status.IN_PROGRESS, "arrived"): (_FIND, _RESOLVE, _PEND, _DEPART, _PROGRESS, *_ASIDE),
    (Status.PENDING, ""): (_RESUME, _RESOLVE, _PLAN, *_ASIDE),
}
"""What comes first is what most likely comes next."""

_LATER: Final[Mapping[str, tuple[Deed, ...]]] = {
    "": (_ARRIVE, _FIND, _RESOLVE, _PEND),
    "en_route": (_FIND, _RESOLVE, _PEND),
    "arrived": (_RESOLVE, _PEND),
}
"""Steps that may follow while nothing can be sent: the page has them ready."""

_WAITING: Final = "before"


def offers(ticket: WorkTicket, staff: Staff) -> tuple[list[Deed], list[Deed]]:
    """What can be done with the task now, the likeliest first, and what may come after that."""
    offered = _ORDER.get((ticket.status, ticket.substep), (NOTE,))
    if ticket.approval == _WAITING:
        offered = (_ASK, NOTE)
    if ticket.substep == "arrived" and ticket.visit and ticket.visit.finding:
        offered = (_RESOLVE, *(deed for deed in offered if deed is not _RESOLVE))
    actor = Actor(staff)
    now = [
        deed
        for deed in offered
        if entitled(actor, RULES[NAMES[deed.name]].right, ticket)
        and (deed is not _USE or deed.fits(ticket))
    ]
    at_work = ticket.status in (Status.ASSIGNED, Status.IN_PROGRESS)
    follows = _LATER.get(ticket.substep, ()) if at_work and ticket.approval != _WAITING else ()
    later = [deed for deed in follows if deed not in now]
    return now, later


# --- the list ------------------------------------------------------------------------------------


@value
class Card:
    """One task of the day.

    Attributes:
        when: of a visit that was promised, else when it is due or should go on; ``about`` says
            which, ``iso`` counts down.
        state: ``late``, ``near`` or ``calm``.
        step: how far one is with it.
    """

    number: str
    subject: str
    place: str
    priority: str
    priority_words: str
    when: str
    iso: str
    state: str
    about: str
    step: str
    contacts: int


STEPS: Final = {
    "en_route": N_("di perjalanan"),
    "arrived": N_("di lokasi"),
}


def card_of(task: FieldTask, now: datetime, zone: ZoneInfo, say: Callable[[str], str]) -> Card:
    """Texts masked."""
    waits = task.status is Status.PENDING
    at = task.expected_at if waits else task.visit_at or task.due_at
    unapproved = task.approval == _WAITING and task.status.running
    step = N_("menunggu persetujuan") if unapproved else STEPS.get(task.substep, "")
    return Card(
        number=task.number,
        subject=mask_identity(task.subject),
        place=mask_identity(task.place),
        priority=task.priority.value,
        priority_words=say(task.priority.word),
        when=_short(at, now, zone, say) if at else "",
        iso="" if at is None else at.isoformat(),
        state=state_of(task.opened_at, at, now) if at else "calm",
        about=say(_about(task)),
        step=say(step) if step else say(task.status.word),
        contacts=task.contacts,
    )


def _about(task: FieldTask) -> str:
    if task.status is Status.PENDING:
        return N_("Diperkirakan lanjut")
    return N_("Kunjungan") if task.visit_at else N_("Batas")


def _short(at: datetime, now: datetime, zone: ZoneInfo, say: Callable[[str], str]) -> str:
    """``hari ini 10.30 WIB``, else ``14/07 10.30 WIB``."""
    day, _, clock = sms_due(at, zone).partition(" ")
    if day == sms_day(now, zone) and at - now < timedelta(days=2):
        day = say(N_("hari ini"))
    return f"{day} {clock}\u00a0{zone_name(zone, at)}"


async def waiting_files(visit: Visit, ticket: WorkTicket) -> list[dict[str, Any]]:
    """The visitor's own files that came with a form which was refused, or beside a note."""
    files = await visit.reception.store.drafts.files(ticket.id, visit.staff.id)
    return listed(ticket.number, files)[DraftKind.NOTE.value]


# --- one task ------------------------------------------------------------------------------------


def about(
    visit: Visit, found: Dossier, handling: Handling, names: Mapping[str, str]
) -> dict[str, Any]:
    """Everything that a task's page tells."""
    ticket, zone, say = found.ticket, visit.reception.zone, visit.words
    number = ticket.number
    said = conversation((found.thread, found.notes, found.files), number, names, zone, say)
    return {
        "number": number,
        "seen": ticket.event_seq,
        "subject": mask_identity(ticket.subject),
        "description": mask_identity(ticket.description),
        "status": ticket.status.value,
        "status_words": say(ticket.status.word),
        "step": say(STEPS[ticket.substep]) if ticket.substep in STEPS else "",
        "priority": ticket.priority.value,
        "priority_words": say(ticket.priority.word),
        "place": mask_identity(ticket.place),
        "reporter": reporter_of(ticket),
        "due": _due(ticket, visit.now(), zone, say),
        "visit_at": moment(ticket.visit_at, zone, say) if ticket.visit_at else "",
        "unapproved": ticket.approval == _WAITING,
        "solved": not ticket.status.running,
        "finding": mask_identity(ticket.visit.finding) if ticket.visit else "",
        "solution": mask_identity(ticket.solution),
        "progress": ticket.progress,
        "pause": _pause(ticket, zone, say),
        "orders": _orders(handling, found.notes, zone, say),
        "said": said[-LAST:],
        "more": max(0, len(said) - LAST),
        "mine": ticket.assignee_id == visit.staff.id,
        "assignee": ticket.assignee_name,
        "stock": [stock_words(one, zone, say) for one in ticket.stock],
        "choices": {
            "pause": [(key, say(words)) for key, words in PAUSES],
            "yesno": [(key, say(words)) for key, words in YES_NO],
        },
    }


def _due(
    ticket: WorkTicket, now: datetime, zone: ZoneInfo, say: Callable[[str], str]
) -> Due | None:
    """When the solution is due; None when it is owed no more."""
    clock = ticket.clock(SOLUTION)
    if clock is None or not clock.open:
        return None
    runs = clock.look_at is not None
    return Due(
        say(PROMISES[SOLUTION]),
        clock.due_at.isoformat() if runs else "",
        due_moment(clock.due_at, zone, say),
        state_of(clock.started_at, clock.due_at, now) if runs else "paused",
    )


def _pause(ticket: WorkTicket, zone: ZoneInfo, say: Callable[[str], str]) -> dict[str, str] | None:
    """Why it stands still, as the reporter was told."""
    pause = ticket.pause
    if pause is None:
        return None
    return {
        "reason": say(PauseReason(pause.reason).word),
        "for_whom": mask_identity(pause.for_whom),
        "note": mask_identity(pause.note),
        "expected": moment(pause.expected_at, zone, say),
    }


def _orders(
    handling: Handling, notes: Sequence[NoteView], zone: ZoneInfo, say: Callable[[str], str]
) -> list[tuple[str, str, str]]:
    """What one was told to do and to take along: what, when, the words; the last ones only."""
    found = [
        (say(N_("Instruksi")), moment(one.at, zone, say), one.instruction)
        for one in handling.dispositions[-1:]
    ]
    for held in handling.assignments[-1:]:
        found.append((say(N_("Perlengkapan")), moment(held.at, zone, say), held.equipment))
        found.append((say(N_("Alasan penugasan")), moment(held.at, zone, say), held.reason))
    found += [
        (say(N_("Arahan pimpinan")), moment(one.at, zone, say), one.text)
        for one in notes
        if one.kind == "instruction"
    ]
    return [(what, at, mask_identity(text)) for what, at, text in found if text]
