"""The sandbox over plain HTTP: what a visitor without script, or a stranger's page, gets."""

from __future__ import annotations

import asyncio
from html import unescape
from typing import TYPE_CHECKING

import pytest
from yarl import URL

from console.pages import CONTENT_SECURITY_POLICY, asset, environment
from gateway.demo.story import AGUS, PEOPLE, STORY, tell
from tests.patience import PATIENCE

if TYPE_CHECKING:
    import aiohttp

    from tests.console.office import Stage

SEND = "/sandbox/send"
LIVE = {"HX-Request": "true"}


async def _text(browser: aiohttp.ClientSession, path: str, **params: str) -> str:
    async with browser.get(path, params=params) as answer:
        assert answer.status == 200
        return unescape(await answer.text())


async def test_an_empty_office_invites_the_first_message(browser: aiohttp.ClientSession) -> None:
    page = await _text(browser, "/sandbox")
    assert "Belum ada tiket." in page
    assert "Belum ada pesan dari ponsel ini." in page
    assert [person.name in page for person in PEOPLE] == [True] * 5


async def test_a_text_sent_without_script_comes_back_with_its_number(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    form = {"from": "0812 0000 2005", "body": "HELPDESK internet mati"}
    async with browser.post(SEND, data=form) as answer:
        assert [step.status for step in answer.history] == [303]
        page = unescape(await answer.text())
    (row,) = stage.office.rows
    assert page.count(row.number) > 3
    assert "Tulis pesan sebagai +62 812 0000 2005" in page
    # It went through the real door, signed, and not around it.
    assert stage.door.forms[0]["From"] == "+6281200002005"


async def test_a_live_page_gets_only_the_bubbles(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    form = {"from": AGUS.number, "body": "HELPDESK AC mati"}
    async with browser.post(SEND, data=form, headers=LIVE) as answer:
        assert answer.status == 200
        fragment = await answer.text()
    assert "<html" not in fragment
    assert stage.office.rows[0].number in fragment


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"from": "?", "body": "HELPDESK x"}, "Nomor pengirim belum dikenali"),
        ({"body": "HELPDESK x"}, "Nomor pengirim belum dikenali"),
        ({"from": AGUS.number, "body": " \n "}, "Pesan masih kosong"),
        ({"from": AGUS.number}, "Pesan masih kosong"),
        ({"from": AGUS.number, "body": "x" * 1601}, "Pesan terlalu panjang"),
    ],
)
@pytest.mark.parametrize("headers", [{}, LIVE])
async def test_what_cannot_be_sent_is_given_back_with_the_reason(
    stage: Stage,
    browser: aiohttp.ClientSession,
    form: dict[str, str],
    sentence: str,
    headers: dict[str, str],
) -> None:
    async with browser.post(SEND, data=form, headers=headers) as answer:
        assert answer.status == 422
        page = await answer.text()
    assert sentence in page
    assert stage.door.forms == []


async def test_a_text_the_gateway_did_not_take_is_not_lost_from_the_form(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    stage.door.answers = [503]
    async with browser.post(SEND, data={"from": AGUS.number, "body": "HELPDESK AC"}) as answer:
        assert answer.status == 503
        page = await answer.text()
    assert "gateway menjawab 503" in page
    assert ">HELPDESK AC</textarea>" in page


async def test_a_foreign_page_cannot_send(stage: Stage, browser: aiohttp.ClientSession) -> None:
    form = {"from": AGUS.number, "body": "HELPDESK x"}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://penipu.example"},
        {"Origin": "null"},
    ):
        async with browser.post(SEND, data=form, headers=headers) as answer:
            assert answer.status == 403
    assert stage.door.forms == []
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": stage.url}):
        async with browser.post(SEND, data=form, headers=headers) as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    "path",
    ["/sandbox", "/sandbox/tickets", "/tidak-ada", "/static/page.css", "/static/..%2fpages.py"],
)
async def test_every_answer_carries_the_security_headers(
    browser: aiohttp.ClientSession, path: str
) -> None:
    async with browser.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        # only the page that shows mails may hold frames, and none but our own
        assert policy.removesuffix("; frame-src 'self'") == CONTENT_SECURITY_POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]


async def test_a_crash_carries_them_too(
    stage: Stage, browser: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        message = "kabel putus"
        raise RuntimeError(message)

    monkeypatch.setattr(stage.office, "tickets", broken)
    async with browser.get("/sandbox") as answer:
        assert answer.status == 500
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert "kabel putus" not in await answer.text()


async def test_a_named_version_of_a_file_may_be_kept(browser: aiohttp.ClientSession) -> None:
    async with browser.get(asset("page.css")) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
    async with browser.get("/static/tidak-ada.css?v=1") as answer:
        assert answer.status == 404
        assert answer.headers["Cache-Control"] == "no-store"
    assert asset("vendor/tidak-ada.js") == "/static/vendor/tidak-ada.js"


@pytest.mark.parametrize(
    "name", ["%2e%2e/pages.py", "..%2fpages.py", "vendor/..%2f..%2fpages.py", "vendor", "a%00.css"]
)
async def test_beside_our_own_files_nothing_is_given_out(
    stage: Stage, browser: aiohttp.ClientSession, name: str
) -> None:
    async with browser.get(URL(f"{stage.url}/static/{name}", encoded=True)) as answer:
        assert answer.status == 404


async def test_texts_leave_compressed_but_never_in_pieces(browser: aiohttp.ClientSession) -> None:
    async with browser.get("/static/page.css") as answer:
        assert answer.headers["Content-Encoding"] in ("gzip", "deflate")
        assert answer.headers["Vary"] == "Accept-Encoding"
        whole = await answer.text()
    async with browser.get("/static/page.css", headers={"Range": "bytes=0-9"}) as answer:
        assert "Content-Encoding" not in answer.headers
        assert await answer.text() == whole[:10]
    async with browser.get("/static/page.css", headers={"Accept-Encoding": "identity"}) as answer:
        assert "Content-Encoding" not in answer.headers
        assert await answer.text() == whole


@pytest.mark.parametrize(
    "text",
    [
        "HELPDESK <script>alert(1)</script>",
        'HELPDESK "><img src=x onerror=alert(1)>',
        "HELPDESK {{ 7*7 }} </textarea><svg onload=alert(1)>",
        "HELPDESK ' onmouseover='alert(1)",
    ],
)
async def test_a_text_is_shown_and_never_acts(
    stage: Stage, browser: aiohttp.ClientSession, text: str
) -> None:
    await stage.provider.inbound(AGUS.number, text)
    async with browser.get("/sandbox", params={"from": AGUS.number}) as answer:
        raw = await answer.text()
    assert text in unescape(raw)
    for opening in ("<script>alert", "<img src=x", "<svg onload", "onmouseover='alert"):
        assert opening not in raw
    assert environment().autoescape is True


async def test_the_newest_ticket_is_open_until_another_is_chosen(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    for answer in await tell(stage.provider):
        assert answer.taken
    oldest, newest = stage.office.rows[0].number, stage.office.rows[-1].number
    page = await _text(browser, "/sandbox/tickets")
    assert f'id="chosen-number">{newest}' in page
    assert 'name="ticket"' not in page
    assert page.index(newest) < page.index(oldest)
    page = await _text(browser, "/sandbox/tickets", ticket=oldest)
    assert f'id="chosen-number">{oldest}' in page
    assert f'name="ticket" value="{oldest}"' in page
    assert STORY[0].text in page
    assert "Riwayat utuh" in page


async def test_an_unknown_ticket_shows_the_newest_instead(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    await stage.provider.inbound(AGUS.number, "HELPDESK AC mati")
    page = await _text(browser, "/sandbox", ticket="HD26-999999-9")
    assert f'id="chosen-number">{stage.office.rows[0].number}' in page


async def test_a_chosen_ticket_beyond_the_list_is_shown_on_top(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    numbers = []
    for _ in range(25):
        await stage.office.receive(AGUS.number, "HELPDESK AC mati")
        numbers.append(stage.office.rows[-1].number)
    page = await _text(browser, "/sandbox/tickets", ticket=numbers[0])
    assert page.count('<li class="card') == 21
    assert f'id="chosen-number">{numbers[0]}' in page


async def test_a_broken_history_is_told_at_once(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    await stage.office.receive(AGUS.number, "HELPDESK AC mati")
    number = stage.office.rows[0].number
    stage.office.happen(number, "MessageJoined", "reporter", {})
    del stage.office.events[number][0]
    assert "Riwayat tidak utuh" in await _text(browser, "/sandbox/tickets")


async def test_why_a_reply_was_withheld_is_shown(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    await stage.provider.inbound("INFO-BANK", "HELPDESK tagihan")
    page = await _text(browser, "/sandbox", **{"from": "INFO-BANK"})
    assert "<strong>Tidak dibalas:</strong> pengirim ini tidak dapat dibalas." in page


async def test_an_unknown_way_to_write_a_sender_is_explained(
    browser: aiohttp.ClientSession,
) -> None:
    page = await _text(browser, "/sandbox", **{"from": "<b>"})
    assert "Nomor pengirim belum dikenali" in page
    assert 'value="<b>"' in page


# --- live ------------------------------------------------------------------------------------


async def _next(stream: aiohttp.StreamReader) -> dict[str, str]:
    """The next event or comment, as fields."""
    async with asyncio.timeout(PATIENCE):
        block = (await stream.readuntil(b"\n\n")).decode().strip()
    return dict(line.split(":", 1) for line in block.splitlines())


async def test_the_stream_tells_each_change_with_its_counter(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    async with browser.get("/sandbox/events?after=0") as answer:
        assert answer.content_type == "text/event-stream"
        assert "retry" in await _next(answer.content)
        await stage.office.receive(AGUS.number, "HELPDESK AC")
        event = await _next(answer.content)
        assert (event["event"], event["id"]) == (" change", " 1")
        # Many commits at once are one announcement, not a storm of page loads.
        for _ in range(50):
            stage.office.changes.bump()
        seen = [await _next(answer.content)]
        while seen[-1]["id"] != " 51":
            seen.append(await _next(answer.content))
        assert len(seen) <= 2


@pytest.mark.parametrize(
    ("headers", "after", "told"),
    [
        ({}, "3", ""),
        ({}, "2", " 3"),
        ({}, "", " 3"),
        ({"Last-Event-ID": "3"}, "1", ""),
        ({"Last-Event-ID": "2"}, "3", " 3"),
        ({"Last-Event-ID": "900"}, "3", " 3"),  # the process was restarted and counts anew
    ],
)
async def test_who_comes_back_hears_at_once_what_was_missed(
    stage: Stage, browser: aiohttp.ClientSession, headers: dict[str, str], after: str, told: str
) -> None:
    for _ in range(3):
        stage.office.changes.bump()
    async with browser.get(f"/sandbox/events?after={after}", headers=headers) as answer:
        await _next(answer.content)
        if told:
            assert (await _next(answer.content))["id"] == told
        else:
            waiting = asyncio.create_task(_next(answer.content))
            done, _ = await asyncio.wait({waiting}, timeout=0.3)
            assert not done
            stage.office.changes.bump()
            assert (await waiting)["id"] == " 4"


async def test_a_silent_stream_sends_a_sign_of_life(
    browser: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.sandbox.live._HEARTBEAT", 0.05)
    async with browser.get("/sandbox/events?after=0") as answer:
        await _next(answer.content)
        assert await _next(answer.content) == {"": " masih di sini"}


async def test_open_streams_do_not_hold_up_a_stop(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    async with browser.get("/sandbox/events?after=0") as answer:
        await _next(answer.content)
        async with asyncio.timeout(0.9):
            await stage.close_pages()
        assert await answer.content.read() == b""
    await stage.open_pages()


async def test_a_visitor_who_leaves_leaves_nothing_behind(
    stage: Stage, browser: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    before = len(asyncio.all_tasks())
    for _ in range(3):
        answer = await browser.get("/sandbox/events?after=0")
        await _next(answer.content)
        answer.close()
    async with asyncio.timeout(PATIENCE):
        while len(asyncio.all_tasks()) > before:
            stage.office.changes.bump()
            await asyncio.sleep(0.05)
    assert caplog.records == []
