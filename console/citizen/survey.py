"""``/s/<token>``: how the office did, in five questions or in the 22 statements (requirements §6).

Whoever holds the address may answer, once for each ticket. Answers go to the same survey as those
by message: what was answered there already is not asked again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from console.citizen import notices
from console.citizen.counter import Rating
from console.citizen.form import LINE_LONG, Fault
from console.citizen.frame import elsewhere, shown, tail
from console.language import N_
from console.pages import from_our_page
from core.errors import NotFound, StoreUnavailable
from core.model.cleaning import without_nul
from core.model.servqual import HIGHEST, Dimension
from core.model.servqual_items import ITEMS, STATEMENTS
from core.model.survey import (
    EXPECTATION,
    LONG,
    LONGEST_COMMENT,
    PERCEPTION,
    SHORT,
    Score,
)
from core.model.text_defaults import SURVEY_QUESTIONS
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.citizen.counter import SurveyCounter
    from console.citizen.notices import Notice

PERCEIVED = (
    N_("Sangat tidak baik"),
    N_("Tidak baik"),
    N_("Cukup baik"),
    N_("Baik"),
    N_("Sangat baik"),
)
"""What 1 to 5 mean for how it was."""

EXPECTED = (
    N_("Sangat tidak tepat"),
    N_("Tidak tepat"),
    N_("Cukup tepat"),
    N_("Tepat"),
    N_("Sangat tepat"),
)
"""What 1 to 5 mean for how it should be."""

NAMES = {
    Dimension.TANGIBLES: N_("Sarana"),
    Dimension.RELIABILITY: N_("Keandalan"),
    Dimension.RESPONSIVENESS: N_("Daya tanggap"),
    Dimension.ASSURANCE: N_("Jaminan"),
    Dimension.EMPATHY: N_("Empati"),
}
"""Headings of the 22 statements."""

NOTHING_CHOSEN = N_("Pilih sedikitnya satu nilai, lalu tekan Kirim.")

_HALVES = {"p": PERCEPTION, "e": EXPECTATION}
_WORDS = dict(zip((*SHORT, *LONG), (*SURVEY_QUESTIONS, *STATEMENTS), strict=True))


@value
class Item:
    """A question or a statement.

    Attributes:
        number: as it is counted on the page.
        heading: of the statements that begin here, "" within one dimension.
    """

    id: int
    number: int
    words: str
    heading: str = ""


@value
class Chosen:
    """A form as it came back: ``marks`` by field name (``p101``, ``e7``), and what was added."""

    marks: Mapping[str, int]
    comment: str = ""
    fault: Fault | None = None

    @property
    def scores(self) -> tuple[Score, ...]:
        """As surveys keep them."""
        return tuple(
            Score(int(name[1:]), mark, _HALVES[name[0]]) for name, mark in self.marks.items()
        )


NOTHING = Chosen({})

QUESTIONS = tuple(Item(item, number, _WORDS[item]) for number, item in enumerate(SHORT, 1))
"""The short form."""

ALL = tuple(
    Item(item, item, _WORDS[item], NAMES[of] if LONG[ITEMS.index(of)] == item else "")
    for item, of in zip(LONG, ITEMS, strict=True)
)
"""The long form."""

FIELDS = frozenset({f"p{item}" for item in (*SHORT, *LONG)} | {f"e{item}" for item in LONG})
"""Names under which an answer comes back."""


def read_chosen(fields: Mapping[str, str]) -> Chosen:
    """The answers that these fields are; what is no answer is left out."""
    marks = {
        name: int(mark)
        for name, mark in fields.items()
        if name in FIELDS and mark in "12345" and len(mark) == 1
    }
    comment = without_nul(fields.get("comment", "")).replace("\r\n", "\n").strip()
    if len(comment) > LONGEST_COMMENT:
        return Chosen(marks, comment, Fault(LINE_LONG, {"most": LONGEST_COMMENT}))
    return Chosen(marks, comment, None if marks else Fault(NOTHING_CHOSEN))


class SurveyPages:
    """The handlers of ``/s``."""

    def __init__(self, counter: SurveyCounter) -> None:
        self._counter = counter

    async def short(self, request: web.Request) -> web.Response:
        """Five questions, or thanks where they were answered."""
        notice = notices.SKIPPED if "dilewati" in request.query else None
        return await self._form(request, QUESTIONS, NOTHING, notice)

    async def long(self, request: web.Request) -> web.Response:
        """The 22 statements."""
        return await self._form(request, ALL, NOTHING)

    async def onward(self, request: web.Request) -> web.Response:
        """The 22 statements, with what was chosen among the five questions."""
        chosen = read_chosen(await self._posted(request))
        return await self._form(request, ALL, Chosen(chosen.marks, chosen.comment))

    async def send(self, request: web.Request) -> web.Response:
        """Takes answers, or shows the form once more."""
        fields = await self._posted(request)
        chosen = read_chosen(fields)
        items = ALL if fields.get("form") == "long" else QUESTIONS
        if chosen.fault:
            return await self._form(request, items, chosen)
        try:
            await self._counter.rate(  # whatever comes of it, the page says it
                request.match_info["token"], chosen.scores, chosen.comment
            )
        except NotFound:
            return self._unknown(request)
        except StoreUnavailable:
            return self._page(request, Rating("", solved=True), (items, chosen), notices.AWAY)
        return elsewhere(f"/s/{request.match_info['token']}{tail(request)}")

    async def skip(self, request: web.Request) -> web.Response:
        """Not now; nothing is lost by it."""
        await self._posted(request)
        token = request.match_info["token"]
        try:
            await self._counter.skip(token)
        except NotFound:
            return self._unknown(request)
        except StoreUnavailable:
            return self._page(
                request, Rating("", solved=True), (QUESTIONS, NOTHING), notices.PAUSE
            )
        more = "&" if tail(request) else "?"
        return elsewhere(f"/s/{token}{tail(request)}{more}dilewati=1")

    async def _form(
        self,
        request: web.Request,
        items: Sequence[Item],
        chosen: Chosen,
        notice: Notice | None = None,
    ) -> web.Response:
        try:
            rating = await self._counter.rating(request.match_info["token"])
        except NotFound:
            return self._unknown(request)
        except StoreUnavailable:
            rating, notice = Rating("", solved=True), notices.PAUSE
        return self._page(request, rating, (items, chosen), notice)

    def _page(
        self,
        request: web.Request,
        rating: Rating,
        asked: tuple[Sequence[Item], Chosen],
        notice: Notice | None = None,
    ) -> web.Response:
        items, chosen = asked
        answered = rating.state.items if rating.state else frozenset()
        over = rating.state is not None and rating.state.over
        left = tuple(item for item in items if item.id not in answered)
        named = {f"{half}{item.id}" for item in left for half in _HALVES}
        return shown(
            request,
            self._counter.office,
            "survey",
            notice if not over else None,
            rating=rating,
            over=over,
            items=left,
            whole=items is ALL,
            chosen=chosen,
            carried={name: mark for name, mark in chosen.marks.items() if name not in named},
            perceived=PERCEIVED,
            expected=EXPECTED,
            path=f"/s/{request.match_info['token']}",
            here=f"/s/{request.match_info['token']}{'/lengkap' if items is ALL else ''}",
            status=422 if chosen.fault and not over else 200,
            highest=HIGHEST,
        )

    def _unknown(self, request: web.Request) -> web.Response:
        return shown(request, self._counter.office, "nowhere", notices.SURVEY_UNKNOWN, here="/t")

    async def _posted(self, request: web.Request) -> Mapping[str, str]:
        if not from_our_page(request):
            raise web.HTTPForbidden(text="Formulir ini hanya dapat dikirim dari halaman sendiri.")
        return {name: str(text) for name, text in (await request.post()).items()}


def survey_routes(counter: SurveyCounter) -> list[web.RouteDef]:
    """The routes of ``/s``; the application is prepared as for the other pages."""
    pages = SurveyPages(counter)
    return [
        web.get("/s/{token}", pages.short),
        web.post("/s/{token}", pages.send),
        web.get("/s/{token}/lengkap", pages.long),
        web.post("/s/{token}/lengkap", pages.onward),
        web.get("/s/{token}/lewati", pages.short),
        web.post("/s/{token}/lewati", pages.skip),
    ]
