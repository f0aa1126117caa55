"""Coming in and going out: password, second factor, invitation, one's own sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from aiohttp import web

from console.drawn import plain_code
from console.language import LANGUAGES, N_, words_in
from console.pages import page
from console.staff.guard import AWAY
from console.staff.sign_on.carried import drop_ticket, farewell_of
from console.staff.sign_on.shown import elsewhere, offered, own_links
from console.staff.visit import LANGUAGE_COOKIE, language_of
from console.wording import moment
from core.errors import StoreUnavailable
from core.model.work import Refusal
from core.services.entry import ENROL, Attempt, end_session, log_in, log_out, sessions_of
from core.services.passwords import accept_invitation, change_password
from core.services.second_factor import begin_enrolment, give_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.staff.reception import Reception
    from console.staff.visit import Visit
    from core.services.entry import Entered

HOME: Final = "/console"
TOO_MANY: Final = N_("Terlalu banyak percobaan dari alamat ini. Tunggu sepuluh menit.")
NEWS: Final[Mapping[str, str]] = {
    "tertaut": N_("Akun tertaut. Mulai sekarang Anda dapat masuk dengannya."),
    "dilepas": N_("Tautan dilepas."),
}
"""What the page about oneself says after a form, by the key in its address."""

_LONGEST: Final = 200
_YEAR: Final = 365 * 86_400


class LoginPages:
    """What somebody sees who is not in yet, and the page about oneself."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    # --- password ------------------------------------------------------------------------------

    async def show(self, request: web.Request) -> web.Response:
        """The form."""
        return self.form(request, 200)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Takes login and password; every way of not coming in gets the same sentence."""
        form = await _fields(request)
        if not self._from_us(request):
            return self.form(request, 403, N_("Muat ulang halaman ini, lalu coba lagi."), form)
        address = self._reception.visitors.key(request)
        if not self._reception.logins.take(address, self._reception.now()):
            return self.form(request, 429, TOO_MANY, form)
        attempt = Attempt(
            login=form.get("nama", "")[:_LONGEST],
            password=form.get("sandi", "")[:1_000],
            code=form.get("kode", "")[:20],
            address=address,
            browser=request.headers.get("User-Agent", ""),
            device=self._reception.cookies.read_device(request),
            replaces=self._reception.cookies.read(request),
        )
        try:
            entered = await log_in(self._reception.house, attempt)
        except StoreUnavailable:
            return self.form(request, 503, AWAY, form)
        if isinstance(entered, Refusal):
            return self.form(request, 401, entered.sentence, form)
        return self._in(entered, after(entered, form.get("lanjut", "")))

    def _from_us(self, request: web.Request) -> bool:
        """Browsers tell where a form comes from; what says nothing is no browser with a page."""
        return self._reception.cookies.same_origin(request)

    def form(
        self,
        request: web.Request,
        status: int,
        sentence: str = "",
        form: dict[str, str] | None = None,
    ) -> web.Response:
        """The page to come in by, with what was typed."""
        language = language_of(request)
        values: dict[str, object] = {
            "office": self._reception.office,
            "sentence": words_in(language)(sentence) if sentence else "",
            "login": (form or {}).get("nama", ""),
            "onward": (form or {}).get("lanjut", request.query.get("lanjut", "")),
            **offered(self._reception),
        }
        return page("staff/login.html", values, status, language)

    def _in(self, entered: Entered, onward: str) -> web.Response:
        response = web.Response(status=303, headers={"Location": onward})
        self._reception.cookies.keep(response, entered)
        return response

    # --- second factor -------------------------------------------------------------------------

    async def ask_code(self, visit: Visit) -> web.StreamResponse:
        """Asks for the code, or for the enrolment that is still wanting."""
        if not visit.here.wanting:
            return visit.go(HOME)
        template = "enrol.html" if visit.here.wanting == ENROL else "code.html"
        return visit.page(template, _asking(visit))

    async def enrol(self, visit: Visit) -> web.StreamResponse:
        """Shows a new secret as a QR code; the first right code confirms it."""
        begun = await begin_enrolment(visit.reception.house, visit.here, visit.reception.office)
        if isinstance(begun, Refusal):
            return visit.page("enrol.html", _asking(visit, begun.sentence), 409)
        shown = {"secret": begun.secret, "drawn": plain_code(begun.uri)}
        return visit.page("enrol.html", {**_asking(visit), "enrolment": shown})

    async def take_code(self, visit: Visit) -> web.StreamResponse:
        """A whole session for a right code."""
        given = await give_code(visit.reception.house, visit.here, visit.form.get("kode", "")[:20])
        if isinstance(given, Refusal):
            return visit.page("code.html", _asking(visit, given.sentence), 401)
        return self._in(given, _onward(visit.form.get("lanjut", "")))

    # --- invitation ----------------------------------------------------------------------------

    async def invitation(self, request: web.Request) -> web.Response:
        """The form behind the link of an invitation."""
        return self._invited(request, 200, request.match_info["token"])

    async def accept(self, request: web.Request) -> web.Response:
        """Sets the password; logging in comes after."""
        form = await _fields(request)
        token = request.match_info["token"][:_LONGEST]
        if not self._from_us(request):
            return self._invited(request, 403, token, N_("Muat ulang halaman ini."))
        if not self._reception.logins.take(
            self._reception.visitors.key(request), self._reception.now()
        ):
            return self._invited(request, 429, token, TOO_MANY)
        try:
            taken = await accept_invitation(
                self._reception.house, token, form.get("sandi", "")[:1_000]
            )
        except StoreUnavailable:
            return self._invited(request, 503, token, AWAY)
        if isinstance(taken, Refusal):
            return self._invited(request, 422, token, taken.sentence)
        return web.Response(status=303, headers={"Location": "/console/masuk"})

    def _invited(
        self, request: web.Request, status: int, token: str, sentence: str = ""
    ) -> web.Response:
        language = language_of(request)
        told_now = words_in(language)(sentence) if sentence else ""
        values: dict[str, object] = {
            "office": self._reception.office,
            "token": token,
            "sentence": told_now,
            **offered(self._reception),
        }
        return page("staff/invitation.html", values, status, language)

    # --- oneself -------------------------------------------------------------------------------

    async def account(self, visit: Visit) -> web.StreamResponse:
        """Where one is logged in, one's password, one's language."""
        return await self.oneself(visit, 200, "")

    async def oneself(self, visit: Visit, status: int, sentence: str) -> web.Response:
        """The page about oneself, with what went wrong."""
        news = NEWS.get(visit.request.query.get("kabar", ""), "")
        found = await sessions_of(visit.reception.house, visit.here)
        zone = visit.reception.zone
        own = visit.here.session.mark if visit.here.session else ""
        shown = [
            {
                "mark": one.mark,
                "browser": one.browser,
                "address": one.address,
                "seen": moment(one.seen_at, zone, visit.words),
                "own": one.mark == own,
            }
            for one in found
        ]
        values = {
            "sessions": shown,
            "sentence": visit.words(sentence) if sentence else "",
            "languages": LANGUAGES,
            "linked": await own_links(visit),
            "takes_password": visit.reception.house.takes_password(visit.staff),
            "news": visit.words(news) if news and not sentence else "",
        }
        return visit.page("account.html", dict(values), status)

    async def change(self, visit: Visit) -> web.StreamResponse:
        """A new password; every other session ends."""
        old, new = visit.form.get("lama", "")[:1_000], visit.form.get("sandi", "")[:1_000]
        changed = await change_password(visit.reception.house, visit.here, old, new)
        if isinstance(changed, Refusal):
            return await self.oneself(visit, 422, changed.sentence)
        return self._in(changed, "/console/akun")

    async def end(self, visit: Visit) -> web.StreamResponse:
        """Ends one of one's own sessions."""
        await end_session(visit.reception.house, visit.here, visit.form.get("sesi", "")[:40])
        return visit.go("/console/akun")

    async def speak(self, visit: Visit) -> web.StreamResponse:
        """Another language from now on, in this browser."""
        response = visit.go("/console/akun")
        chosen = visit.form.get("bahasa", "")
        if chosen in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE,
                chosen,
                max_age=_YEAR,
                path="/console",
                samesite="Lax",
                httponly=True,
                secure=self._reception.cookies.secure,
            )
        return response

    async def leave(self, visit: Visit) -> web.StreamResponse:
        """Ends the session, at the provider too where it began there and the office wants it."""
        onward = await farewell_of(visit)
        await log_out(visit.reception.house, visit.here)
        response = (
            elsewhere(self._reception, visit.request, onward)
            if onward
            else visit.go("/console/masuk")
        )
        self._reception.cookies.drop(response)
        drop_ticket(self._reception, response)
        return response


async def _fields(request: web.Request) -> dict[str, str]:
    posted = await request.post()
    return {name: held for name, held in posted.items() if isinstance(held, str)}


def _asking(visit: Visit, sentence: str = "") -> dict[str, object]:
    """What the pages about the code show; where to go on travels with them."""
    onward = visit.form.get("lanjut") or visit.request.query.get("lanjut", "")
    told_now = visit.words(sentence) if sentence else ""
    return {"sentence": told_now, "enrolment": None, "onward": onward}


def after(entered: Entered, onward: str) -> str:
    """Where somebody goes who has come in: to the code that is wanting, or to a page of ours."""
    place = _onward(onward)
    then = "" if place == HOME else f"?lanjut={quote(place, safe='/')}"
    return f"/console/kode{then}" if entered.wanting else place


def _onward(path: str) -> str:
    """Only a page of ours: never another host, however it is written."""
    parts = urlsplit(path)
    plain = not parts.scheme and not parts.netloc and "\\" not in path
    ours = path == HOME or path.startswith(("/console/", "/console?"))
    return path if plain and ours else HOME
