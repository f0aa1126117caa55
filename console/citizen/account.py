"""``/saya``: a citizen's own tickets and data, behind a code to an address of theirs (DK-17).

The answers of the first steps are the same whether or not an address is known. Nothing here is
needed to report, to follow or to answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from console.citizen import notices
from console.citizen.frame import elsewhere, posted, shown, tail, words
from console.citizen.lapor import set_visit
from console.citizen.limits import DAY, TEN_MINUTES, Window
from console.citizen.register import fields_for, read_draft
from console.language import N_
from console.wording import kept_words
from core.errors import NotFound, StoreUnavailable
from core.model.accounts import SESSION_LIFE, typed_addresses
from core.model.dates import long_time, zone_name
from core.model.masking import mask_address
from core.model.numbers import parse_number
from core.model.registration import NikRule, PersonDraft
from core.model.work import Refusal
from core.services.accounts import Wish
from core.services.registering import Unfit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from console.citizen.limits import Visitors
    from console.citizen.marks import Marks
    from console.citizen.notices import Notice
    from console.citizen.people_counter import PeopleCounter
    from console.citizen.ticket import GuessRules
    from core.model.accounts import AccountSession, OwnTicket

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HOME = "/saya"
CODES_FOR_ONE = 6
"""Codes to one address within a day: enough for a forgetful morning, no purse to empty."""

ADDRESS_BAD = notices.Notice(
    N_("Tulis nomor ponsel atau alamat surel yang pernah Anda pakai untuk melapor."), 422
)
CODE_SENT = notices.Notice(
    N_(
        "Bila kontak itu terdaftar dan dapat dihubungi, kode tiba beberapa saat lagi dan berlaku "
        "15 menit."
    ),
    200,
    tone="calm",
)
WRONG = notices.Notice(
    N_("Kode tidak cocok atau sudah lewat. Periksa kodenya, atau minta kode baru."), 403
)
TIED = notices.Notice(N_("Kontak sudah ditambahkan ke akun Anda."), 200, tone="good")
SAVED = notices.Notice(N_("Data diri Anda sudah disimpan."), 200, tone="good")
FORGOTTEN = notices.Notice(
    N_("Data diri Anda sudah dihapus. Tiket Anda tetap dapat dibuka dengan nomor dan kodenya."),
    200,
    tone="good",
)
LOGIN_AGAIN = notices.Notice(N_("Silakan masuk lagi."), 403)
SURE = notices.Notice(N_("Centang dulu bahwa data diri akan dihapus."), 422)
_TOLD = {"ditambah": TIED, "disimpan": SAVED}


class AccountPages:
    """The handlers of ``/saya``."""

    def __init__(
        self, counter: PeopleCounter, marks: Marks, visitors: Visitors, rules: GuessRules
    ) -> None:
        self._counter, self._marks, self._visitors = counter, marks, visitors
        self._guesses = Window(rules.per_address, TEN_MINUTES)
        self._asked = Window(rules.per_address, TEN_MINUTES)
        self._sent = Window(rules.codes_per_day, DAY)
        self._sent_to = Window(CODES_FOR_ONE, DAY)

    def calmly(self, handler: Handler) -> Handler:
        """The handler; while the store is away it says so, and nothing was done."""

        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except StoreUnavailable:
                return self._door(request, notices.PAUSE)

        return handle

    async def show(self, request: web.Request) -> web.Response:
        """The own page, or the question for an address."""
        session = await self._session(request)
        if session is None:
            gone = "dihapus" in request.query
            return self._door(request, FORGOTTEN if gone else None)
        told = next((one for key, one in _TOLD.items() if key in request.query), None)
        return await self._own(request, session, told)

    # --- coming in ----------------------------------------------------------------------------

    async def ask(self, request: web.Request) -> web.Response:
        """Sends a code, if there is such an address; the answer does not tell."""
        typed = (await posted(request)).get("address", "")[:200]
        addresses = typed_addresses(typed)
        if not addresses:
            return self._door(request, ADDRESS_BAD, typed)
        if not self._may_send(request, addresses[0].value):
            return self._door(request, notices.TOO_MANY, typed)
        self._counter.send_code(Wish(tuple(addresses)))
        return self._door(request, CODE_SENT, typed, asked=True)

    def _may_send(self, request: web.Request, to: str) -> bool:
        now = self._counter.now()
        if not self._asked.take(self._visitors.key(request), now):
            return False
        return self._sent_to.take(to, now) and self._sent.take("", now)

    async def enter(self, request: web.Request) -> web.Response:
        """Takes a code; the right one opens the own page."""
        form = await posted(request)
        typed = form.get("address", "")[:200]
        key, now = self._visitors.key(request), self._counter.now()
        if self._guesses.full(key, now):
            return self._door(request, notices.TOO_MANY, typed, asked=True)
        wish = Wish(tuple(typed_addresses(typed)))
        entered = await self._counter.enter(wish, form.get("code", "")[:64])
        if isinstance(entered, Refusal):
            self._guesses.count(key, now)
            return self._door(request, WRONG, typed, asked=True)
        answer = elsewhere(f"{HOME}{tail(request)}")
        self._keep(answer, entered.token, int(SESSION_LIFE.total_seconds()))
        return answer

    async def leave(self, request: web.Request) -> web.Response:
        """Ends the session."""
        await posted(request)
        answer = elsewhere(f"{HOME}{tail(request)}")
        if session := await self._session(request):
            await self._counter.leave(session)
        self._keep(answer, "", 0)
        return answer

    # --- what is one's own --------------------------------------------------------------------

    async def ticket(self, request: web.Request) -> web.Response:
        """Opens the page of an own ticket, as a code would."""
        await posted(request)
        session = await self._session(request)
        if session is None:
            return self._door(request, LOGIN_AGAIN)
        number = parse_number(self._counter.office.prefix, request.match_info["number"][:64])
        own = {one.number for one in await self._counter.tickets(session.contact_id)}
        if number is None or str(number) not in own:
            return await self._own(request, session, notices.NUMBER_BAD)
        answer = elsewhere(f"/t/{number}{tail(request)}")
        visit = self._marks.visit(str(number), self._counter.now())
        set_visit(answer, str(number), visit, secure=self._counter.office.secure)
        return answer

    async def change(self, request: web.Request) -> web.Response:
        """Data put right by their owner."""
        draft = read_draft(await posted(request))
        session = await self._session(request)
        if session is None:
            return self._door(request, LOGIN_AGAIN)
        try:
            done = await self._counter.change(session.contact_id, draft)
        except StoreUnavailable:
            return await self._own(request, session, notices.AWAY, typed=draft)
        if isinstance(done, Unfit):
            return await self._own(request, session, typed=draft, faults=done.faults)
        return self._back(request, "disimpan")

    async def ask_more(self, request: web.Request) -> web.Response:
        """Sends a code to a further address of the same person."""
        typed = (await posted(request)).get("address", "")[:200]
        session = await self._session(request)
        if session is None:
            return self._door(request, LOGIN_AGAIN)
        addresses = typed_addresses(typed)
        if not addresses:
            return await self._own(request, session, ADDRESS_BAD, further=typed)
        if not self._may_send(request, addresses[0].value):
            return await self._own(request, session, notices.TOO_MANY, further=typed)
        self._counter.send_code(Wish(tuple(addresses), session.contact_id))
        return await self._own(request, session, CODE_SENT, further=typed, proving=True)

    async def tie(self, request: web.Request) -> web.Response:
        """Takes the code that was read at the further address."""
        form = await posted(request)
        session = await self._session(request)
        if session is None:
            return self._door(request, LOGIN_AGAIN)
        typed, key, now = (
            form.get("address", "")[:200],
            self._visitors.key(request),
            self._counter.now(),
        )
        if self._guesses.full(key, now):
            return await self._own(request, session, notices.TOO_MANY, further=typed)
        wish = Wish(tuple(typed_addresses(typed)), session.contact_id)
        if await self._counter.tie(wish, form.get("code", "")[:64]):
            self._guesses.count(key, now)
            return await self._own(request, session, WRONG, further=typed, proving=True)
        return self._back(request, "ditambah")

    async def forget(self, request: web.Request) -> web.Response:
        """Deletes the data, once the box was ticked."""
        form = await posted(request)
        session = await self._session(request)
        if session is None:
            return self._door(request, LOGIN_AGAIN)
        if form.get("sure") != "1":
            return await self._own(request, session, SURE)
        await self._counter.forget(session.contact_id)
        answer = self._back(request, "dihapus")
        self._keep(answer, "", 0)
        return answer

    # --- showing ------------------------------------------------------------------------------

    def _back(self, request: web.Request, told: str) -> web.Response:
        more = "&" if tail(request) else "?"
        return elsewhere(f"{HOME}{tail(request)}{more}{quote(told)}=1")

    def _door(
        self, request: web.Request, notice: Notice | None, typed: str = "", *, asked: bool = False
    ) -> web.Response:
        return shown(
            request,
            self._counter.office,
            "account_door",
            notice,
            typed=typed,
            sent=asked,
            here=HOME,
        )

    async def _own(
        self,
        request: web.Request,
        session: AccountSession,
        notice: Notice | None = None,
        **more: object,
    ) -> web.Response:
        try:
            person = await self._counter.person(session.contact_id)
            found = await self._counter.tickets(session.contact_id)
            ways = await self._counter.addresses(session.contact_id)
        except NotFound:
            return self._door(request, LOGIN_AGAIN)
        kept = PersonDraft(person.name, "", person.phone, person.email, person.area)
        values: dict[str, object] = {"typed": kept, "faults": {}, "further": "", "proving": False}
        values |= more
        return shown(
            request,
            self._counter.office,
            "account",
            notice,
            person=person,
            fields=fields_for(self._rule(person.nik)),
            tickets=self._lines(request, found),
            ways=[mask_address(one.address) for one in ways],
            here=HOME,
            status=422 if values["faults"] else 200,
            **values,
        )

    def _rule(self, nik: str) -> NikRule:
        """Whoever has given the number need not give it again."""
        rule = self._counter.rule
        return NikRule.OPTIONAL if nik and rule is NikRule.REQUIRED else rule

    def _lines(
        self, request: web.Request, found: Sequence[OwnTicket]
    ) -> list[Mapping[str, object]]:
        zone, told = self._counter.office.zone, words(request)
        return [
            {
                "number": one.number,
                "subject": one.subject,
                "state": one.status.value,
                "status": told(one.status.word),
                "reason": kept_words(one.reason, told),
                "opened": f"{long_time(one.opened_at, zone)} {zone_name(zone)}",
            }
            for one in found
        ]

    async def _session(self, request: web.Request) -> AccountSession | None:
        token = request.cookies.get(self._cookie, "")
        return await self._counter.session(token) if token else None

    @property
    def _cookie(self) -> str:
        """Another name than that of staff; ``__Host-`` keeps sister domains from planting one."""
        return "__Host-warga" if self._counter.office.secure else "warga"

    def _keep(self, answer: web.Response, token: str, seconds: int) -> None:
        answer.set_cookie(
            self._cookie,
            token,
            max_age=seconds,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=self._counter.office.secure,
        )


def account_routes(
    counter: PeopleCounter, marks: Marks, visitors: Visitors, rules: GuessRules
) -> list[web.RouteDef]:
    """The routes of ``/saya``; the application is prepared as for the other pages."""
    pages = AccountPages(counter, marks, visitors, rules)
    forms: Mapping[str, Handler] = {
        "masuk": pages.ask,
        "kode": pages.enter,
        "keluar": pages.leave,
        "tiket/{number}": pages.ticket,
        "data": pages.change,
        "kontak": pages.ask_more,
        "kontak/kode": pages.tie,
        "hapus": pages.forget,
    }
    posts = [web.post(f"{HOME}/{path}", pages.calmly(one)) for path, one in forms.items()]
    return [web.get(HOME, pages.calmly(pages.show)), *posts]
