"""The page of a ticket and its survey in a real browser, without script: talk, buttons, marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Browser, Page, expect

from core.model.acts import Answer, Review
from tests.gateway.citizen_kit import Hall, hall
from tests.gateway.staff_kit import PENDING, SOLVED, does
from tests.journeys.browsing import assert_good
from tests.journeys.test_citizen_browser import (
    RULES,
    fill,
    number_and_code,
    visiting,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = [pytest.mark.journey, pytest.mark.browser]
LONG = "Tiang ketiga dari pintu timur juga padam. " * 4
WORD = "A" * 300
OUTSIDE = """width => document.documentElement.scrollWidth <= width ? [] :
  [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > width + 1)
    .map(one => one.outerHTML.slice(0, 60))"""
"""What stands out of the page on the right, where the page can be pushed sideways."""


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall(tmp_path_factory.mktemp("percakapan"), RULES) as found:
        yield found


async def report(page: Page, office: Hall, text: str = "Lampu jalan padam di pasar") -> str:
    """A ticket, whose page is open."""
    await page.goto(f"{office.base}/lapor")
    await fill(page, text)
    await page.get_by_role("button", name="Kirim laporan").click()
    number, _ = await number_and_code(page)
    await page.get_by_role("link", name="Lihat perkembangan").click()
    return number


async def test_a_citizen_talks_presses_and_rates_without_script(
    chromium: Browser, office: Hall, tmp_path: Path
) -> None:
    photo = tmp_path / "foto.jpg"
    photo.write_bytes(b"\xff\xd8\xff" + b"x" * 2_000)
    async with visiting(chromium, office, viewport={"width": 320, "height": 640}) as page:
        number = await report(page, office)
        await page.get_by_label("Pesan Anda").fill("Tiang ketiga")
        await page.set_input_files("#files", photo)
        await page.get_by_role("button", name="Kirim pesan").click()
        await expect(page.get_by_role("status")).to_have_text("Pesan Anda sudah kami terima.")
        await expect(page.locator(".line--mine")).to_have_count(2)
        await does(office, number, *SOLVED)
        await page.reload()
        await expect(page.locator(".state")).to_contain_text("Kabel sudah diganti")
        await page.get_by_role("link", name="Nilai layanan kami").click()
        for item, mark in enumerate((4, 5, 3, 4, 5), start=101):
            await page.locator(f"input[name=p{item}][value='{mark}']").check(force=True)
        await page.get_by_role("button", name="Kirim penilaian").click()
        await expect(page.locator("h1")).to_have_text("Terima kasih")
        await page.goto(f"{office.base}/t/{number}")
        await page.get_by_role("button", name="Ya, sudah beres").click()
        await expect(page.locator(".badge")).to_have_text("Ditutup")
    (row,) = await office.rows("SELECT rating, source, counted FROM surveys WHERE ticket_id = "
                               "(SELECT id FROM tickets WHERE number = ?)", number)  # fmt: skip
    assert tuple(row) == (4, "web", True)


async def test_the_keyboard_alone_fills_in_a_survey(
    chromium: Browser,
    office: Hall,
) -> None:
    async with visiting(chromium, office) as page:
        number = await report(page, office)
        await does(office, number, *SOLVED)
        await page.reload()
        await page.get_by_role("link", name="Nilai layanan kami").focus()
        await page.keyboard.press("Enter")
        await page.locator("input[name=p101]").first.focus()
        for _ in range(5):
            await page.keyboard.press("Space")
            await page.keyboard.press("ArrowRight")
            await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_have_text("Terima kasih")
    rows = await office.rows("SELECT score FROM survey_answers ORDER BY at DESC, item LIMIT 5")
    assert [row[0] for row in rows] == [2] * 5


@pytest.fixture(params=[("light", 320), ("dark", 1280)], ids=str)
async def seen(
    chromium: Browser, office: Hall, request: pytest.FixtureRequest
) -> AsyncIterator[Seen]:
    """A page that is looked at in one light and width."""
    scheme, width = request.param
    how: dict[str, Any] = {
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 740},
        "bypass_csp": True,
        "java_script_enabled": True,
    }
    async with visiting(chromium, office, **how) as page:
        yield Seen(page, f"{scheme}-{width}")


@dataclass(frozen=True)
class Seen:
    page: Page
    mark: str

    async def fine(self, name: str) -> None:
        await assert_good(self.page, f"{name}-{self.mark}")


async def test_the_ticket_is_accessible_and_fits(seen: Seen, office: Hall) -> None:
    page = seen.page
    number = await report(page, office, f"Lampu padam {seen.mark} {WORD}")
    await does(office, number, *PENDING[:1], Answer(f"Petugas kami datang besok pagi. {WORD}"))
    await does(office, number, Answer("Sudah dijelaskan lewat telepon.", spoken=True))
    await page.reload()
    await page.get_by_label("Pesan Anda").fill(LONG)
    await page.get_by_role("button", name="Kirim pesan").click()
    await page.get_by_text("Minta perhatian atasan").click()
    await seen.fine("talk")
    await page.get_by_role("button", name="Kirim pesan").click()
    await expect(page.locator(".field__fault")).to_contain_text("Tulis dulu pesan Anda")
    await seen.fine("nothing")
    await does(office, number, *PENDING[1:])
    await page.goto(f"{office.base}/t/{number}")
    await seen.fine("pending")
    await does(office, number, *SOLVED[2:])
    await page.reload()
    await page.get_by_text("Belum beres?", exact=True).click()
    await seen.fine("solved")
    await page.emulate_media(media="print")
    await seen.fine("print")


async def test_the_survey_is_accessible_and_fits(seen: Seen, office: Hall) -> None:
    page = seen.page
    number = await report(page, office, f"Jalan berlubang {seen.mark}")
    await does(office, number, *SOLVED)
    await page.reload()
    await page.get_by_role("link", name="Nilai layanan kami").click()
    address = page.url
    await page.get_by_role("button", name="Kirim penilaian").click()
    await expect(page.get_by_role("alert")).to_contain_text("Pilih sedikitnya satu nilai")
    await page.locator("input[name=p103][value='4']").check(force=True)
    await seen.fine("survey")
    await page.get_by_role("button", name="Lanjut ke 22 pernyataan").click()
    await page.locator("input[name=e7][value='5']").check(force=True)
    await seen.fine("statements")
    await page.get_by_role("button", name="Kirim penilaian").click()
    await seen.fine("thanks")
    await page.goto(address.replace("/s/", "/s/x"))
    await seen.fine("unknown")


async def test_at_twice_the_size_nothing_is_cut_off(chromium: Browser, office: Hall) -> None:
    async with visiting(chromium, office, java_script_enabled=True, bypass_csp=True) as page:
        number = await report(page, office, f"Lampu padam besar {WORD}")
        await does(office, number, Review(), Answer(WORD))
        await does(office, number, *SOLVED[1:])
        await page.set_viewport_size({"width": 320, "height": 700})
        ticket = await office.store.work.ticket(number)
        link = office.gateway.plan.policy.survey_link
        assert link
        survey = f"/s/{link(ticket.id).rpartition('/')[2]}"
        for path in (f"/t/{number}", survey, f"{survey}/lengkap"):
            await page.goto(office.base + path)
            await page.add_style_tag(content="html { font-size: 200% }")
            outside = await page.evaluate(OUTSIDE, 320)
            assert outside == [], (path, *outside)
