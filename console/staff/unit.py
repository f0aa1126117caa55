"""A supervisor's desk: approvals that wait, the team, tickets that nobody has, and trouble.

Everything is decided where it is seen: each line bears the form for what it asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from console.language import N_
from console.staff.boxes import RUNNING
from console.staff.coming_in import USUAL_END, note_presence
from console.staff.doing import carry_out, failure_of, fresh_mark, heard
from console.staff.overseen import asked_of, team_of, told_of, trouble_of
from console.staff.ticket import STATUS_OF
from core.errors import NotFound
from core.model.listing import MOST_COUNTED, Sort, TicketFilter
from core.model.rights import reaches, scope
from core.model.staff import Reach, Right
from core.model.work import Refusal, RefusalKind
from core.services.once import Repeated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.staff.backdrop import Backdrop
    from console.staff.guard import Guard
    from console.staff.overseen import Member, Told
    from console.staff.visit import Visit

LINES: Final = 30
"""Of each part; the boxes hold the rest."""

QUESTIONS: Final = 10

UNASSIGNED: Final = TicketFilter(statuses=RUNNING, assignee_id=0)
TROUBLED: Final = TicketFilter(statuses=RUNNING, troubled=True)

HEARD: Final[Mapping[str, str]] = {
    "approve": N_("%(number)s disetujui."),
    "refuse-approval": N_("%(number)s dikembalikan beserta alasannya."),
    "assign": N_("%(number)s ditugaskan."),
}
"""What the page takes, and how it says that it is done."""

NOT_YOURS: Final = Refusal(
    RefusalKind.UNENTITLED, N_("Orang ini bukan dari unit Anda."), "staff_id"
)


class UnitPages:
    """The handlers of ``/console/unit``.

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
        store, now, zone = visit.reception.store, visit.now(), visit.reception.zone
        say, lists = visit.words, store.lists
        names = await self._backdrop.names(say)
        waiting = await store.oversight.approvals(scope(visit.staff, Right.APPROVE), LINES + 1)
        nobodys = await lists.page(visit.scope(), UNASSIGNED, Sort.URGENCY, None, LINES)
        broken = await lists.page(visit.scope(), TROUBLED, Sort.URGENCY, None, LINES)
        shown = {one.number for one in nobodys}
        values: dict[str, object] = {
            "failed": failed,
            "told": heard(visit, HEARD),
            "waiting": [asked_of(one, names, zone, say) for one in waiting[:LINES]],
            "more_waiting": len(waiting) > LINES,
            "nobodys": [trouble_of(one, now, zone, say) for one in nobodys],
            "broken": [
                trouble_of(one, now, zone, say) for one in broken if one.number not in shown
            ],
            "more_broken": len(broken) == LINES,
            "count_nobodys": await lists.count(visit.scope(), UNASSIGNED, MOST_COUNTED),
            "count_broken": await lists.count(visit.scope(), TROUBLED, MOST_COUNTED),
            "team": await self._team(visit),
            "questions": await _questions(visit, names),
            "usual": USUAL_END,
            "fresh_mark": fresh_mark,
        }
        return visit.page("unit.html", values, status)

    async def _team(self, visit: Visit) -> list[Member]:
        store = visit.reception.store
        units = visit.staff.units
        if Reach.ALL in reaches(visit.staff, Right.APPROVE):
            units = frozenset(one.id for one in await store.units.units())
        found = await store.units.candidates()
        return team_of(found, units, visit.now(), visit.reception.zone, visit.words)

    # --- doing ---------------------------------------------------------------------------------

    async def do(self, visit: Visit) -> web.StreamResponse:
        """Approves, sends back, or gives a ticket to somebody."""
        name, number = visit.request.match_info["tindakan"], visit.ticket_number()
        if name not in HEARD:
            raise NotFound(name)
        made = await carry_out(visit, name)
        if isinstance(made, Refusal):
            return await self._shown(
                visit, STATUS_OF[made.kind], failure_of(visit, name, number, made)
            )
        again = "&lagi=1" if isinstance(made, Repeated) else ""
        return visit.go(f"/console/unit?kabar={name}&nomor={number}{again}")

    async def presence(self, visit: Visit) -> web.StreamResponse:
        """Notes that one of the team is in, or gone."""
        written = visit.form.get("staff_id", "")
        team = {str(one.id): one.id for one in await self._team(visit)}
        made = await note_presence(visit, team[written]) if written in team else NOT_YOURS
        if isinstance(made, Refusal):
            failed = failure_of(visit, "hadir", written, made)
            return await self._shown(visit, STATUS_OF[made.kind], failed)
        return visit.go("/console/unit#tim")


async def _questions(visit: Visit, names: Mapping[str, str]) -> list[Told]:
    """What the team has asked its supervisor about tickets that run (DK-25)."""
    found = await visit.reception.store.oversight.told(visit.scope(), "question", QUESTIONS)
    zone, say = visit.reception.zone, visit.words
    return [told_of(one, names, zone, say) for one in found if one.status.running]


def unit_routes(guard: Guard, backdrop: Backdrop) -> list[web.RouteDef]:
    """For whoever approves: supervisors of units."""
    pages = UnitPages(backdrop)
    return [
        web.get("/console/unit", guard.page(pages.show, Right.APPROVE)),
        web.post("/console/unit/hadir", guard.page(pages.presence, Right.APPROVE)),
        web.post("/console/unit/{number}/{tindakan}", guard.page(pages.do, Right.APPROVE)),
    ]
