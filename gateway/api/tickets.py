"""Reading tickets: lists, one, its history, thread, notes and files; the tray of messages."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from console.pages import download
from core.errors import NotFound
from core.model.attachments import FileSide
from core.model.listing import MOST_COUNTED, ListKey, TicketFilter
from core.model.rights import may, reaches, scope
from core.model.staff import Reach, Right
from gateway.api.cursors import make_cursor, read_cursor
from gateway.api.people import identity
from gateway.api.problems import FORBIDDEN, NOT_FOUND, NotDone
from gateway.api.story_models import (
    EventsAsked,
    Files,
    History,
    Notes,
    Thread,
    Tray,
    TrayAsked,
    event_of,
    file_of,
    note_of,
    thread_line,
    tray_line,
)
from gateway.api.table import Answer, Call, Endpoint
from gateway.api.ticket_models import (
    TicketCount,
    TicketPage,
    TicketsAsked,
    TicketShown,
    line_of,
    ticket_of,
)

if TYPE_CHECKING:
    from aiohttp import web

    from core.model.work import WorkTicket

BYTES: Final = "application/octet-stream"


def _wanted(call: Call, asked: TicketsAsked) -> TicketFilter:
    return TicketFilter(
        statuses=frozenset(asked.status),
        priorities=frozenset(asked.priority),
        unit_id=asked.unit,
        within=asked.within,
        level=asked.level,
        assignee_id=call.staff.id if asked.mine else asked.assignee,
        channel=asked.channel,
        category=asked.category,
        number=asked.number,
        breached=asked.breached,
        untold=asked.untold,
        due_before=asked.due_before,
        waiting=asked.waiting,
        pause=asked.pause,
        undelivered=asked.undelivered,
    )


async def tickets(call: Call) -> Answer:
    """A page of what the person who asks may see."""
    asked: TicketsAsked = call.query
    wanted, vault = _wanted(call, asked), call.parts.house.vault
    about = f"tickets {call.staff.id} {asked.sort} {_digest(wanted)}"
    after = read_cursor(vault, about, asked.after) if asked.after else None
    reach = scope(call.staff)
    found = await call.parts.store.lists.page(reach, wanted, asked.sort, after, asked.limit + 1)
    page = found[: asked.limit]
    more = len(found) > asked.limit
    following = make_cursor(vault, about, page[-1].key(asked.sort)) if more else None
    return Answer(TicketPage(items=[line_of(line) for line in page], next=following))


def _digest(wanted: TicketFilter) -> str:
    told = [
        sorted(wanted.statuses),
        sorted(wanted.priorities),
        *(getattr(wanted, name) for name in TicketFilter.__dataclass_fields__ if name[-1] != "s"),
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


async def count(call: Call) -> Answer:
    """How many there are; stops counting where it would cost more the more there are."""
    wanted = _wanted(call, call.query)
    found = await call.parts.store.lists.count(scope(call.staff), wanted, MOST_COUNTED + 1)
    return Answer(TicketCount(count=min(found, MOST_COUNTED), more=found > MOST_COUNTED))


async def ticket(call: Call) -> Answer:
    """One ticket, by its number however it is written."""
    number = call.parts.number(call.path["number"])
    return shown(call, await call.parts.store.lists.one(scope(call.staff), number))


def shown(call: Call, found: WorkTicket) -> Answer:
    """A ticket as the person who asks may see it."""
    measure = may(call.staff, Right.MEASURE, found.facts)
    return Answer(ticket_of(found, call.parts.zone, measure=measure), found.version)


async def history(call: Call) -> Answer:
    """What happened, in order, with the hashes that chain it."""
    asked: EventsAsked = call.query
    number = call.parts.number(call.path["number"])
    found = await call.parts.store.lists.history(
        scope(call.staff), number, asked.after, asked.limit + 1
    )
    page = found[: asked.limit]
    following = page[-1].seq if len(found) > asked.limit else None
    return Answer(History(items=[event_of(event) for event in page], next=following))


async def thread(call: Call) -> Answer:
    """Messages both ways."""
    number = call.parts.number(call.path["number"])
    found = await call.parts.store.lists.thread(scope(call.staff), number)
    return Answer(Thread(items=[thread_line(entry) for entry in found]))


async def notes(call: Call) -> Answer:
    """Notes, questions and instructions; they never leave the house."""
    number = call.parts.number(call.path["number"])
    found = await call.parts.store.lists.notes(scope(call.staff), number)
    return Answer(Notes(items=[note_of(note) for note in found]))


async def files(call: Call) -> Answer:
    """The files of the ticket."""
    number = call.parts.number(call.path["number"])
    await call.parts.store.staff.visible(number, scope(call.staff))
    found = await call.parts.store.files.files(number)
    return Answer(Files(items=[file_of(view) for view in found]))


async def file(call: Call) -> web.StreamResponse:
    """The bytes of one file, always as a download (threats.md rows 35 and 37)."""
    number = call.parts.number(call.path["number"])
    await call.parts.store.staff.visible(number, scope(call.staff))
    message, position = identity(call, "message"), identity(call, "position")
    side = _side(call.path.get("side", FileSide.IN))
    view = await call.parts.store.files.file(number, message, position, side)
    path = call.parts.folder.path_of(view.stored_as) if view.stored_as else None
    if path is None:
        raise NotFound(number)
    return download(path, view.filename)


def _side(written: str) -> FileSide:
    try:
        return FileSide(written)
    except ValueError as error:
        raise NotDone(NOT_FOUND) from error


async def tray(call: Call) -> Answer:
    """Messages that opened no ticket, newest first."""
    if Reach.ALL not in reaches(call.staff, Right.CLASSIFY):
        raise NotDone(FORBIDDEN)  # nobody knows yet whose unit they concern
    asked: TrayAsked = call.query
    vault = call.parts.house.vault
    after = read_cursor(vault, "tray", asked.after).id if asked.after else None
    found = await call.parts.store.lists.unsorted(after, asked.limit + 1)
    page = found[: asked.limit]
    more = len(found) > asked.limit
    following = make_cursor(vault, "tray", ListKey(page[-1].id)) if more else None
    return Answer(Tray(items=[tray_line(one) for one in page], next=following))


ROUTES: Final = (
    Endpoint(
        "GET",
        "/tickets",
        Right.VIEW,
        tickets,
        "Tickets that you may see",
        TicketPage,
        query=TicketsAsked,
    ),
    Endpoint(
        "GET",
        "/tickets/count",
        Right.VIEW,
        count,
        "How many there are",
        TicketCount,
        query=TicketsAsked,
    ),
    Endpoint("GET", "/tickets/{number}", Right.VIEW, ticket, "One ticket", TicketShown),
    Endpoint(
        "GET",
        "/tickets/{number}/history",
        Right.VIEW,
        history,
        "What happened",
        History,
        query=EventsAsked,
    ),
    Endpoint("GET", "/tickets/{number}/thread", Right.VIEW, thread, "Messages both ways", Thread),
    Endpoint("GET", "/tickets/{number}/notes", Right.VIEW, notes, "Internal notes", Notes),
    Endpoint("GET", "/tickets/{number}/files", Right.VIEW, files, "Files", Files),
    Endpoint(
        "GET",
        "/tickets/{number}/files/{message}/{position}",
        Right.VIEW,
        file,
        "One file that came, as a download",
        media=BYTES,
    ),
    Endpoint(
        "GET",
        "/tickets/{number}/files/{side}/{message}/{position}",
        Right.VIEW,
        file,
        "One file of either side or of a note, as a download",
        media=BYTES,
    ),
    Endpoint(
        "GET",
        "/unsorted",
        Right.CLASSIFY,
        tray,
        "Messages without a ticket",
        Tray,
        query=TrayAsked,
    ),
)
