"""Why something is due then: of a ticket, and of any message (design.md §8)."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, AwareDatetime

from config.calendars import load_calendar, preset_names
from core.model.calendar import FIRST_YEAR, LAST_YEAR
from core.model.clock import TARGETS
from core.model.clock_words import explain_clock
from core.model.rights import scope
from core.model.scene import terms_of
from core.model.sla import explain, promises
from core.model.staff import Right
from core.model.ticket import Priority
from gateway.api.problems import NotDone, unprocessable
from gateway.api.table import Answer, Asked, Call, Endpoint, Entry, Shown
from gateway.api.ticket_models import ClockShown, Name, clock_of

if TYPE_CHECKING:
    from core.model.calendar import Calendar


def countable(at: datetime) -> datetime:
    """An instant that calendars can count from. Raises ValueError."""
    if not FIRST_YEAR < at.year < LAST_YEAR:
        expected = "year"
        raise ValueError(expected)
    return at


class DeadlineAsked(Asked):
    """A message received then; no calendar: the office's."""

    received: Annotated[AwareDatetime, AfterValidator(countable)]
    priority: Priority = Priority.NORMAL
    calendar: Name = ""


class DueShown(Shown):
    """One promise."""

    target: str
    due_at: datetime
    provisional: bool


class DeadlineShown(Shown):
    """What is promised, and how it came about."""

    calendar: str
    promises: list[DueShown]
    steps: list[str]


class ClockExplained(Shown):
    """One promise of a ticket with its steps, in Indonesian."""

    clock: ClockShown
    steps: list[str]


class TicketDeadlines(Shown):
    """Every promise of a ticket."""

    number: str
    calendar: str
    items: list[ClockExplained]


async def deadline(call: Call) -> Answer:
    """What would be promised, and why."""
    asked: DeadlineAsked = call.query
    policy = call.parts.gateway.plan.policy.sla_now
    calendar = await _calendar(call, asked.calendar)
    made = promises(calendar, policy, asked.priority, asked.received)
    return Answer(
        DeadlineShown(
            calendar=calendar.name,
            promises=[
                DueShown(target=one.target, due_at=one.due_at, provisional=one.provisional)
                for one in made
            ],
            steps=list(explain(calendar, policy, asked.priority, asked.received)),
        )
    )


async def _calendar(call: Call, name: str) -> Calendar:
    """The office's, a unit's, or a preset; never a file that somebody names."""
    office = call.parts.work.calendar("")
    if not name or name == office.name:
        return office
    kept = [one.name for one in await call.parts.store.calendars.documents() if not one.holidays]
    if name in kept:
        return call.parts.work.calendar(name)
    if name in preset_names():
        return load_calendar(name, call.parts.gateway.plan.policy.zone)
    known = ", ".join(sorted({*preset_names(), *kept}))
    raise NotDone(unprocessable(f"Kalender tidak dikenal. Yang ada: {known}.", "calendar"))


async def why(call: Call) -> Answer:
    """Why the promises of a ticket are due when they are."""
    number = call.parts.number(call.path["number"])
    ticket = await call.parts.store.lists.one(scope(call.staff), number)
    terms = terms_of(call.parts.work, ticket)
    return Answer(
        TicketDeadlines(
            number=ticket.number,
            calendar=terms.calendar.name,
            items=[
                ClockExplained(
                    clock=clock_of(clock), steps=list(explain_clock(terms, clock, ticket.pauses))
                )
                for clock in ticket.clocks
                if clock.target in TARGETS
            ],
        )
    )


ROUTES: Final = (
    Endpoint(
        "GET",
        "/deadline",
        Entry.STAFF,
        deadline,
        "What would be promised, and why",
        DeadlineShown,
        query=DeadlineAsked,
    ),
    Endpoint(
        "GET",
        "/tickets/{number}/deadlines",
        Right.VIEW,
        why,
        "Why the promises of a ticket are due when they are",
        TicketDeadlines,
    ),
)
