"""Who is let in: tokens, sessions, second factors, pages of others (threats.md rows 45 to 58)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from console.session_cookies import csrf_token
from core.model.staff import Right
from core.services.entry import Attempt, Entered
from core.services.entry import log_in as enter
from gateway.clock import SystemClock
from tests.gateway.api.kit import PASSWORD, PEOPLE, Caller, api_office, code_now
from tests.gateway.gateway_kit import PUBLIC

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gateway.api.kit import ApiOffice, Said

OURS = {"Origin": PUBLIC}


async def log_in(house: ApiOffice, who: str, password: str = PASSWORD, code: str = "") -> Said:
    body = {"login": who, "password": password} | ({"code": code} if code else {})
    return await house.stranger.post("/login", body)


def browser(house: ApiOffice, said: Said) -> Caller:
    """The browser that this login was answered to, on a page of ours."""
    cookie = said.headers.getall("Set-Cookie")[0].partition(";")[0]
    headers = {"Cookie": cookie, "X-CSRF-Token": said.json["csrf"], **OURS}
    return Caller(house.hall, headers)


# --- tokens --------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", PEOPLE)
async def test_a_token_calls_for_its_owner(house: ApiOffice, who: str) -> None:
    said = await house.callers[who].get("/me")
    assert said.status == 200
    assert said.json["person"]["login"] == who
    assert said.json["csrf"] == ""


@pytest.mark.parametrize(
    "authorization",
    [
        "", "Bearer", "Bearer ", "Bearer hdt_", "Bearer hdt_" + "x" * 43, "Basic YWRtaW46YWRtaW4=",
        "Bearer " + "y" * 5_000, "bearer\thdt_x", "Token hdt_x", "Bearer hdt_\u00e9",
    ],
)  # fmt: skip
async def test_ll_20_dk_09_no_token_no_answer(house: ApiOffice, authorization: str) -> None:
    said = await house.stranger.get("/tickets", Authorization=authorization)
    assert said.status == 401
    assert said.headers["WWW-Authenticate"] == "Bearer"
    assert said.json["type"] == "urn:helpdesk:problem:unauthorized"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Remote-User": "admin"},
        {"Remote-User": "admin"},
        {"X-Forwarded-User": "admin"},
        {"Cookie": "__Host-helpdesk=admin"},
        {"Cookie": "__Host-helpdesk="},
    ],
)
async def test_sign_on_by_header_is_not_offered(house: ApiOffice, headers: dict[str, str]) -> None:
    said = await Caller(house.hall, headers).get("/me")
    assert said.status == 401


async def test_two_authorizations_are_none(house: ApiOffice) -> None:
    token = house.operator.headers["Authorization"]
    url = f"{house.hall.base}/api/v1/me"
    headers = [("Authorization", token), ("Authorization", token)]
    async with house.hall.http.get(url, headers=headers) as answer:
        assert answer.status == 400


async def test_a_token_has_no_more_rights_than_it_was_given(house: ApiOffice) -> None:
    number = await house.ticket()
    narrow = await house.token("operator", Right.VIEW)
    assert (await narrow.get(f"/tickets/{number}")).status == 200
    said = await narrow.act(number, "note", {"text": "catatan"})
    assert said.status == 403
    me = await narrow.get("/me")
    assert me.json["rights"] == ["view"]
    made = await narrow.post("/tokens", {"name": "lebih", "rights": ["view", "note"]})
    assert made.status == 409
    assert made.json["field"] == "rights"


async def test_an_expired_and_a_revoked_token_are_none(house: ApiOffice) -> None:
    late = SystemClock().now() - timedelta(seconds=1)
    assert (await (await house.token("operator", expires_at=late)).get("/me")).status == 401
    made = await house.operator.post("/tokens", {"name": "program"})
    assert made.status == 201
    program = Caller(house.hall, {"Authorization": f"Bearer {made.json['secret']}"})
    assert (await program.get("/me")).status == 200
    listed = await house.operator.get("/tokens")
    assert made.json["secret"] not in listed.text
    revoked = await house.operator.call("DELETE", f"/tokens/{made.json['token']['id']}")
    assert revoked.status == 204
    assert (await program.get("/me")).status == 401


async def test_nobody_revokes_the_token_of_another(house: ApiOffice) -> None:
    made = await house.operator.post("/tokens", {"name": "program"})
    path = f"/tokens/{made.json['token']['id']}"
    assert (await house.technician.call("DELETE", path)).status == 403
    assert (await house.admin.call("DELETE", path)).status == 204


# --- sessions ------------------------------------------------------------------------------------


async def test_a_password_gives_a_session(house: ApiOffice) -> None:
    said = await log_in(house, "operator")
    assert said.status == 200, said.text
    assert said.json["wanting"] == ""
    cookies = said.headers.getall("Set-Cookie")
    for cookie in cookies:
        for mark in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/", "__Host-"):
            assert mark in cookie
        token = cookie.partition("=")[2].partition(";")[0]
        assert token not in said.text
    page = browser(house, said)
    assert (await page.get("/me")).json["person"]["login"] == "operator"
    assert (await page.get("/sessions")).json["items"][0]["this"]
    assert (await page.post("/logout")).status == 204
    assert (await page.get("/me")).status == 401


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("operator", "salah sama sekali"), ("tidak-ada", PASSWORD), ("", ""), ("operator", ""),
        ("' OR 1=1--", "' OR 1=1--"), ("OPERATOR\u200b", PASSWORD),
    ],
)  # fmt: skip
async def test_every_way_of_not_coming_in_is_told_alike(
    house: ApiOffice, login: str, password: str
) -> None:
    said = await log_in(house, login, password)
    assert (said.status, said.json["type"]) == (401, "urn:helpdesk:problem:denied")
    assert "Set-Cookie" not in said.headers


async def test_a_planted_session_is_replaced_at_login(house: ApiOffice) -> None:
    planted = Caller(house.hall, {"Cookie": "__Host-helpdesk=planted"})
    said = await planted.post("/login", {"login": "operator", "password": PASSWORD})
    assert said.status == 200
    assert "planted" not in said.headers.getall("Set-Cookie")[0]


async def test_an_administrator_opens_nothing_without_the_second_factor(house: ApiOffice) -> None:
    page = browser(house, await log_in(house, "admin"))
    assert (await page.get("/me")).json["wanting"] == "code"
    assert (await page.get("/me")).json["rights"] == []
    for path in ("/staff", "/tickets", "/sessions", "/tokens"):
        said = await page.get(path)
        assert (said.status, said.json["type"]) == (403, "urn:helpdesk:problem:unfinished_login")
    wrong = await page.post("/second-factor/code", {"code": "000000"})
    assert wrong.status == 422
    said = await page.post("/second-factor/code", {"code": code_now()})
    assert said.status == 200, said.text
    whole = browser(house, said)
    assert (await whole.get("/staff")).status == 200
    assert (await page.get("/me")).status == 401  # the half session's token is good no more


async def test_a_session_ends_by_its_mark(house: ApiOffice) -> None:
    one, other = [browser(house, await log_in(house, "care")) for _ in range(2)]
    items = (await one.get("/sessions")).json["items"]
    mark = next(item["mark"] for item in items if not item["this"])
    assert (await one.call("DELETE", f"/sessions/{mark}")).status == 204
    assert (await other.get("/me")).status == 401
    assert (await one.call("DELETE", "/sessions/none")).status == 404


async def test_a_new_password_ends_every_other_session(house: ApiOffice) -> None:
    page = browser(house, await log_in(house, "officer"))
    other = browser(house, await log_in(house, "officer"))
    wrong = await page.post("/password", {"old": "salah", "new": "sembilan kuda menari lagi"})
    assert (wrong.status, wrong.json["field"]) == (422, "old_password")
    weak = await page.post("/password", {"old": PASSWORD, "new": "pendek"})
    assert weak.status == 422
    said = await page.post("/password", {"old": PASSWORD, "new": "sembilan kuda menari lagi"})
    assert said.status == 200
    assert (await other.get("/me")).status == 401
    assert (await page.get("/me")).status == 401
    assert (await browser(house, said).get("/me")).status == 200


async def test_ll_20_failed_logins_are_limited_and_logged(tmp_path: Path) -> None:
    async with api_office(tmp_path, api={"logins_per_address": 5}) as house:
        wrong = {"login": "orang-asing", "password": "sandi yang salah"}
        seen = [(await house.stranger.post("/login", wrong)).status for _ in range(7)]
        assert seen == [401] * 5 + [429] * 2
        logged = house.hall.log.getvalue()
        assert logged.count("login refused") == 7
        assert "127.0.0.1" in logged
        assert not any(typed in logged for typed in wrong.values()), "it may be the password"
        assert (
            house.hall.count("helpdesk_requests_refused_total", channel="api", why="login denied")
            == 5
        )
        forged = {"X-Forwarded-For": "203.0.113.9"}  # our own proxy is believed, and only it
        assert (await Caller(house.hall, forged).post("/login", wrong)).status == 401


async def test_guesses_at_the_page_and_at_the_api_count_together(tmp_path: Path) -> None:
    async with api_office(tmp_path, api={"logins_per_address": 4}) as house:
        page, typed = f"{house.hall.base}/console/masuk", {"nama": "operator", "sandi": "tebakan"}
        seen = []
        for _ in range(2):
            async with house.hall.http.post(page, data=typed, headers={"Origin": PUBLIC}) as said:
                seen.append(said.status)
            guess = {"login": "operator", "password": "tebakan"}
            seen.append((await house.stranger.post("/login", guess)).status)
        assert 429 not in seen
        async with house.hall.http.post(page, data=typed, headers={"Origin": PUBLIC}) as said:
            assert said.status == 429
        right = {"login": "operator", "password": PASSWORD}
        assert (await house.stranger.post("/login", right)).status == 429


# --- pages of others -------------------------------------------------------------------------

FOREIGN = [
    {},
    {"Origin": "https://jahat.example"},
    {"Origin": "null"},
    {"Origin": PUBLIC + ".jahat.example"},
    {"Origin": PUBLIC.replace("https", "http")},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.fixture(scope="module")
async def page(house: ApiOffice) -> Caller:
    """A browser of the operator's."""
    entered = await enter(house.house, Attempt("operator", PASSWORD))
    assert isinstance(entered, Entered)
    cookie = f"__Host-helpdesk={entered.token}"
    return Caller(house.hall, {"Cookie": cookie, "X-CSRF-Token": csrf_token(entered.token)})


@pytest.mark.parametrize("headers", FOREIGN)
async def test_a_foreign_page_writes_nothing(
    house: ApiOffice, page: Caller, headers: dict[str, str]
) -> None:
    said = await Caller(house.hall, {**page.headers, **headers}).post("/presence", {"until": None})
    assert (said.status, said.json["type"]) == (403, "urn:helpdesk:problem:foreign_page")


@pytest.mark.parametrize("token", ["", "x", "0" * 64])
async def test_our_page_must_send_its_mark(house: ApiOffice, page: Caller, token: str) -> None:
    caller = Caller(house.hall, {**page.headers, **OURS, "X-CSRF-Token": token})
    assert (await caller.post("/presence", {"until": None})).status == 403


async def test_our_page_writes(house: ApiOffice, page: Caller) -> None:
    caller = Caller(house.hall, {**page.headers, **OURS})
    assert (await caller.post("/presence", {"until": None})).status == 200


@pytest.mark.parametrize("headers", FOREIGN[1:])
async def test_nobody_is_logged_in_by_a_foreign_page(
    house: ApiOffice, headers: dict[str, str]
) -> None:
    said = await Caller(house.hall, headers).post(
        "/login", {"login": "operator", "password": PASSWORD}
    )
    assert said.status == 403


async def test_every_writing_route_asks_where_a_cookie_comes_from(
    house: ApiOffice, page: Caller
) -> None:
    described = (await house.stranger.get("/openapi.json")).json
    tried = 0
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if method == "get" or not operation["security"]:
                continue
            said = await page.call(method.upper(), _filled(path), {})
            assert said.status == 403, (method, path)
            tried += 1
    assert tried > 40


def _filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "1", path).removeprefix("/api/v1")
