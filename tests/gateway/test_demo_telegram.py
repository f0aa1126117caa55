"""The simulated Telegram keeps to the published interface (providers.md §5), faults included."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from jsonschema import (  # type: ignore[import-untyped] # it has no types
    Draft202012Validator,
)
from telegram import Update

from console.sandbox.phone import Person, Upload
from gateway.demo.faults import Fault
from gateway.demo.telegram import BotAccount, SimulatedTelegram
from tests.gateway.demo_house import PHOTO, RawHook, raw_hook
from tests.peers import contract

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.gateway.demo_kit import SetClock

CITIZEN = "7002001"
TOKEN = "123456789:abcdefghijklmnopqrstuvwxyz"
SECRET = "rahasia-telegram-16"
KINDS = ["message", "edited_message", "my_chat_member"]
ERRORS = {
    Fault.TOO_MANY: (429, "Too Many Requests"),
    Fault.ERROR: (500, "Internal Server Error"),
    Fault.UNAUTHORIZED: (401, "Unauthorized"),
}


@cache
def _document() -> Any:
    return json.loads(contract("telegram_openapi.json").read_text())


def valid(kind: str, found: Any) -> None:
    """Against Telegram's own description."""
    components = _document()["components"]
    schema = {"$ref": f"#/components/schemas/{kind}", "components": components}
    Draft202012Validator(schema).validate(found)


@pytest.fixture
async def hook() -> AsyncIterator[RawHook]:
    async with raw_hook() as hook:
        yield hook


@pytest.fixture
async def telegram(clock: SetClock) -> AsyncIterator[SimulatedTelegram]:
    bot = BotAccount("@helpdesk_uji_bot", TOKEN)
    provider = SimulatedTelegram(bot, clock, (Person("Bu Rina", CITIZEN),))
    await provider.start()
    yield provider
    await provider.stop()


@pytest.fixture
async def api(telegram: SimulatedTelegram) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"{telegram.base_url}/bot{TOKEN}/") as session:
        yield session


@pytest.fixture
async def hooked(hook: RawHook, api: aiohttp.ClientSession) -> RawHook:
    kinds = json.dumps(KINDS)
    asked = {"url": hook.url, "secret_token": SECRET, "allowed_updates": kinds}
    assert (await call(api, "setWebhook", asked))[1] == {"ok": True, "result": True}
    return hook


async def call(
    api: aiohttp.ClientSession, method: str, form: dict[str, str] | aiohttp.FormData
) -> tuple[int, Any]:
    async with api.post(method, data=form) as answer:
        return answer.status, await answer.json()


# --- a citizen writes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("HELPDESK café 🙏 \n  dua spasi", None),
        ("HELPDESK jalan rusak", PHOTO),
        ("", PHOTO),
        ("", Upload("surat.pdf", "application/pdf", b"%PDF-1.7")),
    ],
    ids=["text", "caption", "photo", "document"],
)
async def test_an_update_is_as_telegram_describes_it(
    telegram: SimulatedTelegram, hooked: RawHook, text: str, file: Upload | None
) -> None:
    sent = await telegram.send(CITIZEN, text, file)
    assert (sent.accepted, sent.status) == (True, 200)
    ((body, headers),) = hooked.calls
    assert headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
    update = json.loads(body)
    valid("Update", update)
    # the library that bots are written with reads the same
    read = Update.de_json(update)
    assert read.message is not None
    assert (read.message.text or read.message.caption or "") == text
    assert read.message.chat.id == int(CITIZEN)
    assert bool(read.message.photo) == (file is PHOTO)


async def test_updates_come_one_after_the_other_with_growing_numbers(
    telegram: SimulatedTelegram, hooked: RawHook
) -> None:
    await asyncio.gather(*(telegram.send(CITIZEN, f"pesan {n}") for n in range(8)))
    updates = hooked.bodies()
    assert [one["update_id"] for one in updates] == list(range(1, 9))
    assert len({one["message"]["message_id"] for one in updates}) == 8


async def test_before_the_bot_has_a_webhook_a_message_waits_for_it(
    telegram: SimulatedTelegram, hook: RawHook, api: aiohttp.ClientSession
) -> None:
    sending = asyncio.create_task(telegram.send(CITIZEN, "HELPDESK a"))
    await asyncio.sleep(0.05)
    assert not sending.done()
    kinds = json.dumps(KINDS)
    await call(api, "setWebhook", {"url": hook.url, "allowed_updates": kinds})
    assert (await sending).accepted


async def test_without_a_webhook_it_is_given_back(
    telegram: SimulatedTelegram,
    api: aiohttp.ClientSession,
    hooked: RawHook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.demo.telegram._PATIENCE", 0.05)
    await call(api, "deleteWebhook", {})
    sent = await telegram.send(CITIZEN, "HELPDESK a")
    assert (sent.accepted, sent.status, hooked.calls) == (False, None, [])


async def test_what_the_bot_did_not_ask_for_is_not_brought(
    telegram: SimulatedTelegram, hook: RawHook, api: aiohttp.ClientSession
) -> None:
    await call(api, "setWebhook", {"url": hook.url, "allowed_updates": '["message"]'})
    await telegram.turn("block", CITIZEN)
    assert hook.calls == []


@pytest.mark.parametrize(
    ("answers", "kept", "calls"), [([503], 1, 2), ([None, 500], 1, 3), ([500] * 3, 0, 3)]
)
async def test_what_is_refused_is_brought_again_and_then_given_back(
    telegram: SimulatedTelegram, hooked: RawHook, answers: list[int | None], kept: int, calls: int
) -> None:
    hooked.answers = list(answers)
    sent = await telegram.send(CITIZEN, "HELPDESK a")
    assert (sent.accepted, len(hooked.calls), len(telegram.chats.said)) == (kept == 1, calls, kept)
    assert len({body for body, _ in hooked.calls}) == 1


# --- the bot calls ---------------------------------------------------------------------------


async def test_a_text_is_taken_and_answered_as_telegram_describes_it(
    telegram: SimulatedTelegram, api: aiohttp.ClientSession
) -> None:
    status, answer = await call(api, "sendMessage", {"chat_id": CITIZEN, "text": "Tiket *1*_2_"})
    assert (status, answer["ok"]) == (200, True)
    valid("Message", answer["result"])
    (said,) = telegram.chats.to(CITIZEN)
    assert (said.text, said.id) == ("Tiket *1*_2_", str(answer["result"]["message_id"]))


@pytest.mark.parametrize(
    ("method", "fields", "count"),
    [
        ("sendPhoto", {"photo": "foto.png"}, 1),
        ("sendDocument", {"document": "surat.pdf"}, 1),
        ("sendMediaGroup", {"a": "satu.png", "b": "dua.png"}, 2),
    ],
)
async def test_files_of_the_office_reach_the_phone(
    telegram: SimulatedTelegram,
    api: aiohttp.ClientSession,
    method: str,
    fields: dict[str, str],
    count: int,
) -> None:
    words = {"caption": "Sudah diperbaiki"}
    form = aiohttp.FormData({"chat_id": CITIZEN} | (words if count == 1 else {}))
    album = [{"type": "photo", "media": f"attach://{name}"} for name in fields]
    album[0] |= words  # an album has no words of its own
    form.add_field("media", json.dumps(album))
    for name, filename in fields.items():
        form.add_field(name, PHOTO.data, filename=filename, content_type="image/png")
    status, answer = await call(api, method, form)
    assert status == 200, answer
    results = answer["result"] if count > 1 else [answer["result"]]
    for one in results:
        valid("Message", one)
    said = telegram.chats.to(CITIZEN)
    assert [one.text for one in said] == ["Sudah diperbaiki", ""][:count]
    assert all(telegram.file(one.file_id).data == PHOTO.data for one in said)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"chat_id": CITIZEN, "text": ""}, "empty"),
        ({"chat_id": CITIZEN, "text": "x" * 4097}, "too long"),
        ({"chat_id": "@sari", "text": "halo"}, "chat not found"),
        ({"text": "halo"}, "chat not found"),
    ],
)
async def test_what_telegram_would_refuse_is_refused(
    api: aiohttp.ClientSession, form: dict[str, str], words: str
) -> None:
    status, answer = await call(api, "sendMessage", form)
    assert (status, answer["ok"], answer["error_code"]) == (400, False, 400)
    assert words in answer["description"]


@pytest.mark.parametrize("fault", ERRORS)
async def test_a_fault_is_told_as_telegram_tells_it(
    telegram: SimulatedTelegram, api: aiohttp.ClientSession, fault: Fault
) -> None:
    telegram.faults.script.append(fault)
    status, answer = await call(api, "sendMessage", {"chat_id": CITIZEN, "text": "halo"})
    code, words = ERRORS[fault]
    assert (status, answer["error_code"]) == (code, code)
    assert answer["description"].startswith(words)
    assert answer.get("parameters", {}) == ({"retry_after": 1} if code == 429 else {})
    assert telegram.chats.said == []


async def test_a_stranger_with_another_token_gets_nothing(telegram: SimulatedTelegram) -> None:
    async with aiohttp.ClientSession(f"{telegram.base_url}/bot1:x/") as stranger:
        assert (await call(stranger, "getMe", {}))[0] == 401
        assert (await call(stranger, "sendMessage", {"chat_id": CITIZEN, "text": "x"}))[0] == 401
    assert telegram.chats.said == []


async def test_the_bot_is_told_who_it_is_and_what_it_set(
    api: aiohttp.ClientSession, hooked: RawHook
) -> None:
    _, me = await call(api, "getMe", {})
    assert me["result"]["id"] == 123456789
    assert me["result"]["username"] == "helpdesk_uji_bot"
    _, told = await call(api, "getWebhookInfo", {})
    valid("WebhookInfo", told["result"])
    assert (told["result"]["url"], told["result"]["allowed_updates"]) == (hooked.url, KINDS)
    assert (await call(api, "sendDice", {}))[0] == 404


async def test_a_file_is_fetched_by_its_id(
    telegram: SimulatedTelegram, api: aiohttp.ClientSession, hooked: RawHook
) -> None:
    await telegram.send(CITIZEN, "HELPDESK a", PHOTO)
    largest = hooked.bodies()[0]["message"]["photo"][-1]
    _, told = await call(api, "getFile", {"file_id": largest["file_id"]})
    valid("File", told["result"])
    path = told["result"]["file_path"]
    for token, status in ((TOKEN, 200), ("1:x", 404)):
        async with api.get(f"{telegram.base_url}/file/bot{token}/{path}") as answer:
            assert answer.status == status
            assert status == 404 or await answer.read() == PHOTO.data
    assert (await call(api, "getFile", {"file_id": "1"}))[0] == 400
    (shown,) = telegram.files_of(CITIZEN)
    assert (shown.name, shown.text, shown.is_photo) == (PHOTO.name, "HELPDESK a", True)


# --- blocking --------------------------------------------------------------------------------


async def test_who_blocks_the_bot_gets_nothing_until_writing_again(
    telegram: SimulatedTelegram, hooked: RawHook, api: aiohttp.ClientSession
) -> None:
    await telegram.turn("block", CITIZEN)
    (update,) = hooked.bodies()
    valid("Update", update)
    read = Update.de_json(update)
    assert read.my_chat_member is not None
    assert read.my_chat_member.new_chat_member.status == "kicked"
    answer = await call(api, "sendMessage", {"chat_id": CITIZEN, "text": "halo"})
    assert answer == (403, {
        "ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user",
    })  # fmt: skip
    assert [one.on for one in telegram.switches(CITIZEN)] == [False, False, False, True]
    assert [one.on for one in telegram.switches("7002002")] == [False] * 4
    await telegram.send(CITIZEN, "halo lagi")
    assert hooked.bodies()[1]["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert (await call(api, "sendMessage", {"chat_id": CITIZEN, "text": "halo"}))[0] == 200


async def test_reset_restarts_every_bot(telegram: SimulatedTelegram, hooked: RawHook) -> None:
    await telegram.turn("block", CITIZEN)
    await telegram.turn("block", "7002002")
    await telegram.turn("error", CITIZEN)
    await telegram.reset()
    assert len(hooked.calls) == 4
    assert not any(one.on for one in telegram.switches(CITIZEN))
