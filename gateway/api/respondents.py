"""People who registered: listed, put right, merged, handed out without their number (LL-26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Final

from aiohttp import web
from pydantic import Field, StringConstraints

from core.errors import NotFound
from core.model.registration import PersonDraft
from core.model.staff import Right
from core.model.work import Refusal, RefusalKind
from core.services.registering import (
    NO_SUCH_REPORTER,
    Seen,
    Unfit,
    change_person,
    drop_nik,
    forget_person,
    merge_people,
    register_for,
)
from core.services.respondents import PersonQuery, export_people, find_people
from gateway.api.people import done, identity
from gateway.api.problems import NOT_FOUND, NotDone, unprocessable
from gateway.api.table import Answer, Asked, Call, Endpoint, Shown
from gateway.api.ticket_models import Id  # noqa: TC001 - pydantic reads it

if TYPE_CHECKING:
    from core.model.registration import NikRule, Person
    from core.services.house import House

CSV: Final = "text/csv"
Line = Annotated[str, StringConstraints(max_length=300)]


class PersonLine(Shown):
    """Somebody who registered, as lists show them: numbers masked."""

    id: int
    name: str
    phone: str
    email: str
    area: str
    nik: str
    registered_at: datetime | None
    version: int


class PersonLines(Shown):
    """Newest first; ``after`` of the next page, null at the end."""

    items: list[PersonLine]
    after: int | None


class PersonShown(PersonLine):
    """The same with phone and email whole; ``nik`` by its last four digits always."""

    by: str


class PeopleWanted(Asked):
    """Words of name, phone, email or area."""

    q: Line = ""
    after: Id | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PeopleSearched(Asked):
    """The same, or a whole identity number: in the body, so that no log ever holds it."""

    text: Line


class PersonAsked(Asked):
    """Data as typed; an empty ``nik`` leaves the one that is kept."""

    name: Line
    nik: Line = ""
    phone: Line = ""
    email: Line = ""
    area: Line = ""


class PersonEntered(PersonAsked):
    """The data of the reporter of ``number``; without it nobody's ticket is touched."""

    number: Annotated[str, StringConstraints(max_length=40)] = ""


class MergeAsked(Asked):
    """The record that goes into this one."""

    other: Id


def _line(person: Person) -> PersonLine:
    return PersonLine(
        id=person.id,
        name=person.name,
        phone=person.masked_phone,
        email=person.masked_email,
        area=person.area,
        nik=person.nik,
        registered_at=person.registered_at,
        version=person.version,
    )


def _whole(found: Person | Unfit | Refusal) -> Answer:
    if isinstance(found, Unfit):
        field, sentence = next(iter(found.faults.items()))
        found = Refusal(RefusalKind.INVALID, sentence, field)
    if found is NO_SUCH_REPORTER:
        raise NotDone(NOT_FOUND)
    person = done(found)
    names = PersonShown.model_fields
    return Answer(PersonShown(**{name: getattr(person, name) for name in names}), person.version)


def _house(call: Call) -> House:
    return replace(call.parts.house, open_desk=call.open_desk)


def _rule(call: Call) -> NikRule:
    return call.parts.gateway.plan.policy.registration_nik


def _draft(asked: PersonAsked) -> PersonDraft:
    return PersonDraft(asked.name, asked.nik, asked.phone, asked.email, asked.area)


def _listed(found: list[Person], limit: int) -> Answer:
    after = found[-1].id if len(found) == limit else None
    return Answer(PersonLines(items=[_line(one) for one in found], after=after))


async def people(call: Call) -> Answer:
    """Who registered."""
    asked: PeopleWanted = call.query
    query = PersonQuery(asked.q, asked.after, asked.limit)
    found = await find_people(call.parts.store.people, call.parts.house.vault, query)
    return _listed(list(found), asked.limit)


async def search(call: Call) -> Answer:
    """By words, or by a whole identity number."""
    query = PersonQuery(call.body.text)
    found = await find_people(call.parts.store.people, call.parts.house.vault, query)
    return _listed(list(found), query.limit)


async def one(call: Call) -> Answer:
    """One of them."""
    return _whole(await call.parts.store.people.one(identity(call, "respondent")))


_NO_TICKET: Final = unprocessable("Tiket ini tidak ada. Periksa nomornya.", "number")


async def enter(call: Call) -> Answer:
    """Staff write down the data for somebody."""
    asked: PersonEntered = call.body
    try:
        number = call.parts.number(asked.number) if asked.number else ""
        made = await register_for(_house(call), call.staff, (_rule(call), _draft(asked)), number)
    except (NotDone, NotFound) as unknown:
        raise NotDone(_NO_TICKET) from unknown
    call.parts.committed()
    return _whole(made)


async def change(call: Call) -> Answer:
    """Puts data right."""
    seen = Seen(identity(call, "respondent"), call.version)
    asked = (_rule(call), _draft(call.body))
    return _whole(await change_person(_house(call), call.staff, seen, asked))


async def merge(call: Call) -> Answer:
    """Two records of one person become one."""
    keep, other = identity(call, "respondent"), call.body.other
    merged = await merge_people(_house(call), call.staff, keep, other)
    call.parts.committed()
    return _whole(merged)


async def unnumber(call: Call) -> Answer:
    """Takes an identity number away."""
    seen = Seen(identity(call, "respondent"), call.version)
    return _whole(await drop_nik(_house(call), call.staff, seen))


async def forget(call: Call) -> Answer:
    """Deletes the data; tickets stay."""
    refusal = await forget_person(_house(call), call.staff, identity(call, "respondent"))
    if refusal is NO_SUCH_REPORTER:
        raise NotDone(NOT_FOUND)
    done(refusal)
    return Answer()


async def export(call: Call) -> web.StreamResponse:
    """A table without identity numbers, in which no cell acts."""
    zone = call.parts.gateway.plan.policy.zone
    text = await export_people(call.parts.store.people, zone)
    named = {"Content-Disposition": 'attachment; filename="pelapor.csv"'}
    return web.Response(text=text, content_type=CSV, charset="utf-8", headers=named)


_ONE: Final = "/respondents/{respondent}"
_ASKED: Final = Right.ADMIN_PEOPLE
ROUTES: Final = (
    Endpoint(
        "GET", "/respondents", _ASKED, people, "Who registered", PersonLines, query=PeopleWanted
    ),
    Endpoint(
        "POST",
        "/search/respondents",
        _ASKED,
        search,
        "By words or a whole identity number",
        PersonLines,
        asks=PeopleSearched,
    ),
    Endpoint("GET", "/respondents.csv", _ASKED, export, "All, without numbers", media=CSV),
    Endpoint(
        "POST",
        "/respondents",
        _ASKED,
        enter,
        "Write down somebody's data",
        PersonShown,
        asks=PersonEntered,
        status=201,
    ),
    Endpoint("GET", _ONE, _ASKED, one, "One of them", PersonShown),
    Endpoint(
        "PUT",
        _ONE,
        _ASKED,
        change,
        "Put data right",
        PersonShown,
        asks=PersonAsked,
        versioned=True,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/merge",
        _ASKED,
        merge,
        "Merge another record into this one",
        PersonShown,
        asks=MergeAsked,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/drop-nik",
        _ASKED,
        unnumber,
        "Take an identity number away",
        PersonShown,
        versioned=True,
    ),
    Endpoint("DELETE", _ONE, _ASKED, forget, "Delete data on request; tickets stay", status=204),
)
