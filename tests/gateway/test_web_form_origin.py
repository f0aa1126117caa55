"""Only our own form, shown to this browser within a day, is taken at once (threats.md row 55)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from console.citizen.marks import Marks
from tests.gateway.citizen_kit import SECRET, Hall, hall

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from tests.gateway.citizen_kit import Citizen

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(tmp_path_factory.mktemp("asal"), {"forms_per_minute": 10**6}) as found:
        yield found


def swapped(token: str, at: int, part: str) -> str:
    parts = token.split(".")
    parts[at] = part
    return ".".join(parts)


FORGED: Mapping[str, Callable[[str], str]] = {
    "missing": lambda _: "",
    "garbage": lambda _: "garbage",
    "other id": lambda token: swapped(token, 0, "A" * 22),
    "other time": lambda token: swapped(token, 1, "99999999999999"),
    "no time": lambda token: swapped(token, 1, "x"),
    "time in other digits": lambda token: swapped(token, 1, "١٢٣"),
    "other browser": lambda token: swapped(token, 2, "0" * 24),
    "no seal": lambda token: swapped(token, 3, ""),
    "other seal": lambda token: swapped(token, 3, "A" * 43),
    "seal of another secret": lambda token: swapped(
        token, 3, Marks(b"rahasia lain 0123456789")._seal("form", token.rpartition(".")[0])
    ),
    "a visit's seal": lambda token: swapped(
        token, 3, Marks(SECRET.encode())._seal("visit", token.rpartition(".")[0])
    ),
    "a part too many": lambda token: f"{token}.x",
    "very long": lambda token: token + "x" * 50_000,
    "surrogates": lambda token: swapped(token, 2, "\ufffd\x00"),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_a_forged_token_is_not_taken_and_what_was_typed_is_kept(
    office: Hall, forge: Callable[[str], str]
) -> None:
    async with office.stranger() as someone:
        before = len(await office.tickets())
        token = (await someone.form()).token
        page = await someone.post("/lapor/kirim", {"token": forge(token), "text": "Air mati"})
        assert page.status == 403
        assert page.value("text") == "Air mati"
        assert len(await office.tickets()) == before
        assert (await someone.send("Air mati", token=page.token)).number


async def test_a_token_shown_to_another_browser_is_not_taken(office: Hall) -> None:
    async with office.stranger() as attacker, office.stranger() as victim:
        theirs = (await attacker.form()).token
        await victim.form()
        page = await victim.send("Ditanam", token=theirs)
        assert (page.status, page.number) == (403, "")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://jahat.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://lain.contoh.go.id"},
        {},
    ],
    ids=str,
)
@pytest.mark.parametrize("cookies", [True, False])
async def test_a_form_from_a_foreign_page_is_not_taken(
    office: Hall,
    headers: dict[str, str],
    cookies: bool,
) -> None:
    async with office.stranger(cookies=cookies) as someone:
        token = (await someone.form()).token
        page = await someone.post("/lapor/kirim", {"token": token, "text": "Ditanam"}, headers)
        if headers or not cookies:
            assert (page.status, page.value("text")) == (403, "Ditanam")
        else:
            assert page.number  # an old browser says nothing, and its cookie fits


async def test_without_cookies_the_form_works_all_the_same(office: Hall) -> None:
    async with office.stranger(cookies=False) as someone:
        page = await someone.send("Tanpa kuki")
        assert page.number
        assert page.code
        again = await someone.send("Tanpa kuki", token=(await someone.form()).token)
        assert again.number != page.number


async def test_getting_changes_nothing(office: Hall) -> None:
    tables = ("tickets", "messages", "outbox", "claims", "ticket_codes", "participants", "events")
    async with office.stranger() as someone:
        number = (await someone.send("Satu")).number
        await office.errands()
        counts = [await office.rows(f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608 - names above
        for path in ("/lapor", "/t", f"/t?number={number}", f"/t/{number}",
                     f"/t/{number}/konfirmasi?t=x", f"/t/{number}/konfirmasi"):  # fmt: skip
            assert (await someone.get(path)).status in (200, 404)
        assert counts == [await office.rows(f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608 - names above


async def other_forms(someone: Citizen, number: str) -> list[int]:
    foreign = {"Origin": "https://jahat.example"}
    paths = (f"/t/{number}", f"/t/{number}/kode", f"/t/{number}/keluar", f"/t/{number}/konfirmasi")
    return [(await someone.post(path, {"code": "x", "t": "x"}, foreign)).status for path in paths]


async def test_the_other_forms_are_taken_from_our_pages_only(office: Hall) -> None:
    async with office.stranger() as someone:
        number = (await someone.send("Satu")).number
        assert await other_forms(someone, number) == [403] * 4
