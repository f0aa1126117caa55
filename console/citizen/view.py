"""How the page of a ticket is rendered: for whoever proved to know it, else the question for it.

Words that could not be taken travel along, so that nobody types anything twice: into the form that
they came from, or through the question for the code when the visit ended meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from console.citizen import notices
from console.citizen.frame import shown, words
from console.citizen.shown import ticket_shown
from console.drawn import ticket_code
from core.errors import NotFound, StoreUnavailable
from core.model.enclosing import size_words
from core.model.numbers import parse_number
from core.model.value import value

if TYPE_CHECKING:
    from console.citizen.counter import Counter
    from console.citizen.form import Fault
    from console.citizen.marks import Marks
    from console.citizen.notices import Notice
    from console.citizen.upload import UploadLimits

VISIT = "tiket"
"""The cookie of a visit, for one ticket's page alone."""


@value
class Draft:
    """Words that were not taken.

    Attributes:
        key: of the form (``console.citizen.asks``).
        known: id of the page that they were typed on, so that sending again is the same message.
        faults: by field, ``text`` and ``files``.
    """

    text: str = ""
    key: str = ""
    known: str = ""
    faults: tuple[tuple[str, Fault], ...] = ()


EMPTY = Draft()


class TicketView:
    """Renders ``/t/<number>``."""

    def __init__(self, counter: Counter, marks: Marks, limits: UploadLimits) -> None:
        self._counter, self._marks, self._limits = counter, marks, limits

    def number(self, request: web.Request) -> str:
        """In its one spelling. Raises HTTPSeeOther for what is no number."""
        typed = request.match_info["number"]
        number = parse_number(self._counter.office.prefix, typed[:64])
        if number is None:
            unreadable = "/t?number=%3F"
            raise web.HTTPSeeOther(unreadable)
        return str(number)

    def visits(self, request: web.Request, number: str) -> bool:
        """Whether somebody who proved to know the ticket asks."""
        cookie = request.cookies.get(VISIT, "")
        return self._marks.may_visit(cookie, number, self._counter.now())

    async def page(
        self,
        request: web.Request,
        number: str,
        notice: Notice | None = None,
        draft: Draft = EMPTY,
    ) -> web.Response:
        """The ticket."""
        try:
            progress = await self._counter.progress(number)
        except NotFound:
            return self.ask(request, number, notices.REFUSED)
        except StoreUnavailable:
            return self.away(request, number, draft)
        self._counter.seen(progress.talk)
        office, now = self._counter.office, self._counter.now()
        ticket = ticket_shown(progress, words(request), office, now)
        given = [ask.key for ask in ticket.asks]
        return shown(
            request,
            office,
            "ticket",
            notice,
            ticket=ticket,
            draft=draft,
            place=draft.key if draft.key in given else next(iter(given), ""),
            faults=dict(draft.faults),
            token=self._marks.form(number, now, draft.known),
            files={"count": self._limits.files, "size": size_words(self._limits.file_bytes)},
            code=ticket_code(office, number),
            status=422 if draft.faults else 200,
            here=f"/t/{number}",
        )

    def ask(
        self,
        request: web.Request,
        number: str,
        notice: Notice | None = None,
        draft: Draft = EMPTY,
    ) -> web.Response:
        """The question for the code."""
        return self.plain(request, "ask", notice, number=number, draft=draft)

    def away(self, request: web.Request, number: str = "", draft: Draft = EMPTY) -> web.Response:
        """The store cannot be read now; what was typed is kept on the page."""
        if draft.text:
            return self.ask(request, number, notices.PAUSE, draft)
        return self.plain(request, "find", notices.PAUSE)

    def plain(
        self, request: web.Request, template: str, notice: Notice | None = None, **values: object
    ) -> web.Response:
        """A page without a ticket."""
        number = values.get("number")
        given: dict[str, object] = {
            **dict.fromkeys(("number", "token", "mail"), ""),
            "draft": EMPTY,
            "here": f"/t/{number}" if number else "/t",
            **values,
        }
        return shown(request, self._counter.office, template, notice, **given)
