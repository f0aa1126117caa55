"""The sandbox in a real browser: live, readable, usable without script and on a small phone."""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.async_playwright import (  # type: ignore[import-untyped] # no marker
    Axe,
)
from playwright.async_api import Browser, Page, expect

from gateway.demo.story import AYU, PEOPLE, tell
from tests.console.office import Stage
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = [pytest.mark.journey, pytest.mark.browser]

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>'


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage() as stage:
        await tell(stage.provider)
        yield stage


@asynccontextmanager
async def visiting(chromium: Browser, stage: Stage, **how: Any) -> AsyncIterator[Page]:
    """A page whose every complaint (script error, refused by the policy) fails the test."""
    context = await chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
    context.set_default_timeout(30_000)
    page = await context.new_page()
    complaints: list[str] = []
    foreign: list[str] = []
    page.on("console", lambda note: complaints.append(note.text) if note.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: None if request.url.startswith(stage.url) else foreign.append(request.url),
    )
    await page.goto(f"{stage.url}/sandbox")
    yield page
    await context.close()
    # A restart or a refusal that a test provokes: a failed load, and htmx naming the lost stream;
    # a look that a newer change replaces, which htmx tells of as of an error.
    provoked = (
        "Failed to load resource", "[object Event]", "htmx:afterRequest", "htmx:sendAbort",
    )  # fmt: skip
    assert [note for note in complaints if not note.startswith(provoked)] == []
    assert foreign == []


async def _write(page: Page, text: str) -> None:
    await page.fill("#body", text)
    await page.click("#writing button")


async def test_a_newcomer_sends_a_text_and_sees_number_and_ticket_come(
    chromium: Browser, stage: Stage
) -> None:
    async with visiting(chromium, stage) as page:
        await expect(page.locator("#live-words")).to_have_text("Terhubung langsung")
        before = {row.number for row in stage.office.rows}
        await _write(page, "HELPDESK internet kantor mati")
        last = page.locator(".talk__line--office").last
        await expect(last).to_contain_text("Sampai")
        (number,) = {row.number for row in stage.office.rows} - before
        await expect(last.locator(".bubble__number")).to_have_text(number)
        await expect(page.locator("#chosen-number")).to_have_text(number)
        await expect(page.locator("#body")).to_have_value("")
        await expect(page.locator(".opened")).to_contain_text("Riwayat utuh")


async def test_what_others_send_appears_by_itself(chromium: Browser, stage: Stage) -> None:
    async with visiting(chromium, stage) as page:
        await expect(page.locator("#live-words")).to_have_text("Terhubung langsung")
        await stage.provider.inbound(AYU.number, "HELPDESK infus macet")
        await expect(page.locator("#chosen-number")).to_have_text(stage.office.rows[-1].number)


async def test_a_chosen_ticket_stays_open_while_others_come(
    chromium: Browser, stage: Stage
) -> None:
    async with visiting(chromium, stage) as page:
        chosen = stage.office.rows[2].number
        await page.click(f"#open-{chosen}")
        await expect(page.locator("#chosen-number")).to_have_text(chosen)
        await stage.provider.inbound(AYU.number, "HELPDESK infus macet")
        await expect(page.locator(".card")).to_have_count(9)
        await expect(page.locator("#chosen-number")).to_have_text(chosen)


async def test_after_a_restart_of_the_server_the_page_catches_up(
    chromium: Browser, stage: Stage
) -> None:
    async with visiting(chromium, stage) as page:
        await expect(page.locator("#live-words")).to_have_text("Terhubung langsung")
        await stage.close_pages()
        await expect(page.locator("#live-words")).to_have_text("Menyambung kembali")
        await stage.office.receive(AYU.number, "HELPDESK selama mati")
        await stage.open_pages()
        await expect(page.locator("#chosen-number")).to_have_text(
            stage.office.rows[-1].number, timeout=30_000
        )
        await expect(page.locator("#live-words")).to_have_text("Terhubung langsung")


async def test_a_refused_text_stays_in_the_box_with_the_reason(
    chromium: Browser, stage: Stage
) -> None:
    stage.door.answers = [503]
    async with visiting(chromium, stage) as page:
        await _write(page, "HELPDESK internet mati")
        await expect(page.get_by_role("alert")).to_contain_text("gateway menjawab 503")
        await expect(page.locator("#body")).to_have_value("HELPDESK internet mati")


async def test_without_script_forms_and_links_do_the_same(chromium: Browser, stage: Stage) -> None:
    async with visiting(chromium, stage, java_script_enabled=False) as page:
        await page.get_by_role("link", name="Ns. Ayu").click()
        await _write(page, "HELPDESK infus macet")
        number = stage.office.rows[-1].number
        await expect(page.locator("#chosen-number")).to_have_text(number)
        await expect(page.locator(".talk__line--office").last).to_contain_text(number)
        await page.get_by_role("button", name="STATUS").click()
        await expect(page.locator(".talk__line--mine").last).to_contain_text("STATUS")
        await page.click(f"#open-{stage.office.rows[0].number}")
        await expect(page.locator("#chosen-number")).to_have_text(stage.office.rows[0].number)
        await expect(page.get_by_role("button", name="Salin nomor")).to_be_hidden()


async def test_a_hostile_text_is_only_text(chromium: Browser, stage: Stage) -> None:
    async with visiting(chromium, stage) as page:
        await _write(page, f"HELPDESK {HOSTILE}")
        await expect(page.locator(".opened__text")).to_contain_text(HOSTILE)
        await page.reload()
        await expect(page.locator(".opened__text")).to_contain_text(HOSTILE)
        assert (await page.title()).startswith("Ruang coba")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
async def test_the_page_is_accessible_and_fits(
    chromium: Browser, stage: Stage, scheme: str, width: int
) -> None:
    await stage.office.receive("INFO-BANK", f"HELPDESK {'A' * 300}")
    how = {"color_scheme": scheme, "viewport": {"width": width, "height": 640}, "bypass_csp": True}
    async with visiting(chromium, stage, **how) as page:
        for path in ("/sandbox", "/sandbox?from=INFO-BANK", "/sandbox?from=%3F"):
            await page.goto(stage.url + path)
            found = await Axe().run(page)
            serious = [
                (broken["id"], [node["html"] for node in broken["nodes"]])
                for broken in found.response["violations"]
                if broken["impact"] in ("serious", "critical")
            ]
            assert serious == []
            assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_the_keyboard_reaches_everything_and_is_seen(
    chromium: Browser, stage: Stage
) -> None:
    async with visiting(chromium, stage) as page:
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        seen = set()
        for _ in range(40):
            await page.keyboard.press("Tab")
            seen.add(await page.evaluate("document.activeElement.className"))
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            after = "getComputedStyle(document.activeElement, '::after').outlineStyle"
            if await page.evaluate("document.activeElement !== document.body"):
                assert "solid" in await page.evaluate(f"[{outline}, {after}].join()")
        assert {"person", "chip", "button", "phone__talk"} <= seen
        assert any("card__number--link" in name for name in seen)


async def test_the_number_can_be_copied(chromium: Browser, stage: Stage) -> None:
    async with visiting(
        chromium, stage, permissions=["clipboard-read", "clipboard-write"]
    ) as page:
        await page.get_by_role("button", name="Salin nomor").click()
        await expect(page.get_by_role("button", name="Tersalin")).to_be_visible()
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied == stage.office.rows[-1].number
        assert len(PEOPLE) == await page.locator(".person").count()


@asynccontextmanager
async def demonstration(folder: Path) -> AsyncIterator[str]:
    """``helpdesk demo`` as a process of its own; gives its address and expects a clean end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "demo", "--port", "0", "--folder", str(folder),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    said = b""
    try:
        async with asyncio.timeout(30):
            while b"/sandbox" not in said:
                line = await process.stdout.readline()
                assert line, said.decode()
                said += line
        reading = asyncio.create_task(process.stdout.read())
        found = re.search(rb"http://127[.]0[.]0[.]1:[0-9]+", said)
        assert found is not None
        yield found.group().decode()
        process.terminate()
        async with asyncio.timeout(PATIENCE):
            rest = (await reading).decode()
            assert await process.wait() == 0, rest
        assert "Traceback" not in rest
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_mb_29_mb_31_the_demonstration_tells_its_story_through_the_real_doors(
    chromium: Browser, tmp_path: Path
) -> None:
    """No paper office here: the real gateway, store, door and dispatcher."""
    async with demonstration(tmp_path) as url:
        page = await chromium.new_page()
        await page.goto(url)
        await expect(page.locator(".card")).to_have_count(8, timeout=30_000)
        await page.get_by_role("link", name="Pak Agus").click()
        replies = page.locator(".talk__line--office")
        await expect(replies).to_have_count(2)
        await expect(replies.last).to_contain_text("Sampai")
        await _write(page, "HELPDESK forklift gudang bocor oli, takut ada yang terpeleset")
        await expect(page.locator(".card")).to_have_count(9)
        number = await page.locator("#chosen-number").inner_text()
        await expect(page.locator(".bubble__meta a").last).to_have_text(number)
        await expect(page.locator(".opened")).to_contain_text("Riwayat utuh")
        await expect(page.locator(".opened__text")).to_contain_text("forklift gudang bocor oli")
        await page.close()
