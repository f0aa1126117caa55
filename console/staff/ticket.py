"""One ticket: its page, its conversation, and what is done with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from console.staff.act_forms import read_act
from console.staff.boxes import BY_KEY, first_box
from console.staff.deeds import (
    BY_NAME,
    LEVELS,
    PAUSES,
    PRIORITIES,
    YES_NO,
    offered,
)
from console.staff.doing import failure_of
from console.staff.inbox import ENDS
from console.staff.mentioned import mentioned
from console.staff.seen import note_reading
from console.staff.shown import (
    KINDS,
    conversation,
    history,
    promised,
    reporter_of,
    stock_words,
)
from console.staff.told import bare, more_of, with_more
from console.staff.writing import composer
from console.typed import whole
from console.wording import kept_words, moment
from core.errors import NotFound
from core.model.drafts import DraftKind
from core.model.hints import CATEGORIES
from core.model.masking import mask_identity
from core.model.rights import may
from core.model.staff import Right
from core.model.suggestion import category_word, suggest
from core.model.text_template import guesses_in
from core.model.work import Actor, Refusal, RefusalKind
from core.services.composing import send
from core.services.work import Order, act

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from aiohttp import web

    from console.staff.backdrop import Backdrop
    from console.staff.boxes import Box
    from console.staff.inbox import InboxPages
    from console.staff.kept import Lately
    from console.staff.live import Wire
    from console.staff.phrases import Phrases
    from console.staff.shown import Said
    from console.staff.visit import Visit
    from core.model.drafts import DraftFile
    from core.model.listing import Dossier
    from core.model.scene import WorkPolicy
    from core.model.work import WorkTicket
    from core.ports import OpenDesk
    from core.services.work import Done

    Doing = Callable[[OpenDesk, WorkPolicy, Order], Awaitable[Done | Refusal]]

EVENTS: Final = 200
"""Facts of the history that a page shows."""

LOOKED_AT: Final = "X-Dilihat"
"""Header of a live page that somebody has before them: one behind another tab reads nothing."""

STATUS_OF: Final[Mapping[RefusalKind, int]] = {
    RefusalKind.FORBIDDEN_TRANSITION: 409,
    RefusalKind.MISSING: 422,
    RefusalKind.INVALID: 422,
    RefusalKind.NOT_ALLOWED: 409,
    RefusalKind.UNENTITLED: 403,
    RefusalKind.STALE: 409,
    RefusalKind.TOO_LATE: 409,
    RefusalKind.ALREADY: 409,
}


class TicketPages:
    """The handlers of one ticket.

    Args:
        inbox: the list beside it.
        wire: names the ticket for live pages.
        backdrop: colleagues, units, regions.
        phrases: what the composer offers.
    """

    def __init__(
        self, inbox: InboxPages, wire: Wire, backdrop: Backdrop, phrases: Lately[Phrases]
    ) -> None:
        self._inbox, self._wire, self._backdrop = inbox, wire, backdrop
        self.phrases = phrases

    # --- looking -------------------------------------------------------------------------------

    async def show(self, visit: Visit) -> web.StreamResponse:
        """The ticket beside its box; only the pane for htmx."""
        return await self._shown(visit, 200, {})

    async def story(self, visit: Visit) -> web.StreamResponse:
        """Only what was said, for live pages: what somebody types beside it stays."""
        found = await self._dossier(visit)
        said = self._said(visit, found, await self._names(visit))
        about = {"said": said, "ticket": {"number": found.ticket.number}}
        response = visit.page("_story.html", about)
        if visit.request.headers.get(LOOKED_AT):
            await self._read(visit, found, response)
        return response

    async def _read(self, visit: Visit, found: Dossier, response: web.StreamResponse) -> None:
        """What the visitor has before them is read; a live page is told to count anew."""
        if await note_reading(visit, found):
            self._inbox.counts.read(visit, found.ticket.status)
            if visit.by_script:
                response.headers["HX-Trigger-After-Swap"] = json.dumps(
                    {"dibaca": found.ticket.number}
                )

    async def _shown(
        self, visit: Visit, status: int, failed: Mapping[str, Any]
    ) -> web.StreamResponse:
        before = visit.reception.number(visit.request.query.get("usai", ""))
        more = {"failed": failed, "before": before, "ends": ENDS}
        found = await self._dossier(visit)
        pane = await self._pane(visit, found) | more
        if visit.request.headers.get("HX-Target") == "tiket":
            part = {"ticket": pane, "box": self.box(visit)}
            response = visit.page("_ticket.html", part, status)
            await self._read(visit, found, response)
            return response
        if await note_reading(visit, found):
            self._inbox.counts.read(visit, found.ticket.status)
        values = await self._inbox.values(visit, self.box(visit))
        return visit.page("desk.html", {**values, "ticket": pane}, status)

    def box(self, visit: Visit) -> Box:
        """Beside which the ticket is shown."""
        key = visit.request.match_info.get("kotak") or visit.form.get("kotak", "")
        return BY_KEY.get(key) or first_box(visit.staff)

    async def ticket(self, visit: Visit) -> WorkTicket:
        """The one of the address. Raises NotFound, also for what is no number."""
        return await visit.reception.store.lists.one(visit.scope(), visit.ticket_number())

    async def _dossier(self, visit: Visit) -> Dossier:
        """The same with all that lies beside it."""
        return await visit.reception.store.lists.dossier(
            visit.scope(), visit.ticket_number(), EVENTS
        )

    async def _names(self, visit: Visit) -> dict[str, str]:
        return await self._backdrop.names(visit.words)

    def _said(self, visit: Visit, found: Dossier, names: Mapping[str, str]) -> list[Said]:
        parts = (found.thread, found.notes, found.files)
        zone, number = visit.reception.zone, found.ticket.number
        said = conversation(parts, number, names, zone, visit.words)
        writers = {one.seq: names.get(one.actor, one.actor) for one in found.history}
        return with_more(said, found.thread, writers, more_of(visit, found.ticket))

    async def _pane(self, visit: Visit, found: Dossier) -> dict[str, Any]:
        """Everything that the ticket's pane lays out."""
        ticket, zone, say = found.ticket, visit.reception.zone, visit.words
        names = await self._names(visit)
        deeds = offered(ticket, visit.staff)
        return self._about(visit, ticket) | {
            "number": ticket.number,
            "mark": self._wire.mark(ticket.number),
            "version": ticket.version,
            "promises": promised(ticket, visit.reception.work, visit.now(), say),
            "said": self._said(visit, found, names),
            "history": history(found.history, names, zone, say),
            "deeds": deeds,
            "composer": await composer(visit, ticket, found.thread, self.phrases),
            "choices": await self._choices(visit, ticket) if deeds else {},
        }

    def _about(self, visit: Visit, ticket: WorkTicket) -> dict[str, Any]:
        """What the ticket is, in words; texts masked (requirements §4)."""
        zone, say, way = visit.reception.zone, visit.words, ticket.way_back
        return {
            "subject": mask_identity(ticket.subject),
            "description": mask_identity(ticket.description),
            "status": ticket.status.value,
            "status_words": say(ticket.status.word),
            "reason": mask_identity(kept_words(ticket.reason, say)),
            "priority": ticket.priority.value,
            "priority_words": say(ticket.priority.word),
            "hint": say(ticket.priority_hint.word) if ticket.priority_hint else "",
            "kind": say(KINDS.get(ticket.kind, ticket.kind)),
            "category": say(category_word(ticket.category)),
            "place": mask_identity(ticket.place),
            "unit": ticket.unit_name,
            "assignee": ticket.assignee_name,
            "reporter": reporter_of(ticket),
            "channel": way.channel if way else ticket.channel,
            "form": visit.reception.work.office.channels[way.channel].form.value
            if way and way.channel in visit.reception.work.office.channels
            else "",
            "unreachable": kept_words(way.unreachable, say) if way else "",
            "muted": bool(way and way.muted),
            "opened": moment(ticket.opened_at, zone, say),
            "mentioned": mentioned(ticket, zone, say),
            "contacts": ticket.contacts,
            "progress": ticket.progress,
            "solution": mask_identity(ticket.solution),
            "measure": mask_identity(ticket.internal_measure)
            if may(visit.staff, Right.MEASURE, ticket.facts)
            else "",
            "sensitive": ticket.sensitive,
            "breached": ticket.breached,
            "escalation": ticket.escalation,
            "asked_escalation": ticket.asked_escalation,
            "merged_number": ticket.merged_number,
            "linked_number": ticket.linked_number,
            "stock": [stock_words(one, zone, say) for one in ticket.stock],
        }

    async def _choices(self, visit: Visit, ticket: WorkTicket) -> dict[str, Any]:
        """What the selects of the forms offer; people and units best first, with the reasons."""
        say, staffing = visit.words, (await self._backdrop.now()).staffing
        made: dict[str, Any] = {
            "priority": [(key, say(words)) for key, words in PRIORITIES],
            "level": [(key, say(words)) for key, words in LEVELS],
            "pause": [(key, say(words)) for key, words in PAUSES],
            "yesno": [(key, say(words)) for key, words in YES_NO],
            "kind": [(key, say(words)) for key, words in KINDS.items()],
            "category": _categories(say),
            "rejection": [
                (code, say(one.words)) for code, one in visit.reception.work.reject_reasons.items()
            ],
            "region": [(str(one.id), one.name) for one in staffing.regions],
            "person": [],
            "unit": [],
        }
        if may(visit.staff, Right.ASSIGN, ticket.facts):
            found = suggest(ticket, staffing, visit.now())
            made["person"] = [
                (str(one.candidate.id), _with(one.candidate.name, one.reasons, say))
                for one in found.people
            ]
            made["unit"] = [
                (str(one.unit.id), _with(one.unit.name, one.reasons, say)) for one in found.units
            ]
        return made

    # --- doing ---------------------------------------------------------------------------------

    async def do(self, visit: Visit) -> web.StreamResponse:
        """Carries out one act; a refusal shows the form again with what was typed."""
        name = visit.request.match_info["tindakan"]
        if name not in BY_NAME:
            raise NotFound(name)
        return await self._carried_out(visit, name, visit.form, act)

    async def compose(self, visit: Visit) -> web.StreamResponse:
        """Sends an answer or keeps a note; the draft goes with it, and comes back when refused."""
        name = visit.request.match_info["tindakan"]
        came = await self.lay_down(visit, DraftKind(name))
        if isinstance(came, Refusal):
            return await self.refused(visit, name, came)
        if name == "answer" and (remark := await bare(visit)):
            return await self.refused(visit, name, remark)
        form = {**visit.form, "recallable": "1", "files": brought(visit, came)}
        return await self._carried_out(visit, name, form, send)

    async def lay_down(self, visit: Visit, kind: DraftKind) -> Sequence[DraftFile] | Refusal:
        """Takes what a form brought along, if anything, beside the visitor's draft."""
        if visit.upload is None or not visit.upload.chosen:
            return ()
        ticket = await self.ticket(visit)
        by = visit.reception.enclosures.lay_down
        return await by(Actor(visit.staff), ticket, kind, visit.upload)

    async def _carried_out(
        self, visit: Visit, name: str, form: Mapping[str, str], by: Doing
    ) -> web.StreamResponse:
        ticket = await self.ticket(visit)
        asked = read_act(name, form, visit.reception.zone)
        if isinstance(asked, Refusal):
            return await self.refused(visit, name, asked)
        version = whole(visit.form.get("version"))
        order = Order(Actor(visit.staff), ticket.number, asked, visit.now(), version=version)
        going_on = bool(visit.form.get("berikut")) and name in ENDS
        # Afterwards the ticket has no place in the box any more.
        following = ""
        if going_on:
            following = await self._inbox.following(visit, self.box(visit), ticket.number)
        done = await by(visit.reception.store.desk, visit.reception.work, order)
        if isinstance(done, Refusal):
            return await self.refused(visit, name, done)
        visit.reception.committed()
        if going_on:
            return visit.go(f"/console/kotak/{self.box(visit).key}{following}")
        return await self.went_on(visit, ticket.number)

    async def went_on(self, visit: Visit, number: str) -> web.StreamResponse:
        """The ticket as it stands now; for plain forms by a redirect, so that nothing repeats."""
        if visit.by_script:
            response = await self._shown(visit, 200, {})
            response.headers["HX-Trigger"] = json.dumps({"tiket-berubah": number})
            return response
        return visit.go(f"/console/kotak/{self.box(visit).key}/{number}")

    async def refused(self, visit: Visit, name: str, why: Refusal) -> web.StreamResponse:
        """The ticket with the form as it was typed, and why it was not done."""
        failed = failure_of(visit, name, visit.ticket_number(), why)
        guesses = guesses_in(visit.form.get("text", "")) if name == "answer" else ()
        return await self._shown(visit, STATUS_OF[why.kind], {**failed, "guesses": guesses})


def brought(visit: Visit, came: Sequence[DraftFile]) -> str:
    """Ids of the files that a form names and of those that came with it, each once."""
    named = [*visit.form.get("berkas", "").split(), *(str(one.id) for one in came)]
    return " ".join(dict.fromkeys(named))


def _with(name: str, reasons: tuple[str, ...], say: Callable[[str], str]) -> str:
    return f"{name} ({', '.join(map(say, reasons))})" if reasons else name


def _categories(say: Callable[[str], str]) -> list[tuple[str, str]]:
    told = ((key, say(category_word(key))) for key in CATEGORIES)
    return sorted(told, key=lambda pair: pair[1])
