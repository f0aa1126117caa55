"""Fast hands in a real browser: keys, the palette, chosen lines, and how the pages look."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.gateway.api.kit import SENDERS
from tests.gateway.gateway_kit import message, phone
from tests.journeys.browsing import assert_good, browsed_office
from tests.journeys.test_console_browser import LOOKS, at_work

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

    from tests.gateway.api.kit import ApiOffice

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    desk = {"loket": {"kind": "desk", "tokens": ["sari:" + "9f0c5e" * 6]}}
    async with browsed_office(tmp_path_factory.mktemp("hands"), doors=desk) as made:
        for text in ("pompa sumur Glagah macet", "lampu loket 2 padam", "pagar roboh"):
            await made.ticket(f"HELPDESK {text}")
        await made.hall.post(message("selamat siang", From=phone(next(SENDERS))))
        yield made


@asynccontextmanager
async def by_keys(chromium: Browser, house: ApiOffice) -> AsyncIterator[Page]:
    """At the console once its script listens."""
    async with at_work(chromium, house) as page:
        await expect(page.locator("[data-keys]:not([hidden])")).to_be_attached()
        yield page


async def on_line(page: Page) -> str:
    """The number of the line that has the focus."""
    return str(await page.evaluate("document.activeElement.id")).removeprefix("baris-")


async def test_a_ticket_is_worked_on_by_keys_alone(chromium: Browser, house: ApiOffice) -> None:
    async with by_keys(chromium, house) as page:
        press = page.keyboard.press
        await press("j")
        first = await on_line(page)
        await press("j")
        second = await on_line(page)
        await press("k")
        assert await on_line(page) == first != second
        await press("Enter")
        await expect(page.locator(".ticket .number")).to_have_text(first)
        await press("r")
        await expect(page.locator("#jawaban")).to_be_focused()
        await page.keyboard.type("jkrn/? tetap huruf")
        await expect(page.locator("#jawaban")).to_have_value("jkrn/? tetap huruf")
        await press("Escape")
        await press("n")
        await expect(page.locator("#catatan")).to_be_focused()
        await press("Escape")
        await press("a")
        await expect(page.locator("#assign-staff_id")).to_be_focused()
        await press("Escape")
        await press("/")
        await expect(page.locator("#cari")).to_be_focused()
        await page.keyboard.type("pompa glagah")
        await press("Enter")
        await expect(page.locator("mark").first).to_have_text("pompa")
        await expect(page.locator("[data-keys]:not([hidden])")).to_be_attached()
        await press("g")
        await press("t")
        await expect(page.locator("h1")).to_have_text("Belum ditugaskan")


async def test_help_lists_the_keys_and_turns_them_off(chromium: Browser, house: ApiOffice) -> None:
    async with by_keys(chromium, house) as page:
        await page.keyboard.press("?")
        dialog = page.locator("#tombol")
        await expect(dialog).to_contain_text("Melewati batas")
        await assert_good(page, "console keys")
        await page.check("#tombol-mati")
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await page.keyboard.press("j")
        assert await on_line(page) == ""
        await page.get_by_role("button", name="Tombol pintas").click()
        await page.uncheck("#tombol-mati")
        await page.get_by_role("button", name="Tutup").click()
        await page.keyboard.press("j")
        assert await on_line(page) != ""


async def test_the_palette_finds_boxes_acts_and_tickets(
    chromium: Browser, house: ApiOffice
) -> None:
    async with by_keys(chromium, house) as page:
        press = page.keyboard.press
        await press("Control+k")
        await page.keyboard.type("melewati")
        await press("Enter")
        await expect(page.locator("h1")).to_have_text("Melewati batas")
        await expect(page.locator("[data-keys]:not([hidden])")).to_be_attached()
        await press("Control+k")
        await page.keyboard.type("pompa glagah")
        await expect(page.locator("#palet [data-href]")).to_have_count(1)
        await assert_good(page, "console palette")
        await press("ArrowDown")
        await press("Enter")
        await expect(page.locator(".ticket")).to_contain_text("pompa sumur Glagah")
        await expect(page.locator("[data-keys]:not([hidden])")).to_be_attached()
        await press("Control+k")
        await page.keyboard.type("tugas")
        await page.locator("#palet .palette__one", has_text="Tindakan").first.click()
        await expect(page.locator("#assign-staff_id")).to_be_focused()


async def test_many_at_once_and_the_list_stays(chromium: Browser, house: ApiOffice) -> None:
    async with by_keys(chromium, house) as page:
        press = page.keyboard.press
        await expect(page.locator("#borongan")).to_be_hidden()
        for _ in range(2):
            await press("j")
            await press("x")
        await expect(page.locator("[data-chosen]")).to_have_text("2 dipilih")
        number = await house.ticket("HELPDESK datang sementara memilih")
        await page.get_by_role("button", name="Tindakan untuk yang dipilih").click()
        await expect(page.locator("#borong")).to_contain_text("2 tiket dipilih")
        await page.locator("#borong summary", has_text="Catatan internal").click()
        await page.fill("#borong-note-text", "Dicek bersama.")
        await page.locator("#borong").get_by_role("button", name="Catatan internal").click()
        await expect(page.locator("#borong")).to_contain_text("2 dari 2 tiket berhasil")
        await expect(page.locator(".pick input:checked")).to_have_count(0)
        await expect(page.locator(f"#baris-{number}")).to_be_visible()


@pytest.mark.parametrize("how", LOOKS)
async def test_the_pages_are_accessible_and_fit(
    chromium: Browser, house: ApiOffice, how: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    look = request.node.callspec.id
    number = await house.ticket("HELPDESK " + "kata-yang-sangat-panjang-sekali" * 8)
    async with at_work(chromium, house, **how) as page:
        for name, path in (
            ("search", "cari?q=kata"),
            ("nothing found", "cari?q=xyzxyz"),
            ("filtered", "kotak/semua?kanal=sms&prioritas=normal"),
            ("entry", "laporan/baru"),
            ("papers", "laporan/kotak-saran"),
            ("slip", f"tiket/{number}/cetak"),
            ("tray", "kotak/belum-terpilah"),
        ):
            await page.goto(f"{house.hall.base}/console/{path}")
            for part in await page.locator("details").all():
                await part.evaluate("part => { part.open = true }")
            await assert_good(page, f"console {name} {look}")
        await page.goto(f"{house.hall.base}/console/kotak/baru")
        await page.locator(".pick__box input").first.check()
        await page.get_by_role("button", name="Tindakan untuk yang dipilih").click()
        await expect(page.locator("#borong")).to_be_attached()
        for part in await page.locator("#borong details").all():
            await part.evaluate("part => { part.open = true }")
        await assert_good(page, f"console bulk {look}")
