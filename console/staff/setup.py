"""The first start: office facts looked at, the administrator made, the first door tried.

``helpdesk serve`` prints the code while nobody works here; without it these pages open nothing,
and once somebody does they are not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from console.language import N_, words_in
from console.pages import page
from console.staff.admin.hours import DOORS as DOORS_HERE
from console.staff.admin.hours import FIRST, HoursPages
from console.staff.admin.sheet import sheet
from console.staff.admin.words import DOORS
from console.staff.guard import AWAY, GONE, told
from console.staff.login import TOO_MANY
from console.staff.visit import language_of
from console.wording import kept_words
from core.errors import StoreUnavailable
from core.model.calendar import hours_text, local_day, missing_year
from core.model.calendar_documents import good_name
from core.model.staff import Right
from core.model.work import Refusal
from core.services.entry import Attempt, log_in
from core.services.first_start import (
    OVER,
    WRONG_CODE,
    FirstPerson,
    first_administrator,
    fits,
    untouched,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.staff.guard import Guard
    from console.staff.reception import Reception
    from console.staff.visit import Visit

HERE: Final = "/console/mulai"
RELOAD: Final = N_("Muat ulang halaman ini, lalu coba lagi.")
_LONGEST: Final = 1_000


def setup_routes(guard: Guard, reception: Reception) -> list[web.RouteDef]:
    """The routes of ``/console/mulai``."""
    pages, hours = SetupPages(reception), HoursPages()
    return [
        web.get(HERE, pages.show),
        web.post(HERE, pages.look),
        web.post(f"{HERE}/admin", pages.make),
        web.get(FIRST, guard.page(hours.first, Right.ADMIN_CALENDARS)),
        web.post(FIRST, guard.page(hours.first_save, Right.ADMIN_CALENDARS)),
        web.get(DOORS_HERE, guard.page(pages.doors, Right.ADMIN_CHANNELS)),
    ]


class SetupPages:
    """Three pages: the code, the facts with the first administrator, the doors."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    async def show(self, request: web.Request) -> web.Response:
        """Asks for the code."""
        return await self._kept_out(request) or self._code(request, 200)

    async def look(self, request: web.Request) -> web.Response:
        """The facts of the office, for whoever has the code."""
        form = await _fields(request)
        if refused := await self._kept_out(request, form):
            return refused
        if not fits(self._reception.house.vault, form.get("code", "")):
            return self._code(request, 403, WRONG_CODE.sentence)
        return self._facts(request, 200, form)

    async def make(self, request: web.Request) -> web.Response:
        """Lays down the administrator and lets them in, on to the second factor."""
        form = await _fields(request)
        if refused := await self._kept_out(request, form):
            return refused
        wanted = FirstPerson(*(form.get(name, "")[:_LONGEST] for name in _TYPED))
        try:
            made = await first_administrator(self._reception.house, wanted)
        except StoreUnavailable:
            return self._facts(request, 503, form, AWAY)
        if isinstance(made, Refusal):
            return self._refused(request, form, made)
        return await self._let_in(request, wanted)

    def _refused(
        self, request: web.Request, form: Mapping[str, str], why: Refusal
    ) -> web.Response:
        if why is WRONG_CODE:
            return self._code(request, 403, why.sentence)
        if why is OVER:
            return told(request, 404, GONE)
        return self._facts(request, 422, form, why.sentence, why.field)

    async def _let_in(self, request: web.Request, wanted: FirstPerson) -> web.Response:
        attempt = Attempt(
            login=wanted.login,
            password=wanted.password,
            address=self._reception.visitors.key(request),
            browser=request.headers.get("User-Agent", ""),
        )
        entered = await log_in(self._reception.house, attempt)
        if isinstance(entered, Refusal):
            return web.Response(status=303, headers={"Location": "/console/masuk"})
        onward = f"/console/kode?lanjut={FIRST}"
        response = web.Response(status=303, headers={"Location": onward})
        self._reception.cookies.keep(response, entered)
        return response

    async def doors(self, visit: Visit) -> web.StreamResponse:
        """Each door with its state and a test message; done whenever one likes."""
        shown = [
            {
                "id": one.id,
                "kind": visit.words(DOORS.get(one.kind, one.kind)),
                "counter": one.kind == "desk",
                "sends": one.address is not None,
                "hook": one.hook,
                "symptoms": [visit.words(symptom.sentence) for symptom in one.symptoms],
                "reason": kept_words(one.reason, visit.words),
            }
            for one in visit.reception.back_office.doors.states()
        ]
        return sheet(visit, "", "first_doors.html", {"doors": shown})

    # --- what stands around them ---------------------------------------------------------------

    async def _kept_out(
        self, request: web.Request, form: Mapping[str, str] | None = None
    ) -> web.Response | None:
        """Why nothing is shown, or taken; None: go on."""
        try:
            if not await untouched(self._reception.store.staff):
                return told(request, 404, GONE)
        except StoreUnavailable:
            return told(request, 503, AWAY, form)
        return None if form is None else self._not_taken(request)

    def _not_taken(self, request: web.Request) -> web.Response | None:
        """Why a form is not looked at: not from our page, or too many of them."""
        if not self._reception.cookies.same_origin(request):
            return self._code(request, 403, RELOAD)
        key = self._reception.visitors.key(request)
        if self._reception.logins.take(key, self._reception.now()):
            return None
        return self._code(request, 429, TOO_MANY)

    def _code(self, request: web.Request, status: int, sentence: str = "") -> web.Response:
        language = language_of(request)
        told_now = words_in(language)(sentence) if sentence else ""
        values: dict[str, object] = {"office": self._reception.office, "sentence": told_now}
        return page("staff/first_code.html", values, status, language)

    def _facts(
        self,
        request: web.Request,
        status: int,
        form: Mapping[str, str],
        sentence: str = "",
        field: str = "",
    ) -> web.Response:
        language = language_of(request)
        values: dict[str, Any] = {
            **self._office(),
            "typed": {name: form.get(name, "") for name in _TYPED if name != "password"},
            "sentence": words_in(language)(sentence) if sentence else "",
            "field": field,
        }
        return page("staff/first_admin.html", values, status, language)

    def _office(self) -> dict[str, Any]:
        book, now = self._reception.back_office, self._reception.now()
        calendar = book.calendars.of("")
        today = local_day(calendar, now)
        return {
            "office": self._reception.office,
            "zone": str(self._reception.zone),
            "calendar": book.office_calendar,
            "changeable": good_name(book.office_calendar),
            "hours": hours_text(calendar, today),
            "missing": missing_year(calendar, today),
            "doors": [one.id for one in book.doors.states()],
        }


_TYPED: Final = ("code", "login", "name", "password")


async def _fields(request: web.Request) -> dict[str, str]:
    posted = await request.post()
    return {name: held for name, held in posted.items() if isinstance(held, str)}
