"""To the provider and back: coming in, linking one's own account, linking by invitation."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from aiohttp import web

from console.language import N_, words_in
from console.staff.guard import AWAY, told
from console.staff.login import TOO_MANY, after
from console.staff.sign_on.carried import drop_flow, keep_flow, keep_ticket, read_flow
from console.staff.sign_on.shown import elsewhere
from console.staff.visit import language_of
from core.errors import StoreUnavailable
from core.model.credentials import token_hash
from core.model.sign_on import Purpose, SignOnFault
from core.model.work import Refusal
from core.services.entry import Entered, who
from core.services.house import NO_SUCH_PERSON
from core.services.sign_on import (
    Arrival,
    begin,
    come_in_by,
    invitation_of,
    link_invited,
    link_own,
    may_link,
    spend,
    unlink_own,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.staff.guard import Guard
    from console.staff.login import LoginPages
    from console.staff.reception import Reception
    from console.staff.visit import Visit
    from core.model.sign_on import Flow, ProvenIdentity, SignOnLink
    from core.ports.sign_on import SignOnProvider

START: Final = "/console/masuk/sso"
BACK: Final = "/console/masuk/sso/kembali"
"""What is entered at the provider, below the office's public address."""

ACCOUNT: Final = "/console/akun"
_LONGEST: Final = 200
_LONGEST_PATH: Final = 300

STRANGE: Final = N_(
    "Proses masuk ini tidak dimulai di peramban ini, atau sudah terlalu lama. Silakan mulai lagi."
)
FAULTS: Final[Mapping[SignOnFault, tuple[int, str]]] = {
    SignOnFault.AWAY: (
        503,
        N_(
            "Layanan masuk sedang tidak dapat dihubungi. Coba lagi beberapa saat, atau masuk "
            "dengan kata sandi."
        ),
    ),
    SignOnFault.DECLINED: (
        401,
        N_("Proses masuk dibatalkan atau ditolak oleh layanan masuk. Anda belum masuk."),
    ),
    SignOnFault.UNPROVEN: (
        401,
        N_(
            "Jawaban layanan masuk tidak dapat dipastikan kebenarannya, jadi Anda belum masuk. "
            "Coba lagi; bila terulang, beri tahu administrator."
        ),
    ),
}


def sign_on_routes(guard: Guard, reception: Reception, login: LoginPages) -> list[web.RouteDef]:
    """The routes of single sign-on; none where the office has no provider."""
    if reception.sign_on is None:
        return []
    pages = SignOnPages(reception, reception.sign_on, login)
    return [
        web.get(START, pages.start),
        web.get(BACK, pages.back),
        web.post("/console/undangan/{token}/sso", pages.invited),
        web.post(f"{ACCOUNT}/sso", guard.page(pages.link)),
        web.post(f"{ACCOUNT}/sso/lepas", guard.page(pages.unlink)),
    ]


class SignOnPages:
    """Every way begins here and comes back here.

    Args:
        reception: what the pages stand on.
        provider: the office's.
        login: shows its page where coming in failed.
    """

    def __init__(self, reception: Reception, provider: SignOnProvider, login: LoginPages) -> None:
        self._reception, self._provider, self._login = reception, provider, login

    # --- to the provider -----------------------------------------------------------------------

    async def start(self, request: web.Request) -> web.StreamResponse:
        """Off to come in. A foreign page cannot start it: there somebody has to press first."""
        onward = request.query.get("lanjut", "")[:_LONGEST_PATH]
        if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            then = f"?lanjut={quote(onward, safe='/')}" if onward else ""
            return web.Response(status=303, headers={"Location": f"/console/masuk{then}"})
        if not self._admitted(request):
            return self._login.form(request, 429, TOO_MANY)
        flow = begin(self._reception.house, Purpose.ENTER, onward)
        address = await self._provider.address(flow, anew=False)
        if isinstance(address, SignOnFault):
            return self._failed(request, flow, address)
        response = web.Response(status=303, headers={"Location": address})
        keep_flow(self._reception, response, flow)
        return response

    async def link(self, visit: Visit) -> web.StreamResponse:
        """Off to link one's own account, after the password where there is one."""
        password = visit.form.get("sandi", "")[:1_000]
        refusal = await may_link(self._reception.house, visit.here, password)
        if refusal is not None or visit.here.session is None:
            return await self._login.oneself(visit, 422, (refusal or NO_SUCH_PERSON).sentence)
        holder = visit.here.session.token_hash
        flow = begin(self._reception.house, Purpose.LINK, holder=holder)
        return await self._led(visit.request, flow)

    async def invited(self, request: web.Request) -> web.StreamResponse:
        """Off to link by an administrator's invitation."""
        if not self._reception.cookies.same_origin(request):
            return self._told(request, 403, STRANGE)
        if not self._admitted(request):
            return self._told(request, 429, TOO_MANY)
        token = request.match_info["token"][:_LONGEST]
        try:
            refusal = await invitation_of(self._reception.house, token)
        except StoreUnavailable:
            return self._told(request, 503, AWAY)
        if refusal is not None:
            return self._told(request, 422, refusal.sentence)
        flow = begin(self._reception.house, Purpose.INVITED, holder=token_hash(token))
        return await self._led(request, flow)

    async def _led(self, request: web.Request, flow: Flow) -> web.StreamResponse:
        """Who links proves themselves anew: a browser may still be somebody else's there."""
        address = await self._provider.address(flow, anew=True)
        if isinstance(address, SignOnFault):
            return self._failed(request, flow, address)
        response = elsewhere(self._reception, request, address)
        keep_flow(self._reception, response, flow)
        return response

    def _admitted(self, request: web.Request) -> bool:
        key = self._reception.visitors.key(request)
        return self._reception.logins.take(key, self._reception.now())

    # --- and back ------------------------------------------------------------------------------

    async def back(self, request: web.Request) -> web.StreamResponse:
        """The provider's answer; only for a way that began in this browser, and once."""
        flow = read_flow(self._reception, request)
        if flow is None or not _same(flow.state, request.query.getall("state", [])):
            return self._login.form(request, 403, STRANGE)
        if not self._admitted(request):
            return self._login.form(request, 429, TOO_MANY)
        try:
            response = await self._finished(request, flow)
        except StoreUnavailable:
            return self._failed(request, flow, (503, AWAY))
        drop_flow(self._reception, response)
        return response

    async def _finished(self, request: web.Request, flow: Flow) -> web.Response:
        proven = await self._proven(request, flow)
        if isinstance(proven, (SignOnFault, Refusal)):
            return self._failed(request, flow, proven)
        outcome = await self._outcome(request, flow, proven)
        if isinstance(outcome, Refusal):
            return self._failed(request, flow, outcome)
        if not isinstance(outcome, Entered):
            return web.Response(status=303, headers={"Location": f"{ACCOUNT}?kabar=tertaut"})
        onward = after(outcome, flow.onward)
        response = web.Response(status=303, headers={"Location": onward})
        self._reception.cookies.keep(response, outcome)
        keep_ticket(self._reception, response, outcome, proven.ticket)
        return response

    async def _proven(
        self, request: web.Request, flow: Flow
    ) -> ProvenIdentity | SignOnFault | Refusal:
        """The way is spent first: whatever comes of the answer, it is looked at once."""
        if refusal := await spend(self._reception.house, flow):
            return refusal
        code = request.query.get("code", "")
        if "error" in request.query or not code:
            return SignOnFault.DECLINED
        return await self._provider.proven(flow, code, request.query.get("iss"))

    async def _outcome(
        self, request: web.Request, flow: Flow, proven: ProvenIdentity
    ) -> Entered | SignOnLink | Refusal:
        house, held = self._reception.house, self._reception.cookies.read(request)[:_LONGEST]
        arrival = Arrival(
            address=self._reception.visitors.key(request),
            browser=request.headers.get("User-Agent", ""),
            replaces=held,
        )
        match flow.purpose:
            case Purpose.ENTER:
                return await come_in_by(house, proven, arrival)
            case Purpose.INVITED:
                return await link_invited(house, flow.holder, proven, arrival)
            case Purpose.LINK:
                here = await who(house, held)
                ours = here is not None and token_hash(held) == flow.holder
                return await link_own(house, here, proven) if here and ours else NO_SUCH_PERSON

    # --- taking off, and what went wrong -------------------------------------------------------

    async def unlink(self, visit: Visit) -> web.StreamResponse:
        """Takes off one's own link."""
        refusal = await unlink_own(self._reception.house, visit.here)
        if refusal is not None:
            return await self._login.oneself(visit, 422, refusal.sentence)
        return visit.go(f"{ACCOUNT}?kabar=dilepas")

    def _failed(
        self, request: web.Request, flow: Flow, why: SignOnFault | Refusal | tuple[int, str]
    ) -> web.Response:
        """Said where the person was: at the login, or on a page that leads back."""
        if isinstance(why, Refusal):
            why = (403, why.sentence)
        status, sentence = FAULTS[why] if isinstance(why, SignOnFault) else why
        if flow.purpose is Purpose.ENTER:
            return self._login.form(request, status, sentence, {"lanjut": flow.onward})
        return self._told(request, status, sentence)

    def _told(self, request: web.Request, status: int, sentence: str) -> web.Response:
        return told(request, status, words_in(language_of(request))(sentence))


def _same(state: str, given: list[str]) -> bool:
    """One state, and the one that went out."""
    return len(given) == 1 and hmac.compare_digest(
        state.encode(), given[0].encode("utf-8", "replace")
    )
