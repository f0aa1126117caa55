"""The console in a real browser: a whole case, two who collide, a lost stream, hostile words."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.console.staff.payloads import PAYLOADS
from tests.gateway.api.kit import PASSWORD, SENDERS
from tests.gateway.gateway_kit import message, phone
from tests.journeys.browsing import a_context, browsed_office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

    from tests.gateway.api.kit import ApiOffice

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    async with browsed_office(tmp_path_factory.mktemp("console")) as made:
        yield made


@asynccontextmanager
async def at_work(
    chromium: Browser, house: ApiOffice, who: str = "operator", **how: Any
) -> AsyncIterator[Page]:
    async with a_context(chromium, house.hall.base, **how) as context:
        page = await context.new_page()
        await page.goto(f"{house.hall.base}/console")
        await page.fill("#nama", who)
        await page.fill("#sandi", PASSWORD)
        await page.get_by_role("button", name="Masuk").click()
        await expect(page.locator(".bar")).to_be_visible()
        yield page


async def open_ticket(page: Page, house: ApiOffice, number: str) -> None:
    await page.goto(f"{house.hall.base}/console/kotak/semua/{number}")
    await expect(page.locator(".ticket .number")).to_have_text(number)


async def test_from_the_message_to_the_solution(chromium: Browser, house: ApiOffice) -> None:
    async with at_work(chromium, house) as page:
        await page.get_by_role("link", name="Baru masuk").click()
        number = await house.ticket("HELPDESK pompa air puskesmas mati")
        line = page.locator(f"#baris-{number}")
        await expect(line).to_contain_text("pompa air puskesmas mati")  # comes by itself
        await line.click()
        await expect(page.locator(".ticket .number")).to_have_text(number)
        assert page.url.endswith(f"/console/kotak/baru/{number}")
        await page.fill("#jawaban", "Teknisi berangkat sekarang.")
        await page.get_by_role("button", name="Kirim jawaban").click()
        await expect(page.locator(".said--office")).to_contain_text("Teknisi berangkat sekarang.")
        await page.locator("summary", has_text="Tugaskan").click()
        await page.select_option("#assign-staff_id", str(house.ids["technician"]))
        await page.get_by_role("button", name="Tugaskan").click()
        await expect(page.locator(".ticket__state")).to_contain_text("Ditugaskan")
    async with at_work(
        chromium, house, "technician", viewport={"width": 360, "height": 740}
    ) as page:
        await open_ticket(page, house, number)
        await page.get_by_role("button", name="Mulai kerjakan").click()
        await expect(page.locator(".ticket__state")).to_contain_text("Dikerjakan")
        await page.locator("summary", has_text="Selesaikan").click()
        await page.fill("#resolve-solution", "Pompa diganti, air mengalir.")
        await page.get_by_role("button", name="Selesaikan", exact=True).click()
        await expect(page.locator(".ticket__state")).to_contain_text("Selesai")
    await house.hall.quiet()
    assert any("Pompa diganti" in text for text in house.hall.texts())


async def test_what_others_do_comes_by_itself_and_leaves_what_is_typed(
    chromium: Browser, house: ApiOffice
) -> None:
    sender = next(SENDERS)
    number = await house.ticket(sender=sender)
    async with at_work(chromium, house) as page:
        await open_ticket(page, house, number)
        await expect(page.locator("#langsung")).to_have_class("live live--on")
        await page.fill("#jawaban", "Sedang saya tul")
        await house.hall.post(message(f"{number} sudah dua hari, tolong", From=phone(sender)))
        await expect(page.locator("#cerita")).to_contain_text("sudah dua hari, tolong")
        await expect(page.locator("#jawaban")).to_have_value("Sedang saya tul")


async def test_bw_46_what_came_is_unread_until_somebody_has_it_before_them(
    chromium: Browser, house: ApiOffice
) -> None:
    sender = next(SENDERS)
    number = await house.ticket("HELPDESK gerbang parkir macet", sender)
    async with at_work(chromium, house) as page:
        await page.goto(f"{house.hall.base}/console/kotak/berjalan?nomor={number}")
        line = page.locator(f"#baris-{number}")
        await expect(line.locator(".unread")).to_contain_text("1")
        await line.click()
        await expect(page.locator(".ticket .number")).to_have_text(number)
        await expect(line.locator(".unread")).to_have_count(0)
        # What comes while it is open and looked at is read as it comes.
        await house.hall.post(message(f"{number} masih macet", From=phone(sender)))
        await expect(page.locator("#cerita")).to_contain_text("masih macet")
        await expect(line.locator(".unread")).to_have_count(0)
        other = await house.ticket("HELPDESK palang pintu patah")
        await page.goto(f"{house.hall.base}/console/kotak/berjalan?nomor={other}")
        await expect(page.locator(f"#baris-{other} .unread")).to_contain_text("1")
        await expect(page).to_have_title(re.compile(r"^\([0-9]+\+?\) "))


async def test_the_second_of_two_is_told_and_keeps_the_text(
    chromium: Browser, house: ApiOffice
) -> None:
    number = await house.ticket()
    async with at_work(chromium, house) as one, at_work(chromium, house, "care") as other:
        await open_ticket(one, house, number)
        await open_ticket(other, house, number)
        for page in (one, other):
            await page.locator("summary", has_text="Tugaskan").click()
        await one.select_option("#assign-staff_id", str(house.ids["technician"]))
        await one.get_by_role("button", name="Tugaskan").click()
        await expect(one.locator(".ticket__state")).to_contain_text("Ditugaskan")
        await other.select_option("#assign-staff_id", str(house.ids["officer"]))
        await other.fill("#assign-reason", "lebih dekat")
        await other.get_by_role("button", name="Tugaskan").click()
        await expect(other.get_by_role("alert")).to_be_visible()
        await expect(other.locator("#assign-reason")).to_have_value("lebih dekat")


async def test_a_lost_stream_comes_back_and_catches_up(
    chromium: Browser, house: ApiOffice
) -> None:
    async with at_work(chromium, house, excused=("htmx:sendError", "htmx:afterRequest")) as page:
        await page.get_by_role("link", name="Baru masuk").click()
        await expect(page.locator("#langsung")).to_have_class("live live--on")
        await page.context.set_offline(True)
        number = await house.ticket("HELPDESK kabar saat terputus")
        await page.context.set_offline(False)
        await expect(page.locator(f"#baris-{number}")).to_be_visible()


async def test_without_script_a_ticket_is_answered(chromium: Browser, house: ApiOffice) -> None:
    number = await house.ticket()
    async with at_work(chromium, house, java_script_enabled=False) as page:
        await open_ticket(page, house, number)
        await page.fill("#jawaban", "Tanpa skrip pun terkirim.")
        await page.get_by_role("button", name="Kirim jawaban").click()
        await expect(page.locator(".said--office")).to_contain_text("Tanpa skrip pun terkirim.")


async def test_hostile_words_stay_words(chromium: Browser, house: ApiOffice) -> None:
    """120 ways to smuggle script, in texts, notes and fields, on every page that shows them."""
    number = await house.ticket("HELPDESK " + PAYLOADS[0])
    sender = next(SENDERS)
    other = await house.ticket("HELPDESK awal", sender)
    for at in range(0, len(PAYLOADS), 12):
        text = " ".join(PAYLOADS[at : at + 12])
        await house.operator.act(number, "note", {"text": text})
        await house.hall.post(message(f"{other} {text}", From=phone(sender)))
    subject = {"subject": PAYLOADS[3][:100], "place": PAYLOADS[5][:100]}
    await house.operator.act(
        number,
        "classify",
        {**subject, "category": None, "kind": None, "unit_hint": None, "region_id": None},
    )
    async with at_work(chromium, house) as page:
        ran: list[str] = []
        page.on("dialog", lambda box: ran.append(box.message))
        for one in (number, other):
            await open_ticket(page, house, one)
            await asyncio.sleep(0.3)
            assert await page.evaluate("window.__ran === undefined"), one
        await page.goto(
            f"{house.hall.base}/console/kotak/semua?nomor=" + json.dumps(PAYLOADS[0])[1:60]
        )
        assert await page.evaluate("window.__ran === undefined")
        assert ran == []
