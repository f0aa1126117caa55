"""What the tests of single sign-on share: a provider, an office that uses it, the ways there."""

from __future__ import annotations

from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

from core.model.staff import Role, Staff
from tests.console.staff.kit import Browser, at_the_console
from tests.gateway.api.kit import PASSWORD, ApiOffice, api_office, hire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from tests.console.staff.kit import Page
    from tests.identity_provider import IdentityProvider

START, BACK = "/console/masuk/sso", "/console/masuk/sso/kembali"
SESSION = "__Host-helpdesk"
ADMINS = count(1)
NOT_SURE = "tidak dapat dipastikan kebenarannya"


@asynccontextmanager
async def sign_on_office(
    folder: Path, provider: IdentityProvider, http: Mapping[str, Any] | None = None, **changes: Any
) -> AsyncIterator[ApiOffice]:
    """An office whose staff come in by this provider; ``changes`` of the section ``[sso]``."""
    many = {"requests_per_minute": 100_000, "logins_per_address": 1_000}
    sections = {"api": many, "sso": provider.settings(**changes), "http": http or {}}
    async with api_office(folder, **sections) as made:
        yield made


async def leaves(browser: Browser, path: str = START) -> str:
    """Where the button sends the browser."""
    page = await browser.get(path)
    assert page.status == 303, page.words
    return page.headers["Location"]


async def enters(browser: Browser, provider: IdentityProvider, path: str = START) -> Page:
    return await browser.get(await provider.visited(await leaves(browser, path)))


async def links(browser: Browser, password: str = PASSWORD) -> Page:
    """Presses the button on the page about oneself."""
    page = await browser.get("/console/akun")
    return await browser.send("/console/akun/sso", page, {"sandi": password})


def led(page: Page) -> str:
    """Where a page leads on to by itself."""
    assert page.status == 200, page.words
    return page.headers["Refresh"].removeprefix("0; url=")


async def linked(house: ApiOffice, provider: IdentityProvider, who: str, subject: str) -> None:
    """Links this account with somebody, unless it is already."""
    kept = "SELECT subject FROM sign_on_links WHERE subject = ?"
    if not await house.hall.rows(kept, subject):
        browser = await at_the_console(house, who)
        await provider.wish(claims={"sub": subject, "email": f"{who}@contoh.go.id"})
        back = await browser.get(await provider.visited(led(await links(browser))))
        assert back.headers.get("Location") == "/console/akun?kabar=tertaut", (
            back.words,
            house.hall.log.getvalue()[-500:],
        )
    await provider.wish(claims={"sub": subject})


async def newcomer(house: ApiOffice, login: str, *roles: Role) -> int:
    """Somebody without a password."""
    return await hire(
        house.hall, house.house, Staff(0, login, f"Petugas {login}", frozenset(roles))
    )


async def admin_of(house: ApiOffice) -> Browser:
    """An administrator whose code nobody used yet."""
    login = f"admin-{next(ADMINS)}"
    hashed = await house.house.passwords.hash(PASSWORD)
    draft = Staff(0, login, "Admin uji", frozenset({Role.ADMIN}))
    await hire(house.hall, house.house, draft, hashed)
    return await at_the_console(house, login)
