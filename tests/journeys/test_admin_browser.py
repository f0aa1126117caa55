"""Administration in a real browser: every page fits and is accessible; a text measured live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from core.model.messages import ChannelId
from tests.gateway.api.kit import PASSWORD, code_now
from tests.journeys.browsing import a_context, assert_good, browsed_office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, BrowserContext

    from tests.gateway.api.kit import ApiOffice

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(480)]

PAGES = (
    *("", "petugas", "petugas/3", "petugas/baru", "peran", "token", "unit", "unit/1", "unit/baru"),
    *("wilayah", "kalender", "kalender/pemerintah?tahun=2026", "kalender/rs24/dokumen"),
    *("hari-libur", "janji", "teks", "teks/ack", "kanal", "kanal/sms", "karantina", "karantina/1"),
    *("tidak-terkirim", "audit"),
)
COLOURFUL = ("petugas/3", "peran", "kalender/pemerintah?tahun=2026", "teks/ack", "audit")
LOOKS: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
    ({"viewport": {"width": 320, "height": 640}}, PAGES),
    ({"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}, COLOURFUL),
)
"""Windows, and the pages that are looked at in them: colours of the dark where there are any."""


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    """With something on every page."""
    async with browsed_office(tmp_path_factory.mktemp("admin")) as made:
        await made.ticket("HELPDESK " + "kata-yang-sangat-panjang-sekali" * 8)
        async with made.hall.store.desk() as desk:
            now = made.hall.gateway.plan.clock.now()
            await desk.quarantine.add(ChannelId("sms"), b"x" * 5_000, "y" * 300, now)
            await desk.commit()
        yield made


async def come_in(context: BrowserContext, base: str) -> None:
    page = await context.new_page()
    await page.goto(f"{base}/console/admin")
    await page.fill("#nama", "admin")
    await page.fill("#sandi", PASSWORD)
    await page.get_by_role("button", name="Masuk").click()
    await page.fill("#kode", code_now())
    await page.get_by_role("button", name="Lanjut").click()
    await expect(page.get_by_role("heading", name="Administrasi")).to_be_visible()
    await page.close()


async def test_every_page_is_accessible_and_fits(chromium: Browser, house: ApiOffice) -> None:
    base = house.hall.base
    async with a_context(chromium, base) as context:
        await come_in(context, base)
        held = await context.storage_state()
        page = await context.new_page()
        await page.goto(f"{base}/console/admin/teks/ack")
        await page.fill("#teks-ack_sms", "Nomor Anda {tiket}. Mungkin besok.")
        await expect(page.locator("#ukur-ack_sms")).to_contain_text("menduga-duga")
        await page.fill("#teks-ack_sms", "Nomor Anda {tiket}.")
        await expect(page.locator("#ukur-ack_sms")).to_contain_text("Nomor Anda HD26-004217-4.")
        await page.goto(f"{base}/console/admin/audit")
        await page.get_by_role("button", name="Periksa sekarang").click()
        await expect(page.locator("#pemeriksaan")).to_contain_text("Semua seperti ketika ditulis")
    for place, (how, pages) in enumerate(LOOKS):
        async with a_context(chromium, base, storage_state=held, **how) as context:
            page = await context.new_page()
            for name in pages:
                said = await page.goto(f"{base}/console/admin/{name}".rstrip("/"))
                assert said is not None
                assert said.status == 200, name
                for part in await page.locator("details").all():
                    await part.evaluate("part => { part.open = true }")
                await assert_good(page, f"admin {name.replace('/', ' ')} {place}")
