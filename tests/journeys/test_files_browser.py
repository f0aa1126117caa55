"""Files in a real browser: chosen, dropped, pasted, kept over a reload, sent, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.gateway.api.kit import api_office
from tests.gateway.demo_house import PHOTO, PIXEL
from tests.journeys.browsing import assert_good
from tests.journeys.test_console_browser import at_work, open_ticket
from tests.peers import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.gateway.api.kit import ApiOffice

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(240)]

CARRY = """([kind, selector, name, bytes, type]) => {
    const carried = new DataTransfer();
    carried.items.add(new File([new Uint8Array(bytes)], name, { type }));
    const where = document.querySelector(selector);
    const how = { bubbles: true, cancelable: true };
    if (kind === "paste") {
        where.dispatchEvent(new ClipboardEvent("paste", { ...how, clipboardData: carried }));
        return;
    }
    for (const step of ["dragover", "drop"]) {
        where.dispatchEvent(new DragEvent(step, { ...how, dataTransfer: carried }));
    }
}"""
PDF = b"%PDF-1.7\n%%EOF\n"
SAID = "Terlampir jadwalnya; petugas datang besok pukul 9.00 karena suku cadang tiba pagi."


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    """Answers wait as long as they may; citizens have pages."""
    port = free_port()
    http = {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    form: dict[str, Any] = {"kind": "web_form", "secret": "rahasia-formulir-0123456789"}
    folder = tmp_path_factory.mktemp("files")
    work = {"undo_seconds": 60}
    async with api_office(folder, doors={"formulir": form}, http=http, work=work) as made:
        yield made


async def test_chosen_dropped_pasted_kept_sent_and_taken_back(
    chromium: Browser, house: ApiOffice
) -> None:
    number = await house.ticket()
    async with at_work(chromium, house) as page:
        await open_ticket(page, house, number)
        lines = page.locator("#berkas-answer li a")
        chosen: Any = {"name": PHOTO.name, "mimeType": "image/png", "buffer": PIXEL}
        await page.set_input_files("#pilih-answer", chosen)
        await expect(lines).to_have_text([PHOTO.name])
        drop = ["drop", "#jawaban", "surat.pdf", list(PDF), "application/pdf"]
        await page.evaluate(CARRY, drop)
        await expect(lines).to_have_count(2)
        paste = ["paste", "#jawaban", "image.png", [*PIXEL, 0], "image/png"]
        await page.evaluate(CARRY, paste)
        await expect(lines).to_have_count(3)
        await expect(lines.nth(2)).to_contain_text("tempelan-")
        await expect(page.locator("#ukuran-answer")).to_contain_text("halaman tiket")
        await page.fill("#jawaban", SAID)
        await expect(page.locator("#ukuran-answer")).to_contain_text("Konsep tersimpan")
        await page.reload()
        await expect(lines).to_have_count(3)
        await page.locator("[data-remove]").nth(2).click()
        await expect(lines).to_have_text([PHOTO.name, "surat.pdf"])
        await assert_good(page, "composer-files")
        await page.get_by_role("button", name="Kirim jawaban").click()
        await expect(page.locator(".said--office .said__files a").first).to_have_text(PHOTO.name)
        await expect(page.locator("#berkas-answer li")).to_have_count(0)
        await page.get_by_role("button", name="Tarik kembali").click()
        await expect(lines).to_have_text([PHOTO.name, "surat.pdf"])


async def test_what_is_refused_is_told_and_a_lost_line_is_waited_out(
    chromium: Browser, house: ApiOffice
) -> None:
    number = await house.ticket()
    look = {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}
    async with at_work(chromium, house, **look) as page:
        await open_ticket(page, house, number)
        program = ["drop", "#jawaban", "lihat.pdf", [77, 90, *bytes(100)], "application/pdf"]
        await page.evaluate(CARRY, program)
        told = page.locator("#berkas-answer [role=alert]")
        await expect(told).to_contain_text("tidak dapat dikirim")
        turned = []

        async def cut(route: Any) -> None:
            turned.append(route.request.url)
            await route.abort()

        await page.route("**/lampiran", cut)
        drop = ["drop", "#jawaban", "surat.pdf", list(PDF), "application/pdf"]
        await page.evaluate(CARRY, drop)
        await expect(told).to_contain_text("Sambungan terputus")
        assert turned
        await page.fill("#jawaban", SAID)
        await page.get_by_role("button", name="Kirim jawaban").click()
        await expect(told).to_contain_text("Tunggu sampai berkas")
        await assert_good(page, "composer-files-narrow")
        await page.unroute("**/lampiran")
        await expect(page.locator(".said--office .said__files a")).to_have_text("surat.pdf")
