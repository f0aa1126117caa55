"""All phones of the demonstration in a real browser, on the real gateway with all its doors."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped] # no marker
    Axe,
)
from playwright.async_api import Browser, Page, expect

from tests.gateway.demo_house import PHOTO, Home, at_home

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

expect.set_options(timeout=30_000)

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(240)]

NUMBER = re.compile(r"HD\d\d-\d{6}-\d")
FILE = {"name": PHOTO.name, "mimeType": PHOTO.content_type, "buffer": PHOTO.data}
PATHS = (
    "/sandbox?phone=whatsapp",
    "/sandbox?phone=telegram",
    "/sandbox?phone=email&mail=2",
    "/sandbox?phone=email&mail=2&reply=1",
    "/sandbox?phone=email&from=%3F",
)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    async with at_home(tmp_path) as home:
        yield home


@asynccontextmanager
async def visiting(
    chromium: Browser, home: Home, path: str = "/sandbox", **how: Any
) -> AsyncIterator[Page]:
    """A page whose every complaint fails the test, and every call to another host."""
    context = await chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
    context.set_default_timeout(30_000)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda note: complaints.append(note.text) if note.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(home.url) else complaints.append(asked.url),
    )
    await page.goto(f"{home.url}{path}")
    yield page
    await context.close()
    # a newer change replaces a look that is under way; htmx tells of it as of an error
    replaced = ("htmx:afterRequest", "htmx:sendAbort")
    assert [note for note in complaints if not note.startswith(replaced)] == []


async def live(page: Page) -> None:
    await expect(page.locator("#live-words")).to_have_text("Terhubung langsung")


async def write(page: Page, text: str) -> None:
    await page.fill("#body", text)
    await page.click("#writing button")


async def write_mail(page: Page, subject: str, body: str) -> None:
    await page.fill("#subject", subject)
    await page.fill("#body", body)
    await page.click("#writing button")


async def fault(page: Page, key: str) -> None:
    if not await page.locator("#switches").is_visible():
        await page.click(".faults summary")
    await page.click(f"#switch-{key}")


@pytest.mark.parametrize(
    ("tab", "end"), [("WhatsApp", "Dibaca"), ("Telegram", "Terkirim"), ("SMS", "Sampai")]
)
async def test_the_number_comes_back_on_the_phone_that_asked(
    chromium: Browser, home: Home, tab: str, end: str
) -> None:
    async with visiting(chromium, home) as page:
        await page.get_by_role("link", name=tab, exact=True).click()
        await live(page)
        await write(page, "HELPDESK internet kantor mati")
        reply = page.locator(".talk__line--office").last
        await expect(reply).to_contain_text(end)
        (row,) = await home.rows()
        await expect(reply).to_contain_text(row.number)
        await expect(page.locator("#chosen-number")).to_have_text(row.number)
        await expect(page.locator(".card--open .card__marks")).to_contain_text(tab)
        await expect(page.locator("#body")).to_have_value("")


@pytest.mark.parametrize("tab", ["WhatsApp", "Telegram"])
async def test_a_photo_is_seen_on_the_phone(chromium: Browser, home: Home, tab: str) -> None:
    async with visiting(chromium, home) as page:
        await page.get_by_role("link", name=tab, exact=True).click()
        await live(page)
        await page.set_input_files("#file", FILE)  # type: ignore[arg-type] # as its own documentation
        await write(page, "HELPDESK jalan berlubang")
        photo = page.locator(".bubble__photo")
        await expect(photo).to_be_visible()
        assert await photo.evaluate("picture => picture.naturalWidth") == 1
        await expect(page.locator("#file")).to_have_value("")


async def test_a_mail_is_answered_and_the_answer_joins_its_ticket(
    chromium: Browser, home: Home
) -> None:
    async with visiting(chromium, home, "/sandbox?phone=email") as page:
        await live(page)
        await page.set_input_files("#file", FILE)  # type: ignore[arg-type] # as above
        await write_mail(page, "HELPDESK lampu jalan", "Mati sejak kemarin.")
        await expect(page.locator(".mails__one--mine")).to_contain_text("Tiket baru")
        answer = page.locator(".mails__one:not(.mails__one--mine)")
        await expect(answer).to_contain_text(NUMBER)
        (row,) = await home.rows()
        await answer.locator(".mails__link").click()
        frame = page.frame_locator(".letter__html")
        await expect(frame.locator("strong").first).to_have_text(row.number)
        await page.click("text=Semua tajuk surel")
        await expect(page.locator(".letter__headers")).to_contain_text("auto-replied")
        await page.get_by_role("link", name="Balas").click()
        await expect(page.locator("#subject")).to_have_value(re.compile(r"Re:"))
        await page.fill("#body", "Sudah dua malam.")
        await page.get_by_role("button", name="Kirim balasan").click()
        await expect(page.locator(".mails__one--mine").first).to_contain_text("Masuk ke tiket")
        assert len(await home.rows()) == 1


async def test_after_25_hours_the_phone_shows_that_the_reply_is_held(
    chromium: Browser, home: Home
) -> None:
    async with visiting(chromium, home, "/sandbox?phone=whatsapp") as page:
        await live(page)
        await fault(page, "window")
        await expect(page.locator("#switch-window")).to_have_attribute("aria-pressed", "true")
        await write(page, "HELPDESK wifi mati")
        await expect(page.locator(".state--bad")).to_contain_text("Jendela 24 jam")
        await fault(page, "reset")
        await expect(page.locator("#switch-window")).to_have_attribute("aria-pressed", "false")
        await write(page, "STATUS")
        # Writing again opens the window: the reply that was held goes out, and the new one.
        await expect(page.locator(".ticks--read")).to_have_count(2)
        await expect(page.locator(".state--bad")).to_have_count(0)


async def test_a_fault_ends_and_the_reply_arrives(chromium: Browser, home: Home) -> None:
    async with visiting(chromium, home, "/sandbox?phone=telegram") as page:
        await live(page)
        await fault(page, "error")
        await write(page, "HELPDESK wifi mati")
        reply = page.locator(".talk__line--office").last
        await expect(reply).to_contain_text(re.compile("dipastikan|Menunggu|dikirim"))
        await fault(page, "error")
        await expect(reply).to_contain_text("Terkirim", timeout=30_000)


async def test_two_tabs_hold_two_phones_and_see_the_same(chromium: Browser, home: Home) -> None:
    async with (
        visiting(chromium, home, "/sandbox?phone=whatsapp") as one,
        visiting(chromium, home, "/sandbox?phone=telegram") as other,
        visiting(chromium, home, "/sandbox?phone=telegram") as third,
    ):
        for page in (one, other, third):
            await live(page)
        await write(one, "HELPDESK dari WhatsApp")
        await expect(other.locator("#tickets")).to_contain_text("dari WhatsApp")
        await write(other, "HELPDESK dari Telegram")
        await expect(third.locator(".talk__line--office").last).to_contain_text(NUMBER)
        await expect(one.locator("#tickets")).to_contain_text("dari Telegram")
        await expect(one.locator(".talk__line--mine")).to_have_count(1)
        await third.click(".faults summary")
        await fault(other, "block")
        await expect(third.locator("#switch-block")).to_have_attribute("aria-pressed", "true")


async def test_without_script_every_phone_works_by_forms_and_links(
    chromium: Browser, home: Home
) -> None:
    async with visiting(chromium, home, java_script_enabled=False) as page:
        for tab in ("WhatsApp", "Telegram"):
            await page.get_by_role("link", name=tab, exact=True).click()
            await page.set_input_files("#file", FILE)  # type: ignore[arg-type] # as above
            await write(page, f"HELPDESK {tab}")
            await expect(page.locator(".bubble__photo")).to_be_visible()
        await fault(page, "block")
        await expect(page.locator("#switch-block")).to_have_attribute("aria-pressed", "true")
        await fault(page, "reset")
        await page.click(".faults summary")
        await expect(page.locator("#switch-block")).to_have_attribute("aria-pressed", "false")
        await page.get_by_role("link", name="Surel", exact=True).click()
        await write_mail(page, "HELPDESK surel", "Isi.")
        assert len(await home.rows()) == 3


async def test_the_form_of_the_office_is_one_link_away(chromium: Browser, home: Home) -> None:
    async with visiting(chromium, home) as page:
        await page.get_by_role("link", name="Atau lapor lewat formulir web").click()
        await expect(page).to_have_url(f"{home.url}/lapor")
        await expect(page.locator("form").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
async def test_every_phone_is_accessible_and_fits(
    chromium: Browser, home: Home, scheme: str, width: int
) -> None:
    how = {"color_scheme": scheme, "viewport": {"width": width, "height": 640}, "bypass_csp": True}
    async with visiting(chromium, home, "/sandbox?phone=email", **how) as page:
        await live(page)
        await write_mail(page, f"HELPDESK {'A' * 150}", "Halo")
        await expect(page.locator(".mails__one")).to_have_count(2)
        for path in PATHS:
            await page.goto(home.url + path)
            if not await page.locator("#switches").is_visible():
                await page.click(".faults summary")
            found = await Axe().run(page)
            serious = [
                (broken["id"], [node["html"] for node in broken["nodes"]])
                for broken in found.response["violations"]
                if broken["impact"] in ("serious", "critical")
            ]
            assert serious == []
            assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_the_keyboard_reaches_tabs_switches_and_mails(chromium: Browser, home: Home) -> None:
    async with visiting(chromium, home, "/sandbox?phone=email") as page:
        await write_mail(page, "HELPDESK a", "b")
        await expect(page.locator(".mails__one")).to_have_count(2)
        await page.click(".faults summary")
        await page.locator("body").evaluate("() => document.activeElement.blur()")
        await page.keyboard.press("Home")
        seen = set()
        for _ in range(40):
            await page.keyboard.press("Tab")
            seen.add(await page.evaluate("document.activeElement.className"))
        assert {"tab", "person", "mailbox", "mails__link", "switch", "attach__file"} <= seen
        await page.focus("#switch-gone")
        await page.keyboard.press("Enter")
        await expect(page.locator("#switch-gone")).to_have_attribute("aria-pressed", "true")
        await expect(page.locator("#switch-gone")).to_be_focused()
