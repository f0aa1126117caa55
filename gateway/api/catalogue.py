"""The service catalogue: read, kept, quoted as an answer (LL-41)."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field, StringConstraints

from core.model.catalogue import PARTS, ServiceDraft, as_answer
from core.model.staff import Right
from core.services.catalogue import NO_SUCH_SERVICE, add_service, change_service
from gateway.api.people import done, identity
from gateway.api.problems import NOT_FOUND, NotDone
from gateway.api.setting_versions import FirstDay, begins
from gateway.api.table import Answer, Asked, Call, Endpoint, Entry, Keyed, Shown
from gateway.api.ticket_models import Id  # noqa: TC001 - pydantic reads it

if TYPE_CHECKING:
    from core.model.catalogue import Service
    from core.model.work import Refusal

Text = Annotated[str, StringConstraints(max_length=4_000)]
_MOST_WORDS: Final = 10


class PartShown(Shown):
    """One part of a service standard that is filled in."""

    key: str
    words: str
    text: str


class ServiceShown(Shown):
    """An entry; ``parts`` in the order in which they are shown, time limit and fee first."""

    id: int
    unit_id: int | None
    name: str
    parts: list[PartShown]
    version: int
    retired_at: datetime | None


class Services(Shown):
    """By name."""

    items: list[ServiceShown]


class ServicesWanted(Asked):
    """Those that hold all words of ``q``."""

    q: Annotated[str, StringConstraints(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class ServiceAsked(Asked):
    """An entry; ``unit_id`` null is the whole office.

    With ``valid_from`` it waits for that day of the office, and what holds is answered; a new one
    is retired until then.
    """

    name: Text
    parts: Annotated[dict[str, Text], Field(max_length=len(PARTS))]
    unit_id: Id | None = None
    valid_from: FirstDay = None


class Quoted(Shown):
    """The entry as an answer, to be read before it is sent."""

    text: str


def _shown(service: Service) -> ServiceShown:
    parts = [
        PartShown(key=key, words=words, text=service.parts[key])
        for key, words in PARTS.items()
        if service.parts.get(key)
    ]
    names = set(ServiceShown.model_fields) - {"parts"}
    return ServiceShown(parts=parts, **{name: getattr(service, name) for name in names})


def _kept(found: Service | Refusal) -> Answer:
    if found is NO_SUCH_SERVICE:
        raise NotDone(NOT_FOUND)
    service = done(found)
    return Answer(_shown(service), service.version)


def _draft(call: Call) -> ServiceDraft:
    asked: ServiceAsked = call.body
    begin = begins(call, asked.valid_from)
    return ServiceDraft(asked.name, asked.parts, asked.unit_id, begin)


async def services(call: Call) -> Answer:
    """What there is."""
    asked: ServicesWanted = call.query
    words = asked.q.lower().split()[:_MOST_WORDS]
    found = await call.parts.store.catalogue.find(words, asked.limit)
    return Answer(Services(items=[_shown(one) for one in found]))


async def one(call: Call) -> Answer:
    """As it is kept, retired too."""
    return _kept(await call.parts.store.catalogue.one(identity(call, "service")))


async def quote(call: Call) -> Answer:
    """The entry as an answer; nothing is sent."""
    service = await call.parts.store.catalogue.one(identity(call, "service"))
    page = f"{call.parts.settings.http.public_url.rstrip('/')}/layanan"
    return Answer(Quoted(text=as_answer(service, page)))


async def add(call: Call) -> Answer:
    """A new one."""
    return _kept(await add_service(call.open_desk, call.staff, _draft(call), call.now))


async def change(call: Call) -> Answer:
    """Written anew."""
    seen, draft = await _seen(call), _draft(call)
    return _kept(await change_service(call.open_desk, call.staff, seen, draft, call.now))


async def retire(call: Call) -> Answer:
    """Shown no more."""
    seen = await _seen(call)
    return _kept(await change_service(call.open_desk, call.staff, seen, None, call.now))


async def _seen(call: Call) -> tuple[int, int]:
    """Id and the version of ``If-Match``; for ``*`` whatever it is now. Raises NotFound."""
    which = identity(call, "service")
    if call.version is not None:
        return which, call.version
    return which, (await call.parts.store.catalogue.one(which)).version


_ONE: Final = "/services/{service}"
ROUTES: Final = (
    Endpoint(
        "GET",
        "/services",
        Entry.STAFF,
        services,
        "The service catalogue",
        Services,
        query=ServicesWanted,
    ),
    Endpoint("GET", _ONE, Entry.STAFF, one, "One service", ServiceShown),
    Endpoint("GET", f"{_ONE}/quote", Right.REPLY, quote, "A service as an answer", Quoted),
    Endpoint(
        "POST",
        "/services",
        Entry.STAFF,
        add,
        "Describe a service",
        ServiceShown,
        asks=ServiceAsked,
        status=201,
        keyed=Keyed.IN_ONE,
    ),
    Endpoint(
        "PUT",
        _ONE,
        Entry.STAFF,
        change,
        "Describe a service anew",
        ServiceShown,
        asks=ServiceAsked,
        versioned=True,
    ),
    Endpoint(
        "POST",
        f"{_ONE}/retire",
        Entry.STAFF,
        retire,
        "Show a service no more",
        ServiceShown,
        versioned=True,
        keyed=Keyed.IN_ONE,
        again=one,
    ),
)
