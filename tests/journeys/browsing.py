"""A real browser for journeys: one Chromium, pages whose every complaint fails the test, axe."""

from __future__ import annotations

import os
import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped] # no marker
    Axe,
)
from playwright.async_api import Browser, async_playwright, expect

from tests.gateway.api.kit import api_office
from tests.patience import PATIENCE
from tests.peers import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import BrowserContext, Page

    from tests.gateway.api.kit import ApiOffice

ARGUMENTS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SHOTS = "HELPDESK_SHOTS"
"""Names a folder where pages that are looked at leave their pictures."""


@asynccontextmanager
async def a_chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing")
        pytest.skip("chromium not found: run scripts/bootstrap as root")
    expect.set_options(timeout=PATIENCE * 1000)
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *root])
        yield browser
        await browser.close()


@asynccontextmanager
async def browsed_office(folder: Path, **sections: Any) -> AsyncIterator[ApiOffice]:
    """A gateway reached by plain http on loopback, which browsers take for a safe place."""
    port = free_port()
    given = {
        "http": {"port": port, "public_url": f"http://127.0.0.1:{port}"},
        "limits": {"tickets_per_ten_minutes": 500},
        "api": {"requests_per_minute": 100_000, "logins_per_address": 1_000},
    }
    async with api_office(folder, **{**given, **sections}) as made:
        yield made


@asynccontextmanager
async def a_context(
    chromium: Browser,
    base: str,
    *,
    excused: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    **how: Any,
) -> AsyncIterator[BrowserContext]:
    """Pages that ask nobody else; a script error or a refusal by the policy fails the test.

    ``excused``: how complaints may begin that a test provokes; ``also``: who else may be asked.
    """
    context = await chromium.new_context(
        **{"viewport": {"width": 1280, "height": 800}, "locale": "id-ID", **how}
    )
    context.set_default_timeout(PATIENCE * 1000)
    complaints: list[str] = []
    foreign: list[str] = []

    def listen(page: Page) -> None:
        page.on(
            "console", lambda note: complaints.append(note.text) if note.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))

    context.on("page", listen)
    context.on(
        "request",
        lambda request: (
            None if request.url.startswith((base, *also)) else foreign.append(request.url)
        ),
    )
    yield context
    await context.close()
    # refusals are told by Chromium as failed loads of the page itself
    usual = ("Failed to load resource", *excused)
    unusual = [note for note in complaints if not note.startswith(usual)]
    assert unusual == [], unusual
    assert foreign == []


async def assert_good(page: Page, name: str) -> None:
    """Nothing serious for axe, nothing wider than the window; leaves a picture when asked to."""
    __tracebackhide__ = True
    shots = os.environ.get(SHOTS)
    if shots:
        await page.screenshot(path=Path(shots) / f"{name}.png", full_page=True)
    found = await Axe().run(page)
    serious = [
        (broken["id"], [node["html"] for node in broken["nodes"]])
        for broken in found.response["violations"]
        if broken["impact"] in ("serious", "critical")
    ]
    assert serious == [], name
    too_wide = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert too_wide <= 0, name
