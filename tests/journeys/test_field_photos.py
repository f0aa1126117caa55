"""A technician's photos in a real browser: without a line, over a reload, sent once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import FilePayload, expect

from tests.gateway.demo_house import PIXEL
from tests.journeys.browsing import assert_good, browsed_office
from tests.journeys.test_field_browser import given, kinds, on_the_way, press, unsent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

    from tests.gateway.api.kit import ApiOffice

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(240)]

PANEL: FilePayload = {"name": "panel.png", "mimeType": "image/png", "buffer": PIXEL}
MEASURED: FilePayload = {
    "name": "ukur.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.7\n",
}
STEP = "[data-step=note-finding]"


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    async with browsed_office(tmp_path_factory.mktemp("photos")) as made:
        yield made


async def arrived(page: Page, house: ApiOffice) -> str:
    number = await given(house)
    for act in ("en-route", "arrive"):
        done = await house.technician.act(number, act, {"note": "di jalan"})
        assert done.status == 200, done.text
    await page.goto(f"{house.hall.base}/console/tugas/{number}")
    await expect(page.locator(f"{STEP} .photos.scripted")).to_be_attached()
    if not await page.locator("#note-finding-finding").is_visible():
        await page.locator(f"{STEP} summary").click()
    return number


async def names(house: ApiOffice, number: str) -> list[str]:
    found = await house.operator.get(f"/tickets/{number}/files")
    return [one["filename"] for one in found.json["items"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_photos_taken_without_a_line_are_kept_and_sent_with_their_words(
    chromium: Browser, house: ApiOffice, scheme: str
) -> None:
    async with on_the_way(chromium, house, color_scheme=scheme) as page:
        number = await arrived(page, house)
        # one after the other, as a camera gives them
        await page.set_input_files("#note-finding-berkas-foto", PANEL)
        await page.set_input_files("#note-finding-berkas", [MEASURED, PANEL])
        chosen = page.locator(f"{STEP} .photos__one")
        await expect(chosen).to_have_count(3)
        await chosen.nth(2).get_by_role("button", name="Hapus").click()
        await expect(chosen).to_have_count(2)
        await expect(page.locator(f"{STEP} .photos__kept")).to_contain_text("tersimpan di ponsel")
        await page.reload()  # the camera often throws a page out of a small telephone
        await page.fill("#note-finding-finding", "Sekring putus.")
        await expect(chosen).to_have_count(2)
        await assert_good(page, f"tugas-foto-{scheme}")
        await page.context.set_offline(True)
        await press(page, "note-finding")
        await expect(unsent(page)).to_contain_text("panel.png, ukur.pdf")
        await expect(chosen).to_have_count(0)
        assert "FindingNoted" not in await kinds(house, number)
        await page.context.set_offline(False)
        await expect(unsent(page)).to_have_count(0)
        await expect(page.locator("main")).to_contain_text("Sekring putus.")
        await page.locator(".talk > summary").click()
        await expect(page.locator(".said").last).to_contain_text("panel.png")
    assert (await kinds(house, number)).count("FindingNoted") == 1
    assert sorted(await names(house, number)) == ["panel.png", "ukur.pdf"]


async def test_an_answer_that_was_lost_brings_no_photo_twice(
    chromium: Browser, house: ApiOffice
) -> None:
    async with on_the_way(chromium, house) as page:
        number = await arrived(page, house)
        await page.set_input_files("#note-finding-berkas", PANEL)
        await page.fill("#note-finding-finding", "Sekring putus.")
        await expect(page.locator(f"{STEP} .photos__one")).to_have_count(1)
        lost: list[str] = []

        async def take_and_lose(route: object) -> None:
            if not lost:
                lost.append((await route.fetch()).url)  # type: ignore[attr-defined] # playwright's Route
                await route.abort("connectionreset")  # type: ignore[attr-defined] # the same
            else:
                await route.continue_()  # type: ignore[attr-defined] # the same

        await page.route("**/note-finding", take_and_lose)
        await press(page, "note-finding")
        await expect(unsent(page)).to_have_count(0)
        await page.locator(".talk > summary").click()
        await expect(page.locator(".said").last.locator("li")).to_have_count(1)
    assert (await kinds(house, number)).count("FindingNoted") == 1
    waiting = await house.technician.get(f"/tickets/{number}/uploads")
    assert waiting.json["items"] == []


async def test_what_is_refused_is_mended_with_its_photos(
    chromium: Browser, house: ApiOffice
) -> None:
    async with on_the_way(chromium, house) as page:
        number = await arrived(page, house)
        await page.set_input_files(
            "#note-finding-berkas", {**PANEL, "buffer": b"MZ" + bytes(300), "name": "panel.exe"}
        )
        await page.fill("#note-finding-finding", "Sekring putus.")
        await press(page, "note-finding")
        await expect(unsent(page)).to_contain_text("panel.exe")
        await page.get_by_role("button", name="Perbaiki").click()
        chosen = page.locator(f"{STEP} .photos__one")
        await expect(chosen).to_have_count(1)
        await expect(page.locator("#note-finding-finding")).to_have_value("Sekring putus.")
        await chosen.get_by_role("button", name=re.compile("Hapus")).click()
        await press(page, "note-finding")
        await expect(page.locator("main")).to_contain_text("Sekring putus.")
        await expect(unsent(page)).to_have_count(0)
    assert (await kinds(house, number))[-1] == "FindingNoted"


async def test_leaving_forgets_photos_that_were_not_pressed(
    chromium: Browser, house: ApiOffice
) -> None:
    async with on_the_way(chromium, house) as page:
        number = await arrived(page, house)
        await page.set_input_files("#note-finding-berkas", PANEL)
        await expect(page.locator(f"{STEP} .photos__one")).to_have_count(1)
        await page.get_by_role("button", name="Keluar").click()
        await expect(page.locator("#nama")).to_be_visible()
        kept = await page.evaluate("""() => new Promise((done) => {
            const asking = indexedDB.open("tugas", 1);
            asking.onsuccess = () => {
                const all = asking.result.transaction("berkas").objectStore("berkas").count();
                all.onsuccess = () => done(all.result);
            };
        })""")
        assert kept == 0
    assert await names(house, number) == []
