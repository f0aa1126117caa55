"""``/s/<token>``: how the office did, in five questions or in the 22 statements (requirements §6).

Whoever holds the address may answer, once for each ticket. Answers go to the same survey as those
by message: what was answered there already is not asked again.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from aiohttp import web

from console.citizen import notices
from console.citizen.counter import Rating
from console.citizen.form import LINE_LONG, Fault
from console.citizen.frame import elsewhere, language, posted, shown, tail
from console.language import N_
from core.errors import NotFound, StoreUnavailable
from core.model.cleaning import without_nul
from core.model.servqual import HIGHEST, Dimension
from core.model.servqual_scale import EXPECTATION_SCALE, PERCEPTION_SCALE
from core.model.survey import (
    EXPECTATION,
    LONG,
    LONGEST_COMMENT,
    PERCEPTION,
    SHORT,
    Score,
)
from core.model.survey_items import FIRST_OWN, questions, statements
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.citizen.counter import SurveyCounter
    from console.citizen.notices import Notice
    from core.model.survey_items import SurveyItem

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
_FIELD = re.compile(r"[pe][1-9][0-9]{0,4}")
_VERSION = re.compile(r"v[1-9][0-9]{0,4}")
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


@value
class Item:
    """A question or a statement.

    Attributes:
        number: as it is counted on the page.
        heading: of the statements that begin here, "" within one dimension.
        version: of its words, which the answer comes back with.
    """

    id: int
    number: int
    words: str
    heading: str = ""
    version: int = 1


@value
class Chosen:
    """A form as it came back: ``marks`` by field name (``p101``, ``e7``), and what was added.

    ``versions``: of the words that each item was asked in.
    """

    marks: Mapping[str, int]
    comment: str = ""
    fault: Fault | None = None
    versions: Mapping[int, int] = field(default_factory=dict)

    @property
    def scores(self) -> tuple[Score, ...]:
        """As surveys keep them."""
        return tuple(
            Score(int(name[1:]), mark, _HALVES[name[0]], self.versions.get(int(name[1:]), 0))
            for name, mark in self.marks.items()
        )


NOTHING = Chosen({})
_UNREAD = Rating("", solved=True)
"""While the store is away: as shipped, so that what was typed is not lost."""


def asked_items(
    items: Mapping[int, SurveyItem], language: str, *, whole: bool
) -> tuple[Item, ...]:
    """The five questions, or all statements, as the office words them now (LL-25)."""
    found = statements(items) if whole else questions(items)
    begun: set[Dimension] = set()
    asked = []
    for number, one in enumerate(found, 1):
        heading = "" if not whole or one.dimension in begun else NAMES[one.dimension]
        begun.add(one.dimension)
        words = one.english if language == "en" and one.english else one.words
        asked.append(Item(one.id, number, words, heading, one.version))
    return tuple(asked)


def _is_item(name: str) -> bool:
    """Whether a field is an answer: of the five questions only how it was is asked."""
    if not _FIELD.fullmatch(name):
        return False
    item = int(name[1:])
    return item in LONG or item >= FIRST_OWN or (name[0] == "p" and item in SHORT)


def read_chosen(fields: Mapping[str, str]) -> Chosen:
    """The answers that these fields are; what is no answer is left out."""
    marks = {
        name: int(mark)
        for name, mark in fields.items()
        if _is_item(name) and mark in "12345" and len(mark) == 1
    }
    versions = {
        int(name[1:]): int(held)
        for name, held in fields.items()
        if _VERSION.fullmatch(name) and _NUMBER.fullmatch(held)
    }
    comment = without_nul(fields.get("comment", "")).replace("\r\n", "\n").strip()
    if len(comment) > LONGEST_COMMENT:
        return Chosen(marks, comment, Fault(LINE_LONG, {"most": LONGEST_COMMENT}), versions)
    return Chosen(marks, comment, None if marks else Fault(NOTHING_CHOSEN), versions)


class SurveyPages:
    """The handlers of ``/s``."""

    def __init__(self, counter: SurveyCounter) -> None:
        self._counter = counter

    async def short(self, request: web.Request) -> web.Response:
        """Five questions, or thanks where they were answered."""
        notice = notices.SKIPPED if "dilewati" in request.query else None
        return await self._form(request, NOTHING, notice)

    async def long(self, request: web.Request) -> web.Response:
        """The 22 statements."""
        return await self._form(request, NOTHING, whole=True)

    async def onward(self, request: web.Request) -> web.Response:
        """The 22 statements, with what was chosen among the five questions."""
        chosen = read_chosen(await posted(request))
        kept = Chosen(chosen.marks, chosen.comment, versions=chosen.versions)
        return await self._form(request, kept, whole=True)

    async def send(self, request: web.Request) -> web.Response:
        """Takes answers, or shows the form once more."""
        fields = await posted(request)
        chosen = read_chosen(fields)
        whole = fields.get("form") == "long"
        if chosen.fault:
            return await self._form(request, chosen, whole=whole)
        try:
            await self._counter.rate(  # whatever comes of it, the page says it
                request.match_info["token"], chosen.scores, chosen.comment
            )
        except NotFound:
            return self._unknown(request)
        except StoreUnavailable:
            return self._page(request, _UNREAD, (whole, chosen), notices.AWAY)
        return elsewhere(f"/s/{request.match_info['token']}{tail(request)}")

    async def skip(self, request: web.Request) -> web.Response:
        """Not now; nothing is lost by it."""
        await posted(request)
        token = request.match_info["token"]
        try:
            await self._counter.skip(token)
        except NotFound:
            return self._unknown(request)
        except StoreUnavailable:
            return self._page(request, _UNREAD, (False, NOTHING), notices.PAUSE)
        more = "&" if tail(request) else "?"
        return elsewhere(f"/s/{token}{tail(request)}{more}dilewati=1")

    async def _form(
        self,
        request: web.Request,
        chosen: Chosen,
        notice: Notice | None = None,
        *,
        whole: bool = False,
    ) -> web.Response:
        try:
            rating = await self._counter.rating(request.match_info["token"])
        except NotFound:
            return self._unknown(request)
        except StoreUnavailable:
            rating, notice = _UNREAD, notices.PAUSE
        return self._page(request, rating, (whole, chosen), notice)

    def _page(
        self,
        request: web.Request,
        rating: Rating,
        asked: tuple[bool, Chosen],
        notice: Notice | None = None,
    ) -> web.Response:
        whole, chosen = asked
        items = asked_items(rating.items, language(request), whole=whole)
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
            whole=whole,
            statements=len(statements(rating.items)),
            chosen=chosen,
            carried={name: mark for name, mark in chosen.marks.items() if name not in named},
            perceived=PERCEPTION_SCALE,
            expected=EXPECTATION_SCALE,
            path=f"/s/{request.match_info['token']}",
            here=f"/s/{request.match_info['token']}{'/lengkap' if whole else ''}",
            status=422 if chosen.fault and not over else 200,
            highest=HIGHEST,
        )

    def _unknown(self, request: web.Request) -> web.Response:
        return shown(request, self._counter.office, "nowhere", notices.SURVEY_UNKNOWN, here="/t")


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
