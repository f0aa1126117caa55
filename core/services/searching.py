"""One search field for numbers, telephone numbers, addresses, NIK, names and words (DK-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.errors import MalformedMessage
from core.model.messages import AddressKind
from core.model.restricted import RestrictedField
from core.model.rights import scope
from core.model.searching import Hit, Sweep, excerpt, read_search, sweep_at
from core.model.stream import EVERYTHING
from core.model.value import value
from core.services.restricted import find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.rights import Scope
    from core.model.searching import FoundText, Piece, Sought
    from core.model.staff import Staff
    from core.model.stream import StreamPage
    from core.ports import Store
    from core.ports.searching import TicketSearch
    from core.services.house import House

GATHERED: Final = 500
"""Events whose tickets are looked at in one step of gathering."""

SWEPT: Final = 2_000
"""Messages of one step while all of them are looked at: intake waits for no longer transaction."""

WALKED: Final = 400
"""Texts looked at in one step."""

STEPS: Final = 25
"""Steps of one page: beyond 10 000 texts out of reach the page says where to go on."""


@value
class SearchOrder:
    """One page of a search.

    Attributes:
        typed: as it came.
        prefix: of the office's numbers; year: two digits of the local one.
        before: of ``Results.following``; None: the first page.
        limit: tickets.
    """

    by: Staff
    typed: str
    prefix: str
    year: int
    before: int | None = None
    limit: int = 40


@value
class Results:
    """What was found.

    Attributes:
        following: where the next page begins; None: this is all.
        understood: False: nothing in it can be searched for.
    """

    hits: tuple[Hit, ...] = ()
    following: int | None = None
    understood: bool = True


async def search(tickets: TicketSearch, house: House, order: SearchOrder) -> Results:
    """Tickets that the person may see, the newest first, and why each was found.

    Raises StoreUnavailable.
    """
    sought = read_search(order.typed, order.prefix, order.year)
    if sought.nothing:
        return Results(understood=False)
    if sought.words:
        return await _by_words(tickets, order, sought)
    ids, why = await _exactly(tickets, house, order, sought)
    lines = await tickets.lines(scope(order.by), ids)
    return Results(tuple(Hit(line, why) for line in lines))


async def _exactly(
    tickets: TicketSearch, house: House, order: SearchOrder, sought: Sought
) -> tuple[Sequence[int], str]:
    """By number, address or identity."""
    reach = scope(order.by)
    if sought.identity:
        numbers = {
            number
            for field in (RestrictedField.NIK, RestrictedField.KK)
            for number in await find(house, order.by, field, sought.identity)
        }
        newest = sorted(numbers, reverse=True)[: order.limit]
        return await tickets.numbered(reach, newest), "identity"
    if sought.addresses:
        ids = await tickets.reached_by(reach, sought.addresses, order.limit)
        return ids, "email" if sought.addresses[0].kind is AddressKind.EMAIL else "phone"
    ranges = sought.ranges or tuple((one, one) for one in sought.ids)
    return await tickets.between(reach, ranges, order.limit), "number"


async def _by_words(tickets: TicketSearch, order: SearchOrder, sought: Sought) -> Results:
    reach: Scope = scope(order.by)
    best: dict[int, tuple[FoundText, tuple[Piece, ...]]] = {}
    before = order.before
    for _ in range(STEPS):
        texts, before = await tickets.texts(reach, sought.words, before, WALKED)
        for found in texts:
            pieces = excerpt(sought, found)
            if found.ticket_id in best or not pieces:
                continue
            if len(best) == order.limit:
                # This text begins the next page.
                return Results(await _hits(tickets, reach, best), found.doc + 1)
            best[found.ticket_id] = (found, pieces)
        if before is None:
            break
    return Results(await _hits(tickets, reach, best), before)


async def _hits(
    tickets: TicketSearch, reach: Scope, best: dict[int, tuple[FoundText, tuple[Piece, ...]]]
) -> tuple[Hit, ...]:
    lines = await tickets.lines(reach, list(best))
    return tuple(Hit(line, best[line.id][0].source, best[line.id][1]) for line in lines)


async def gather_words(store: Store, swept: int = SWEPT) -> bool:
    """One step of gathering the words of messages; True: there is more at once.

    At first every message is looked at, piece by piece: what came in while the search was being
    set up has no place that could be told. So it is after a backup was brought back. What comes
    in meanwhile is told by the stream from where that sweep began.

    Args:
        store: where the messages are.
        swept: messages of one piece.

    Raises StoreUnavailable; nothing is lost, the next step begins at the same place, in another
    process too.
    """
    begun = await store.search.gathered_up_to()
    sweep = sweep_at(begun)
    if sweep is None:
        try:
            page = await store.stream.after(begun, GATHERED, EVERYTHING) if begun else None
        except MalformedMessage:
            page = None  # a place of the store that a backup has replaced
        if page is not None:
            return await _follow(store, page, begun)
        sweep = Sweep(0, await store.stream.end())
    async with store.desk() as desk:
        if await desk.words.gather_next(sweep, swept, begun):
            await desk.commit()
    return True


async def _follow(store: Store, page: StreamPage, begun: str) -> bool:
    if page.cursor != begun:
        numbers = {event.number for event in page.events}
        async with store.desk() as desk:
            if await desk.words.gather(numbers, begun, page.cursor):
                await desk.commit()
    return page.more
