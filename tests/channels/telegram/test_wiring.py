"""From settings to a door, and a whole gateway with it: a message in, its number out."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from channels.telegram.channel import Telegram
from config.load import read
from config.problems import ConfigurationError
from core.model.messages import Address, AddressKind, ChannelId
from core.model.texts import TextForm
from gateway.clock import SystemClock
from gateway.doors.made import Place
from gateway.server import Gateway
from gateway.wiring import make_door, make_plan, make_store
from tests.channels.telegram.bot_api import Answer, BotApi, refusal
from tests.channels.telegram.doors import BOT_ID, CHAT, SECRET, TOKEN, blocked, update
from tests.patience import PATIENCE
from tests.peers import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from config.settings import Settings

NAME = ChannelId("tg")
PUBLIC = "https://helpdesk.contoh.go.id"


def settings(folder: Path | None = None, **changes: Any) -> Settings:
    telegram: dict[str, Any] = {
        "kind": "telegram",
        "bot_token": TOKEN,
        "webhook_secret": SECRET,
        "poll_wait_seconds": 0,
    }
    telegram |= changes
    tables: dict[str, Any] = {
        "office": {"name": "Dinas Kominfo Kabupaten Contoh"},
        "http": {"public_url": PUBLIC, "port": 0},
        "channels": {"tg": {name: given for name, given in telegram.items() if given is not None}},
        "dispatch": {"poll_seconds": 0.05, "doubt_wait_seconds": 0.1, "backoff_seconds": 0.1},
    }
    if folder:
        url = f"sqlite+aiosqlite:///{folder / 'helpdesk.db'}"
        tables["store"] = {"data_dir": str(folder), "url": url}
    return read(tables)


def made(**changes: Any) -> Any:
    return make_door(Place(NAME, settings(**changes), SystemClock()))


def test_a_door_with_a_webhook_is_mounted_under_its_name() -> None:
    one = made(rate_per_second=7, acks_per_day=3)
    (route,) = one.mounted.routes
    assert (route.path, route.public_url) == ("/hooks/tg", f"{PUBLIC}/hooks/tg")
    assert (one.traits.id, one.traits.form, one.traits.acks_per_day) == (NAME, TextForm.CHAT, 3)
    assert one.own == {Address(AddressKind.TELEGRAM, BOT_ID)}
    assert one.mounted.pace.rate == 7
    assert isinstance(one.mounted.door, Telegram)


@pytest.mark.parametrize("secret", [None, SECRET])
def test_a_door_that_polls_has_no_address(secret: str | None) -> None:
    one = made(mode="polling", webhook_secret=secret)
    assert one.mounted.routes == ()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"bot_token": None}, "bot_token"),
        ({"bot_token": ""}, "bot_token"),
        ({"bot_token": "   "}, "bot_token"),
        ({"bot_token": "geheim"}, "bot_token"),
        ({"bot_token": "bot" + TOKEN}, "bot_token"),
        ({"webhook_secret": None}, "webhook_secret"),
        ({"webhook_secret": ""}, "webhook_secret"),
        ({"webhook_secret": "kurang"}, "webhook_secret"),
        ({"webhook_secret": "ada spasi di dalamnya"}, "webhook_secret"),
        ({"webhook_secret": "\u00e9" * 20}, "webhook_secret"),
        ({"mode": "push"}, "mode"),
        ({"max_connections": 0}, "max_connections"),
        ({"poll_wait_seconds": 51}, "poll_wait_seconds"),
        ({"api_base_url": "http://api.telegram.org"}, "api_base_url"),
        ({"drop_pending_updates": True}, "drop_pending_updates"),
    ],
)
def test_what_is_missing_or_wrong_is_told_by_its_key(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings(**changes)
    told = str(caught.value)
    assert f"channels.tg.{where}" in told
    for secret in (TOKEN, SECRET, "geheim", "kurang", "spasi"):
        assert secret not in told


def test_the_secrets_are_known_to_the_log() -> None:
    assert {TOKEN, SECRET} <= set(settings().secrets())


def test_the_library_costs_nothing_where_no_such_door_is_configured() -> None:
    code = (
        "import sys, gateway.wiring, gateway.cli\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'telegram', 'httpx'}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert run.stdout.strip() == "[]"


# --- a whole gateway ---------------------------------------------------------------------------


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.02)


async def rows(gateway: Gateway, number: str) -> list[str]:
    thread = await gateway.plan.store.reads.thread(number)
    return [entry.text for entry in thread]


@pytest.mark.timeout(240)
async def test_a_polled_message_gets_its_number_and_an_answer_joins_it(
    api: BotApi, tmp_path: Path
) -> None:
    whole = settings(tmp_path, mode="polling", api_base_url=api.base)
    # the answer of the first try is lost: it is sent again and marked
    api.will("sendMessage", Answer(fault="drop"))
    api.waiting = [update(update_id=100, message_id=1)]
    gateway = Gateway(make_plan(whole, await make_store(whole)))
    async with gateway.running():
        await until(lambda: len(api.calls("sendMessage")) == 2)
        first, second = (asked.fields for asked in api.calls("sendMessage"))
        assert first["text"] == second["text"]
        assert first["chat_id"] == str(CHAT)
        assert json.loads(first["reply_parameters"])["message_id"] == 1
        (ticket,) = await gateway.plan.store.reads.tickets(None, 9)
        assert ticket.number in first["text"]
        # an answer to our message, an album that belongs together, the first message edited
        ack = {"message_id": api.message_id, "date": 1, "chat": {"id": CHAT, "type": "private"}}
        edited = update(message_id=1)["message"] | {"edit_date": 9}
        photo = [{"file_id": "P1", "width": 9, "height": 9}]
        api.waiting = [
            update(update_id=101, message_id=2, text="masih mati", reply_to_message=ack),
            update(update_id=102, message_id=1, text="HELPDESK listrik kantor mati"),
            {"update_id": 103, "edited_message": edited},
            update(update_id=104, message_id=3, text=None, media_group_id="13", photo=photo),
        ]
        await until(lambda: 104 in api.confirmed)
        (same,) = await gateway.plan.store.reads.tickets(None, 9)
        assert same.number == ticket.number
        assert "masih mati" in await rows(gateway, ticket.number)
        assert len(api.calls("sendMessage")) == 2


@pytest.mark.timeout(240)
async def test_an_album_is_one_ticket_and_one_number(api: BotApi, tmp_path: Path) -> None:
    whole = settings(tmp_path, mode="polling", api_base_url=api.base)

    def picture(update_id: int, **fields: Any) -> dict[str, Any]:
        photo = [{"file_id": f"P{update_id}", "width": 9, "height": 9}]
        return update(update_id=update_id, message_id=update_id, text=None, photo=photo, **fields)

    # two tickets run already: without the album's key the pictures could belong to either
    api.waiting = [
        update(update_id=1, message_id=1, text="HELPDESK air mati di Kemiren"),
        update(update_id=2, message_id=2, text="HELPDESK lampu jalan padam di Olehsari"),
        picture(3, media_group_id="13", caption="HELPDESK jalan berlubang di Glagah"),
        picture(4, media_group_id="13"),
        picture(5, media_group_id="13"),
    ]
    gateway = Gateway(make_plan(whole, await make_store(whole)))
    async with gateway.running():
        await until(lambda: 5 in api.confirmed)
        tickets = await gateway.plan.store.reads.tickets(None, 9)
        assert len(tickets) == 3
        (album,) = [one for one in tickets if "berlubang" in one.subject]
        assert len([text for text in await rows(gateway, album.number) if text == ""]) == 2


@pytest.mark.timeout(240)
async def test_a_webhook_is_set_called_and_answered_once_it_is_kept(
    api: BotApi, tmp_path: Path
) -> None:
    whole = settings(tmp_path, api_base_url=api.base)
    api.will("sendMessage", refusal(403, "Forbidden: bot was blocked by the user"))
    gateway = Gateway(make_plan(whole, await make_store(whole)))
    async with gateway.running(), aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{gateway.port}/hooks/tg"

        async def post(body: Any, secret: str = SECRET) -> int:
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
            async with session.post(url, json=body, headers=headers) as answer:
                assert await answer.read() in {b"", b"unauthorized\n"}
                return answer.status

        await until(lambda: api.webhook)
        assert api.webhook["url"] == f"{PUBLIC}/hooks/tg"
        assert await post(update(), "salah") == 401
        assert [await post(update()) for _ in range(3)] == [200] * 3
        assert await post({"update_id": 2, "message": 5}) == 200
        assert await post({"update_id": 3, "channel_post": {}}) == 200
        assert await post(blocked()) == 200
        (ticket,) = await gateway.plan.store.reads.tickets(None, 9)
        await until(lambda: api.calls("sendMessage"))
        (asked,) = api.calls("sendMessage")
        assert ticket.number in asked.fields["text"]
