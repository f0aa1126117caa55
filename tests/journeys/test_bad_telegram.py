"""Odd updates of Telegram (threats.md §5, lines 60 to 68) through the real webhook, to the store.

Each arrives beside a good text of a neighbour, and a good message by the same door follows it.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.channels.telegram.bot_api import BotApi, served
from tests.channels.telegram.doors import (
    BOT_ID,
    CHAT,
    SECRET,
    SENT,
    TOKEN,
    blocked,
    message,
    update,
)
from tests.gateway.gateway_kit import Office, Options, office, until
from tests.journeys.catalogue import Found, beside_a_neighbour, found, since

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HOOK = "/hooks/tg"
IDS = count(1)
KEPT = "SELECT text, outcome FROM messages WHERE external_id = ?"
WORDS = "HELPDESK air mati"


@asynccontextmanager
async def telegram_office(folder: Path) -> AsyncIterator[tuple[Office, BotApi]]:
    async with served() as api:
        table = {
            "kind": "telegram",
            "bot_token": TOKEN,
            "webhook_secret": SECRET,
            "api_base_url": api.base,
            "rate_per_second": 1000,
        }
        options = Options(doors={"tg": table}, sections={"channel": {"rate_per_second": 1000}})
        async with office(folder, options) as made:
            yield made, api


@pytest.fixture(scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One office for the whole catalogue: what one row spoils, the next would feel."""
    async with telegram_office(tmp_path_factory.mktemp("catalogue")) as (made, _):
        yield made
        await made.quiet()


def bring(hall: Office, content: Any) -> Any:
    """As Telegram brings it; bytes are what they are."""
    sent = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
    return hall.call(sent, HOOK, headers)


def wrote(**changes: Any) -> dict[str, Any]:
    """A message of a person who has not written before."""
    number = next(IDS)
    person = {"id": CHAT + number, "is_bot": False, "first_name": "Sari"}
    chat = {"id": CHAT + number, "type": "private", "first_name": "Sari"}
    own = {"message_id": number, "sender": person, "chat": chat, "text": WORDS}
    return message(**(own | changes))


def new(kind: str = "message", update_id: Any = None, **changes: Any) -> dict[str, Any]:
    return {"update_id": update_id or 600_000_000 + next(IDS), kind: wrote(**changes)}


class Row(NamedTuple):
    """What is brought, and how many messages and quarantined pieces it makes."""

    content: Any
    messages: int = 0
    parked: int = 0


GROUP = {"id": -1001, "type": "supergroup", "title": "Warga RT 5"}
A_BOT = {"id": 9, "is_bot": True, "first_name": "Lain"}
ANONYMOUS = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
ODD = [
    {"type": "bold", "offset": 900, "length": 5},
    {"type": "url", "offset": 1, "length": 1},
    {"type": "mention", "offset": -1, "length": 10**9},
    {"type": 5},
    "x",
]
VOICE = {"file_id": "V", "file_unique_id": "v", "duration": 3}
NOTE = VOICE | {"length": 240}
LARGE = {"file_id": "D", "file_unique_id": "d", "file_name": "a.mp4", "file_size": 2 * 10**9}

ROWS: dict[str, Row] = {
    "no JSON": Row(b"bukan json", parked=1),
    "nothing": Row(b"", parked=1),
    "array": Row([], parked=1),
    "a hundred thousand levels": Row(b"[" * 100_000, parked=1),
    "60 channel_post": Row({"update_id": 1, "channel_post": message(chat=GROUP)}),
    "60 edited before it came": Row(new("edited_message", edit_date=SENT + 5), messages=1),
    "60 edited without a date": Row(new("edited_message"), parked=1),
    "60 callback_query": Row({"update_id": 1, "callback_query": {"id": "1", "data": "hapus"}}),
    "60 my_chat_member": Row(blocked()),
    "60 let in again": Row(blocked("member")),
    "60 inline_query": Row({"update_id": 1, "inline_query": {"id": "1", "query": "x"}}),
    "60 of a later version": Row({"update_id": 1, "hologram": {}}),
    "61 group": Row(new(chat=GROUP)),
    "61 migrated group": Row(
        new(chat={"id": -1, "type": "group"}, text=None, migrate_to_chat_id=-1001)
    ),
    "62 a bot": Row(new(sender=A_BOT)),
    "62 anonymous admin": Row(new(chat=GROUP, sender=ANONYMOUS, sender_chat=GROUP)),
    "63 sticker": Row(new(text=None, sticker=VOICE | {"emoji": "\U0001f44d"}), messages=1),
    "63 poll": Row(new(text=None, poll={"id": "1", "question": "Kapan?"}), messages=1),
    "63 dice": Row(new(text=None, dice={"emoji": "\U0001f3b2", "value": 6}), messages=1),
    "63 voice": Row(new(text=None, voice=VOICE), messages=1),
    "63 video note": Row(new(text=None, video_note=NOTE), messages=1),
    "63 a kind that we do not know": Row(new(text=None, hologram={"x": 1}), messages=1),
    "64 entities past the end": Row(new(entities=ODD), messages=1),
    "64 inside an emoji": Row(
        new(text="\U0001f469\U0001f3fd\u200d\U0001f692 HELPDESK", entities=ODD[1:2]), messages=1
    ),
    "65 repeated": Row(new(update_id=600_000_001), messages=1),
    "65 repeated for another": Row(new(update_id=600_000_001), messages=1),
    "65 lower": Row(new(update_id=3), messages=1),
    "65 2^53": Row(new(update_id=2**53), messages=1),
    "65 none": Row({"message": wrote()}, messages=1),
    "66 a name of overrides": Row(
        new(sender={"id": CHAT, "is_bot": False, "first_name": "\u202e"}), messages=1
    ),
    "66 a name of 64 kB": Row(
        new(sender={"id": CHAT, "is_bot": False, "first_name": "x" * 65_536}), messages=1
    ),
    "66 a name that is none": Row(new(sender={"id": CHAT, "first_name": ["a"]}), messages=1),
    "68 above 20 MB": Row(new(text=None, caption=WORDS, document=LARGE), messages=1),
    "no chat": Row(new(chat=None), parked=1),
    "a chat without bounds": Row(new(chat={"id": 2**80, "type": "private"}), parked=1),
    "a text that is none": Row(new(text={"a": 1}), messages=1),
    "lone surrogates": Row(new(text="HELPDESK \ud800 x"), messages=1),
    "NUL": Row(new(text="HELPDESK \x00 x"), messages=1),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
async def test_update(hall: Office, row: Row) -> None:
    before = await found(hall)
    reply = await beside_a_neighbour(hall, bring(hall, row.content))
    # anything but 200 is repeated, and holds up what waits behind it
    assert (reply.status, reply.body) == (200, "")
    neighbour = 1
    assert await since(hall, before) == Found(row.messages + neighbour, row.parked)
    assert (await bring(hall, row.content)).status == 200
    assert (await since(hall, before)).messages == row.messages + neighbour
    good = new()
    assert (await bring(hall, good)).status == 200
    sent = good["message"]
    key = f"{BOT_ID}:{sent['chat']['id']}:{sent['message_id']}"
    assert [tuple(one) for one in await hall.rows(KEPT, key)] == [(WORDS, "opened")]


async def test_whoever_has_anothers_start_link_learns_nothing(tmp_path: Path) -> None:
    """67: the payload of a /start link names a ticket and gives no right to it."""
    async with telegram_office(tmp_path) as (hall, api):
        await bring(hall, new(text="HELPDESK rahasia dapur kantor camat"))
        (ticket,) = await hall.tickets()
        await hall.quiet()
        stranger = new(text=f"/start {ticket.number}")
        assert (await bring(hall, stranger)).status == 200
        await hall.quiet()
        chat = str(stranger["message"]["chat"]["id"])
        calls = [one.fields for one in api.calls("sendMessage")]
        said = [one["text"] for one in calls if str(one["chat_id"]) == chat]
        assert not any("dapur" in words or "Diterima" in words for words in said)
        assert (await hall.store.reads.ticket(str(ticket.number))).contacts == ticket.contacts


async def test_a_file_too_large_for_a_bot_is_never_asked_for(tmp_path: Path) -> None:
    """68: the message is a ticket, and staff read why its file is missing."""
    async with telegram_office(tmp_path) as (hall, api):
        await bring(hall, new(text=None, caption=WORDS, document=LARGE))
        assert len(await hall.tickets()) == 1

        async def given_up() -> bool:
            rows = await hall.rows("SELECT state FROM attachments")
            return [row[0] for row in rows] == ["unavailable"]

        await until(given_up)
        assert api.calls("getFile") == []


@pytest.mark.parametrize("secret", [None, "", "salah", SECRET[:-1], SECRET.swapcase(), SECRET * 2])
async def test_without_the_secret_nothing_is_read(hall: Office, secret: str | None) -> None:
    before = await found(hall)
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    assert (await hall.call(b"bukan json", HOOK, headers)).status == 401
    assert await since(hall, before) == Found(0, 0)


def test_the_rows_are_updates_as_the_door_knows_them() -> None:
    """An ordinary one, so that no row is refused for what all of them share."""
    assert new()["message"].keys() == update()["message"].keys()
