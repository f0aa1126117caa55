"""A supervisor's desk: approvals that wait, the team, tickets that nobody has, and trouble.

Everything is decided where it is seen: each line bears the form for what it asks for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

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
from console.staff.boxes import MOVING, RUNNING, overlooked
from console.staff.coming_in import USUAL_END, note_presence
from console.staff.doing import carry_out, failure_of, fresh_mark, heard
from console.staff.inbox import capped
from console.staff.overseen import asked_of, team_of, trouble_of
from console.staff.ticket import STATUS_OF
from core.errors import NotFound
from core.model.listing import MOST_COUNTED, Sort, TicketFilter
from core.model.rights import reaches, scope
from core.model.staff import Reach, Right
from core.model.ticket import Status
from core.model.work import Refusal, RefusalKind
from core.services.once import Repeated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.staff.backdrop import Backdrop
    from console.staff.guard import Guard
    from console.staff.inbox import Counts
    from console.staff.overseen import Member
    from console.staff.visit import Visit

BOARD: Final = "/console/unit"
PARTS: Final[Mapping[str, str]] = {
    "persetujuan": N_("Menunggu persetujuan Anda"),
    "tanpa-petugas": N_("Belum ada petugas"),
    "kendala": N_("Terlewati dan naik ke atasan"),
    "diam": N_("Tanpa tindakan lebih lama daripada batas jawaban"),
    "tim": N_("Tim"),
    "pertanyaan": N_("Pertanyaan dari tim"),
}
"""By their names in addresses."""

OFFERED: Final = 40
"""People to choose from beside a ticket, the fittest first; its own page offers all."""

UNASSIGNED: Final = TicketFilter(statuses=RUNNING, assignee_id=0)
TROUBLED: Final = TicketFilter(statuses=RUNNING, troubled=True)
IDLE: Final = TicketFilter(statuses=MOVING)

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
        place = place_in(visit, PARTS)
        names = await self._backdrop.names(visit.words)
        team = await self._team(visit)
        values: dict[str, object] = {
            "failed": failed,
            "told": heard(visit, HEARD),
            "place": place,
            "board": BOARD,
            "title": visit.words(PARTS.get(place.part, N_("Unit saya"))),
            "here": place.path(BOARD),
            "parts": {**await self._parts(visit, place, names), "tim": _page_of(team, place)},
            "team_count": len(team),
            "team_in": sum(bool(one.until) for one in team),
            "offered": team[:OFFERED],
            "usual": USUAL_END,
            "fresh_mark": fresh_mark,
            **await self._counts.today(visit),
        }
        return visit.page("unit.html", values, status)

    async def _parts(
        self, visit: Visit, place: Place, names: Mapping[str, str]
    ) -> dict[str, Part]:
        """Those that the page shows and that are read from the store."""
        reach, parts = visit.scope(), {}
        now, zone, say = visit.now(), visit.reception.zone, visit.words
        if place.shows("persetujuan"):
            parts["persetujuan"] = await _approvals(visit, names, place)
        shown: set[str] = set()
        idle = overlooked(IDLE, visit.reception.work, now)
        lists = (
            ("tanpa-petugas", UNASSIGNED, Sort.URGENCY),
            ("kendala", TROUBLED, Sort.URGENCY),
            ("diam", idle, Sort.IDLE),
        )
        for name, wanted, sort in lists:
            if place.shows(name):
                found = await tickets_of(visit, reach, (wanted, sort), place)
                lines = [trouble_of(one, now, zone, say) for one in found.lines]
                lines = [one for one in lines if one.line.number not in shown]
                shown |= {one.line.number for one in lines}
                parts[name] = replace(found, lines=lines)
        if place.shows("pertanyaan"):
            parts["pertanyaan"] = await _questions(visit, names, place)
        return parts

    async def _team(self, visit: Visit) -> list[Member]:
        store = visit.reception.store
        units = visit.staff.units
        if Reach.ALL in reaches(visit.staff, Right.APPROVE):
            units = frozenset(one.id for one in await store.units.units())
        found = [one for one in await store.units.candidates() if one.unit_id in units]
        return team_of(found, visit.now(), visit.reception.zone, visit.words)

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
        again = "1" if isinstance(made, Repeated) else ""
        place = place_in(visit, PARTS)
        return visit.go(place.path(BOARD, kabar=name, nomor=number, lagi=again))

    async def presence(self, visit: Visit) -> web.StreamResponse:
        """Notes that one of the team is in, or gone."""
        written = visit.form.get("staff_id", "")
        team = {str(one.id): one.id for one in await self._team(visit)}
        made = await note_presence(visit, team[written]) if written in team else NOT_YOURS
        if isinstance(made, Refusal):
            failed = failure_of(visit, "hadir", written, made)
            return await self._shown(visit, STATUS_OF[made.kind], failed)
        return visit.go(f"{place_in(visit, PARTS).path(BOARD)}#tim")


async def _approvals(visit: Visit, names: Mapping[str, str], place: Place) -> Part:
    """What waits for the visitor's yes, the oldest first."""
    oversight, reach = visit.reception.store.oversight, scope(visit.staff, Right.APPROVE)
    found = await oversight.approvals(reach, place.key or 0, place.most + 1)
    page, zone = found[: place.most], visit.reception.zone
    return Part(
        lines=[asked_of(one, names, zone, visit.words) for one in page],
        following=str(page[-1].ticket_id) if len(found) > place.most else "",
        count=capped(await oversight.approvals_waiting(reach, MOST_COUNTED + 1)),
    )


async def _questions(visit: Visit, names: Mapping[str, str], place: Place) -> Part:
    """What the team has asked its supervisor about tickets that run (DK-25)."""
    found = await notes_of(visit, "question", names, place)
    return replace(found, lines=[one for one in found.lines if Status(one.status).running])


def _page_of(team: Sequence[Member], place: Place) -> Part:
    """On the board those who are in first; alone, where pages follow each other, by name."""
    if place.part != "tim":
        more = "0" if len(team) > place.most else ""
        return Part(team[: place.most], more, str(len(team)))
    named = sorted(team, key=lambda one: (one.name.casefold(), one.id))
    begins, following = following_in([one.id for one in named], place)
    return Part(named[begins : begins + place.most], following, str(len(team)))


def unit_routes(guard: Guard, backdrop: Backdrop, counts: Counts) -> list[web.RouteDef]:
    """For whoever approves: supervisors of units."""
    pages = UnitPages(backdrop, counts)
    return [
        web.get(BOARD, guard.page(pages.show, Right.APPROVE)),
        web.get(f"{BOARD}/{{bagian:{'|'.join(PARTS)}}}", guard.page(pages.show, Right.APPROVE)),
        web.post("/console/unit/hadir", guard.page(pages.presence, Right.APPROVE)),
        web.post("/console/unit/{number}/{tindakan}", guard.page(pages.do, Right.APPROVE)),
    ]
