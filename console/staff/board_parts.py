"""Parts of a board: each with its first lines on the board, and all of them page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from console.staff.inbox import capped, place_of, read_place
from console.staff.overseen import told_of
from console.typed import whole
from core.model.listing import MOST_COUNTED
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from console.staff.visit import Visit
    from core.model.listing import Sort, TicketFilter
    from core.model.rights import Scope

FEW: Final = 20
"""Lines of one part on the whole board."""

LINES: Final = 40
"""Lines of a page that shows one part alone."""

PLACE: Final = "sesudah"
"""The field, in addresses and forms, that says where a page begins."""


@value
class Part:
    """A part of a board.

    Attributes:
        lines: as templates lay them out.
        following: where the next page begins; "": this is all.
        count: how many there are, "" where nobody counted.
    """

    lines: Sequence[Any]
    following: str = ""
    count: str = ""


@value
class Place:
    """What a visit looks at.

    Attributes:
        part: the one that it shows alone; "": the whole board.
        after: where its page begins; "": its first.
    """

    part: str = ""
    after: str = ""

    @property
    def most(self) -> int:
        """Lines of each part."""
        return LINES if self.part else FEW

    @property
    def key(self) -> int | None:
        """``after`` where it is a number."""
        return whole(self.after)

    def shows(self, part: str) -> bool:
        """Whether this part is on the page."""
        return self.part in ("", part)

    def path(self, board: str, **more: str) -> str:
        """The address of the page."""
        asked = urlencode(
            {name: held for name, held in {PLACE: self.after, **more}.items() if held}
        )
        way = f"{board}/{self.part}" if self.part else board
        return f"{way}?{asked}" if asked else way


def place_in(visit: Visit, parts: Collection[str]) -> Place:
    """From the address, or from the form that was sent from there."""
    part = visit.request.match_info.get("bagian", visit.form.get("bagian", ""))
    if part not in parts:
        return Place()
    return Place(part, visit.form.get(PLACE, visit.request.query.get(PLACE, "")))


async def tickets_of(
    visit: Visit, reach: Scope, asked: tuple[TicketFilter, Sort], place: Place
) -> Part:
    """Tickets in this order (``ListedTicket``), counted up to the most that a badge shows."""
    wanted, sort = asked
    lists = visit.reception.store.lists
    after = read_place(place.after)
    found = await lists.page(reach, wanted, sort, after, place.most + 1)
    page = found[: place.most]
    return Part(
        lines=page,
        following=place_of(page[-1].key(sort)) if len(found) > place.most else "",
        count=capped(await lists.count(reach, wanted, MOST_COUNTED + 1)),
    )


async def notes_of(visit: Visit, kind: str, names: Mapping[str, str], place: Place) -> Part:
    """The last notes of a kind on tickets that the visitor may see, newest first."""
    found = await visit.reception.store.oversight.told(
        visit.scope(), kind, place.key, place.most + 1
    )
    page = found[: place.most]
    zone, say = visit.reception.zone, visit.words
    return Part(
        lines=[told_of(one, names, zone, say) for one in page],
        following=str(page[-1].id) if len(found) > place.most else "",
    )


def following_in(ids: Sequence[int], place: Place) -> tuple[int, str]:
    """Where in these ids the page begins, and where the next one does.

    For what is read whole and shown page by page; an id that is gone begins anew.
    """
    begins = ids.index(place.key) + 1 if place.key in ids else 0
    ends = begins + place.most
    return begins, str(ids[ends - 1]) if ends < len(ids) else ""
