"""``/t/<number>``: the page of a ticket for whoever holds its code (threats.md rows 62, 63).

A number that does not exist, one without a code and a wrong code get the same answer, by the same
path. Everything that only a hit would do, counting and sending, happens after the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.citizen import notices
from console.citizen.form import SHOWN_AGAIN
from console.citizen.frame import elsewhere, posted, tail
from console.citizen.lapor import set_visit
from console.citizen.limits import DAY, MINUTE, TEN_MINUTES, Visitors, Window
from console.citizen.notices import telling
from console.citizen.view import VISIT, Draft
from core.errors import StoreUnavailable
from core.model.masking import mask_address
from core.model.numbers import parse_number
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from console.citizen.counter import Counter
    from console.citizen.marks import Marks
    from console.citizen.view import TicketView

CODES_A_DAY = 3
"""Codes sent for one ticket within a day."""

_TOKEN = 200


@value
class GuessRules:
    """How many wrong codes, and how many codes sent.

    Attributes:
        per_address: wrong codes of one address within ten minutes.
        per_minute: wrong codes of everybody.
        codes_per_day: sent to whoever asked.
    """

    per_address: int
    per_minute: int
    codes_per_day: int


class TicketPages:
    """The handlers of ``/t`` that find and open a ticket."""

    def __init__(
        self,
        counter: Counter,
        marks: Marks,
        visitors: Visitors,
        view: TicketView,
        rules: GuessRules,
    ) -> None:
        self._counter, self._marks, self._visitors = counter, marks, visitors
        self._view = view
        self._guesses = Window(rules.per_address, TEN_MINUTES)
        self._all_guesses = Window(rules.per_minute, MINUTE)
        self._asked = Window(rules.per_address, TEN_MINUTES)
        self._sent = Window(rules.codes_per_day, DAY)
        self._sent_for = Window(CODES_A_DAY, DAY)

    async def find(self, request: web.Request) -> web.Response:
        """``/t?number=…``: asks for a number, or goes to its page."""
        typed = request.query.get("number", "")
        number = parse_number(self._counter.office.prefix, typed[:64]) if typed else None
        if number:
            return elsewhere(f"/t/{number}{tail(request)}")
        return self._view.plain(request, "find", notices.NUMBER_BAD if typed else None)

    async def show(self, request: web.Request) -> web.Response:
        """The ticket for whoever proved to know it, else the question for the code."""
        number = self._view.number(request)
        if number != request.match_info["number"]:
            return elsewhere(f"/t/{number}{tail(request)}")
        if not self._view.visits(request, number):
            return self._view.ask(request, number)
        taken = notices.TAKEN if "terkirim" in request.query else None
        return await self._view.page(request, number, taken)

    async def open(self, request: web.Request) -> web.Response:
        """Takes a code; the right one opens the page for an hour."""
        number, now = self._view.number(request), self._counter.now()
        form = await posted(request)
        draft = _draft(form)
        key = self._visitors.key(request)
        if self._guesses.full(key, now):
            return self._view.ask(request, number, notices.TOO_MANY, draft)
        try:
            right = await self._counter.opens(number, form.get("code", ""))
        except StoreUnavailable:
            return self._view.away(request, number, draft)
        if right:
            return await self._opened(request, number, draft)
        self._guesses.count(key, now)
        self._counter.guessed_wrong(number)
        # Whoever holds the right code gets in, however many others guess.
        if not self._all_guesses.take("", now):
            return self._view.ask(request, number, notices.TOO_MANY, draft)
        return self._view.ask(request, number, notices.REFUSED, draft)

    async def send_code(self, request: web.Request) -> web.Response:
        """Promises a code to whoever reported, if that is possible; the answer does not tell."""
        number, now = self._view.number(request), self._counter.now()
        draft = _draft(await posted(request))
        if not self._asked.take(self._visitors.key(request), now):
            return self._view.ask(request, number, notices.TOO_MANY, draft)
        if not self._sent_for.full(number, now) and self._sent.take("", now):
            self._sent_for.count(number, now)
            self._counter.send_code(number)
        return self._view.ask(request, number, notices.CODE_ASKED, draft)

    async def leave(self, request: web.Request) -> web.Response:
        """Ends the visit."""
        number = self._view.number(request)
        await posted(request)
        answer = elsewhere(f"/t/{number}{tail(request)}")
        answer.del_cookie(VISIT, path=f"/t/{number}")
        return answer

    async def claimed(self, request: web.Request) -> web.Response:
        """The page behind the link of a confirmation mail; looking changes nothing."""
        number, token = self._view.number(request), request.query.get("t", "")[:_TOKEN]
        try:
            address = await self._counter.claimed(number, token)
        except StoreUnavailable:
            return self._view.away(request)
        if address is None:
            return self._view.plain(request, "confirm", notices.CONFIRM_OVER, number=number)
        mail = mask_address(address)
        return self._view.plain(request, "confirm", number=number, mail=mail, token=token)

    async def confirm(self, request: web.Request) -> web.Response:
        """The owner of the address says yes."""
        number = self._view.number(request)
        token = (await posted(request)).get("t", "")[:_TOKEN]
        try:
            address = await self._counter.claimed(number, token)
            done = address is not None and await self._counter.confirm(number, token)
        except StoreUnavailable:
            return self._view.away(request)
        if address is None or not done:
            return self._view.plain(request, "confirm", notices.CONFIRM_OVER, number=number)
        told = telling(notices.CONFIRMED, mail=mask_address(address), number=number)
        return self._view.plain(request, "confirm", told, number=number)

    async def _opened(self, request: web.Request, number: str, draft: Draft) -> web.Response:
        """Words that waited for the code are shown at once, to be sent."""
        if draft.text:
            answer = await self._view.page(request, number, notices.OPENED, draft)
        else:
            answer = elsewhere(f"/t/{number}{tail(request)}")
        visit = self._marks.visit(number, self._counter.now())
        set_visit(answer, number, visit, secure=self._counter.office.secure)
        return answer


def _draft(form: Mapping[str, str]) -> Draft:
    """Words that were typed before the visit ended."""
    return Draft(form.get("draft", "")[:SHOWN_AGAIN], form.get("key", "")[:_TOKEN])
