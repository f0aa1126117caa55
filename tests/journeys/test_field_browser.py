"""A technician's telephone without a line, and the boards, in a real browser."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.gateway.api.kit import PASSWORD, SENDERS, code_now
from tests.gateway.gateway_kit import message, phone
from tests.journeys.browsing import a_context, assert_good, browsed_office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

    from tests.gateway.api.kit import ApiOffice

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(240)]

PHONE = {"viewport": {"width": 360, "height": 740}}
LOOKS = [
    pytest.param({"viewport": {"width": 320, "height": 640}}, id="phone"),
    pytest.param({"viewport": {"width": 640, "height": 450}, "color_scheme": "dark"}, id="200 %"),
]


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    async with browsed_office(tmp_path_factory.mktemp("field")) as made:
        yield made


async def enter(page: Page, who: str = "technician") -> None:
    await page.fill("#nama", who)
    await page.fill("#sandi", PASSWORD)
    await page.get_by_role("button", name="Masuk").click()


@asynccontextmanager
async def on_the_way(chromium: Browser, house: ApiOffice, **how: Any) -> AsyncIterator[Page]:
    async with a_context(chromium, house.hall.base, **{**PHONE, **how}) as context:
        page = await context.new_page()
        await page.goto(f"{house.hall.base}/console")
        await enter(page)
        await expect(page.get_by_role("heading", name="Tugas saya")).to_be_attached()
        yield page


async def given(house: ApiOffice, text: str = "pompa air mati", sender: int | None = None) -> str:
    number = await house.ticket(f"HELPDESK {text}", sender)
    wanted = {"staff_id": house.ids["technician"], "over_capacity": True}
    done = await house.operator.act(number, "assign", wanted)
    assert done.status == 200, done.text
    return number


async def disposed(house: ApiOffice, text: str) -> str:
    """A ticket that the unit has, and nobody of it."""
    number = await house.ticket(f"HELPDESK {text}")
    wanted = {"unit_id": 1, "instruction": "Mohon diperiksa"}
    await house.operator.act(number, "dispose", wanted)
    return number


async def kinds(house: ApiOffice, number: str) -> list[str]:
    found = await house.operator.get(f"/tickets/{number}/history")
    return [one["kind"] for one in found.json["items"]]


def unsent(page: Page) -> Any:
    return page.locator(".unsent__one")


async def press(page: Page, act: str) -> None:
    await page.locator(f"[data-step={act}] .step__button").click()


async def test_a_whole_visit_without_a_line(chromium: Browser, house: ApiOffice) -> None:
    number = await given(house)
    async with on_the_way(chromium, house) as page:
        await page.locator(f"[data-task='{number}']").click()
        await expect(page.locator("[data-step=en-route]")).to_be_visible()
        await page.context.set_offline(True)
        await press(page, "en-route")
        await press(page, "arrive")
        await page.locator("[data-step=note-finding] summary").click()
        await page.fill("#note-finding-finding", "Motor pompa terbakar.")
        await press(page, "note-finding")
        await expect(unsent(page)).to_have_count(3)
        await expect(page.locator("#antrean")).to_contain_text("Belum terkirim")
        await page.get_by_role("link", name="Semua tugas").click()  # leads nowhere now
        await expect(page.locator("#jaringan")).to_contain_text("jaringan")
        assert page.url.endswith(f"/console/tugas/{number}")
        assert "EnRoute" not in await kinds(house, number)
        await page.context.set_offline(False)
        await expect(unsent(page)).to_have_count(0)
        await expect(page.locator(".one__top")).to_contain_text("di lokasi")
        await expect(page.locator("main")).to_contain_text("Motor pompa terbakar.")
    assert (await kinds(house, number))[-3:] == ["EnRoute", "Arrived", "FindingNoted"]


async def test_what_was_taken_but_never_answered_is_done_once(
    chromium: Browser, house: ApiOffice
) -> None:
    number = await given(house)
    async with on_the_way(chromium, house) as page:
        await page.goto(f"{house.hall.base}/console/tugas/{number}")
        lost: list[str] = []

        async def take_and_lose(route: Any) -> None:
            """The line breaks after the server has done it, once."""
            if not lost:
                lost.append((await route.fetch()).url)
                await route.abort("connectionreset")
            else:
                await route.continue_()

        await page.route("**/en-route", take_and_lose)
        await press(page, "en-route")
        await expect(page.locator(".one__top")).to_contain_text("di perjalanan")
        await expect(unsent(page)).to_have_count(0)
    assert len(lost) == 1
    assert (await kinds(house, number)).count("EnRoute") == 1


async def test_what_is_typed_outlives_the_page_and_the_session(
    chromium: Browser, house: ApiOffice
) -> None:
    number = await given(house)
    async with on_the_way(chromium, house) as page:
        here = f"{house.hall.base}/console/tugas/{number}"
        await page.goto(here)
        await page.locator("[data-step=pend] summary").first.click()
        await page.fill("#pend-note", "Menunggu suku cadang dari Surabaya.")
        await page.reload()
        await expect(page.locator("#pend-note")).to_have_value(
            "Menunggu suku cadang dari Surabaya."
        )
        await expect(page.locator("#pend-note")).to_be_visible()
        await page.context.clear_cookies()
        await press(page, "en-route")
        await expect(page.locator("#antrean")).to_contain_text("Anda perlu masuk lagi")
        await page.get_by_role("link", name="Masuk").click()
        await enter(page)
        await expect(page.locator(".one__top")).to_contain_text("di perjalanan")
        await expect(unsent(page)).to_have_count(0)
        await expect(page.locator("#pend-note")).to_have_value(
            "Menunggu suku cadang dari Surabaya."
        )
    assert (await kinds(house, number)).count("EnRoute") == 1


async def test_a_conflict_is_told_and_nothing_typed_is_lost(
    chromium: Browser, house: ApiOffice
) -> None:
    sender = next(SENDERS)
    number, other = await given(house, "lift macet", sender), await given(house, "atap bocor")
    await house.technician.act(number, "start", {"note": "Mulai"})
    async with on_the_way(chromium, house) as page:
        await page.goto(f"{house.hall.base}/console/tugas/{number}")
        await house.hall.post(message(f"{number} sekarang berasap", From=phone(sender)))
        await page.fill("#resolve-solution", "Kontaktor diganti.")
        await press(page, "resolve")
        refused = page.locator(".unsent__one--refused")
        await expect(refused).to_contain_text("Kontaktor diganti.")
        await expect(refused).to_contain_text("Pesan susulan masuk")
        await page.get_by_role("button", name="Perbaiki").click()
        await expect(page.locator("#resolve-solution")).to_have_value("Kontaktor diganti.")
        await page.reload()
        await expect(page.locator("#resolve-solution")).to_have_value("Kontaktor diganti.")
        await page.fill("#resolve-solution", "Kontaktor diganti, asap diperiksa.")
        await press(page, "resolve")
        await expect(page.locator("main")).to_contain_text("Kontaktor diganti, asap diperiksa.")
        # taken away meanwhile
        await page.goto(f"{house.hall.base}/console/tugas/{other}")
        await expect(page.locator("[data-step=en-route]")).to_be_visible()
        await house.operator.act(other, "take-back", {"reason": "Dikerjakan vendor."})
        await press(page, "en-route")
        await expect(refused).to_contain_text("bukan tugas Anda lagi")
        drop = page.locator(".unsent__drop")
        await drop.click()
        await expect(drop).to_have_text("Yakin dibuang?")
        await drop.click()
        await expect(unsent(page)).to_have_count(0)
    assert "EnRoute" not in await kinds(house, other)


async def test_without_script_the_steps_are_plain_forms(
    chromium: Browser, house: ApiOffice
) -> None:
    number = await given(house)
    async with on_the_way(chromium, house, java_script_enabled=False) as page:
        await page.goto(f"{house.hall.base}/console/tugas/{number}")
        await press(page, "en-route")
        await expect(page.locator(".one__top")).to_contain_text("di perjalanan")
        await press(page, "arrive")
        await expect(page.locator("[data-step=note-finding] textarea")).to_be_visible()


@pytest.mark.parametrize("how", LOOKS)
async def test_every_page_is_accessible_and_fits(
    chromium: Browser, house: ApiOffice, how: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    look = request.node.callspec.id
    number = await given(house, "kata-yang-sangat-panjang-sekali" * 8)
    await house.technician.act(number, "en-route", {"note": "Berangkat"})
    await house.technician.act(number, "arrive", {"note": "Tiba"})
    await house.leader.act(number, "instruct", {"text": "x" * 200})
    async with on_the_way(chromium, house, **how) as page:
        await assert_good(page, f"field day {look}")
        await page.goto(f"{house.hall.base}/console/tugas/{number}")
        for part in await page.locator("details").all():
            await part.evaluate("part => { part.open = true }")
        await assert_good(page, f"field task {look}")
        await page.context.set_offline(True)
        await page.fill("#note-finding-finding", "y" * 150)
        await press(page, "note-finding")
        await expect(unsent(page)).to_have_count(1)
        await assert_good(page, f"field unsent {look}")
    async with a_context(chromium, house.hall.base, **how) as context:
        page = await context.new_page()
        await page.goto(f"{house.hall.base}/console")
        await enter(page, "head")
        await expect(page.get_by_role("heading", name="Pengawasan", exact=True)).to_be_visible()
        await assert_good(page, f"lead {look}")


async def test_the_units_page_fits_and_decides(chromium: Browser, house: ApiOffice) -> None:
    number = await disposed(house, "kursi roda patah " * 4)
    narrow = {"viewport": {"width": 320, "height": 640}}
    async with a_context(chromium, house.hall.base, **narrow) as context:
        page = await context.new_page()
        await page.goto(f"{house.hall.base}/console")
        await enter(page, "supervisor")
        await page.fill("#kode", code_now())
        await page.get_by_role("button", name="Lanjut").click()
        await expect(page.get_by_role("heading", name="Unit saya")).to_be_visible()
        line = page.locator(".entry", has_text=number)
        await line.locator("summary").click()
        await assert_good(page, "unit phone")
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.emulate_media(color_scheme="dark")
        await assert_good(page, "unit dark")
        other = await disposed(house, "brankar patah")  # what comes meanwhile closes no form
        await line.locator("select").select_option(str(house.ids["officer"]))
        await line.locator("summary").click()
        await expect(page.locator(".entry", has_text=other)).to_be_visible()
        await line.locator("summary").click()
        await line.locator("select").select_option(str(house.ids["officer"]))
        await line.get_by_role("button", name="Tugaskan").click()
        await expect(page.locator(".notice--good")).to_contain_text(f"{number} ditugaskan.")
