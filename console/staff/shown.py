"""Tickets as pages show them: words and times made ready, so that templates only lay them out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from console.language import N_
from console.wording import DELIVERY, due_moment, event_words, kept_words, moment
from core.model.attachments import FileSide
from core.model.clock import FIRST_ANSWER, SOLUTION
from core.model.clock_words import explain_clock
from core.model.dates import sms_time
from core.model.masking import mask_address, mask_identity
from core.model.scene import terms_of
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from core.model.attachments import FileView
    from core.model.clock import SlaClock
    from core.model.events import Event
    from core.model.listing import ListedTicket, NoteView
    from core.model.scene import WorkPolicy
    from core.model.stock import StockCheck
    from core.model.views import ThreadEntry
    from core.model.work import WorkTicket

PROMISES: Final = {
    "first_answer": N_("Jawaban pertama"),
    "next_answer": N_("Jawaban berikutnya"),
    "solution": N_("Penyelesaian"),
    "pending": N_("Batas menunggu"),
    "partner_answer": N_("Jawaban mitra"),
}
KINDS: Final = {
    "complaint": N_("Pengaduan"),
    "question": N_("Pertanyaan"),
    "suggestion": N_("Saran"),
    "praise": N_("Apresiasi"),
    "incident": N_("Gangguan"),
}
NOTES: Final = {
    "note": N_("Catatan internal"),
    "question": N_("Pertanyaan kepada atasan"),
    "instruction": N_("Arahan pimpinan"),
    "reason": N_("Alasan"),
    "finding": N_("Temuan"),
    "pause": N_("Alasan menunggu"),
    "solution": N_("Penyelesaian"),
    "progress": N_("Kemajuan"),
}
_NEAR = 4
"""A promise is near when less than a quarter of its time is left (the warning's 75 %)."""


@value
class Due:
    """A promise that is owed.

    Attributes:
        iso: for the page to count down by itself.
        state: ``late``, ``near`` or ``calm``.
    """

    words: str
    iso: str
    when: str
    state: str


@value
class Line:
    """One ticket of a list; ``idle``: since when nobody of staff has acted, while it runs."""

    number: str
    subject: str
    status: str
    status_words: str
    priority: str
    priority_words: str
    channel: str
    unit: str
    assignee: str
    reporter: str
    opened: str
    due: Due | None
    breached: bool
    escalation: int
    contacts: int
    asked_escalation: bool
    sensitive: bool
    version: int
    idle: str = ""


def line_of(
    ticket: ListedTicket, now: datetime, zone: ZoneInfo, say: Callable[[str], str]
) -> Line:
    """A line; texts are masked, the reporter came masked."""
    return Line(
        number=ticket.number,
        subject=mask_identity(ticket.subject),
        status=ticket.status.value,
        status_words=say(ticket.status.word),
        priority=ticket.priority.value,
        priority_words=say(ticket.priority.word),
        channel=ticket.channel,
        unit=ticket.unit_name,
        assignee=ticket.assignee_name,
        reporter=ticket.reporter,
        opened=moment(ticket.opened_at, zone, say),
        due=_listed_due(ticket, now, zone, say),
        breached=ticket.breached,
        escalation=ticket.escalation,
        contacts=ticket.contacts,
        asked_escalation=ticket.asked_escalation,
        sensitive=ticket.sensitive,
        version=ticket.version,
        idle=sms_time(ticket.idle_since, zone) if ticket.idle_since else "",
    )


def _listed_due(
    ticket: ListedTicket, now: datetime, zone: ZoneInfo, say: Callable[[str], str]
) -> Due | None:
    """What is owed next: the answer before the solution."""
    at = ticket.first_answer or ticket.solution
    if at is None:
        return None
    target = FIRST_ANSWER if ticket.first_answer else SOLUTION
    state = state_of(ticket.opened_at, at, now)
    return Due(say(PROMISES[target]), at.isoformat(), due_moment(at, zone, say), state)


def state_of(since: datetime, due: datetime, now: datetime) -> str:
    """How near a promise is; all three aware."""
    if due <= now:
        return "late"
    return "near" if (due - now) * _NEAR < due - since else "calm"


# --- one ticket ----------------------------------------------------------------------------------


@value
class Promised:
    """A promise in the side panel, with the steps that explain its due time."""

    due: Due
    state_words: str
    steps: tuple[str, ...]
    provisional: bool


def promised(
    ticket: WorkTicket, policy: WorkPolicy, now: datetime, say: Callable[[str], str]
) -> list[Promised]:
    """Every promise of the ticket, the ones still owed first."""
    zone, terms = policy.office.zone, terms_of(policy, ticket)
    return [
        Promised(
            due=Due(
                say(PROMISES[clock.target]),
                clock.due_at.isoformat() if _owed(clock) else "",
                due_moment(clock.due_at, zone, say),
                _clock_state(clock, now),
            ),
            state_words=say(_clock_words(clock, now)),
            steps=tuple(map(say, explain_clock(terms, clock, ticket.pauses))),
            provisional=clock.provisional,
        )
        for clock in sorted(ticket.clocks, key=lambda one: (not one.open, one.due_at))
        if clock.target in PROMISES
    ]


def _owed(clock: SlaClock) -> bool:
    return clock.open and clock.look_at is not None


def _clock_state(clock: SlaClock, now: datetime) -> str:
    if clock.open and clock.look_at is None:
        return "paused"
    if clock.open:
        return state_of(clock.started_at, clock.due_at, now)
    return "late" if clock.late else "kept"


def _clock_words(clock: SlaClock, now: datetime) -> str:
    return _STATES[_clock_state(clock, now), clock.open]


_STATES: Final = {
    ("paused", True): N_("berhenti sementara"),
    ("late", True): N_("terlewati"),
    ("near", True): N_("hampir tiba"),
    ("calm", True): N_("berjalan"),
    ("late", False): N_("selesai, terlambat"),
    ("kept", False): N_("ditepati"),
}


@value
class Said:
    """One entry of the conversation.

    Attributes:
        side: ``reporter``, ``office``, ``automatic`` or ``inside``.
        label: what kind of entry, in words; who: masked, or the colleague's name.
        state: of what we sent, how far it got; ``trouble`` when it did not arrive.
        files: that came with it.
        whole: a mail with what it quotes, where ``text`` is only what its sender wrote.
        original: where the message can be seen as it came; "" where there is no more to see.
        again: where it can be sent once more; "" unless it did not arrive.
        held: it has not left yet, and its writer may take it back.
    """

    key: str
    side: str
    label: str
    who: str
    text: str
    at: str
    iso: str
    channel: str = ""
    state: str = ""
    trouble: str = ""
    files: tuple[File, ...] = ()
    whole: str = ""
    original: str = ""
    again: str = ""
    held: bool = False


@value
class File:
    """A file beside a message; ``path`` "" while there is nothing to open."""

    name: str
    path: str
    note: str
    picture: bool


SIDES: Final = {FileSide.IN: "", FileSide.OUT: "keluar/", FileSide.NOTE: "catatan/"}
"""What stands before message and place in the address of a file."""

_OWNERS: Final = {FileSide.IN: "m", FileSide.OUT: "o", FileSide.NOTE: "n"}
_TROUBLE: Final = frozenset({"dead", "failed"})


def conversation(
    parts: tuple[Sequence[ThreadEntry], Sequence[NoteView], Sequence[FileView]],
    number: str,
    names: Mapping[str, str],
    zone: ZoneInfo,
    say: Callable[[str], str],
) -> list[Said]:
    """Messages of all channels and what stays in the house, in time order.

    Args:
        parts: thread, notes and files of the ticket.
        number: of the ticket, for the addresses of its files.
        names: of colleagues by their marks (``staff:7``).
        zone: the office's.
        say: the visit's language.
    """
    thread, notes, files = parts
    beside: dict[str, list[File]] = {}
    for view in files:
        key = f"{_OWNERS[view.side]}{view.message_id}"
        beside.setdefault(key, []).append(_file(view, number, say))
    told = [(entry.at, _said(entry, zone, say)) for entry in thread]
    told += [(note.at, _noted(note, names, zone, say)) for note in notes]
    told = [(at, replace(one, files=tuple(beside.get(one.key, ())))) for at, one in told]
    return [one for _, one in sorted(told, key=lambda pair: pair[0])]


def _said(
    entry: ThreadEntry,
    zone: ZoneInfo,
    say: Callable[[str], str],
) -> Said:
    by_person = entry.purpose == "answer"
    side = "reporter" if entry.inbound else "office" if by_person else "automatic"
    label = {"reporter": N_("Pelapor"), "office": N_("Jawaban petugas")}.get(
        side, N_("Pemberitahuan otomatis")
    )
    return Said(
        key=f"{'m' if entry.inbound else 'o'}{entry.id}",
        side=side,
        label=say(label),
        who=entry.who,
        text=mask_identity(entry.text),
        at=moment(entry.at, zone, say),
        iso=entry.at.isoformat(),
        channel=entry.channel,
        state="" if entry.inbound else say(DELIVERY.get(entry.state, entry.state)),
        trouble=kept_words(entry.reason, say) if entry.state in _TROUBLE else "",
    )


def _noted(
    note: NoteView, names: Mapping[str, str], zone: ZoneInfo, say: Callable[[str], str]
) -> Said:
    return Said(
        key=f"n{note.id}",
        side="inside",
        label=say(NOTES.get(note.kind, NOTES["note"])),
        who=names.get(note.by, note.by),
        text=mask_identity(note.text),
        at=moment(note.at, zone, say),
        iso=note.at.isoformat(),
    )


def _file(view: FileView, number: str, say: Callable[[str], str]) -> File:
    stored = view.stored_as is not None
    picture = stored and view.inline and view.content_type.startswith("image/")
    place = f"{SIDES[view.side]}{view.message_id}/{view.position}"
    path = f"/console/tiket/{number}/berkas/{place}" if stored else ""
    return File(view.filename, path, kept_words(view.reason, say), picture)


@value
class Step:
    """One fact of the history in words."""

    words: str
    who: str
    at: str


def history(
    events: Sequence[Event],
    names: Mapping[str, str],
    zone: ZoneInfo,
    say: Callable[[str], str],
) -> list[Step]:
    """Newest first."""
    return [
        Step(
            say(event_words(one.kind)), names.get(one.actor, one.actor), moment(one.at, zone, say)
        )
        for one in reversed(events)
    ]


def reporter_of(ticket: WorkTicket) -> str:
    """The reporter's masked address; "" when there is none."""
    way = ticket.way_back
    return mask_address(way.address) if way else ""


def stock_words(check: StockCheck, zone: ZoneInfo, say: Callable[[str], str]) -> str:
    """A part that was looked for, and what became of it (BW-32, BW-33)."""
    found = say(N_("tersedia")) if check.in_stock else say(N_("tidak tersedia"))
    told = f"{mask_identity(check.item)}: {found}, {moment(check.checked_at, zone, say)}"
    if not check.used:
        return told
    return told + "; " + say(N_("dipakai {jumlah}")).format(jumlah=check.used)
