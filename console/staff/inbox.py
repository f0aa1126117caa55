"""Boxes, lists and their numbers; the ticket beside them is console/staff/ticket.py."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from console.language import N_
from console.staff.boxes import BOXES, BY_KEY, TRAY, TRAY_WORDS, UNREAD, first_page, sorts_tray
from console.staff.hands.filters import NARROWED
from console.staff.kept import FRESH, PATIENCE, SETTLED, Kept
from console.staff.shown import line_of
from console.staff.today import figures
from console.typed import instant, whole
from core.errors import NotFound
from core.model.clock import PauseReason
from core.model.idle import idle_by_hours
from core.model.listing import MOST_COUNTED, ListKey, TicketFilter
from core.model.staff import Right
from core.model.ticket import Priority, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from aiohttp import web

    from console.staff.backdrop import Backdrop
    from console.staff.boxes import Box
    from console.staff.hands.groups import Groups
    from console.staff.kept import Turns
    from console.staff.reception import Reception
    from console.staff.visit import Visit
    from core.model.listing import ListedTicket

LINES: Final = 40
"""Tickets of one page of a list."""

ENDS: Final = frozenset({"resolve", "close", "reject", "cancel", "merge"})
"""Acts after which somebody is done with a ticket, and may go on to the next of the box."""

_LONGEST_SEARCH: Final = 64

IDLE_CHOICES: Final = (
    (4, N_("4 jam")),
    (8, N_("8 jam")),
    (24, N_("1 hari")),
    (72, N_("3 hari")),
    (168, N_("7 hari")),
)
"""Hours by the clock for which nobody has acted; any other number may stand in the address."""


class Counts(Kept["Mapping[str, str]"]):
    """The numbers beside the boxes, by their keys; "1000+" where counting stopped.

    Args:
        reception: where to count.
        turns: of all that count.
    """

    def __init__(self, reception: Reception, turns: Turns) -> None:
        self._reception = reception
        good = (FRESH, SETTLED)
        super().__init__(self._numbers, lambda: reception.news.version, good, turns)

    def read(self, visit: Visit, status: Status) -> None:
        """This person has read a ticket that they had not: one less stands in that box."""
        if not awaits(status):
            return
        self.amend(visit, lambda known: {**known, UNREAD: one_less(known.get(UNREAD, ""))})

    async def today(
        self, visit: Visit, most: int | None = None, patience: float = PATIENCE
    ) -> dict[str, object]:
        """The first figures of the day as far as they are known; ``counting``: soon others."""
        glance = await self.glance(visit, patience)
        shown = figures(glance.counted, visit)[:most]
        return {"today": shown, "counting": not glance.current}

    async def _numbers(self, visit: Visit) -> Mapping[str, str]:
        found = {box.key: await self._number(visit, box) for box in BOXES if box.counted}
        if sorts_tray(visit.staff):
            tray = await self._reception.store.lists.tray(MOST_COUNTED + 1)
            found[TRAY] = capped(tray.count)
        return found

    async def _number(self, visit: Visit, box: Box) -> str:
        count = self._reception.store.lists.count
        return capped(await count(visit.scope(), tickets_in(visit, box), MOST_COUNTED + 1))


class InboxPages:
    """The handlers of lists.

    Args:
        counts, groups: shared by all pages of the process.
        backdrop: colleagues, units, regions.
    """

    def __init__(self, counts: Counts, groups: Groups, backdrop: Backdrop) -> None:
        self.counts, self._groups, self._backdrop = counts, groups, backdrop

    async def home(self, visit: Visit) -> web.StreamResponse:
        """On to the box where this person begins."""
        if not visit.may(Right.VIEW):
            return visit.go("/console/akun")
        return visit.go(first_page(visit.staff))

    async def box(self, visit: Visit) -> web.StreamResponse:
        """A box with nothing chosen."""
        values = await self.values(visit, box_of(visit))
        part = visit.request.headers.get("HX-Target") == "daftar"
        return visit.page("_list.html" if part else "desk.html", values)

    async def numbers(self, visit: Visit) -> web.StreamResponse:
        """Only the boxes with their numbers, for live pages."""
        chosen = visit.request.query.get("kotak", "")
        boxes = _boxes(visit, chosen, await self.counts.settled(visit))
        return visit.page("_numbers.html", {"boxes": boxes, "counting": False})

    async def sides(self, visit: Visit, chosen: str) -> dict[str, object]:
        """What stands beside every list: boxes, kept lists, running tickets by groups."""
        glance = await self.counts.glance(visit)
        return {
            "boxes": _boxes(visit, chosen, glance.counted or {}),
            "counting": not glance.current,
            "saved": await visit.reception.store.lists.saved(visit.staff.id),
            "groups": await self._groups.of(visit),
        }

    async def values(self, visit: Visit, box: Box) -> dict[str, object]:
        """What the page of a box shows; the ticket pane stays empty."""
        found, asked = await self._page(visit, box), filters_of(visit)
        zone, say, now = visit.reception.zone, visit.words, visit.now()
        page = found[:LINES]
        numbers = [one.number for one in page]
        presence, at = visit.reception.presence, asyncio.get_running_loop().time()
        following = place_of(page[-1].key(box.sort)) if len(found) > LINES else ""
        return {
            **await self.counts.today(visit),
            **await self.sides(visit, box.key),
            "box": box,
            "lines": [line_of(one, now, zone, say) for one in page],
            "following": following,
            "looking": presence.among(numbers, visit.staff, at),
            "unread": unread_on(page),
            "idle_choices": [(str(hours), say(words)) for hours, words in IDLE_CHOICES],
            "begun": {one.number for one in page if one.begun},
            "asked": asked,
            "query": visit.request.query_string,
            "filtered": any(asked.values()),
            "channels": sorted(visit.reception.work.office.channels),
            "units": (await self._backdrop.now()).staffing.units,
            "priorities": tuple(Priority),
            "reasons": tuple(PauseReason),
            "narrowed": urlencode({name: held for name, held in asked.items() if held}),
            "ticket": None,
        }

    async def today(self, visit: Visit) -> web.StreamResponse:
        """Only the figures of the day, for live pages."""
        today = figures(await self.counts.settled(visit), visit)
        return visit.page("_today.html", {"today": today, "counting": False})

    async def _page(self, visit: Visit, box: Box) -> list[ListedTicket]:
        wanted = narrowed(tickets_in(visit, box), filters_of(visit), visit.now())
        after = read_place(visit.request.query.get("sesudah", ""))
        lists = visit.reception.store.lists
        return list(await lists.page(visit.scope(), wanted, box.sort, after, LINES + 1))

    async def following(self, visit: Visit, box: Box, number: str) -> str:
        """The end of the address of the ticket after this one in the box, else of its first."""
        lists, scope = visit.reception.store.lists, visit.scope()
        wanted = tickets_in(visit, box)
        here = await lists.page(scope, TicketFilter(number=number), box.sort, None, 1)
        after = here[0].key(box.sort) if here else None
        found = await lists.page(scope, wanted, box.sort, after, 1)
        found = found or await lists.page(scope, wanted, box.sort, None, 1)
        others = [one.number for one in found if one.number != number]
        return f"/{others[0]}?usai={number}" if others else ""


def _boxes(visit: Visit, chosen: str, counts: Mapping[str, str]) -> list[dict[str, Any]]:
    places = [(box.key, box.words, box.go) for box in BOXES if box.listed]
    if sorts_tray(visit.staff):
        places.append((TRAY, TRAY_WORDS, "u"))
    return [
        {
            "key": key,
            "words": visit.words(words),
            "count": counts.get(key, ""),
            "here": key == chosen,
            "go": go,
        }
        for key, words, go in places
    ]


def awaits(status: Status) -> bool:
    """Whether unread messages of such a ticket matter: what is closed is shown without."""
    return status.running or status is Status.RESOLVED


def unread_on(page: Sequence[ListedTicket]) -> dict[str, int]:
    """By number, where it matters."""
    return {one.number: one.unread for one in page if one.unread and awaits(one.status)}


def one_less(shown: str) -> str:
    """A number of a box after one ticket left it; where counting stopped nobody knows."""
    return str(max(0, int(shown) - 1)) if shown.isdecimal() else shown


def capped(count: int) -> str:
    """As a number is shown that was counted up to one more than the most."""
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def tickets_in(visit: Visit, box: Box) -> TicketFilter:
    """What is in a box for this visit."""
    return box.tickets(visit.staff, visit.reception.work, visit.now())


def box_of(visit: Visit) -> Box:
    """The box of the address. Raises NotFound."""
    found = BY_KEY.get(visit.request.match_info["kotak"])
    if found is None:
        raise NotFound(visit.request.path)
    return found


def filters_of(visit: Visit) -> dict[str, str]:
    """What the list is narrowed to besides, as typed."""
    query = visit.request.query
    return {name: query.get(name, "")[:_LONGEST_SEARCH].strip() for name in NARROWED}


def narrowed(wanted: TicketFilter, asked: Mapping[str, str], now: datetime) -> TicketFilter:
    """The filter of a box, narrowed by what was asked for; what cannot be read asks nothing."""
    priorities = frozenset(one for one in Priority if one.value == asked["prioritas"])
    unit = whole(asked["unit"])
    hours = whole(asked["diam"])
    reasons = [one for one in PauseReason if one.value == asked["sebab"]]
    return replace(
        wanted,
        priorities=priorities or wanted.priorities,
        unit_id=wanted.unit_id if unit is None else unit,
        channel=asked["kanal"] or wanted.channel,
        number=asked["nomor"] or wanted.number,
        pause=reasons[0] if reasons else wanted.pause,
        idle=idle_by_hours(hours, now) if hours else wanted.idle,
    )


def place_of(key: ListKey) -> str:
    """Where the next page begins, as it stands in the address; holds nothing that is secret."""
    due = key.due_at.isoformat() if key.due_at else ""
    return f"{key.id}~{key.rank}~{due}"


def read_place(written: str) -> ListKey | None:
    """What :func:`place_of` wrote; None for what it did not write."""
    number, _, rest = written.partition("~")
    rank, _, due = rest.partition("~")
    last, place, at = whole(number), whole(rank), instant(due)
    if last is None or place is None or (due and at is None):
        return None
    return ListKey(last, at, place)
