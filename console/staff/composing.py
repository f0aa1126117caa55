"""Drafts, taking back, sending again, canned replies: what the composer's own forms do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from console.staff.act_forms import LONGEST
from console.staff.writing import asks_state, company, measured, replies
from console.typed import whole
from core.errors import NotFound
from core.model.dates import sms_time
from core.model.drafts import Draft, DraftKind
from core.model.numbers import parse_number
from core.model.staff import Right
from core.model.work import Actor, Refusal
from core.services.composing import keep
from core.services.letters import LetterOrder, recall, send_again

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from console.staff.guard import Guard
    from console.staff.ticket import TicketPages
    from console.staff.visit import Visit
    from core.model.scene import WorkPolicy
    from core.model.work import WorkTicket
    from core.ports import OpenDesk
    from core.services.work import Done

    Wish = Callable[[OpenDesk, WorkPolicy, LetterOrder], Awaitable[Done | Refusal]]

_SINCE = 50
"""Events looked at for what a page does not know yet."""


class ComposerPages:
    """The handlers of the composer.

    Args:
        ticket: shows the ticket around it.
    """

    def __init__(self, ticket: TicketPages) -> None:
        self._ticket = ticket

    # --- drafts --------------------------------------------------------------------------------

    async def keep(self, visit: Visit) -> web.StreamResponse:
        """Keeps what was typed so far; tells its length, and what may be missing in it."""
        kind = _kind(visit)
        text = visit.form.get("text", "")[:LONGEST]
        refusal = await self._kept(visit, kind, text)
        if not visit.by_script:
            came = await self._ticket.lay_down(visit, kind)
            if isinstance(came, Refusal):
                return await self._ticket.refused(visit, kind.value, came)
            return self.back(visit)
        ticket = await self._ticket.ticket(visit)
        values = await _measured(visit, text, ticket) if kind is DraftKind.ANSWER else {}
        kept_at = sms_time(visit.now(), visit.reception.zone) if text.strip() else ""
        failed = visit.words(refusal.sentence) if refusal else ""
        given = {"measure": values, "kept_at": "" if refusal else kept_at, "failed": failed}
        return visit.page("_measure.html", given)

    async def insert(self, visit: Visit) -> web.StreamResponse:
        """Adds a canned reply to the draft, for a page without script."""
        ticket = await self._ticket.ticket(visit)
        wanted = visit.form.get("balasan", "")
        text = visit.form.get("text", "")[:LONGEST].rstrip()
        for one in replies(visit, ticket, await self._ticket.phrases.now()):
            if str(one["id"]) == wanted:
                text = f"{text}\n\n{one['text']}" if text else one["text"]
        await self._kept(visit, DraftKind.ANSWER, text)
        came = await self._ticket.lay_down(visit, DraftKind.ANSWER)
        if isinstance(came, Refusal):
            return await self._ticket.refused(visit, "answer", came)
        return self.back(visit)

    async def _kept(self, visit: Visit, kind: DraftKind, text: str) -> Refusal | None:
        ticket = await self._ticket.ticket(visit)
        version = whole(visit.form.get("version"))
        # Nobody has seen what has not been yet; and the column is narrower than what one types.
        seen = ticket.version if version is None else min(version, ticket.version)
        draft = Draft(ticket.id, visit.staff.id, kind, text, seen, visit.now())
        return await keep(visit.reception.store.desk, Actor(visit.staff), ticket, draft)

    async def keep_text(self, visit: Visit, kind: DraftKind) -> None:
        """What stands in the form, where it bears a text at all."""
        if "text" in visit.form:
            await self._kept(visit, kind, visit.form["text"][:LONGEST])

    def back(self, visit: Visit) -> web.Response:
        """Where a plain form leads: to the composer of its ticket."""
        number = visit.request.match_info["number"]
        return visit.go(f"/console/kotak/{self._ticket.box(visit).key}/{number}#tulis")

    # --- colleagues ----------------------------------------------------------------------------

    async def company(self, visit: Visit) -> web.StreamResponse:
        """Who else is here, and what happened since; asked for every few seconds."""
        prefix = visit.reception.work.office.prefix
        found = parse_number(prefix, visit.request.match_info["number"][:40])
        if found is None:
            raise NotFound(visit.request.path)
        number = str(found)
        seq = whole(visit.request.query.get("sejak")) or 0
        lists = visit.reception.store.lists
        events = await lists.history(visit.scope(), number, seq, _SINCE)
        told = await company(visit, number, (found.ticket_id, events, seq))
        return visit.page("_company.html", {"company": told, "number": number, "seq": seq})

    # --- letters -------------------------------------------------------------------------------

    async def recall(self, visit: Visit) -> web.StreamResponse:
        """Takes an answer back that has not left; its text is in the composer again."""
        return await self._letter(visit, "tarik", recall)

    async def again(self, visit: Visit) -> web.StreamResponse:
        """Sends once more what did not arrive."""
        return await self._letter(visit, "kirim-lagi", send_again)

    async def _letter(self, visit: Visit, name: str, wish: Wish) -> web.StreamResponse:
        ticket = await self._ticket.ticket(visit)
        message = visit.identity("pesan")
        order = LetterOrder(Actor(visit.staff), ticket.number, message, visit.now())
        done = await wish(visit.reception.store.desk, visit.reception.work, order)
        if isinstance(done, Refusal):
            return await self._ticket.refused(visit, name, done)
        visit.reception.committed()
        return await self._ticket.went_on(visit, ticket.number)


async def _measured(visit: Visit, text: str, ticket: WorkTicket) -> dict[str, Any]:
    waiting = await visit.reception.store.drafts.files(ticket.id, visit.staff.id)
    asked = await asks_state(visit, ticket.number)
    return measured(visit, text, ticket, waiting, asked=asked)


def _kind(visit: Visit) -> DraftKind:
    try:
        return DraftKind(visit.form.get("kind", ""))
    except ValueError as error:
        raise NotFound(visit.request.path) from error


def composer_routes(guard: Guard, pages: ComposerPages) -> list[web.RouteDef]:
    """Where the composer's forms go."""
    one = "/console/tiket/{number}"
    return [
        web.post(f"{one}/konsep", guard.taking(pages.keep, Right.VIEW)),
        web.post(f"{one}/sisipkan", guard.taking(pages.insert, Right.REPLY)),
        web.get(f"{one}/rekan", guard.page(pages.company, Right.VIEW)),
        web.post(f"{one}/tarik/{{pesan}}", guard.page(pages.recall, Right.REPLY)),
        web.post(f"{one}/kirim-lagi/{{pesan}}", guard.page(pages.again, Right.REPLY)),
    ]
