"""Single sign-on at the console, against a real provider: the way in, links, the way out."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

import pytest

from core.model.sign_on import challenge
from core.model.staff import Role
from core.services.passwords import Invitation, invite
from tests.console.staff.kit import OURS, Browser, at_the_console
from tests.console.staff.sign_on_kit import (
    BACK,
    SESSION,
    START,
    admin_of,
    enters,
    leaves,
    led,
    linked,
    links,
    newcomer,
    sign_on_office,
)
from tests.gateway.api.kit import PASSWORD, ApiOffice, api_office, code_now
from tests.gateway.gateway_kit import PUBLIC, locked
from tests.identity_provider import CLIENT, SECRET, IdentityProvider, asked
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sso")


@pytest.fixture(scope="module")
async def house(folder: Path, provider: IdentityProvider) -> AsyncIterator[ApiOffice]:
    async with sign_on_office(folder, provider, second_factor_amr=["mfa"], logout=True) as made:
        yield made


@pytest.fixture(autouse=True)
async def as_it_is(provider: IdentityProvider) -> None:
    await provider.wish()


# --- the way in ----------------------------------------------------------------------------------


async def test_what_is_asked_for(house: ApiOffice) -> None:
    browser = Browser(house.hall)
    login = await browser.get("/console/masuk?lanjut=/console/cari")
    assert 'href="/console/masuk/sso?lanjut=/console/cari"' in login.text
    assert "Masuk dengan Akun Uji" in login.words
    address = await leaves(browser)
    wanted = asked(address)
    assert wanted["redirect_uri"] == f"{PUBLIC}{BACK}"
    assert (wanted["response_type"], wanted["code_challenge_method"]) == ("code", "S256")
    assert wanted["scope"] == "openid email profile"
    assert len({wanted["state"], wanted["nonce"], wanted["code_challenge"]}) == 3
    assert "prompt" not in wanted
    again = asked(await leaves(Browser(house.hall)))
    assert not {wanted["state"], wanted["nonce"]} & {again["state"], again["nonce"]}


async def test_coming_in_by_a_linked_account(house: ApiOffice, provider: IdentityProvider) -> None:
    await linked(house, provider, "operator", "sub-operator")
    browser = Browser(house.hall)
    back = await enters(browser, provider, f"{START}?lanjut=/console/akun")
    assert (back.status, back.headers["Location"]) == (303, "/console/akun")
    account = await browser.get("/console/akun")
    assert "operator@contoh.go.id" in account.words
    assert "terakhir dipakai" in account.words
    assert "__Host-helpdesk-sso" not in browser.cookies
    for line in back.headers.getall("Set-Cookie"):
        assert re.search(r"HttpOnly.*Path=/; SameSite=Lax; Secure", line), line


async def test_the_code_is_exchanged_with_secret_and_verifier(
    house: ApiOffice, provider: IdentityProvider
) -> None:
    await linked(house, provider, "operator", "sub-operator")
    browser = Browser(house.hall)
    address = await leaves(browser)
    await provider.wish(claims={"sub": "sub-operator"})
    await browser.get(await provider.visited(address))
    (post,) = (await provider.wish())["posts"]
    assert challenge(post["form"]["code_verifier"]) == asked(address)["code_challenge"]
    assert post["form"]["redirect_uri"] == f"{PUBLIC}{BACK}"
    name, secret = base64.b64decode(post["basic"].removeprefix("Basic ")).decode().split(":", 1)
    assert (name, secret) == ("helpdesk-uji", "rahasia%3Aklien%26uji")
    assert SECRET not in json.dumps(post)
    for hidden in (SECRET, post["form"]["code"], "sub-operator", asked(address)["state"]):
        assert hidden not in house.hall.log.getvalue()


async def test_a_new_session_replaces_the_one_that_the_browser_held(
    house: ApiOffice, provider: IdentityProvider
) -> None:
    await linked(house, provider, "operator", "sub-operator")
    browser = await at_the_console(house, "operator")
    before = browser.cookies[SESSION]
    assert (await enters(browser, provider)).status == 303
    assert browser.cookies[SESSION] != before
    old = Browser(house.hall, {SESSION: before})
    assert (await old.get("/console/akun")).headers["Location"].startswith("/console/masuk")


async def test_an_administrator_still_gives_a_code_unless_the_provider_s_counts(
    house: ApiOffice, provider: IdentityProvider
) -> None:
    await linked(house, provider, "admin", "sub-admin")
    browser = Browser(house.hall)
    back = await enters(browser, provider, f"{START}?lanjut=/console/admin")
    assert back.headers["Location"] == "/console/kode?lanjut=/console/admin"
    assert (await browser.get("/console/admin")).headers["Location"] == "/console/kode"
    page = await browser.get(back.headers["Location"])
    given = await browser.send(
        "/console/kode", page, {"kode": code_now(), "lanjut": "/console/admin"}
    )
    # the code was used a moment ago for linking: it works once
    assert given.status in (303, 401)
    for amr, onward in (
        (["pwd", "otp"], "/console/kode"),
        (["mfa"], "/console"),
        ("mfa", "/console/kode"),
    ):
        await provider.wish(claims={"sub": "sub-admin", "amr": amr})
        assert (await enters(Browser(house.hall), provider)).headers["Location"] == onward, amr


async def test_leaving_ends_the_session_there_too(
    house: ApiOffice, provider: IdentityProvider
) -> None:
    await linked(house, provider, "operator", "sub-operator")
    browser = Browser(house.hall)
    await enters(browser, provider)
    page = await browser.get("/console/akun")
    gone = await browser.send("/console/keluar", page, {})
    address = led(gone)
    assert address.startswith(f"{provider.issuer}/endsession?")
    assert asked(address)["post_logout_redirect_uri"] == f"{PUBLIC}/console/masuk"
    assert asked(address)["client_id"] == CLIENT
    assert asked(address)["id_token_hint"].count(".") == 2
    assert not {SESSION, f"{SESSION}-sso-out"} & set(browser.cookies)
    by_password = await at_the_console(house, "operator")
    gone = await by_password.send("/console/keluar", await by_password.get("/console/akun"), {})
    assert (gone.status, gone.headers["Location"]) == (303, "/console/masuk")


async def test_a_store_that_cannot_write_ends_no_way(
    house: ApiOffice, provider: IdentityProvider, folder: Path
) -> None:
    await linked(house, provider, "operator", "sub-operator")
    browser = Browser(house.hall)
    way = await provider.visited(await leaves(browser))
    async with locked(house.hall, folder):
        away = await browser.get(way)
    assert away.status == 503
    assert "Tidak ada yang berubah" in away.words
    assert (await browser.get(way)).status == 303


# --- links ---------------------------------------------------------------------------------------


async def test_linking_asks_for_the_password_and_for_a_fresh_login(
    house: ApiOffice, provider: IdentityProvider
) -> None:
    browser = await at_the_console(house, "care")
    refused = await links(browser, "bukan kata sandinya")
    assert refused.status == 422
    assert "Kata sandi lama tidak cocok" in refused.words
    address = led(await links(browser))
    assert asked(address)["prompt"] == "login"
    foreign = await browser.post("/console/akun/sso", {"sandi": PASSWORD, "csrf": "x"})
    assert foreign.status == 403
    await provider.wish(claims={"sub": "sub-care", "preferred_username": "bagus"})
    back = await browser.get(await provider.visited(address))
    page = await browser.get(back.headers["Location"])
    assert "Akun tertaut" in page.words
    assert "bagus" in page.words
    assert "sudah ada akun lain" in (await links(browser)).words.lower()
    off = await browser.send("/console/akun/sso/lepas", page, {})
    assert "Belum ditautkan" in (await browser.get(off.headers["Location"])).words
    kinds = await history(house, "care")
    assert kinds[-2:] == ["SignOnLinked", "SignOnUnlinked"]
    back = await enters(Browser(house.hall), provider)
    assert back.status == 403
    assert "belum ditautkan" in back.words


async def history(house: ApiOffice, who: str) -> list[str]:
    async with house.hall.store.desk() as desk:
        return [one.kind for one in await desk.admin_history.history(f"staff:{house.ids[who]}")]


async def test_a_link_is_made_for_the_session_that_asked_and_for_no_other(
    house: ApiOffice, provider: IdentityProvider
) -> None:
    await provider.wish(claims={"sub": "sub-salah-orang"})
    browser = await at_the_console(house, "technician")
    way = await provider.visited(led(await links(browser)))
    other = await at_the_console(house, "officer")
    browser.cookies[SESSION] = other.cookies[SESSION]
    assert (await browser.get(way)).status == 403
    rows = await house.hall.rows(
        "SELECT subject FROM sign_on_links WHERE subject = 'sub-salah-orang'"
    )
    assert rows == []


async def test_an_administrator_invites_to_link_and_takes_it_off(
    house: ApiOffice, provider: IdentityProvider
) -> None:
    person = await newcomer(house, "nur", Role.OPERATOR)
    invitation = await invite(house.house, None, person)
    assert isinstance(invitation, Invitation)
    browser, place = Browser(house.hall), f"/console/undangan/{invitation.token}"
    assert "Tautkan Akun Uji" in (await browser.get(place)).words
    strange = await browser.post(f"{place}/sso", {}, Origin="https://jahat.example")
    assert strange.status == 403
    await provider.wish(claims={"sub": "sub-nur"})
    back = await browser.get(await provider.visited(led(await browser.post(f"{place}/sso", {}))))
    assert (back.status, back.headers["Location"]) == (303, "/console")
    assert (await browser.post(f"{place}/sso", {})).status == 422
    assert (await Browser(house.hall).post(f"{place}/sso", {})).status == 422
    only = await browser.send("/console/akun/sso/lepas", await browser.get("/console/akun"), {})
    assert only.status == 422
    assert "satu-satunya cara Anda masuk" in only.words
    admin, one = await admin_of(house), f"/console/admin/petugas/{person}"
    page = await admin.get(one)
    assert "Lepas tautan akun" in page.words
    assert "Akun luar ditautkan" in page.words
    off = await admin.send(f"{one}/sso", page, {})
    assert "Tautan akun dilepas" in (await admin.get(off.headers["Location"])).words
    assert (await browser.get("/console/akun")).status == 303
    assert (await enters(Browser(house.hall), provider)).status == 403


async def test_who_may_not_take_off_links_of_others(house: ApiOffice) -> None:
    browser = await at_the_console(house, "operator")
    page = await browser.get("/console/akun")
    place = f"/console/admin/petugas/{house.ids['admin']}/sso"
    assert (await browser.send(place, page, {})).status == 403


# --- other offices -------------------------------------------------------------------------------


async def test_passwords_for_administrators_only_and_a_provider_that_is_away(
    tmp_path_factory: pytest.TempPathFactory, provider: IdentityProvider
) -> None:
    folder = tmp_path_factory.mktemp("away")
    settings = provider.settings(issuer="http://127.0.0.1:9", passwords="administrators")
    async with api_office(folder, sso=settings) as office:
        browser = Browser(office.hall)
        page = await browser.get(START)
        assert page.status == 503
        assert "tidak dapat dihubungi" in page.words
        assert "Administrator: masuk dengan kata sandi" in page.words
        denied = await browser.post("/console/masuk", {"nama": "operator", "sandi": PASSWORD})
        assert denied.status == 401
        admin = await at_the_console(office, "admin")
        failed = await links(admin)
        assert failed.status == 503
        assert "tidak dapat dihubungi" in failed.words
        person = f"/console/admin/petugas/{office.ids['operator']}"
        assert "belum ditautkan; kirim undangan" in (await admin.get(person)).words
        refused = await office.stranger.post(
            "/login", {"login": "operator", "password": PASSWORD}, **OURS
        )
        assert refused.status == 401


async def test_without_a_provider_there_is_nothing_of_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with api_office(tmp_path_factory.mktemp("none")) as office:
        browser = await at_the_console(office, "operator")
        for path in (START, BACK):
            assert (await browser.get(path)).status == 404
        assert "sso" not in (await browser.get("/console/akun")).text
        assert "sso" not in (await Browser(office.hall).get("/console/masuk")).text


def test_the_tables_hold_no_secret() -> None:
    assert set(schema.sign_on_links.c.keys()) == {
        "issuer", "subject", "staff_id", "shown", "linked_at", "linked_by", "used_at",
    }  # fmt: skip
