"""Single sign-on under attack, against a real provider: what proves nothing opens nothing."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from core.model.staff import Role
from core.services.passwords import Invitation, invite
from core.services.staff import disable_staff
from gateway.clock import SystemClock
from tests.console.staff.kit import Browser
from tests.console.staff.sign_on_kit import (
    BACK,
    NOT_SURE,
    SESSION,
    START,
    enters,
    leaves,
    led,
    linked,
    newcomer,
    sign_on_office,
)
from tests.identity_provider import CLIENT, SECRET, IdentityProvider, asked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.gateway.api.kit import ApiOffice


@pytest.fixture(scope="module")
async def house(
    tmp_path_factory: pytest.TempPathFactory, provider: IdentityProvider
) -> AsyncIterator[ApiOffice]:
    async with sign_on_office(
        tmp_path_factory.mktemp("sso"), provider, second_factor_amr=["mfa"], logout=True
    ) as made:
        yield made


@pytest.fixture(autouse=True)
async def as_it_is(provider: IdentityProvider) -> None:
    await provider.wish()


# --- attacks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wishes", "why"),
    [
        ({"claims": {"nonce": "x" * 43}}, "nonce"),
        ({"without": ["nonce"]}, "nonce"),
        ({"claims": {"aud": "aplikasi-lain"}}, "audience"),
        ({"without": ["aud"]}, "audience"),
        ({"claims": {"aud": [CLIENT, "aplikasi-lain"]}}, "party"),
        ({"claims": {"azp": "aplikasi-lain"}}, "party"),
        ({"claims": {"iss": "https://masuk.lain.go.id"}}, "issuer"),
        ({"without": ["iss"]}, "issuer"),
        ({"claims": {"exp": 1_600_000_000}}, "expired"),
        ({"without": ["exp"]}, "expired"),
        ({"claims": {"iat": 1_600_000_000}}, "time"),
        ({"without": ["iat"]}, "time"),
        ({"claims": {"sub": "sub\u0000operator"}}, "subject"),
        ({"without": ["sub"]}, "subject"),
        ({"id_token": "bukan token"}, "form"),
        ({"id_token": "a.b.c"}, "form"),
        ({"status": 400}, "code"),
        ({"status": 302}, "code"),
        ({"redirect": {"iss": "https://masuk.lain.go.id"}}, "mix-up"),
        ({"redirect": {"iss": ""}}, "mix-up"),
        ({"redirect": {"code": "kode-orang-lain"}}, "code"),
    ],
)
async def test_what_proves_nothing_opens_nothing(
    house: ApiOffice, provider: IdentityProvider, wishes: dict[str, Any], why: str
) -> None:
    await linked(house, provider, "operator", "sub-operator")
    claims = {"sub": "sub-operator"} | wishes.get("claims", {})
    await provider.wish(**wishes | {"claims": claims})
    browser, before = Browser(house.hall), len(house.hall.log.getvalue())
    back = await enters(browser, provider)
    assert back.status == 401, back.words
    assert NOT_SURE in back.words
    assert SESSION not in browser.cookies
    assert f"why={why}" in house.hall.log.getvalue()[before:]


def unsigned(claims: dict[str, Any], _keys: list[dict[str, Any]]) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return (
        ".".join(
            base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=")
            for one in parts
        )
        + "."
    )


def with_public_key(claims: dict[str, Any], keys: list[dict[str, Any]]) -> str:
    """HS256 with what everybody may read as the secret (RFC 8725, 2.1)."""
    pem = RSAKey.import_key(keys[0]).as_pem(private=False)
    header = {"alg": "HS256", "kid": keys[0]["kid"]}
    return jwt.encode(header, claims, OctKey.import_key(base64.b64encode(pem)))


def with_client_secret(claims: dict[str, Any], _keys: list[dict[str, Any]]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 3))


def with_own_key(claims: dict[str, Any], keys: list[dict[str, Any]]) -> str:
    mine = RSAKey.generate_key(2048, {"kid": keys[0]["kid"]})
    return jwt.encode({"alg": "RS256", "kid": keys[0]["kid"]}, claims, mine)


def with_key_in_header(claims: dict[str, Any], _keys: list[dict[str, Any]]) -> str:
    mine = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "jku": "https://jahat.example/k", "kid": "punya-saya"}
    return jwt.encode(header, claims, mine)


def with_bent_claims(claims: dict[str, Any], keys: list[dict[str, Any]]) -> str:
    head, _, tail = with_own_key(claims, keys).split(".")
    changed = json.dumps(claims | {"sub": "sub-operator"}).encode()
    return f"{head}.{base64.urlsafe_b64encode(changed).decode().rstrip('=')}.{tail}"


@pytest.mark.parametrize(
    ("forge", "why"),
    [
        (unsigned, "algorithm"),
        (with_public_key, "algorithm"),
        (with_client_secret, "algorithm"),
        (with_own_key, "signature"),
        (with_key_in_header, "key"),
        (with_bent_claims, "signature"),
    ],
)
async def test_forged_tokens_open_nothing(
    house: ApiOffice, provider: IdentityProvider, forge: Any, why: str
) -> None:
    await linked(house, provider, "operator", "sub-operator")
    browser, before = Browser(house.hall), len(house.hall.log.getvalue())
    address = await leaves(browser)
    way = await provider.visited(address)
    now = int(SystemClock().now().timestamp())
    claims = {
        "iss": provider.issuer, "aud": CLIENT, "sub": "sub-operator", "iat": now,
        "exp": now + 600, "nonce": asked(address)["nonce"],
    }  # fmt: skip
    keys = (await provider.wish())["keys"]
    await provider.wish(id_token=forge(claims, keys))
    back = await browser.get(way)
    assert back.status == 401
    assert SESSION not in browser.cookies
    assert f"why={why}" in house.hall.log.getvalue()[before:]


async def test_row_51_the_same_mail_with_another_subject_is_nobody(
    house: ApiOffice, provider: IdentityProvider
) -> None:
    await linked(house, provider, "operator", "sub-operator")
    people = await house.hall.rows("SELECT id FROM staff")
    same = {"sub": "sub-penyusup", "email": "operator@contoh.go.id", "email_verified": True}
    await provider.wish(claims=same | {"preferred_username": "operator"})
    browser = Browser(house.hall)
    back = await enters(browser, provider)
    assert back.status == 403
    assert "belum ditautkan dengan petugas mana pun" in back.words
    assert SESSION not in browser.cookies
    assert await house.hall.rows("SELECT id FROM staff") == people


async def test_a_code_and_an_answer_work_once(
    house: ApiOffice, provider: IdentityProvider
) -> None:
    await linked(house, provider, "operator", "sub-operator")
    browser = Browser(house.hall)
    address = await leaves(browser)
    way, carried = await provider.visited(address), dict(browser.cookies)
    assert (await browser.get(way)).status == 303
    thief = Browser(house.hall, dict(carried))
    again = await thief.get(way)
    assert again.status == 403
    assert "sudah selesai" in again.words
    # another answer for the same way, fresh from the provider
    assert (await thief.get(await provider.visited(address))).status == 403
    assert SESSION not in thief.cookies


async def test_an_answer_is_good_only_in_the_browser_that_asked(
    house: ApiOffice, provider: IdentityProvider
) -> None:
    await linked(house, provider, "operator", "sub-operator")
    browser, victim = Browser(house.hall), Browser(house.hall)
    way = await provider.visited(await leaves(browser))
    await leaves(victim)
    for led_there in (victim, Browser(house.hall), Browser(house.hall, {f"{SESSION}-sso": "x.y"})):
        back = await led_there.get(way)
        assert back.status == 403
        assert "tidak dimulai di peramban ini" in back.words
        assert SESSION not in led_there.cookies
    wrong = re.sub(r"state=[^&]+", "state=" + "x" * 43, way)
    for bent in (wrong, re.sub(r"state=[^&]+&?", "", way), f"{way}&state=x"):
        assert (await browser.get(bent)).status == 403
    assert (await browser.get(way)).status == 303


async def test_a_foreign_page_cannot_start_a_login(house: ApiOffice) -> None:
    for site in ("cross-site", "same-site"):
        page = await Browser(house.hall).get(f"{START}?lanjut=/console/cari", Sec_Fetch_Site=site)
        assert page.headers["Location"] == "/console/masuk?lanjut=/console/cari"


@pytest.mark.parametrize(
    "onward",
    [
        "https://jahat.example/", "//jahat.example", "/\\jahat.example", "/console@jahat.example",
        "javascript:alert(1)", "/console/../../jahat", "/lapor", "",
    ],
)  # fmt: skip
async def test_after_the_login_only_pages_of_ours(
    house: ApiOffice, provider: IdentityProvider, onward: str
) -> None:
    await linked(house, provider, "operator", "sub-operator")
    browser = Browser(house.hall)
    back = await enters(browser, provider, f"{START}?lanjut={onward}")
    place = urlsplit(back.headers["Location"])
    assert not place.netloc
    assert place.path.startswith("/console")


async def test_who_is_disabled_stays_outside(house: ApiOffice, provider: IdentityProvider) -> None:
    person = await newcomer(house, "tina", Role.OPERATOR)
    invitation = await invite(house.house, None, person)
    assert isinstance(invitation, Invitation)
    browser = Browser(house.hall)
    await provider.wish(claims={"sub": "sub-tina"})
    way = led(await browser.post(f"/console/undangan/{invitation.token}/sso", {}))
    assert (await browser.get(await provider.visited(way))).status == 303
    await disable_staff(house.house, None, person, 1)
    assert (await browser.get("/console/akun")).status == 303
    back = await enters(Browser(house.hall), provider)
    assert back.status == 403
    assert "tidak lagi terdaftar aktif" in back.words


async def test_row_50_headers_of_proxies_let_nobody_in(house: ApiOffice) -> None:
    named = dict.fromkeys(
        ("X_Remote_User", "Remote_User", "X_Forwarded_User", "X_WEBAUTH_USER"), "admin"
    )
    page = await Browser(house.hall).get("/console/akun", **named)
    assert page.headers["Location"].startswith("/console/masuk")


async def test_a_person_who_breaks_off_is_told(
    house: ApiOffice, provider: IdentityProvider
) -> None:
    browser = Browser(house.hall)
    way = await provider.visited(await leaves(browser))
    state = parse_qs(urlsplit(way).query)["state"][0]
    back = await browser.get(f"{BACK}?error=access_denied&state={state}&error_description=<b>")
    assert back.status == 401
    assert "dibatalkan atau ditolak" in back.words
    assert "access_denied" not in back.text


@pytest.mark.parametrize("wishes", [{"status": 500}, {"body": {"id_token": 7}}])
async def test_a_provider_that_fails_leaves_the_password(
    house: ApiOffice, provider: IdentityProvider, wishes: dict[str, Any]
) -> None:
    await provider.wish(**wishes)
    back = await enters(Browser(house.hall), provider)
    assert back.status == 503
    assert "masuk dengan kata sandi" in back.words
    assert 'name="sandi"' in back.text


async def test_only_hashes_of_states_are_stored(
    house: ApiOffice, provider: IdentityProvider
) -> None:
    browser = Browser(house.hall)
    address = await leaves(browser)
    await browser.get(await provider.visited(address))
    kept = repr(await house.hall.rows("SELECT * FROM sign_on_flows"))
    assert asked(address)["state"] not in kept
