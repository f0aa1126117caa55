"""What staff enter for citizens, split off, and take out of the tray (MB-06, MB-13, rule 10)."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import StringConstraints

from channels.desk.entry import LONGEST_LINE, LONGEST_TEXT
from core.errors import MalformedMessage
from core.model.acts import Split
from core.model.messages import Outcome  # noqa: TC001 - pydantic reads it
from core.model.rights import may, reaches
from core.model.staff import Reach, Right
from core.model.ticket import Priority  # noqa: TC001 - pydantic reads it
from core.model.work import Actor, Refusal
from core.services.splitting import SplitOrder, sort_in, split
from gateway.api.acts import ActDone
from gateway.api.people import identity
from gateway.api.problems import FORBIDDEN, NotDone, Problem, refusal_problem, unprocessable
from gateway.api.table import Answer, Asked, Call, Endpoint, Keyed, Shown
from gateway.api.ticket_models import Id, ticket_of
from gateway.desk_entries import DeskEntries, desk_channel

if TYPE_CHECKING:
    from core.model.messages import Receipt
    from core.services.work import Done

Line = Annotated[str, StringConstraints(max_length=LONGEST_LINE)]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]

NO_DESK: Final = Problem(
    409,
    "no_desk",
    "No channel for entries",
    'Belum ada kanal untuk laporan yang dicatat petugas. Tambahkan kanal dengan kind = "desk".',
)


class ReporterAsked(Asked):
    """Who reports; every field may be left out."""

    name: Line | None = None
    phone: Line | None = None
    email: Line | None = None


class EntryAsked(Asked):
    """A complaint as an officer hears or reads it (docs/channels/desk.md).

    ``label``: what staff call the form, such as Faks; needed with ``other``.
    """

    form: Literal["phone", "walk_in", "letter", "paper_box", "other"]
    label: Line | None = None
    text: Text
    subject: Line | None = None
    category: Line | None = None
    unit: Line | None = None
    place: Line | None = None
    priority: Priority | None = None
    reporter: ReporterAsked | None = None
    occurred_at: Line | None = None
    reference: Line | None = None


class EntryTaken(Shown):
    """The number, to be told at once. ``repeated``: it was entered before."""

    number: str
    outcome: Outcome
    repeated: bool
    first_answer_due: datetime | None
    solution_due: datetime | None


async def enter(call: Call) -> Answer:
    """Through the same intake as every other message; on disk before it is answered."""
    channel = desk_channel(call.parts.settings)
    if channel is None:
        raise NotDone(NO_DESK)
    gateway = call.parts.gateway
    entries = DeskEntries(channel, gateway.hallway, gateway.plan.clock)
    given = call.body.model_dump(mode="json", exclude_none=True)
    try:
        receipt = await entries.enter(given, call.staff, call.key)
    except MalformedMessage as wrong:
        name, _, _ = wrong.sentence.partition(":")
        raise NotDone(unprocessable(wrong.sentence, name)) from wrong
    return Answer(_taken(receipt))


def _taken(receipt: Receipt) -> EntryTaken:
    dues = {promise.target: promise.due_at for promise in receipt.promises}
    return EntryTaken(
        number=receipt.number or "",
        outcome=receipt.outcome,
        repeated=receipt.repeated,
        first_answer_due=dues.get("first_answer"),
        solution_due=dues.get("solution"),
    )


# --- a message becomes a ticket ------------------------------------------------------------------


async def take_out(call: Call) -> Answer:
    """Opens a ticket from a message of the tray, with its original time of receipt."""
    if Reach.ALL not in reaches(call.staff, Right.CLASSIFY):
        raise NotDone(FORBIDDEN)
    order = (Actor(call.staff), identity(call, "message"))
    stores = (call.open_desk, call.parts.store.blocks)
    return _opened(call, await sort_in(stores, call.parts.work, order, call.now))


class SplitAsked(Asked):
    """Which message, and why."""

    message_id: Id
    reason: Text = ""


async def part(call: Call) -> Answer:
    """Makes a message of a ticket a ticket of its own; answers with the new one."""
    number = call.parts.number(call.path["number"])
    asked: SplitAsked = call.body
    act = Split(asked.message_id, asked.reason)
    order = SplitOrder(Actor(call.staff), number, act, call.now, call.version)
    stores = (call.open_desk, call.parts.store.blocks)
    return _opened(call, await split(stores, call.parts.work, order))


def _opened(call: Call, done: Done | Refusal) -> Answer:
    if isinstance(done, Refusal):
        raise NotDone(refusal_problem(done))
    call.parts.committed()
    measure = may(call.staff, Right.MEASURE, done.ticket.facts)
    body = ActDone(
        ticket=ticket_of(done.ticket, call.parts.zone, measure=measure), told=list(done.told)
    )
    location = {"Location": f"/api/v1/tickets/{done.ticket.number}"}
    return Answer(body, done.ticket.version, location)


ROUTES: Final = (
    Endpoint(
        "POST",
        "/entries",
        Right.ENTER,
        enter,
        "Enter a complaint for a citizen",
        EntryTaken,
        asks=EntryAsked,
        status=201,
        keyed=Keyed.BY_ITSELF,
    ),
    Endpoint(
        "POST",
        "/unsorted/{message}/ticket",
        Right.ENTER,
        take_out,
        "Open a ticket from a message of the tray",
        ActDone,
        status=201,
        keyed=Keyed.IN_ONE,
    ),
    Endpoint(
        "POST",
        "/tickets/{number}/split",
        Right.MERGE,
        part,
        "Make a message a ticket of its own",
        ActDone,
        asks=SplitAsked,
        status=201,
        versioned=True,
        keyed=Keyed.IN_ONE,
    ),
)
