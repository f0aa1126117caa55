"""Administration in a real browser: a text measured while it is typed, the audit's check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.gateway.api.kit import PASSWORD, code_now
from tests.journeys.browsing import a_context, browsed_office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.gateway.api.kit import ApiOffice

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(480)]


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    async with browsed_office(tmp_path_factory.mktemp("admin")) as made:
        await made.ticket()
        yield made


@pytest.fixture(scope="module")
async def held(chromium: Browser, house: ApiOffice) -> Any:
    """Cookies of an administrator: a code of the second factor works only once."""
    base = house.hall.base
    async with a_context(chromium, base) as context:
        page = await context.new_page()
        await page.goto(f"{base}/console/admin")
        await page.fill("#nama", "admin")
        await page.fill("#sandi", PASSWORD)
        await page.get_by_role("button", name="Masuk").click()
        await page.fill("#kode", code_now())
        await page.get_by_role("button", name="Lanjut").click()
        await expect(page.get_by_role("heading", name="Administrasi")).to_be_visible()
        return await context.storage_state()


async def test_a_text_is_measured_and_the_audit_runs(
    chromium: Browser, house: ApiOffice, held: Any
) -> None:
    base = house.hall.base
    async with a_context(chromium, base, storage_state=held) as context:
        page = await context.new_page()
        await page.goto(f"{base}/console/admin/teks/ack")
        await page.fill("#teks-ack_sms", "Nomor Anda {tiket}. Mungkin besok.")
        await expect(page.locator("#ukur-ack_sms")).to_contain_text("menduga-duga")
        await page.fill("#teks-ack_sms", "Nomor Anda {tiket}.")
        await expect(page.locator("#ukur-ack_sms")).to_contain_text("Nomor Anda HD26-004217-4.")
        await page.goto(f"{base}/console/admin/audit")
        await page.get_by_role("button", name="Periksa sekarang").click()
        await expect(page.locator("#pemeriksaan")).to_contain_text("Semua seperti ketika ditulis")


async def test_hours_are_changed_by_keyboard_without_leaving_the_page(
    chromium: Browser, house: ApiOffice, held: Any
) -> None:
    base = house.hall.base
    async with a_context(chromium, base, storage_state=held) as context:
        page = await context.new_page()
        path = f"{base}/console/admin/kalender/pemerintah/jadwal"
        await page.goto(path)
        await page.locator("[id='jam.0.0.0.buka']").fill("06.30")
        more = page.get_by_role("button", name="+ jam Sabtu").first
        await more.focus()
        await page.keyboard.press("Enter")
        saturday = page.locator("[id='jam.0.5.0.buka']")
        await expect(saturday).to_be_focused()
        await page.keyboard.type("08.00")
        await page.keyboard.press("Tab")
        await page.keyboard.type("10.00")
        await page.keyboard.press("Enter")  # looks, and keeps nothing
        await expect(page.locator("#pratinjau")).to_contain_text("Jam kerja mulai berbeda pada")
        await expect(page.locator("[id='jam.0.0.0.buka']")).to_have_value("06.30")
        await page.goto(path)
        await expect(saturday).to_have_count(0)
