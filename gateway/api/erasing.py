"""Deletes personal data at a person's wish, and says how much the retention would delete."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from core.model.erasure import Erased, months_before
from core.model.numbers import parse_number
from core.model.staff import Right
from core.services.erasing import Eraser, Request, erasable, erase_person
from gateway.api.people import done
from gateway.api.problems import NOT_FOUND, NotDone
from gateway.api.table import Answer, Asked, Call, Endpoint, Keyed, Shown
from gateway.shredding import FolderShredder


class EraseAsked(Asked):
    """Who decided it and on which paper, without the person's name; kept in the ticket's notes."""

    reason: Annotated[str, StringConstraints(max_length=1_000)] = ""


class ErasedShown(Shown):
    """How many tickets, and messages without a ticket, say no more who they are from."""

    tickets: int
    messages: int


class RetentionAsked(Asked):
    """``months`` after closing; 0: as configured."""

    months: Annotated[int, Field(ge=0, le=1200)] = 0


class RetentionShown(Shown):
    """How much a run would empty now; nothing was done.

    ``months``: after closing; 0: the retention is off. ``before``: what ended before then.
    """

    months: int
    before: datetime | None
    tickets: int
    messages: int
    payloads: int


async def erase(call: Call) -> Answer:
    """Everything personal of whoever reported this ticket."""
    found = parse_number(call.parts.gateway.plan.policy.prefix, call.path["number"][:40])
    if found is None:
        raise NotDone(NOT_FOUND)
    eraser = Eraser(call.open_desk, FolderShredder(call.parts.folder))
    wanted = Request(found.ticket_id, str(found), call.body.reason)
    erased = done(await erase_person(eraser, call.staff, wanted, call.now))
    call.parts.committed()
    return Answer(ErasedShown(tickets=erased.tickets, messages=erased.messages))


async def retention(call: Call) -> Answer:
    """A dry run."""
    months = call.query.months or call.parts.settings.schedules.anonymise_after_months
    before = months_before(call.now, months) if months else None
    found = await erasable(call.open_desk, before) if before else Erased()
    shown = RetentionShown(
        months=months,
        before=before,
        tickets=found.tickets,
        messages=found.messages,
        payloads=found.payloads,
    )
    return Answer(shown)


ROUTES: Final = (
    Endpoint(
        "POST",
        "/tickets/{number}/erase-person",
        Right.ADMIN_PERSONS,
        erase,
        "Delete what is kept of the reporter, at their wish",
        ErasedShown,
        asks=EraseAsked,
        keyed=Keyed.BY_ITSELF,
    ),
    Endpoint(
        "GET",
        "/retention",
        Right.ADMIN_PERSONS,
        retention,
        "How much the retention would empty now",
        RetentionShown,
        query=RetentionAsked,
    ),
)
"""At the end of the table, for administrators."""
