"""Speaking to an identity provider: its hosts, its limits, its changes, and when it is away."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from config.load import read
from config.sso import SsoSettings
from core.model.sign_on import Flow, ProvenIdentity, Purpose, SignOnFault
from gateway.checkup import check_sign_on
from gateway.clock import SystemClock
from gateway.provider_document import DISCOVERY, KEEP, LARGEST, REST
from gateway.sign_on import OpenIdProvider
from tests.config.samples import tables
from tests.identity_provider import IdentityProvider, identity_provider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import datetime

BACK, HOME = "https://kita.go.id/console/masuk/sso/kembali", "https://kita.go.id/console/masuk"


class ShiftedClock:
    """The machine's, so that real tokens are of now, and what a test moves it by."""

    def __init__(self) -> None:
        self.by = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.by


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    with identity_provider(tmp_path_factory.mktemp("provider") / "log") as running:
        yield running


@pytest.fixture(autouse=True)
async def as_it_is(provider: IdentityProvider) -> None:
    await provider.wish()


def speaks_to(issuer: str, clock: ShiftedClock | None = None, **changes: Any) -> OpenIdProvider:
    given = {"issuer": issuer, "client_id": "helpdesk", "client_secret": "rahasia"} | changes
    return OpenIdProvider(SsoSettings(**given), BACK, HOME, clock or ShiftedClock())


def flow_at(clock: ShiftedClock) -> Flow:
    return Flow(Purpose.ENTER, "s" * 43, "n" * 43, "v" * 43, clock.now())


async def comes_back(provider: IdentityProvider, ours: OpenIdProvider, clock: ShiftedClock) -> Any:
    flow = flow_at(clock)
    address = await ours.address(flow, anew=False)
    assert isinstance(address, str), address
    way = await provider.visited(address)
    code = way.partition("code=")[2].partition("&")[0]
    return await ours.proven(flow, code, None)


# --- the real one --------------------------------------------------------------------------------


async def test_keys_that_change_are_looked_for_once_a_minute(provider: IdentityProvider) -> None:
    clock = ShiftedClock()
    ours = speaks_to(provider.issuer, clock)
    assert isinstance(await comes_back(provider, ours, clock), ProvenIdentity)
    await provider.wish(rotate="ES256")
    assert await comes_back(provider, ours, clock) is SignOnFault.UNPROVEN
    clock.by = timedelta(seconds=61)
    assert isinstance(await comes_back(provider, ours, clock), ProvenIdentity)


async def test_the_document_is_believed_for_an_hour(provider: IdentityProvider) -> None:
    clock = ShiftedClock()
    ours = speaks_to(provider.issuer, clock)
    first = await ours.address(flow_at(clock), anew=True)
    await provider.wish(discovery={"authorization_endpoint": f"{provider.issuer}/lain"})
    assert first == await ours.address(flow_at(clock), anew=True)
    clock.by = KEEP
    later = await ours.address(flow_at(clock), anew=True)
    assert isinstance(later, str)
    assert later.startswith(f"{provider.issuer}/lain?")


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"issuer": "https://masuk.lain.go.id"}, SignOnFault.AWAY),
        ({"token_endpoint": "https://jahat.example/token"}, SignOnFault.AWAY),
        ({"token_endpoint": "http://169.254.169.254/latest"}, SignOnFault.AWAY),
        ({"token_endpoint": "file:///etc/passwd"}, SignOnFault.AWAY),
        ({"token_endpoint": "http://[::1"}, SignOnFault.AWAY),
        ({"token_endpoint": "http://127.0.0.1/\r\nX-Y: z"}, SignOnFault.AWAY),
        ({"token_endpoint": None}, SignOnFault.AWAY),
        ({"jwks_uri": "https://jahat.example/keys"}, SignOnFault.AWAY),
        ({"jwks_uri": 7}, SignOnFault.AWAY),
        ({"authorization_response_iss_parameter_supported": True}, SignOnFault.UNPROVEN),
    ],
)
async def test_documents_that_lead_elsewhere(
    provider: IdentityProvider, document: dict[str, Any], fault: SignOnFault
) -> None:
    await provider.wish(discovery=document)
    clock = ShiftedClock()
    ours = speaks_to(provider.issuer, clock)
    assert await ours.proven(flow_at(clock), "kode", None) is fault


@pytest.mark.parametrize("path", ["/masuk\r\nSet-Cookie: a=b", "/masuk; url=x y", "/m\u00e9"])
async def test_no_header_can_be_smuggled_by_an_address(
    provider: IdentityProvider, path: str
) -> None:
    await provider.wish(discovery={"authorization_endpoint": provider.issuer + path})
    clock = ShiftedClock()
    ours = speaks_to(provider.issuer, clock)
    assert await ours.address(flow_at(clock), anew=False) is SignOnFault.AWAY


async def test_the_issuer_of_an_answer_is_the_one_that_was_asked(
    provider: IdentityProvider,
) -> None:
    await provider.wish(discovery={"authorization_response_iss_parameter_supported": True})
    clock = ShiftedClock()
    ours = speaks_to(provider.issuer, clock)
    flow = flow_at(clock)
    address = await ours.address(flow, anew=False)
    assert isinstance(address, str)
    code = (await provider.visited(address)).partition("code=")[2].partition("&")[0]
    assert isinstance(await ours.proven(flow, code, provider.issuer), ProvenIdentity)


async def test_the_secret_by_form_where_only_that_is_offered(provider: IdentityProvider) -> None:
    methods = ["client_secret_post", "private_key_jwt"]
    await provider.wish(discovery={"token_endpoint_auth_methods_supported": methods})
    clock = ShiftedClock()
    proven = await comes_back(provider, speaks_to(provider.issuer, clock), clock)
    assert isinstance(proven, ProvenIdentity)
    (post,) = (await provider.wish())["posts"]
    assert (post["form"]["client_id"], post["form"]["client_secret"]) == ("helpdesk", "rahasia")
    assert post["basic"] == ""


async def test_a_second_factor_is_asked_for_by_its_level(provider: IdentityProvider) -> None:
    clock = ShiftedClock()
    ours = speaks_to(provider.issuer, clock, second_factor_acr=("gold", "silver"))
    address = await ours.address(flow_at(clock), anew=False)
    assert isinstance(address, str)
    assert "acr_values=gold+silver" in address


@pytest.mark.parametrize("prompt", ["login", "select_account"])
async def test_whoever_links_proves_themselves_anew(
    provider: IdentityProvider, prompt: str
) -> None:
    clock = ShiftedClock()
    ours = speaks_to(provider.issuer, clock, link_prompt=prompt)
    address = await ours.address(flow_at(clock), anew=True)
    assert isinstance(address, str)
    assert f"prompt={prompt}" in address


async def test_doctor_says_what_to_enter_or_what_is_wrong(provider: IdentityProvider) -> None:
    given = {f"sso.{name}": held for name, held in provider.settings().items()}
    clock = ShiftedClock()
    (found,) = await check_sign_on(read(tables(given)), clock)
    assert found.level == "ok"
    assert "/console/masuk/sso/kembali" in found.sentence
    (found,) = await check_sign_on(
        read(tables(given | {"sso.issuer": "http://127.0.0.1:9"})), clock
    )
    assert found.level == "error"
    await provider.wish(discovery={"jwks_uri": "https://www.googleapis.com/oauth2/v3/certs"})
    (found,) = await check_sign_on(read(tables(given)), clock)
    assert "www.googleapis.com is not among the provider's hosts (sso.hosts)" in found.sentence
    assert await check_sign_on(read(tables()), clock) == []


async def test_leaving_where_it_is_offered_and_wanted(provider: IdentityProvider) -> None:
    assert await speaks_to(provider.issuer).farewell("t") == ""
    ours = speaks_to(provider.issuer, logout=True)
    assert (await ours.farewell("t")).startswith(f"{provider.issuer}/endsession?")
    assert "id_token_hint" not in await ours.farewell("")
    await provider.wish(discovery={"end_session_endpoint": "https://jahat.example/"})
    assert await speaks_to(provider.issuer, logout=True).farewell("t") == ""
    assert await speaks_to("http://127.0.0.1:9", logout=True).farewell("t") == ""


# --- bad ones ------------------------------------------------------------------------------------


@asynccontextmanager
async def answering(answer: Any) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that answers everything alike; its address, and what was asked."""
    asked: list[str] = []

    async def reply(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        made: web.StreamResponse = await answer(request)
        return made

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", reply)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        await runner.cleanup()


async def too_large(_: web.Request) -> web.Response:
    return web.Response(text=json.dumps({"issuer": "x" * LARGEST}))


async def elsewhere(_: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": "/lain"})


async def no_json(_: web.Request) -> web.Response:
    return web.Response(text="<html>")


async def a_list(_: web.Request) -> web.Response:
    return web.Response(text="[]")


async def too_deep(_: web.Request) -> web.Response:
    return web.Response(text="[" * 100_000)


async def broken(_: web.Request) -> web.Response:
    return web.Response(status=500)


async def never(_: web.Request) -> web.Response:
    await asyncio.sleep(60)
    return web.Response()


@pytest.mark.parametrize(
    "answer", [too_large, elsewhere, no_json, a_list, too_deep, broken, never]
)
async def test_a_provider_that_answers_nonsense_is_away(answer: Any) -> None:
    async with answering(answer) as (issuer, asked):
        clock = ShiftedClock()
        ours = speaks_to(issuer, clock, timeout_seconds=0.5 if answer is never else 20)
        found = await asyncio.gather(*(ours.address(flow_at(clock), anew=False) for _ in range(5)))
        assert found == [SignOnFault.AWAY] * 5
        assert asked == [DISCOVERY]  # the others did not wait for it again
        clock.by = REST
        assert await ours.address(flow_at(clock), anew=False) is SignOnFault.AWAY
        assert len(asked) == 2


async def test_nobody_is_asked_by_plain_http_elsewhere() -> None:
    with pytest.raises(ValueError, match="https"):
        SsoSettings(issuer="http://masuk.contoh.go.id", client_id="a", client_secret="b")
