"""The citizens' pages in a real browser: no script, small phones, light and dark, accessible."""

from __future__ import annotations

import os
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.gateway.citizen_kit import Hall, hall
from tests.journeys.browsing import assert_good

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = [pytest.mark.journey, pytest.mark.browser]

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
RULES = {"forms_per_minute": 10**6, "max_file_bytes": 100_000}


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(tmp_path_factory.mktemp("lapor"), RULES, confirm_by="sms") as found:
        yield found


@asynccontextmanager
async def visiting(chromium: Browser, office: Hall, **how: Any) -> AsyncIterator[Page]:
    """A page without script that asks nobody else; what its policy refuses fails the test."""
    plain = {
        "viewport": {"width": 360, "height": 740},
        "java_script_enabled": False,
        "locale": "id-ID",
    }
    context = await chromium.new_context(**{**plain, **how})
    context.set_default_timeout(30_000)
    page = await context.new_page()
    complaints: list[str] = []
    foreign: list[str] = []
    page.on("console", lambda note: complaints.append(note.text) if note.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(office.base) else foreign.append(request.url)
        ),
    )
    await page.goto(f"{office.base}/lapor")
    yield page
    await context.close()
    # 403 and 422 are told by Chromium as failed loads of the page itself.
    assert [note for note in complaints if not note.startswith("Failed to load resource")] == []
    assert foreign == []


async def fill(page: Page, text: str = "Lampu jalan padam di depan pasar") -> None:
    await page.fill("#text", text)
    await page.select_option("#category", "public_works")
    await page.fill("#place", "Pasar Banyuwangi, pintu timur")


async def number_and_code(page: Page) -> tuple[str, str]:
    lines = page.locator(".slip__line--large dd")
    return await lines.nth(0).inner_text(), await lines.nth(1).inner_text()


@pytest.mark.parametrize("width", [320, 360])
async def test_from_the_form_to_the_tickets_page_without_script(
    chromium: Browser, office: Hall, width: int, tmp_path: Path
) -> None:
    photo = tmp_path / "foto.jpg"
    photo.write_bytes(b"\xff\xd8\xff" + os.urandom(20_000))
    async with visiting(chromium, office, viewport={"width": width, "height": 640}) as page:
        await fill(page)
        await page.set_input_files("#files", photo)
        await page.get_by_role("button", name="Kirim laporan").click()
        number, code = await number_and_code(page)
        await expect(page.locator("time")).to_have_count(2)
        await page.get_by_role("link", name="Lihat perkembangan").click()
        await expect(page.locator("h1")).to_have_text(number)
        await expect(page.locator(".files")).to_contain_text("foto.jpg")
        await page.get_by_role("button", name="Tutup halaman ini").click()
        await page.fill("#code", code.lower())
        await page.get_by_role("button", name="Lihat").click()
        await expect(page.locator(".steps__one")).to_have_count(1)
    assert number in {row.number for row in await office.tickets()}


async def test_back_and_send_again_is_the_same_ticket(chromium: Browser, office: Hall) -> None:
    async with visiting(chromium, office) as page:
        await fill(page)
        await page.get_by_role("button", name="Kirim laporan").click()
        first = await number_and_code(page)
        await page.go_back()
        await page.get_by_role("button", name="Kirim laporan").click()
        assert await number_and_code(page) == first


async def test_what_was_typed_is_kept_when_something_is_wrong(
    chromium: Browser, office: Hall
) -> None:
    async with visiting(chromium, office) as page:
        await fill(page, HOSTILE)
        await page.fill("#phone", "0812")
        await page.get_by_role("button", name="Kirim laporan").click()
        await expect(page.get_by_role("alert")).to_contain_text("Nomor telepon tidak terbaca")
        await expect(page.locator("#text")).to_have_value(HOSTILE)
        await expect(page.locator("#category")).to_have_value("public_works")
        await expect(page.locator("#phone")).to_have_attribute("aria-invalid", "true")
        await page.get_by_role("alert").get_by_role("link", name="Nomor telepon").click()
        assert page.url.endswith("#phone")
        await page.fill("#phone", "0812 3456 7890")
        await page.get_by_role("button", name="Kirim laporan").click()
        await expect(page.locator("h1")).to_have_text("Laporan Anda sudah kami terima")


async def test_an_open_form_survives_cookies_that_were_thrown_away(
    chromium: Browser, office: Hall
) -> None:
    async with visiting(chromium, office) as page:
        await fill(page)
        await page.context.clear_cookies()
        await page.get_by_role("button", name="Kirim laporan").click()
        await expect(page.locator("h1")).to_have_text("Laporan Anda sudah kami terima")


async def confirm_link(office: Hall) -> str:
    text = (await office.outbox("confirm"))[-1][3]
    found = re.search(r"8080(/t/\S+)", text)
    assert found
    return found[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
async def test_ll_42_ll_46_every_page_is_accessible_and_fits(
    chromium: Browser, office: Hall, scheme: str, width: int
) -> None:
    how = {
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 740},
        "bypass_csp": True,
        "java_script_enabled": True,
    }
    async with visiting(chromium, office, **how) as page:
        await assert_good(page, f"form-{scheme}-{width}")
        await page.fill("#email", "bukan surel")
        await page.fill("#place", "x" * 300)
        await page.get_by_role("button", name="Kirim laporan").click()
        await assert_good(page, f"faults-{scheme}-{width}")
        await fill(page, f"Lampu {'A' * 300}")
        await page.fill("#email", f"sari-{scheme}-{width}@contoh.id")
        await page.get_by_role("button", name="Kirim laporan").click()
        await assert_good(page, f"taken-{scheme}-{width}")
        number, _ = await number_and_code(page)
        await page.goto(f"{office.base}/t/{number}")
        await assert_good(page, f"ticket-{scheme}-{width}")
        await page.get_by_role("button", name="Tutup halaman ini").click()
        await page.fill("#code", "salah")
        await page.get_by_role("button", name="Lihat").click()
        await expect(page.get_by_role("alert")).to_contain_text("tidak cocok")
        await assert_good(page, f"ask-{scheme}-{width}")
        await page.goto(f"{office.base}/t?number=HD26-000001-1&lang=en")
        await assert_good(page, f"find-{scheme}-{width}")
        await page.goto(office.base + await confirm_link(office))
        await assert_good(page, f"confirm-{scheme}-{width}")
        await page.get_by_role("button", name="Konfirmasi").click()
        await expect(page.get_by_role("status")).to_contain_text("sudah dikonfirmasi")
        await assert_good(page, f"confirmed-{scheme}-{width}")


async def test_printed_it_is_number_code_and_times_alone(chromium: Browser, office: Hall) -> None:
    async with visiting(chromium, office) as page:
        await fill(page)
        await page.get_by_role("button", name="Kirim laporan").click()
        await page.emulate_media(media="print")
        await expect(page.locator(".slip")).to_be_visible()
        for hidden in (".ways", ".no-print", ".foot"):
            await expect(page.locator(f"{hidden}:visible")).to_have_count(0)


async def test_the_keyboard_reaches_every_field_but_the_trap(
    chromium: Browser, office: Hall
) -> None:
    async with visiting(chromium, office, java_script_enabled=True) as page:
        seen = []
        for _ in range(20):
            await page.keyboard.press("Tab")
            seen.append(await page.evaluate("document.activeElement.id"))
        fields = ["text", "category", "place", "name", "phone", "email", "files"]
        assert [name for name in seen if name in [*fields, "website"]][:7] == fields
