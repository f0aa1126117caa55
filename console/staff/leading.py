"""Leadership's page: how the units stand, what is broken, what was instructed, who may watch.

Leadership reads everything of its scope and changes nothing but by instruction and delegation
(MB-08, MB-17). What is sensitive is counted and named as such, its words are not shown.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from console.language import N_
from console.staff.boxes import RUNNING
from console.staff.doing import carry_out, failure_of, fresh_mark, heard
from console.staff.overseen import SHOWN_PRIORITIES, rows_of, told_of, trouble_of
from console.staff.ticket import STATUS_OF
from console.typed import whole
from console.wording import moment
from core.errors import NotFound
from core.model.admin_events import DELEGATED_BY, DELEGATION
from core.model.listing import MOST_COUNTED, Sort, TicketFilter
from core.model.rights import scope
from core.model.staff import Right
from core.model.ticket import Priority
from core.model.work import Refusal
from core.services.staff import delegate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.staff.backdrop import Backdrop
    from console.staff.guard import Guard
    from console.staff.visit import Visit
    from core.model.listing import ListedTicket

LINES: Final = 60
"""Of what is broken; unit and priority narrow it."""

INSTRUCTIONS: Final = 12
DONE: Final[Mapping[str, str]] = {
    "instruct": N_("Arahan untuk %(number)s disampaikan."),
    "delegasi": N_("Wewenang pengawasan diberikan kepada customer care."),
    "tarik": N_("Wewenang pengawasan ditarik kembali."),
}


class LeadingPages:
    """The handlers of ``/console/pimpinan``.

    Args:
        backdrop: names of colleagues.
    """

    def __init__(self, backdrop: Backdrop) -> None:
        self._backdrop = backdrop

    async def show(self, visit: Visit) -> web.StreamResponse:
        """All of it on one page."""
        return await self._shown(visit, 200, {})

    async def _shown(
        self, visit: Visit, status: int, failed: Mapping[str, Any]
    ) -> web.StreamResponse:
        store, now, zone, say = (
            visit.reception.store,
            visit.now(),
            visit.reception.zone,
            visit.words,
        )
        over = scope(visit.staff, Right.OVERSEE)
        wanted = asked_for(visit)
        names = await self._backdrop.names(say)
        rows, total = rows_of(await store.oversight.figures(over), say)
        broken = await store.lists.page(over, wanted, Sort.URGENCY, None, LINES)
        readable = await _readable(visit, broken)
        told = await store.oversight.told(visit.scope(), "instruction", INSTRUCTIONS)
        values: dict[str, object] = {
            "failed": failed,
            "told": heard(visit, DONE),
            "rows": rows,
            "total": total,
            "priorities": [(one.value, say(one.word)) for one in SHOWN_PRIORITIES],
            "broken": [
                trouble_of(one, now, zone, say, readable=one.number in readable) for one in broken
            ],
            "count_broken": await store.lists.count(over, wanted, MOST_COUNTED),
            "asked": {name: visit.request.query.get(name, "") for name in ("unit", "prioritas")},
            "units": [(row.unit_id, row.name) for row in rows if row.unit_id is not None],
            "instructions": [told_of(one, names, zone, say) for one in told],
            "delegation": await self._delegation(visit, names),
            "fresh_mark": fresh_mark,
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
            "at": moment(last.at, visit.reception.zone) if last else "",
        }

    # --- doing ---------------------------------------------------------------------------------

    async def instruct(self, visit: Visit) -> web.StreamResponse:
        """Tells whoever has the ticket what to do."""
        number = visit.ticket_number()
        made = await carry_out(visit, "instruct")
        if isinstance(made, Refusal):
            failed = failure_of(visit, "instruct", number, made)
            return await self._shown(visit, STATUS_OF[made.kind], failed)
        return visit.go(f"/console/pimpinan?kabar=instruct&nomor={number}")

    async def delegation(self, visit: Visit) -> web.StreamResponse:
        """Hands the watch to customer care, or takes it back."""
        asked = visit.form.get("wewenang", "")
        if asked not in ("delegasi", "tarik"):
            raise NotFound(asked)
        made = await delegate(visit.reception.house, visit.staff, on=asked == "delegasi")
        if isinstance(made, Refusal):
            failed = failure_of(visit, "wewenang", "", made)
            return await self._shown(visit, STATUS_OF[made.kind], failed)
        return visit.go(f"/console/pimpinan?kabar={asked}")


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


async def _readable(visit: Visit, found: Sequence[ListedTicket]) -> set[str]:
    """Numbers of those that who looks may open: more is counted here than may be read."""
    reach = visit.scope()
    if reach.wide.everything and (reach.deep.everything or reach.deep.nothing):
        deep = reach.deep.everything
        return {one.number for one in found if deep or not one.sensitive}
    numbers = set()
    for one in found:
        with suppress(NotFound):
            await visit.reception.store.staff.visible(one.number, reach)
            numbers.add(one.number)
    return numbers


def leading_routes(guard: Guard, backdrop: Backdrop) -> list[web.RouteDef]:
    """For whoever oversees: leadership, heads, and customer care while it is delegated."""
    pages = LeadingPages(backdrop)
    return [
        web.get("/console/pimpinan", guard.page(pages.show, Right.OVERSEE)),
        web.post("/console/pimpinan/wewenang", guard.page(pages.delegation, Right.DELEGATE)),
        web.post(
            "/console/pimpinan/{number}/instruct", guard.page(pages.instruct, Right.INSTRUCT)
        ),
    ]
