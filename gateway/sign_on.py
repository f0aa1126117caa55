"""Speaks to the office's identity provider: where browsers go, and what a code is worth.

What went wrong is logged in one word, never with a code, a token or a name (threats.md row 51).
"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus, urlencode, urlsplit

from config.logs import get_logger
from core.model.sign_on import SignOnFault, challenge
from gateway.id_tokens import Flaw, TokenRefused, TokenRules, read_token
from gateway.provider_document import ProviderAway, ProviderDocument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.sso import SsoSettings
    from core.model.sign_on import Flow, ProvenIdentity
    from core.ports import Clock

log = get_logger("sign-on")

LONGEST_CODE: Final = 4_096
_GOOD: Final = 200
_FIRST_SERVER_FAULT: Final = 500


class OpenIdProvider:
    """``core.ports.sign_on.SignOnProvider``; one per process.

    Args:
        settings: the section, with an issuer.
        back: our own address that the provider sends browsers back to.
        home: where it sends them after leaving.
        clock: tells the time.
    """

    def __init__(self, settings: SsoSettings, back: str, home: str, clock: Clock) -> None:
        self._settings, self.back, self._home, self._clock = settings, back, home, clock
        self._document = ProviderDocument(settings, clock)
        self._rules = TokenRules(
            issuer=settings.issuer or "",
            client_id=settings.client_id or "",
            leeway=timedelta(seconds=settings.leeway_seconds),
            amr=frozenset(settings.second_factor_amr),
            acr=frozenset(settings.second_factor_acr),
        )

    @property
    def issuer(self) -> str:
        """As it writes itself into its tokens."""
        return self._rules.issuer

    @property
    def label(self) -> str:
        """As staff know it."""
        return self._settings.label

    @property
    def says_farewell(self) -> bool:
        """Whether leaving here is to end the session there."""
        return self._settings.logout

    async def address(self, flow: Flow, *, anew: bool) -> str | SignOnFault:
        """Where the browser is sent to (OpenID Connect Core 1.0, section 3.1.2.1)."""
        try:
            place = await self._document.endpoint("authorization_endpoint")
        except ProviderAway as away:
            return _away(away)
        asked = {
            "response_type": "code",
            "client_id": self._rules.client_id,
            "redirect_uri": self.back,
            "scope": " ".join(self._settings.scopes),
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": challenge(flow.verifier),
            "code_challenge_method": "S256",
        }
        if anew:
            asked["prompt"] = self._settings.link_prompt
        if self._settings.second_factor_acr:
            asked["acr_values"] = " ".join(self._settings.second_factor_acr)
        return _with(place, asked)

    async def proven(
        self, flow: Flow, code: str, issuer: str | None
    ) -> ProvenIdentity | SignOnFault:
        """Who came back; a code is exchanged once whatever becomes of it."""
        try:
            await self._not_mixed_up(issuer)
            await self._document.keys()  # before the code is spent: without them it proves nothing
            return await self._read(await self._exchanged(flow, code), flow)
        except ProviderAway as away:
            return _away(away)
        except TokenRefused as refused:
            log.warning("sign-on refused", why=refused.flaw.value)
            return SignOnFault.UNPROVEN

    async def farewell(self, ticket: str) -> str:
        """Where the browser leaves the provider (OpenID Connect RP-Initiated Logout 1.0)."""
        if not self._settings.logout:
            return ""
        try:
            if "end_session_endpoint" not in await self._document.endpoints():
                return ""
            place = await self._document.endpoint("end_session_endpoint")
        except ProviderAway as away:
            _away(away)
            return ""
        told = {"client_id": self._rules.client_id, "post_logout_redirect_uri": self._home}
        if ticket:
            told["id_token_hint"] = ticket
        return _with(place, told)

    async def look(self) -> None:
        """Reads all that a login needs, for ``helpdesk doctor``. Raises ProviderAway."""
        for name in ("authorization_endpoint", "token_endpoint"):
            await self._document.endpoint(name)
        await self._document.keys()

    async def _not_mixed_up(self, issuer: str | None) -> None:
        """The answer names the issuer that was asked (RFC 9207). Raises TokenRefused."""
        endpoints = await self._document.endpoints()
        promised = endpoints.get("authorization_response_iss_parameter_supported") is True
        if issuer != self.issuer and (issuer is not None or promised):
            raise TokenRefused(Flaw.MIX_UP)

    async def _exchanged(self, flow: Flow, code: str) -> str:
        """The ID token for a code. Raises ProviderAway and TokenRefused."""
        place = await self._document.endpoint("token_endpoint")
        sent = {
            "grant_type": "authorization_code",
            "code": code[:LONGEST_CODE],
            "redirect_uri": self.back,
            "code_verifier": flow.verifier,
        }
        more, headers = await self._credentials()
        status, answer = await self._document.post(place, sent | more, headers)
        if status != _GOOD and status < _FIRST_SERVER_FAULT:
            raise TokenRefused(Flaw.CODE)
        token = answer.get("id_token")
        if not isinstance(token, str):
            sentence = f"no token, HTTP {status}"
            raise ProviderAway(sentence)
        return token

    async def _credentials(self) -> tuple[dict[str, str], dict[str, str]]:
        """Fields and headers that say who we are; Basic unless only the form is offered.

        In Basic both parts are encoded as in a form first (RFC 6749, section 2.3.1).
        """
        name, held = self._rules.client_id, self._settings.client_secret
        secret = held.get_secret_value() if held else ""
        offered = (await self._document.endpoints()).get("token_endpoint_auth_methods_supported")
        listed = offered if isinstance(offered, list) else []
        if "client_secret_post" in listed and "client_secret_basic" not in listed:
            return {"client_id": name, "client_secret": secret}, {}
        pair = f"{quote_plus(name)}:{quote_plus(secret)}"
        return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    async def _read(self, token: str, flow: Flow) -> ProvenIdentity:
        """A key that nobody knows is looked for once: providers change theirs."""
        visit = (flow, self._clock.now())
        try:
            return read_token(token, await self._document.keys(), self._rules, visit)
        except TokenRefused as refused:
            if refused.flaw is not Flaw.KEY:
                raise
        return read_token(token, await self._document.keys(anew=True), self._rules, visit)


def _with(place: str, asked: Mapping[str, str]) -> str:
    """An address may hold a query already (RFC 6749, section 3.1)."""
    return f"{place}{'&' if urlsplit(place).query else '?'}{urlencode(asked)}"


def _away(why: ProviderAway) -> SignOnFault:
    log.warning("provider away", why=str(why))
    return SignOnFault.AWAY
