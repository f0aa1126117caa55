"""What stands around the composer: who else is there, what the channel takes, what was begun."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from console.language import N_
from console.staff.deeds import may_compose
from console.staff.phrases import MOST_REPLIES
from console.wording import moment
from core.model.canned import fill, offered
from core.model.catalogue import as_answer
from core.model.dates import sms_time
from core.model.drafts import WRITING, DraftKind
from core.model.enclosing import size_words, with_link
from core.model.file_types import INLINE
from core.model.gsm7 import foreign, segments
from core.model.masking import mask_address
from core.model.texts import TextForm
from core.model.window import window_ends
from core.model.writing import Lack, asked_for_state, remarks_on
from core.services.canned import words_for
from core.services.telling import how_files_go, open_way
from core.services.work import ELSE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from console.staff.kept import Lately
    from console.staff.phrases import Phrases
    from console.staff.visit import Visit
    from core.model.catalogue import Service
    from core.model.drafts import DraftFile, Writer
    from core.model.events import Event
    from core.model.policy import ChannelTraits
    from core.model.views import ThreadEntry
    from core.model.work import WorkTicket

    Say = Callable[[str], str]

LATEST: Final = 50
"""Facts among which the event of an answer that has not left is looked for."""

LACKS: Final = {
    Lack.STATE: N_("keadaannya sekarang"),
    Lack.REASON: N_("sebabnya"),
    Lack.STEP: N_("langkah berikutnya"),
    Lack.TIME: N_("kapan kabar berikutnya"),
}
KINDS: Final = {
    DraftKind.ANSWER: N_("sedang menulis jawaban"),
    DraftKind.NOTE: N_("sedang menulis catatan"),
}

STANDARD: Final = N_("Standar layanan:")
APART: Final = N_(
    "Berkasnya diletakkan pada halaman tiket; jawaban yang dikirim memuat alamatnya."
)
LOOKS: Final = N_("juga melihat tiket ini")
ANSWERED: Final = N_("sudah menjawab")
WROTE: Final = N_("Pelapor menulis lagi")
AND: Final = N_(" dan ")


async def composer(
    visit: Visit, ticket: WorkTicket, thread: Sequence[ThreadEntry], phrases: Lately[Phrases]
) -> dict[str, Any]:
    """Everything that the composer lays out; nothing for somebody who may write nothing."""
    may_answer = may_compose(ticket, visit.staff, "answer")
    may_note = may_compose(ticket, visit.staff, "note")
    if not (may_answer or may_note):
        return {"may_answer": False, "may_note": False}
    found = open_way(visit.reception.work.office, ticket.ways)
    since, mine = visit.now() - WRITING, visit.staff.id
    unsent = await visit.reception.store.drafts.unsent(ticket.id, mine, since)
    begun = {one.kind.value: one for one in unsent.drafts}
    seq, text, files = (
        ticket.event_seq,
        begun["answer"].text if "answer" in begun else "",
        unsent.files,
    )
    return {
        "may_answer": may_answer,
        "may_note": may_note,
        "drafts": {kind: one.text for kind, one in begun.items()},
        "kept_at": {
            kind: sms_time(one.saved_at, visit.reception.zone) for kind, one in begun.items()
        },
        "way": _way(visit, thread, found) if found else None,
        "seq": seq,
        "company": present(visit, ticket.number, unsent.writers),
        "held": await _held(visit, ticket, thread),
        "replies": replies(visit, ticket, await phrases.now()) if may_answer else [],
        "words_replies": may_word(visit),
        "measure": measured(visit, text, ticket, files, asked=asked_for_state(thread))
        if text or files
        else {},
        "files": listed(ticket.number, files),
        "room": files_words(visit),
    }


# --- the channel ---------------------------------------------------------------------------------


def _way(
    visit: Visit, thread: Sequence[ThreadEntry], found: tuple[Any, ChannelTraits]
) -> dict[str, Any]:
    way, via = found
    return {
        "channel": str(via.id),
        "form": via.form.value,
        "who": mask_address(way.address),
        "window": _window(visit, thread, via) if via.windowed else None,
    }


def _window(visit: Visit, thread: Sequence[ThreadEntry], via: ChannelTraits) -> dict[str, Any]:
    """Until when WhatsApp takes free text, and what happens after."""
    heard = [entry.at for entry in thread if entry.inbound and entry.channel == via.id]
    ends = window_ends(max(heard)) - via.window_margin if heard else None
    zone = visit.reception.zone
    return {
        "open": ends is not None and ends > visit.now(),
        "ends": moment(ends, zone, visit.words) if ends else "",
        "iso": ends.isoformat() if ends else "",
        "template": bool(via.templates & {"answer", "*"}),
    }


def measured(
    visit: Visit,
    text: str,
    ticket: WorkTicket,
    files: Sequence[DraftFile] = (),
    *,
    asked: bool,
) -> dict[str, Any]:
    """How long the answer is on its channel, what it costs, and what may be missing in it.

    ``apart`` tells what becomes of files that the channel does not carry. ``asked``: the reporter
    wants to know how far it is.
    """
    office, remarks = visit.reception.work.office, remarks_on(text, asked=asked)
    leaving = [one.leaving for one in files if one.kind is DraftKind.ANSWER]
    why, sendable = how_files_go(office, ticket, leaving, text)
    if why and office.ticket_link:
        text = with_link(text, office.ticket_link(ticket.number), ticket.language)
    found = open_way(office, ticket.ways)
    sms = found is not None and found[1].form is TextForm.SMS
    parts = segments(text).parts if sms and text.strip() else 0
    return {
        "apart": f"{visit.words(why)} {visit.words(APART if sendable else ELSE)}" if why else "",
        "letters": len(text),
        "segments": parts,
        "rupiah": parts * visit.reception.work.sms_rupiah,
        "foreign": " ".join(dict.fromkeys(foreign(text)[:8])) if parts else "",
        "guesses": ", ".join(remarks.guesses),
        "lacks": lacking(visit.words, remarks.lacks),
    }


async def asks_state(visit: Visit, number: str) -> bool:
    """Whether the reporter of this ticket wants to know how far it is. Raises NotFound."""
    return asked_for_state(await visit.reception.store.lists.thread(visit.scope(), number))


def lacking(say: Say, lacks: Sequence[Lack]) -> str:
    """What a status answer does not say, in words; "" for nothing."""
    words = [say(LACKS[one]) for one in lacks]
    first, last = ", ".join(words[:-1]), words[-1:]
    return say(AND).join([first, *last]) if first else "".join(last)


# --- files ---------------------------------------------------------------------------------------


async def enclosed(visit: Visit, ticket: WorkTicket) -> dict[str, list[dict[str, Any]]]:
    """The visitor's files that wait on this ticket, by what they go with."""
    waiting = await visit.reception.store.drafts.files(ticket.id, visit.staff.id)
    return listed(ticket.number, waiting)


def listed(number: str, files: Sequence[DraftFile]) -> dict[str, list[dict[str, Any]]]:
    """The same, read already."""
    found: dict[str, list[dict[str, Any]]] = {kind.value: [] for kind in DraftKind}
    for one in files:
        told = {
            "id": one.id,
            "name": one.filename,
            "size": size_words(one.size),
            "path": f"/console/tiket/{number}/lampiran/{one.id}",
            "picture": one.content_type in INLINE and one.content_type.startswith("image/"),
        }
        found[one.kind.value].append(told)
    return found


def files_words(visit: Visit) -> dict[str, Any]:
    """How much may be chosen."""
    room = visit.reception.enclosures.room
    return {
        "count": room.files,
        "size": size_words(room.file_bytes),
        "bytes": room.file_bytes,
        "all": room.all_bytes,
    }


# --- colleagues ----------------------------------------------------------------------------------


async def company(visit: Visit, number: str, seen: tuple[int, Sequence[Event], int]) -> list[str]:
    """Sentences about who is here, who writes, and what happened since the page was made.

    Args:
        visit: of whoever asks, who counts as looking from now on.
        number: of a ticket that they may see.
        seen: its id, the events that have come, and the last one that the page knew.
    """
    ticket_id, events, seq = seen
    drafts = visit.reception.store.drafts
    told = present(visit, number, await drafts.writers(ticket_id, visit.now() - WRITING))
    return await _since(visit, [one for one in events if one.seq > seq]) + told


def present(visit: Visit, number: str, writers: Sequence[Writer]) -> list[str]:
    """The same about who is here and who writes."""
    say, at = visit.words, asyncio.get_running_loop().time()
    visit.reception.presence.look(number, visit.staff, at)
    told = [
        f"{one.name} {say(KINDS[one.kind])}" for one in writers if one.staff_id != visit.staff.id
    ]
    writing = {one.name for one in writers}
    names = visit.reception.presence.others(number, visit.staff, at)
    return told + [f"{name} {say(LOOKS)}" for name in names if name not in writing]


async def _since(visit: Visit, events: Sequence[Event]) -> list[str]:
    """Answers of colleagues and messages of the reporter, which change what one would write."""
    if not events:
        return []
    say, zone = visit.words, visit.reception.zone
    people = {one.mark: one.name for one in await visit.reception.store.staff.staff(disabled=True)}
    told = []
    for event in events:
        at = moment(event.at, zone, say)
        if event.kind == "Answered" and event.actor != visit.staff.mark:
            who = people.get(event.actor, event.actor)
            told.append(f"{who} {say(ANSWERED)}, {at}")
        elif event.kind in ("MessageJoined", "MessageEdited"):
            told.append(f"{say(WROTE)}, {at}")
    return told


# --- answers that have not left ------------------------------------------------------------------


async def _held(
    visit: Visit, ticket: WorkTicket, thread: Sequence[ThreadEntry]
) -> list[dict[str, Any]]:
    """The visitor's own answers that can be taken back."""
    if not any(entry.held_until for entry in thread):
        return []
    lists, after = visit.reception.store.lists, max(0, ticket.event_seq - LATEST)
    events = await lists.history(visit.scope(), ticket.number, after, LATEST)
    mine = {event.seq for event in events if event.actor == visit.staff.mark}
    return [
        {
            "id": entry.id,
            "iso": entry.held_until.isoformat(),
            "seconds": seconds_left(entry.held_until, visit.now()),
        }
        for entry in thread
        if entry.held_until is not None and entry.event in mine
    ]


def seconds_left(until: datetime, now: datetime) -> int:
    """Whole seconds, never less than none."""
    return max(0, round((until - now).total_seconds()))


# --- replies worded beforehand -------------------------------------------------------------------


def may_word(visit: Visit) -> bool:
    """Whether the visitor may word canned replies anywhere."""
    return words_for(visit.staff, None) or any(
        words_for(visit.staff, unit) for unit in visit.staff.units
    )


def replies(visit: Visit, ticket: WorkTicket, phrases: Phrases) -> list[dict[str, Any]]:
    """Those offered on this ticket, filled in: of the ticket's unit, the writer's, the office."""
    units = visit.staff.units | ({ticket.unit_id} if ticket.unit_id is not None else set())
    names = (visit.staff.name, visit.reception.office)
    zone = visit.reception.zone
    worded = [
        {"id": one.id, "title": one.title, "text": fill(one, ticket, names, zone)}
        for one in offered(phrases.canned, units)[:MOST_REPLIES]
    ]
    return [*worded, *_quotes(visit, phrases.services)]


def _quotes(visit: Visit, services: Sequence[Service]) -> list[dict[str, Any]]:
    """Entries of the service catalogue as answers, after what was worded beforehand (LL-41)."""
    page = (
        f"{visit.reception.public_url.rstrip('/')}/layanan" if visit.reception.public_url else ""
    )
    return [
        {
            "id": f"layanan-{one.id}",
            "title": f"{visit.words(STANDARD)} {one.name}",
            "text": as_answer(one, page),
        }
        for one in services
    ]
