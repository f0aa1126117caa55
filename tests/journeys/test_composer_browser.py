"""Writing in a real browser: kept while typing, canned by a slash, taken back, accessible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from core.services.canned import CannedDraft, add_reply
from gateway.clock import SystemClock
from tests.journeys.browsing import assert_good, browsed_office
from tests.journeys.test_console_browser import at_work, open_ticket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.gateway.api.kit import ApiOffice

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    """Answers wait as long as they may."""
    folder = tmp_path_factory.mktemp("writing")
    async with browsed_office(folder, work={"undo_seconds": 60}) as made:
        draft = CannedDraft("Mohon lokasi", "Mohon sebutkan ruangannya, {saya}.")
        await add_reply(made.hall.store.desk, None, draft, SystemClock().now())
        yield made


async def test_kept_while_typing_filled_by_a_slash_and_taken_back(
    chromium: Browser, house: ApiOffice
) -> None:
    number = await house.ticket()
    async with at_work(chromium, house) as page:
        await open_ticket(page, house, number)
        await page.click("#jawaban")
        await page.keyboard.type("Selamat pagi. /")
        await page.keyboard.type("lokasi")
        await page.keyboard.press("Enter")
        whole = "Selamat pagi. Mohon sebutkan ruangannya, Petugas operator."
        await expect(page.locator("#jawaban")).to_have_value(whole)
        await expect(page.locator("#jawaban")).to_be_focused()
        await expect(page.locator("#ukuran-answer")).to_contain_text("Konsep tersimpan")
        await page.reload()
        await expect(page.locator("#jawaban")).to_have_value(whole)
        await assert_good(page, "composer")
        await page.get_by_role("button", name="Kirim jawaban").click()
        await expect(page.locator(".held")).to_contain_text("detik")
        await expect(page.locator("#jawaban")).to_have_value("")
        await page.get_by_role("button", name="Tarik kembali").click()
        await expect(page.locator("#jawaban")).to_have_value(whole)
        await expect(page.locator(".held")).to_have_count(0)
    assert not any("Selamat pagi" in text for text in house.hall.texts())


async def test_answer_and_note_are_never_open_together(
    chromium: Browser, house: ApiOffice
) -> None:
    number = await house.ticket()
    look = {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}
    async with at_work(chromium, house, **look) as page:
        await open_ticket(page, house, number)
        await page.locator("summary", has_text="Catatan internal").click()
        await expect(page.locator("#jawaban")).to_be_hidden()
        await page.fill("#catatan", "Hanya untuk kita.")
        await expect(page.locator("#ukuran-note")).to_contain_text("Konsep tersimpan")
        await assert_good(page, "composer-note")
        await page.locator("summary", has_text="Jawab pelapor").click()
        await expect(page.locator("#catatan")).to_be_hidden()
