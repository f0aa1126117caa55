"""Telegram: a Bot API for the kill test, with a webhook or polled. It shows a bot nothing it sent.

Updates wait until they are confirmed: by a 200 of the webhook, or by the offset of a later poll.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from tests.journeys.kill_side import (
    LATE,
    PUBLIC_URL,
    Caller,
    Deck,
    Letter,
    Notes,
    Text,
    dropped,
    served,
)

if TYPE_CHECKING:
    from tests.journeys.kill_ledger import Row
    from tests.journeys.kill_side import Cues

BOT = "123456789"
TOKEN = BOT + ":AAEkilltest-klmnopqrstuvwxyz_01234"
SECRET = "rahasia_webhook_uji"
FIRST_CHAT = 5_000_000_000
FIRST_UPDATE = 600_000_000
RETRY_AFTER = 1
SECTION = """
[channels.tg]
kind = "telegram"
mode = "{mode}"
bot_token = "{token}"
{secret}
max_connections = 40
poll_wait_seconds = 1
rate_per_second = 1000.0
api_base_url = "{api}"
"""

DECK: Deck = (
    ("taken", 56),
    ("taken, then 502", 9),
    ("taken, then dropped", 9),
    ("taken, answered late", 8),
    ("taken, answered without a message", 4),
    ("refused with 500", 5),
    ("dropped", 5),
    ("too many requests", 4),
)


class TelegramSide:
    """Bot API, and people who write to the bot.

    Args:
        polls: updates are fetched; else a webhook brings them, once it was set.
    """

    looks_up, opened_by = False, ""

    def __init__(self, cues: Cues, *, polls: bool) -> None:
        self._cues, self._polls, self._notes = cues, polls, Notes()
        self.repeats = not polls
        self.moments: tuple[str, ...] = (
            ("fetched", "taken", "answered", "while it starts", "at random")
            if polls
            else ("taken", "answered", "while it starts", "at random")
        )
        self.violations, self.outcomes = self._notes.violations, self._notes.outcomes
        self.texts = self._notes.texts
        self._hook: dict[str, str] = {}
        self._waiting: dict[int, dict[str, Any]] = {}
        self._confirmed: dict[int, asyncio.Event] = {}
        self._polled = 0
        self._not_before: dict[str, float] = {}
        self._caller = Caller(cues, self._notes)
        self._stack = AsyncExitStack()
        self._url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._call)
        self._url = await self._stack.enter_async_context(served(app))
        await self._stack.enter_async_context(self._caller)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def section(self) -> str:
        mode = "polling" if self._polls else "webhook"
        secret = "" if self._polls else f'webhook_secret = "{SECRET}"'
        return SECTION.format(mode=mode, token=TOKEN, secret=secret, api=self._url)

    async def calls_done(self) -> None:
        """Telegram reports nothing to a bot."""

    # --- citizens ---

    def letter(self, number: int, words: str) -> Letter:
        chat = FIRST_CHAT + number
        return Letter(f"{BOT}:{chat}:{7 + number}", str(chat), words, number)

    def name_of(self, row: Row) -> str:
        return str(row["external_id"])

    async def deliver(self, letter: Letter) -> bool:
        """One update, by its webhook or as it is fetched."""
        person = {"id": int(letter.sender), "first_name": "Sari"}
        message = {
            "message_id": 7 + letter.number, "date": int(time.time()), "text": letter.body,
            "chat": {**person, "type": "private"}, "from": {**person, "is_bot": False},
        }  # fmt: skip
        place = FIRST_UPDATE + letter.number
        update = {"update_id": place, "message": message}
        if self._polls:
            self._waiting[place] = update
            await self._confirmed.setdefault(place, asyncio.Event()).wait()
            return True
        taken = bool(self._hook) and await self._bring(update) == 200
        if taken:
            self._cues.on("answered")
        return taken

    async def _bring(self, update: dict[str, Any]) -> int:
        headers = {
            "X-Telegram-Bot-Api-Secret-Token": self._hook.get("secret_token", ""),
            "Content-Type": "application/json",
        }
        path = self._hook["url"].removeprefix(PUBLIC_URL)
        return await self._caller.post(path, json.dumps(update).encode(), headers)

    # --- Bot API ---

    async def _call(self, request: web.Request) -> web.StreamResponse:
        self._notes.require(credentials=request.match_info["token"] == TOKEN)
        fields = {name: str(given) for name, given in (await request.post()).items()}
        match request.match_info["method"]:
            case "setWebhook" | "deleteWebhook":
                self._notes.require(nothing_dropped="drop_pending_updates" not in fields)
                self._hook = fields if fields.get("url") else {}
                answer: web.StreamResponse = _ok(result=True)
            case "getWebhookInfo":
                answer = _ok(result=self._told())
            case "getUpdates":
                answer = await self._updates(fields)
            case "sendMessage":
                answer = await self._send(request, fields)
            case _:
                answer = _refused(404, "Not Found")
        return answer

    def _told(self) -> dict[str, Any]:
        kinds = json.loads(self._hook.get("allowed_updates", "[]"))
        url = self._hook.get("url", "")
        return {"url": url, "allowed_updates": kinds, "pending_update_count": 0}

    async def _updates(self, fields: dict[str, str]) -> web.Response:
        """An offset confirms for good all before it; a later poll ends an earlier one."""
        self._polled += 1
        mine = self._polled
        offset = int(fields.get("offset", 0))
        for place in [one for one in self._waiting if one < offset]:
            del self._waiting[place]
            self._confirmed[place].set()
            self._cues.on("answered")
        end = time.monotonic() + int(fields.get("timeout", 0))
        while not self._waiting and time.monotonic() < end:
            await asyncio.sleep(0.02)
            if self._polled != mine:
                return _refused(409, "Conflict: terminated by other getUpdates request")
        found = [self._waiting[place] for place in sorted(self._waiting)]
        if found:
            self._cues.on("fetched")
        return _ok(result=found[:100])

    async def _send(self, request: web.Request, fields: dict[str, str]) -> web.StreamResponse:
        chat, words = fields.get("chat_id", ""), fields.get("text", "")
        self._notes.require(
            chat_is_a_number=chat.isdigit(),
            text_of_1_to_4096_characters=0 < len(words) <= 4096,
            not_before_retry_after=time.monotonic() >= self._not_before.get(chat, 0) - 0.05,
        )
        outcome = self._cues.draw(DECK)
        self._notes.count(outcome)
        if not outcome.startswith("taken"):
            return self._refusal(request, outcome, chat)
        number = 900 + len(self.texts)
        text = Text(f"{BOT}:{chat}:{number}", chat, words)
        self.texts.append(text)
        self._cues.on("taken")
        match outcome:
            case "taken, then 502":
                return web.Response(status=502, text="<html>Bad Gateway</html>")
            case "taken, then dropped":
                return dropped(request)
            case "taken, answered without a message":
                return _ok(result={})
            case "taken, answered late":
                await asyncio.sleep(self._cues.rng.uniform(0.1, LATE))
        text.answered()
        place = {"id": int(chat), "type": "private", "first_name": "Sari"}
        return _ok(
            result={"message_id": number, "date": int(time.time()), "chat": place, "text": words}
        )

    def _refusal(self, request: web.Request, outcome: str, chat: str) -> web.StreamResponse:
        if outcome == "dropped":
            return dropped(request)
        if outcome == "too many requests":
            self._not_before[chat] = time.monotonic() + RETRY_AFTER
            return _refused(429, "Too Many Requests", retry_after=RETRY_AFTER)
        if outcome == "revoked":
            return _refused(401, "Unauthorized")
        return _refused(500, "Internal Server Error")


def _ok(**fields: Any) -> web.Response:
    return web.json_response({"ok": True, **fields})


def _refused(status: int, description: str, **parameters: int) -> web.Response:
    body = {"ok": False, "error_code": status, "description": description}
    return web.json_response({**body, "parameters": parameters}, status=status)
