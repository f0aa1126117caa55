"""The one search (DK-26), and lists that people keep under a name."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field, StringConstraints, field_validator

from console.staff.boxes import BY_KEY
from console.staff.hands.filters import LONGEST_PART, list_at, place_of
from core.model.clock import PauseReason  # noqa: TC001 - pydantic reads it
from core.model.listing import ListKey
from core.model.saved import SavedFilter
from core.model.searching import LONGEST
from core.model.staff import Right
from core.model.ticket import Priority  # noqa: TC001 - pydantic reads it
from core.model.work import Refusal
from core.services.saved_filters import drop_filter, keep_filter
from core.services.searching import SearchOrder, search
from gateway.api.cursors import make_cursor, read_cursor
from gateway.api.people import identity
from gateway.api.problems import NOT_FOUND, NotDone, refusal_problem, unprocessable
from gateway.api.table import Answer, Asked, Call, Endpoint, Keyed, Shown
from gateway.api.ticket_models import After, Id, Limit, TicketLine, line_of

if TYPE_CHECKING:
    from core.model.searching import Hit

Typed = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
Part = Annotated[str, StringConstraints(max_length=LONGEST_PART)]
Name = Annotated[str, StringConstraints(max_length=200)]
Box = Annotated[str, Field(json_schema_extra={"enum": ["", *BY_KEY]})]


class SearchAsked(Asked):
    """What would be typed into the console's search field; posted, so that no log keeps it."""

    q: Typed
    limit: Limit = 40
    after: After | None = None


class PieceShown(Shown):
    """A part of an excerpt; ``hit``: it is what was searched for."""

    text: str
    hit: bool


class HitShown(Shown):
    """One ticket, why it was found, and the masked text around the words."""

    ticket: TicketLine
    why: Literal["number", "phone", "email", "identity", "message", "answer", "note", "ticket"]
    pieces: list[PieceShown]


class Found(Shown):
    """A page; ``understood`` false: nothing in ``q`` can be searched for."""

    items: list[HitShown]
    next: str | None
    understood: bool


async def look(call: Call) -> Answer:
    """Tickets that the person who asks may see, the newest first."""
    asked: SearchAsked = call.body
    policy, vault = call.parts.gateway.plan.policy, call.parts.house.vault
    about = f"search {call.staff.id} {hashlib.sha256(asked.q.encode()).hexdigest()[:16]}"
    order = SearchOrder(
        by=call.staff,
        typed=asked.q,
        prefix=policy.prefix,
        year=call.now.astimezone(policy.zone).year % 100,
        before=read_cursor(vault, about, asked.after).id if asked.after else None,
        limit=asked.limit,
    )
    found = await search(call.parts.store.search, call.parts.house, order)
    following = None
    if found.following is not None:
        following = make_cursor(vault, about, ListKey(found.following))
    items = [_hit(one) for one in found.hits]
    return Answer(Found(items=items, next=following, understood=found.understood))


def _hit(hit: Hit) -> HitShown:
    pieces = [PieceShown(text=one.text, hit=one.hit) for one in hit.pieces]
    return HitShown(ticket=line_of(hit.ticket), why=hit.why, pieces=pieces)  # type: ignore[arg-type] # core keeps it as text


# --- kept lists ----------------------------------------------------------------------------------


class FilterAsked(Asked):
    """A list to keep: a search for words (``q``), or a box and what it is narrowed to."""

    name: Name
    q: Annotated[str, StringConstraints(max_length=LONGEST)] = ""
    box: Box = ""
    number: Part = ""
    priority: Priority | None = None
    channel: Part = ""
    unit: Id | None = None
    reason: PauseReason | None = None

    @field_validator("name", "q", "number", "channel")
    @classmethod
    def _one_line(cls, held: str) -> str:
        return " ".join(held.split())


class FilterShown(Shown):
    """A list as it is kept; ``path`` leads to it in the console."""

    id: int
    name: str
    path: str
    q: str
    box: str
    number: str
    priority: str
    channel: str
    unit: str
    reason: str


class Filters(Shown):
    """Of the person who asks, by name."""

    items: list[FilterShown]


_FIELDS: Final = {
    "number": "nomor",
    "priority": "prioritas",
    "channel": "kanal",
    "unit": "unit",
    "reason": "sebab",
}
"""Our names of what a list is narrowed to, and those of addresses of the console."""

NO_LIST: Final = "Sebutkan kotak dengan saringannya, atau kata yang dicari; bukan keduanya."


def _shown(kept: SavedFilter) -> FilterShown:
    what = list_at(kept.place)
    narrowed = dict(what.narrowed)
    return FilterShown(
        id=kept.id,
        name=kept.name,
        path=f"/console/{kept.place}",
        q=what.words,
        box=what.box,
        **{ours: narrowed.get(theirs, "") for ours, theirs in _FIELDS.items()},
    )


async def filters(call: Call) -> Answer:
    """One's own."""
    found = await call.parts.store.lists.saved(call.staff.id)
    return Answer(Filters(items=[_shown(one) for one in found]))


async def keep(call: Call) -> Answer:
    """Over one of the same name."""
    asked: FilterAsked = call.body
    held = asked.model_dump(mode="json")
    given = {theirs: str(held[ours]) for ours, theirs in _FIELDS.items() if held[ours] is not None}
    given |= {"q": asked.q, "kotak": asked.box}
    place = place_of(given, call.parts.gateway.plan.policy.prefix)
    if place is None or (asked.q and asked.box):
        raise NotDone(unprocessable(NO_LIST, "q" if asked.q else "box"))
    wanted = SavedFilter(0, asked.name, place)
    kept = await keep_filter(call.open_desk, call.staff, wanted, call.now)
    if isinstance(kept, Refusal):
        raise NotDone(refusal_problem(replace(kept, field="name")))
    return Answer(_shown(kept))


async def drop(call: Call) -> Answer:
    """Forgets one of one's own."""
    if not await drop_filter(call.open_desk, call.staff, identity(call, "filter")):
        raise NotDone(NOT_FOUND)
    return Answer()


ROUTES: Final = (
    Endpoint(
        "POST",
        "/search",
        Right.VIEW,
        look,
        "Tickets by number, telephone, mail address, NIK, name or words",
        Found,
        asks=SearchAsked,
    ),
    Endpoint("GET", "/saved-filters", Right.VIEW, filters, "The lists that you keep", Filters),
    Endpoint(
        "POST",
        "/saved-filters",
        Right.VIEW,
        keep,
        "Keep a list under a name",
        FilterShown,
        asks=FilterAsked,
        status=201,
        keyed=Keyed.IN_ONE,
    ),
    Endpoint("DELETE", "/saved-filters/{filter}", Right.VIEW, drop, "Forget a list"),
)
