"""Leadership's page: how the units stand, what is broken, what was instructed, who may watch.

Leadership reads everything of its scope and changes nothing but by instruction and delegation
(MB-08, MB-17). What is sensitive is counted and named as such, its words are not shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from aiohttp import web

from console.language import N_
from console.staff.board_parts import (
    Part,
    Place,
    following_in,
    notes_of,
    place_in,
    tickets_of,
)
from console.staff.boxes import RUNNING
from console.staff.doing import carry_out, failure_of, fresh_mark, heard
from console.staff.overseen import SHOWN_PRIORITIES, rows_of, trouble_of
from console.staff.ticket import STATUS_OF
from console.typed import whole
from console.wording import moment
from core.errors import NotFound
from core.model.admin_events import DELEGATED_BY, DELEGATION
from core.model.listing import Sort, TicketFilter
from core.model.rights import scope
from core.model.staff import Right
from core.model.ticket import Priority
from core.model.work import Refusal
from core.services.staff import delegate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.staff.backdrop import Backdrop
    from console.staff.guard import Guard
    from console.staff.inbox import Counts
    from console.staff.overseen import UnitRow
    from console.staff.visit import Visit

BOARD: Final = "/console/pimpinan"
PARTS: Final[Mapping[str, str]] = {
    "unit": N_("Tiket berjalan menurut unit"),
    "kendala": N_("Terlewati dan naik ke atasan"),
    "arahan": N_("Arahan terakhir"),
}
"""By their names in addresses."""

DONE: Final[Mapping[str, str]] = {
    "instruct": N_("Arahan untuk %(number)s disampaikan."),
    "delegasi": N_("Wewenang pengawasan diberikan kepada customer care."),
    "tarik": N_("Wewenang pengawasan ditarik kembali."),
}


class LeadingPages:
    """The handlers of ``/console/pimpinan``.

    Args:
        backdrop: names of colleagues.
        counts: of the boxes, shared by all pages of the process.
    """

    def __init__(self, backdrop: Backdrop, counts: Counts) -> None:
        self._backdrop, self._counts = backdrop, counts

    async def show(self, visit: Visit) -> web.StreamResponse:
        """All of it on one page, or one part page by page."""
        return await self._shown(visit, 200, {})

    async def _shown(
        self, visit: Visit, status: int, failed: Mapping[str, Any]
    ) -> web.StreamResponse:
        place, say = place_in(visit, PARTS), visit.words
        names = await self._backdrop.names(say)
        over = scope(visit.staff, Right.OVERSEE)
        rows, total = rows_of(await visit.reception.store.oversight.figures(over), say)
        asked = {name: visit.request.query.get(name, "") for name in ("unit", "prioritas")}
        values: dict[str, object] = {
            "failed": failed,
            "told": heard(visit, DONE),
            "place": place,
            "board": BOARD,
            "title": say(PARTS.get(place.part, N_("Pengawasan"))),
            "here": place.path(BOARD, **asked),
            "parts": await _parts(visit, place, rows, names),
            "rows": len(rows),
            "total": total,
            "priorities": [(one.value, say(one.word)) for one in SHOWN_PRIORITIES],
            "asked": asked,
            "narrowed": urlencode({name: held for name, held in asked.items() if held}),
            "units": [(row.unit_id, row.name) for row in rows if row.unit_id is not None],
            "delegation": None if place.part else await self._delegation(visit, names),
            "fresh_mark": fresh_mark,
            **await self._counts.today(visit),
        }
        return visit.page("leading.html", values, status)

    async def _delegation(
        self, visit: Visit, names: Mapping[str, str]
    ) -> dict[str, object] | None:
        """Whether customer care watches for leadership, by whom since when; None: not theirs."""
        if not visit.may(Right.DELEGATE):
            return None
        async with visit.reception.store.desk() as desk:
            last = await desk.admin_history.last(DELEGATION)
        return {
            "on": last is not None and last.kind == DELEGATED_BY,
            "by": names.get(last.actor, last.actor) if last else "",
            "at": moment(last.at, visit.reception.zone, visit.words) if last else "",
        }

    # --- doing ---------------------------------------------------------------------------------

    async def instruct(self, visit: Visit) -> web.StreamResponse:
        """Tells whoever has the ticket what to do."""
        number = visit.ticket_number()
        made = await carry_out(visit, "instruct")
        if isinstance(made, Refusal):
            failed = failure_of(visit, "instruct", number, made)
            return await self._shown(visit, STATUS_OF[made.kind], failed)
        place = place_in(visit, PARTS)
        return visit.go(place.path(BOARD, kabar="instruct", nomor=number))

    async def delegation(self, visit: Visit) -> web.StreamResponse:
        """Hands the watch to customer care, or takes it back."""
        asked = visit.form.get("wewenang", "")
        if asked not in ("delegasi", "tarik"):
            raise NotFound(asked)
        made = await delegate(visit.reception.house, visit.staff, on=asked == "delegasi")
        if isinstance(made, Refusal):
            failed = failure_of(visit, "wewenang", "", made)
            return await self._shown(visit, STATUS_OF[made.kind], failed)
        return visit.go(f"{BOARD}?kabar={asked}")


def asked_for(visit: Visit) -> TicketFilter:
    """What is broken, narrowed by unit and priority; what cannot be read narrows nothing."""
    query = visit.request.query
    priority = query.get("prioritas", "")
    return TicketFilter(
        statuses=RUNNING,
        troubled=True,
        unit_id=whole(query.get("unit")),
        priorities=frozenset(one for one in Priority if one.value == priority),
    )


async def _parts(
    visit: Visit, place: Place, rows: Sequence[UnitRow], names: Mapping[str, str]
) -> dict[str, Part]:
    """Those that the page shows."""
    parts = {}
    if place.shows("unit"):
        parts["unit"] = _units(rows, place)
    if place.shows("kendala"):
        parts["kendala"] = await _broken(visit, place)
    if place.shows("arahan"):
        parts["arahan"] = await notes_of(visit, "instruction", names, place)
    return parts


async def _broken(visit: Visit, place: Place) -> Part:
    """What is in trouble, narrowed as asked for; what may not be read is named as such."""
    over = scope(visit.staff, Right.OVERSEE)
    found = await tickets_of(visit, over, (asked_for(visit), Sort.URGENCY), place)
    numbers = [one.number for one in found.lines]
    may_open = set(await visit.reception.store.search.numbered(visit.scope(), numbers))
    now, zone, say = visit.now(), visit.reception.zone, visit.words
    lines = [trouble_of(one, now, zone, say, readable=one.id in may_open) for one in found.lines]
    return replace(found, lines=lines)


def _units(rows: Sequence[UnitRow], place: Place) -> Part:
    """On the board the units with most broken promises; alone, page by page, by name."""
    if place.part != "unit":
        more = "0" if len(rows) > place.most else ""
        return Part(rows[: place.most], more, str(len(rows)))
    named = sorted(rows, key=lambda row: (row.name.casefold(), row.unit_id or 0))
    begins, following = following_in([row.unit_id or 0 for row in named], place)
    return Part(named[begins : begins + place.most], following, str(len(rows)))


def leading_routes(guard: Guard, backdrop: Backdrop, counts: Counts) -> list[web.RouteDef]:
    """For whoever oversees: leadership, heads, and customer care while it is delegated."""
    pages = LeadingPages(backdrop, counts)
    return [
        web.get(BOARD, guard.page(pages.show, Right.OVERSEE)),
        web.get(f"{BOARD}/{{bagian:{'|'.join(PARTS)}}}", guard.page(pages.show, Right.OVERSEE)),
        web.post("/console/pimpinan/wewenang", guard.page(pages.delegation, Right.DELEGATE)),
        web.post(
            "/console/pimpinan/{number}/instruct", guard.page(pages.instruct, Right.INSTRUCT)
        ),
    ]
