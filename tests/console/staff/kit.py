"""Somebody at the console: logs in, looks at pages, sends the forms that stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING

from tests.gateway.api.kit import PASSWORD, code_now
from tests.gateway.gateway_kit import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.gateway.api.kit import ApiOffice
    from tests.gateway.gateway_kit import Office

OURS = {"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def words(self) -> str:
        """What a reader sees, tags away."""
        bare = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", self.text, flags=re.DOTALL)
        return " ".join(unescape(bare).split())

    def field(self, name: str) -> str:
        """What a field of a form holds."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        return unescape(found[1]) if found else ""


@dataclass
class Browser:
    """One browser; keeps its cookies, follows no redirect."""

    hall: Office
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Page:
        return await self._ask("GET", path, None, headers)

    async def post(self, path: str, form: Mapping[str, str], **headers: str) -> Page:
        ours = {**OURS, "Origin": self.hall.public}
        return await self._ask("POST", path, form, ours | headers)

    async def _ask(
        self, method: str, path: str, form: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> Page:
        sent = {name.replace("_", "-"): held for name, held in headers.items()}
        sent |= self.headers
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={held}" for name, held in self.cookies.items())
        url = f"{self.hall.base}{path}"
        async with self.hall.http.request(
            method, url, data=form, headers=sent, allow_redirects=False
        ) as answer:
            for name, morsel in answer.cookies.items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
            return Page(answer.status, answer.headers, await answer.text(errors="replace"))

    async def send(self, path: str, page: Page, form: Mapping[str, str], **headers: str) -> Page:
        """A form of this page, with its hidden fields."""
        hidden = {name: page.field(name) for name in ("csrf", "version", "kotak")}
        return await self.post(path, {**hidden, **form}, **headers)


async def at_the_console(house: ApiOffice, who: str) -> Browser:
    """Somebody who has logged in, with the second factor where the role wants one."""
    browser = Browser(house.hall)
    login = {"nama": who, "sandi": PASSWORD}
    entered = await browser.post("/console/masuk", login)
    assert entered.status == 303, entered.words
    if entered.headers["Location"] == "/console/kode":
        asked = await browser.get("/console/kode")
        entered = await browser.send("/console/kode", asked, {"kode": code_now()})
        assert entered.status == 303, entered.words
    return browser
