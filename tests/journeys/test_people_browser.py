"""Registration, account and catalogue in a real browser: on a small phone, in the dark, by axe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.gateway.gateway_kit import until
from tests.journeys.browsing import a_context, assert_good, browsed_office
from tests.journeys.practices.walk_ll import FORM, PATIENCE, Ibu

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.gateway.api.kit import ApiOffice

pytestmark = [pytest.mark.journey, pytest.mark.browser]

SMALL = {"viewport": {"width": 320, "height": 640}}
DARK = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}
SERVICE = {"name": "Kartu keluarga", "parts": {"time_limit": "3 hari kerja", "fee": "Gratis"}}


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ApiOffice]:
    doors = {"lapor": FORM | {"codes_per_day": 1_000}}
    async with browsed_office(tmp_path_factory.mktemp("people"), doors=doors) as made:
        assert (await made.admin.post("/services", SERVICE)).status == 201
        yield made


@pytest.mark.parametrize(("name", "how"), [("small", SMALL), ("dark", DARK)])
async def test_a_citizen_registers_comes_in_and_sees_their_ticket(
    chromium: Browser, house: ApiOffice, name: str, how: dict[str, Any]
) -> None:
    base, ibu = house.hall.base, Ibu(house)
    number, invitation = await ibu.complains()
    async with a_context(chromium, base, **how) as context:
        page = await context.new_page()
        await page.goto(f"{base}/layanan")
        await expect(page.get_by_text("3 hari kerja")).to_be_visible()
        await assert_good(page, f"layanan {name}")
        await page.goto(base + invitation)
        await page.fill("#name", "Siti Aminah")
        await page.fill("#nik", "123")
        await page.get_by_role("button", name="Simpan data diri").click()
        await expect(page.get_by_role("alert")).to_contain_text("NIK")
        await expect(page.locator("#name")).to_have_value("Siti Aminah")
        await assert_good(page, f"daftar {name}")
        await page.fill("#nik", "")
        await page.get_by_role("button", name="Simpan data diri").click()
        await expect(page.locator("#nik")).to_have_count(0)
        await assert_good(page, f"daftar done {name}")
        await page.goto(f"{base}/saya")
        await assert_good(page, f"saya door {name}")
        before = len(ibu.got())
        await page.fill("#address", ibu.number)
        await page.get_by_role("button", name="Kirim kode").click()
        await expect(page.locator("#code")).to_be_visible()
        await until(lambda: len(ibu.got()) > before, PATIENCE)
        [code] = re.findall(r": ([0-9A-Z]{4}-[0-9A-Z]{4})\.", ibu.got()[-1])
        await page.fill("#code", code)
        await page.get_by_role("button", name="Masuk").click()
        await expect(page.get_by_role("button", name=number)).to_be_visible()
        await assert_good(page, f"saya {name}")
