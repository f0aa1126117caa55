from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from channels.telegram.webhook import FRESH, symptoms_of
from core.errors import SendError, SendFailure
from tests.channels.telegram.bot_api import READ, Answer, BotApi, refusal
from tests.channels.telegram.doors import HOOK, NOW, SECRET, door, settings, update
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from channels.telegram.channel import Telegram


class NoHouse:
    """Nothing is fetched where Telegram brings it."""

    async def deliver(self, *_: Any) -> Any:
        raise AssertionError

    async def read(self, _name: str) -> str | None:
        raise AssertionError


@asynccontextmanager
async def kept(api: BotApi, **changes: Any) -> AsyncIterator[Telegram]:
    opened = door(base=api.base, **changes)
    task = asyncio.create_task(opened.listen(NoHouse().deliver, NoHouse()))
    try:
        yield opened
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await opened.close()


async def until(holds: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.005)


async def test_at_the_start_telegram_is_told_our_address_and_secret(api: BotApi) -> None:
    api.waiting = [update()]
    async with kept(api, connections=7) as opened:
        await until(lambda: api.webhook)
        assert await opened.examine() == []
    (asked,) = api.calls("setWebhook")
    assert asked.fields["url"] == HOOK
    assert asked.fields["secret_token"] == SECRET
    assert asked.fields["max_connections"] == "7"
    assert json.loads(asked.fields["allowed_updates"]) == READ
    assert asked.fields.get("drop_pending_updates") != "true"
    assert len(api.waiting) == 1


async def test_trouble_with_setting_it_is_told_and_waited_out(api: BotApi) -> None:
    bad = "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
    api.will("setWebhook", refusal(400, bad), Answer(fault="drop"), refusal(500, "x"))
    async with kept(api) as opened:
        assert await opened.examine() == []  # not asked yet: nothing is known to be wrong
        await until(lambda: api.calls("setWebhook"))
        await asyncio.sleep(0)
        await until(lambda: api.webhook)
    assert len(api.calls("setWebhook")) == 4


async def test_while_it_cannot_be_set_that_is_the_symptom(api: BotApi) -> None:
    api.will("setWebhook", *[refusal(401, "Unauthorized")] * 500)
    async with kept(api) as opened:
        await until(lambda: len(api.calls("setWebhook")) >= 2)
        (symptom,) = await opened.examine()
    assert symptom.key == "webhook_url"
    assert "token" in symptom.sentence


async def test_a_webhook_that_somebody_changed_is_set_anew(api: BotApi) -> None:
    async with kept(api) as opened:
        await until(lambda: api.webhook)
        api.webhook = {"url": "https://lain.contoh/", "allowed_updates": json.dumps(READ)}
        (symptom,) = await opened.examine()
        assert symptom.key == "webhook_url"
        assert "diatur ulang" in symptom.sentence
        assert api.webhook["url"] == HOOK
        assert await opened.examine() == []


async def test_a_webhook_that_is_not_ours_to_manage_is_looked_at_only(api: BotApi) -> None:
    async with kept(api, manage=False) as opened:
        (symptom,) = await opened.examine()
    assert "setWebhook" in symptom.sentence
    assert api.calls("setWebhook") == []


async def test_what_cannot_be_asked_is_an_error_without_doubt(api: BotApi) -> None:
    api.will("getWebhookInfo", refusal(502, "Bad Gateway"))
    async with kept(api, manage=False) as opened:
        with pytest.raises(SendError) as caught:
            await opened.examine()
    assert caught.value.problem.failure is SendFailure.RETRY


RIGHT = {"url": HOOK, "pending_update_count": 0, "allowed_updates": READ}
JUST_NOW = int((NOW - timedelta(minutes=1)).timestamp())
LONG_AGO = int((NOW - FRESH - timedelta(minutes=1)).timestamp())


@pytest.mark.parametrize(
    ("info", "keys"),
    [
        ({}, []),
        ({"allowed_updates": READ[::-1]}, []),
        ({"pending_update_count": 100}, []),
        ({"pending_update_count": 101}, ["webhook_pending"]),
        ({"pending_update_count": "x"}, []),
        ({"url": ""}, ["webhook_url"]),
        ({"url": HOOK + "/"}, ["webhook_url"]),
        ({"url": None}, ["webhook_url"]),
        ({"allowed_updates": ["message"]}, ["webhook_url"]),
        ({"allowed_updates": None}, ["webhook_url"]),
        ({"allowed_updates": [*READ, "inline_query"]}, ["webhook_url"]),
        ({"last_error_date": JUST_NOW, "last_error_message": "SSL error"}, ["webhook_error"]),
        ({"last_error_date": LONG_AGO, "last_error_message": "SSL error"}, []),
        ({"last_error_date": LONG_AGO, "pending_update_count": 1}, ["webhook_error"]),
        ({"last_error_date": "x"}, []),
        (
            {"url": "", "pending_update_count": 999, "last_error_date": JUST_NOW},
            ["webhook_url", "webhook_pending", "webhook_error"],
        ),
    ],
)
def test_what_telegrams_account_of_it_means(info: dict[str, Any], keys: list[str]) -> None:
    found = symptoms_of(RIGHT | info, settings(), NOW)
    assert [symptom.key for symptom in found] == keys
    assert all(symptom.sentence.endswith(".") for symptom in found)


def test_telegrams_words_are_told_on_one_line_and_bounded() -> None:
    info = RIGHT | {"last_error_date": JUST_NOW, "last_error_message": "a\nb\x00" + "x" * 9_000}
    (symptom,) = symptoms_of(info, settings(), NOW)
    assert "a b" in symptom.sentence
    assert "\n" not in symptom.sentence
    assert len(symptom.sentence) < 300
    assert symptom.since == NOW - timedelta(minutes=1)
