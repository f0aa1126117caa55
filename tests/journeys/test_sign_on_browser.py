"""Single sign-on in a real browser: our page policy lets people go to the provider and come back.

With script and without; every page on the way fits a narrow screen and is accessible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from core.services.passwords import Invitation, invite
from tests.console.staff.sign_on_kit import sign_on_office
from tests.gateway.api.kit import PASSWORD
from tests.identity_provider import identity_provider
from tests.journeys.browsing import a_context, assert_good
from tests.peers import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from playwright.async_api import Browser, Page

    from tests.gateway.api.kit import ApiOffice
    from tests.identity_provider import IdentityProvider

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.timeout(480)]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProvider]:
    with identity_provider(tmp_path_factory.mktemp("provider") / "log") as running:
        yield running


@pytest.fixture(scope="module")
async def house(
    tmp_path_factory: pytest.TempPathFactory, provider: IdentityProvider
) -> AsyncIterator[ApiOffice]:
    """Reached by plain http on loopback."""
    port = free_port()
    http = {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    folder = tmp_path_factory.mktemp("office")
    async with sign_on_office(folder, provider, http, logout=True) as made:
        yield made


LOOKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("care", {"viewport": {"width": 320, "height": 640}}),
    ("leader", {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}),
    ("operator", {"java_script_enabled": False}),
)


@pytest.mark.parametrize(("who", "look"), LOOKS)
async def test_linked_in_and_out_again(
    chromium: Browser,
    house: ApiOffice,
    provider: IdentityProvider,
    who: str,
    look: dict[str, Any],
) -> None:
    base, place = house.hall.base, f"{who}@dinas.contoh.go.id"
    await provider.wish(claims={"sub": f"sub-{who}", "email": place})
    async with a_context(chromium, base, also=(provider.issuer,), **look) as context:
        page = await context.new_page()
        await page.goto(f"{base}/console/akun")
        await looked_at(page, f"masuk-{who}")
        await page.fill("#nama", who)
        await page.fill("#sandi", PASSWORD)
        await page.get_by_role("button", name="Masuk").click()
        await looked_at(page, f"akun-{who}")
        await page.fill("#sandi-tautan", PASSWORD)
        await page.get_by_role("button", name="Tautkan").click()
        await expect(page.get_by_text("Akun tertaut")).to_be_visible()
        await expect(page.get_by_text(place)).to_be_visible()
        await looked_at(page, f"tertaut-{who}")
        await page.get_by_role("button", name="Keluar").click()
        await page.wait_for_url("**/console/masuk")
        await page.goto(f"{base}/console/akun")
        await page.get_by_role("link", name="Masuk dengan Akun Uji").click()
        await expect(page.get_by_role("heading", name=f"Petugas {who}")).to_be_visible()
        await page.get_by_role("button", name="Keluar").click()  # by the provider's own page
        await page.wait_for_url("**/console/masuk")


async def test_the_invitation_offers_both_ways(
    chromium: Browser, house: ApiOffice, provider: IdentityProvider
) -> None:
    base = house.hall.base
    invitation = await invite(house.house, None, house.ids["technician"])
    assert isinstance(invitation, Invitation)
    await provider.wish(claims={"sub": "sub-technician"})
    look = {"viewport": {"width": 320, "height": 640}}
    async with a_context(chromium, base, also=(provider.issuer,), **look) as context:
        page = await context.new_page()
        await page.goto(f"{base}/console/undangan/{invitation.token}")
        await looked_at(page, "undangan")
        await page.get_by_role("button", name="Tautkan Akun Uji").click()
        await expect(page.get_by_role("button", name="Keluar")).to_be_visible()


async def looked_at(page: Page, name: str) -> None:
    """By axe, which needs script itself."""
    if not name.endswith("operator"):
        await assert_good(page, f"sso-{name}")
