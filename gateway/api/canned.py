"""Canned replies: searched, put into an answer, kept by administrators (DK-38)."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field, StringConstraints

from core.model.canned import fill
from core.model.rights import scope
from core.model.staff import Right
from core.services.canned import NO_SUCH_REPLY, CannedDraft, add_reply, change_reply
from gateway.api.people import done, identity
from gateway.api.problems import NOT_FOUND, NotDone
from gateway.api.setting_versions import FirstDay, begins
from gateway.api.table import Answer, Asked, Call, Endpoint, Entry, Keyed, Shown
from gateway.api.ticket_models import Id  # noqa: TC001 - pydantic reads it

if TYPE_CHECKING:
    from core.model.canned import CannedReply
    from core.model.work import Refusal

Words = Annotated[str, StringConstraints(max_length=4_000)]
_MOST_WORDS: Final = 10


class CannedShown(Shown):
    """An answer as it is kept; ``unit_id`` null: the whole office's."""

    id: int
    unit_id: int | None
    title: str
    text: str
    version: int
    retired_at: datetime | None


class CannedReplies(Shown):
    """By title."""

    items: list[CannedShown]


class CannedWanted(Asked):
    """Those that hold all words of ``q``; ``unit``: only the office's and this unit's."""

    q: Annotated[str, StringConstraints(max_length=200)] = ""
    unit: Id | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class CannedAsked(Asked):
    """An answer; {tiket}, {status}, {unit}, {petugas}, {selesai}, {kantor} are filled in.

    With ``valid_from`` it waits for that day of the office, and what holds is answered; a new one
    is retired until then.
    """

    title: Words
    text: Words
    unit_id: Id | None = None
    valid_from: FirstDay = None


class CannedFilled(Shown):
    """The answer for one ticket, to be read before it is sent."""

    text: str


def _shown(reply: CannedReply) -> CannedShown:
    return CannedShown(**{name: getattr(reply, name) for name in CannedShown.model_fields})


def _kept(found: CannedReply | Refusal) -> Answer:
    if found is NO_SUCH_REPLY:
        raise NotDone(NOT_FOUND)
    reply = done(found)
    return Answer(_shown(reply), reply.version)


async def replies(call: Call) -> Answer:
    """What may be answered."""
    asked: CannedWanted = call.query
    words = asked.q.lower().split()[:_MOST_WORDS]
    found = await call.parts.store.canned.find(words, asked.unit, asked.limit)
    return Answer(CannedReplies(items=[_shown(one) for one in found]))


async def one(call: Call) -> Answer:
    """As it is kept, retired too."""
    return _kept(await call.parts.store.canned.one(identity(call, "reply")))


async def filled(call: Call) -> Answer:
    """The text for a ticket; nothing is sent."""
    number = call.parts.number(call.path["number"])
    ticket = await call.parts.store.lists.one(scope(call.staff, Right.REPLY), number)
    reply = await call.parts.store.canned.one(identity(call, "reply"))
    policy = call.parts.gateway.plan.policy
    return Answer(
        CannedFilled(text=fill(reply, ticket, (call.staff.name, policy.office), policy.zone))
    )


def _draft(call: Call) -> CannedDraft:
    asked: CannedAsked = call.body
    begin = begins(call, asked.valid_from)
    return CannedDraft(asked.title, asked.text, asked.unit_id, begin)


async def add(call: Call) -> Answer:
    """A new one."""
    return _kept(await add_reply(call.open_desk, call.staff, _draft(call), call.now))


async def change(call: Call) -> Answer:
    """Another wording."""
    seen, draft = await _seen(call), _draft(call)
    return _kept(await change_reply(call.open_desk, call.staff, seen, draft, call.now))


async def retire(call: Call) -> Answer:
    """Offered no more."""
    return _kept(await change_reply(call.open_desk, call.staff, await _seen(call), None, call.now))


async def _seen(call: Call) -> tuple[int, int]:
    """Id and the version of ``If-Match``; for ``*`` whatever it is now. Raises NotFound."""
    which = identity(call, "reply")
    if call.version is not None:
        return which, call.version
    return which, (await call.parts.store.canned.one(which)).version


ROUTES: Final = (
    Endpoint(
        "GET",
        "/canned-replies",
        Entry.STAFF,
        replies,
        "Answers to choose from",
        CannedReplies,
        query=CannedWanted,
    ),
    Endpoint("GET", "/canned-replies/{reply}", Entry.STAFF, one, "One of them", CannedShown),
    Endpoint(
        "GET",
        "/tickets/{number}/canned-replies/{reply}",
        Right.REPLY,
        filled,
        "An answer, filled in for a ticket",
        CannedFilled,
    ),
    Endpoint(
        "POST",
        "/canned-replies",
        Right.ADMIN_TEXTS,
        add,
        "Keep an answer",
        CannedShown,
        asks=CannedAsked,
        status=201,
        keyed=Keyed.IN_ONE,
    ),
    Endpoint(
        "PUT",
        "/canned-replies/{reply}",
        Right.ADMIN_TEXTS,
        change,
        "Word an answer anew",
        CannedShown,
        asks=CannedAsked,
        versioned=True,
    ),
    Endpoint(
        "POST",
        "/canned-replies/{reply}/retire",
        Right.ADMIN_TEXTS,
        retire,
        "Offer an answer no more",
        CannedShown,
        versioned=True,
        keyed=Keyed.IN_ONE,
        again=one,
    ),
)
