"""The public form on a whole gateway: one form, one ticket; nothing typed is lost."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest

from core.errors import StoreUnavailable
from core.services import following
from tests.gateway.citizen_kit import Citizen, Hall, hall
from tests.gateway.gateway_kit import locked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(
        tmp_path_factory.mktemp("lapor"), {"forms_per_address": 10**6, "forms_per_minute": 10**6}
    ) as found:
        yield found


@pytest.fixture
async def someone(office: Hall) -> AsyncIterator[Citizen]:
    async with office.stranger() as citizen:
        yield citizen


async def test_ll_24_dk_05_a_form_becomes_a_ticket_with_number_code_and_both_times(
    office: Hall, someone: Citizen
) -> None:
    page = await someone.send(
        "Lampu jalan padam\r\ndi depan pasar",
        category="public_works",
        unit="Dinas Pekerjaan Umum",
        place="Jl. Mawar 3",
        name="Sari Dewi",
        phone="0812 3456 7890",
    )
    assert page.status == 200
    assert page.html.count("<time") == 2
    (row,) = [row for row in await office.tickets() if row.number == page.number]
    assert (row.category, row.channel, row.contacts) == ("public_works", "lapor", 1)
    (kept,) = await office.rows(
        "SELECT text, sender_name, silence, raw FROM messages WHERE ticket_id = ?", row.id
    )
    assert kept[:2] == ("Lampu jalan padam\ndi depan pasar", "Sari Dewi")
    assert "halaman formulir" in kept[2]
    assert json.loads(kept[3])["phone"] == "+6281234567890"
    assert await office.rows("SELECT unit_hint, place FROM tickets WHERE id = ?", row.id) == [
        ("Dinas Pekerjaan Umum", "Jl. Mawar 3")
    ]
    claims = await office.rows(
        "SELECT kind, value, confirmed_at FROM claims WHERE ticket_id = ?", row.id
    )
    assert claims == [("phone", "+6281234567890", None)]


async def test_nothing_ever_leaves_for_a_typed_phone(office: Hall, someone: Citizen) -> None:
    for number in ("0812 3456 7890", "+1 650 253 0000", "0333 123456"):
        assert (await someone.send(phone=number)).status == 200
    assert await office.outbox() == []
    assert office.texts() == []


async def test_back_reload_and_double_click_give_the_same_ticket(
    office: Hall, someone: Citizen
) -> None:
    before = len(await office.tickets())
    token = (await someone.form()).token
    first, second = await asyncio.gather(someone.send(token=token), someone.send(token=token))
    later = await someone.send(token=token)
    assert len({first.number, second.number, later.number}) == 1
    assert len({first.code, second.code, later.code}) == 1
    assert first.html.count("<time") == later.html.count("<time") == 2
    assert len(await office.tickets()) == before + 1
    ((count,),) = await office.rows(
        "SELECT count(*) FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE t.number = ?",
        first.number,
    )
    assert count == 1


async def test_what_was_changed_after_back_is_not_lost(office: Hall, someone: Citizen) -> None:
    """Nearly the same joins its ticket, something else opens another (requirements §4 rule 10)."""
    token = (await someone.form()).token
    first = await someone.send("Lampu jalan di depan pasar padam sejak kemarin", token=token)
    again = await someone.send("Lampu jalan di depan pasar padam sejak kemarin!!", token=token)
    other = await someone.send("Air PDAM di rumah saya keruh", token=token)
    assert (again.number, again.code) == (first.number, first.code)
    assert other.number not in ("", first.number)
    assert other.code != first.code
    texts = await office.stored_texts()
    assert {
        "Lampu jalan di depan pasar padam sejak kemarin!!",
        "Air PDAM di rumah saya keruh",
    } <= {*texts}
    async with office.stranger() as reader:
        assert (await reader.post(f"/t/{first.number}", {"code": first.code})).status == 200


async def test_keyword_and_commands_are_only_text_here(office: Hall, someone: Citizen) -> None:
    for text in ("STATUS", "STOP", "HELPDESK", "BATAL HD26-000001-9", "terima kasih", "?"):
        page = await someone.send(text)
        assert page.number, text
        assert text in await office.stored_texts()


async def test_every_fault_is_named_at_its_field_and_nothing_typed_is_lost(
    someone: Citizen,
) -> None:
    typed = {
        "text": "   ",
        "category": "jalan",
        "place": "<b>&\"'</b>" + "x" * 200,
        "name": "n" * 201,
        "phone": "0812-salah",
        "email": "bukan surel",
    }
    page = await someone.post("/lapor/kirim", {"token": (await someone.form()).token} | typed)
    assert page.status == 422
    assert page.faults() == set(typed)
    for name in ("place", "name", "phone", "email"):
        assert page.value(name) == typed[name]
    assert page.html.count('aria-invalid="true"') == len(typed)
    mended = await someone.send(token=page.token)
    assert mended.number


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u200b\ufeff", "\n\n", "a" * 10_001, "\u0301" * 100_000],
)
async def test_texts_that_are_refused_by_name(someone: Citizen, text: str) -> None:
    page = await someone.send(text)
    assert (page.status, page.faults()) == (422, {"text"})


@pytest.mark.parametrize(
    "text",
    [
        "a", "a" * 10_000, "\u202eabc", "👍🏽👨\u200d👩\u200d👧",
        "ꦲꦤꦕꦫꦏ", "<script>alert(1)</script>", "{{7*7}}${7*7}{% raw %}",
        "' OR 1=1--", "=HYPERLINK(1)", "../../", "\x1b[31m", "a\nINFO forged log line", "3273" * 4,
        "a\u2028b\rc",
    ],
)  # fmt: skip
async def test_texts_that_are_taken_as_they_are(office: Hall, someone: Citizen, text: str) -> None:
    page = await someone.send(text)
    assert page.number
    assert text in await office.stored_texts()


@pytest.mark.parametrize("name", ["text", "category", "place", "name", "phone", "email"])
async def test_a_doubled_field_is_refused_by_name(someone: Citizen, name: str) -> None:
    token = (await someone.form()).token
    pairs = [("token", token), ("text", "satu"), (name, "081234567890"), (name, "081234567891")]
    for fields in (pairs, _parts(pairs)):
        page = await someone.post(
            "/lapor/kirim", aiohttp.FormData(fields) if fields is pairs else fields
        )
        assert page.status == 422
        assert name in page.faults()


def _parts(pairs: list[tuple[str, str]]) -> aiohttp.MultipartWriter:
    writer = aiohttp.MultipartWriter("form-data")
    for name, text in pairs:
        writer.append(text).set_content_disposition("form-data", name=name)
    return writer


@pytest.mark.parametrize(
    "name", ["text", "category", "place", "name", "phone", "email", "token", "x"]
)
async def test_a_field_of_a_hundred_kilobytes_never_fails(someone: Citizen, name: str) -> None:
    token = (await someone.form()).token
    pairs = {"token": token, "text": "satu", name: "x" * 100_000}
    page = await someone.post("/lapor/kirim", _parts(list(pairs.items())))
    assert page.status == (200 if name == "x" else 403 if name == "token" else 422)


async def test_a_field_missing_or_an_array_never_fails(someone: Citizen) -> None:
    token = (await someone.form()).token
    for pairs in ([("token", token)], [("token", token), ("text[]", "a"), ("text[0]", "b")]):
        page = await someone.post("/lapor/kirim", _parts(pairs))
        assert (page.status, page.faults()) == (422, {"text"})


async def test_a_form_that_is_too_old_keeps_what_was_typed_and_stays_one_ticket(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path) as office:
        someone = office.someone
        token = (await someone.form()).token
        number = (
            await someone.send("Masih mati sejak kemarin", token=token, place="Pasar")
        ).number
        office.clock.ahead = timedelta(hours=24, seconds=1)
        page = await someone.send("Masih mati sejak kemarin", token=token, place="Pasar")
        assert page.status == 403
        assert "lama terbuka" in page.alert
        assert (page.value("text"), page.value("place")) == ("Masih mati sejak kemarin", "Pasar")
        again = await someone.send(page.value("text"), token=page.token, place="Pasar")
        assert again.number == number


async def test_the_trap_and_haste_bring_the_form_back_and_lose_nothing(tmp_path: Path) -> None:
    async with hall(tmp_path, {"min_seconds": 30}) as office:
        someone = office.someone
        token = (await someone.form()).token
        page = await someone.send("Satu", token=token, website="http://spam.example")
        assert (page.status, page.value("text")) == (422, "Satu")
        assert "tersembunyi" in page.alert
        assert 'name="website" tabindex' in page.html
        assert "spam.example" not in page.html
        page = await someone.send("Satu", token=page.token)
        assert (page.status, page.value("text")) == (422, "Satu")
        assert "sangat cepat" in page.alert
        office.clock.ahead = timedelta(seconds=31)
        assert (await someone.send("Satu", token=page.token)).number


async def test_limits_per_address_and_for_all(tmp_path: Path) -> None:
    async with hall(tmp_path, {"forms_per_address": 3, "forms_per_minute": 5}) as office:
        someone = office.someone

        async def send(address: str) -> int:
            head = {"Origin": office.base, "X-Forwarded-For": f"198.51.100.1, {address}"}
            fields = {"token": (await someone.form()).token, "text": "Satu"}
            page = await someone.post("/lapor/kirim", fields, head)
            if page.status == 429:
                assert page.value("text") == "Satu"
                assert page.headers["Retry-After"] == "60"
            return page.status

        assert [await send("203.0.113.1") for _ in range(4)] == [200, 200, 200, 429]
        assert [await send("203.0.113.2") for _ in range(3)] == [200, 200, 429]
        office.clock.ahead = timedelta(seconds=61)
        assert await send("203.0.113.3") == 200
        assert await send("203.0.113.1") == 429
        office.clock.ahead = timedelta(minutes=12)
        assert await send("203.0.113.1") == 200


async def test_while_the_store_is_away_the_page_says_so_and_keeps_everything(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path) as office:
        someone = office.someone
        token = (await someone.form()).token
        fields = {"token": token, "text": "Air mati", "place": "Pasar", "category": "facility"}
        async with locked(office, tmp_path):
            page = await someone.post("/lapor/kirim", fields)
            assert page.status == 503
            assert page.headers["Retry-After"]
            assert "belum tersimpan" in page.alert
            assert [page.value(name) for name in ("text", "place", "category")] == [
                "Air mati", "Pasar", "facility",
            ]  # fmt: skip
        again = await someone.send("Air mati", token=page.token)
        assert again.number
        assert len(await office.tickets()) == 1


async def test_when_only_the_code_cannot_be_kept_sending_again_finds_the_ticket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process may die between the message and what belongs to its form."""
    kept = following.keep_left

    async def away(*_: object) -> None:
        raise StoreUnavailable

    async with hall(tmp_path) as office:
        someone = office.someone
        monkeypatch.setattr("gateway.doors.web_form.keep_left", away)
        page = await someone.send()
        assert page.status == 503
        monkeypatch.setattr("gateway.doors.web_form.keep_left", kept)
        again = await someone.send(token=page.token)
        assert again.number
        assert again.code
        assert len(await office.tickets()) == 1
        async with office.stranger() as other:
            assert (await other.post(f"/t/{again.number}", {"code": again.code})).status == 200


async def test_pages_are_never_kept_or_indexed_and_cookies_are_guarded(office: Hall) -> None:
    async with office.stranger() as citizen:
        form = await citizen.form()
        taken = await citizen.send(token=form.token)
        shown = await citizen.get(f"/t/{taken.number}")
    assert form.headers["Cache-Control"] == "private, no-cache"
    for page in (taken, shown):
        assert page.headers["Cache-Control"] == "no-store"
    for page in (form, taken, shown):
        assert 'content="noindex"' in page.html
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for page in (form, taken):
        assert "HttpOnly" in page.headers["Set-Cookie"]
        assert "SameSite=Lax" in page.headers["Set-Cookie"]
    assert f"Path=/t/{taken.number}" in taken.headers["Set-Cookie"]
    assert "Max-Age=3600" in taken.headers["Set-Cookie"]


async def test_in_english_by_choice_or_by_the_browser(someone: Citizen) -> None:
    assert "Send the report" in (await someone.get("/lapor?lang=en")).html
    english = await someone.get("/lapor", **{"Accept-Language": "en-GB,en;q=0.8"})
    assert '<html lang="en">' in english.html
    assert "Kirim laporan" in (await someone.get("/lapor?lang=xx")).html
    page = await someone.send("  ", token=english.token, lang="en")
    assert "Please tell us what happened" in page.alert


async def test_nothing_typed_reaches_the_log(office: Hall, someone: Citizen) -> None:
    await someone.send("Rahasia 3273010203040005", phone="081299998888", email="rahasia@contoh.id")
    await someone.send("Rahasia", phone="salah")
    for secret in ("Rahasia", "3273010203040005", "81299998888", "rahasia@contoh.id"):
        assert secret not in office.log.getvalue()
