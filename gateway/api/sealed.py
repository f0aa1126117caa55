"""Restricted fields of a ticket: shown by their tail, opened for a reason (threats.md row 68)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import StringConstraints

from core.model.numbers import parse_number
from core.model.restricted import LONGEST_VALUE, RestrictedField
from core.model.staff import Right
from core.services.restricted import Place, find, keep, reveal, tails
from gateway.api.people import done
from gateway.api.problems import NOT_FOUND, NotDone
from gateway.api.table import Answer, Asked, Call, Endpoint, Keyed, Shown

if TYPE_CHECKING:
    from core.model.restricted import RestrictedValue
    from core.services.house import House

Typed = Annotated[str, StringConstraints(max_length=LONGEST_VALUE + 100)]
Reason = Annotated[str, StringConstraints(max_length=1_000)]


class ValueAsked(Asked):
    """A value as it is typed."""

    value: Typed


class FindAsked(Asked):
    """Exactly this value; it is sent in the body so that no log ever holds it."""

    field: RestrictedField
    value: Typed


class RevealAsked(Asked):
    """Why the whole value is needed; kept in the ticket's notes."""

    reason: Reason


class SealedShown(Shown):
    """A restricted field: only its last signs."""

    field: RestrictedField
    shown: str
    created_at: datetime
    of_reporter: bool


class SealedFields(Shown):
    """Of a ticket and of its reporter."""

    items: list[SealedShown]


class Revealed(Shown):
    """The whole value. The history says who opened it."""

    field: RestrictedField
    value: str


class Numbers(Shown):
    """Tickets that you may see."""

    numbers: list[str]


def _sealed(value: RestrictedValue) -> SealedShown:
    return SealedShown(
        field=value.field,
        shown=value.shown,
        created_at=value.created_at,
        of_reporter=value.owner.startswith("contact:"),
    )


def _ticket(call: Call) -> int:
    prefix = call.parts.gateway.plan.policy.prefix
    found = parse_number(prefix, call.path["number"][:40])
    if found is None:
        raise NotDone(NOT_FOUND)
    return found.ticket_id


def _field(call: Call) -> RestrictedField:
    written = call.path["field"]
    if written not in set(RestrictedField):
        raise NotDone(NOT_FOUND)
    return RestrictedField(written)


def _house(call: Call) -> House:
    return replace(call.parts.house, open_desk=call.open_desk)


async def fields(call: Call) -> Answer:
    """What is kept sealed."""
    found = await tails(call.parts.house, call.staff, _ticket(call))
    return Answer(SealedFields(items=[_sealed(one) for one in found]))


async def put(call: Call) -> Answer:
    """Seals a value, over an earlier one."""
    place = Place(_ticket(call), _field(call))
    kept = done(await keep(_house(call), call.staff, place, call.body.value))
    call.parts.committed()
    return Answer(_sealed(kept))


async def show(call: Call) -> Answer:
    """Opens a value for a reason; written down before it is told."""
    place = Place(_ticket(call), _field(call))
    plain = done(await reveal(call.parts.house, call.staff, place, call.body.reason))
    call.parts.committed()
    return Answer(Revealed(field=place.field, value=plain))


async def search(call: Call) -> Answer:
    """Tickets with exactly this value."""
    asked: FindAsked = call.body
    found = await find(call.parts.house, call.staff, asked.field, asked.value)
    return Answer(Numbers(numbers=list(found)))


ROUTES: Final = (
    Endpoint(
        "GET",
        "/tickets/{number}/restricted",
        Right.VIEW,
        fields,
        "Restricted fields, by their last signs",
        SealedFields,
    ),
    Endpoint(
        "PUT",
        "/tickets/{number}/restricted/{field}",
        Right.CLASSIFY,
        put,
        "Seal a value",
        SealedShown,
        asks=ValueAsked,
    ),
    Endpoint(
        "POST",
        "/tickets/{number}/restricted/{field}/reveal",
        Right.REVEAL,
        show,
        "Open a value for a reason",
        Revealed,
        asks=RevealAsked,
        keyed=Keyed.NO,
    ),
    Endpoint(
        "POST",
        "/restricted/find",
        Right.REVEAL,
        search,
        "Tickets with exactly this value",
        Numbers,
        asks=FindAsked,
    ),
)
