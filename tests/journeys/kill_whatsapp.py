"""WhatsApp: Meta's Cloud API for the kill test. It keeps no list that could be asked."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from tests.journeys.kill_side import LATE, Caller, Deck, Letter, Notes, Text, dropped, served

if TYPE_CHECKING:
    from tests.journeys.kill_ledger import Row
    from tests.journeys.kill_side import Cues

NUMBER_ID = "106540352242922"
SECRET = "kill-test-secret-0123456789abcdef"
TOKEN = "EAAkilltest0123456789"
SECTION = """
[channels.wa]
kind = "whatsapp_cloud"
phone_number_id = "{number}"
app_secret = "{secret}"
verify_token = "kata-kunci-uji"
access_token = "{token}"
api_base_url = "{meta}"
rate_per_second = 1000.0
doubt_seconds = 0.5
"""

RETRY_AFTER = 1
DECK: Deck = (
    ("taken", 54),
    ("taken, then 500", 9),
    ("taken, then dropped", 9),
    ("taken, answered late", 8),
    ("taken, answered with a page", 4),
    ("taken, answered without an id", 3),
    ("refused with 503", 5),
    ("dropped", 4),
    ("too many requests", 4),
)
STATES = ("sent", "delivered", "read")
SILENT = 0.5
"""Share of texts on which no report ever comes."""


class WhatsAppSide:
    """Takes messages, loses answers, and reports; whoever wrote may be written to."""

    repeats, looks_up, opened_by = True, False, ""
    moments: tuple[str, ...] = ("taken", "answered", "while it starts", "at random")

    def __init__(self, cues: Cues) -> None:
        self._cues, self._notes = cues, Notes()
        self.violations, self.outcomes = self._notes.violations, self._notes.outcomes
        self.texts = self._notes.texts
        self._caller = Caller(cues, self._notes)
        self._stack = AsyncExitStack()
        self._url = ""
        self._not_before: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post(f"/v23.0/{NUMBER_ID}/messages", self._send)
        app.router.add_get(f"/v23.0/{NUMBER_ID}", self._number)
        self._url = await self._stack.enter_async_context(served(app))
        await self._stack.enter_async_context(self._caller)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def section(self) -> str:
        return SECTION.format(number=NUMBER_ID, secret=SECRET, token=TOKEN, meta=self._url)

    async def calls_done(self) -> None:
        await self._caller.done()

    # --- citizens ---

    def letter(self, number: int, words: str) -> Letter:
        return Letter(f"wamid.KILL{number:016d}", f"+62812{number:08d}", words, number)

    def name_of(self, row: Row) -> str:
        return str(row["external_id"])

    async def deliver(self, letter: Letter) -> bool:
        """As Meta brings it, again and again until a 200."""
        number = letter.sender.removeprefix("+")
        message = {
            "from": number, "id": letter.name, "timestamp": str(int(time.time())),
            "type": "text", "text": {"body": letter.body},
        }  # fmt: skip
        contact = {"profile": {"name": "Sari"}, "wa_id": number}
        taken = await self._post({"contacts": [contact], "messages": [message]}) == 200
        if taken:
            self._cues.on("answered")
        return taken

    async def _post(self, value: dict[str, Any]) -> int:
        metadata = {"display_phone_number": "15550783881", "phone_number_id": NUMBER_ID}
        value |= {"messaging_product": "whatsapp", "metadata": metadata}
        change = {"field": "messages", "value": value}
        whole = {
            "object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [change]}],
        }
        body = json.dumps(whole).encode()
        seal = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={seal}", "Content-Type": "application/json"}
        return await self._caller.post("/hooks/wa", body, headers)

    # --- Meta ---

    async def _number(self, request: web.Request) -> web.StreamResponse:
        self._notes.require(credentials=_is_ours(request))
        return web.json_response({"id": NUMBER_ID, "status": "CONNECTED"})

    async def _send(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self._check(request, asked)
        outcome = self._cues.draw(DECK)
        self._notes.count(outcome)
        if outcome == "dropped":
            return dropped(request)
        if not outcome.startswith("taken"):
            return self._refusal(outcome, asked["to"])
        text = self._take(asked)
        self._cues.on("taken")
        return await self._answer(request, outcome, text)

    async def _answer(self, request: web.Request, outcome: str, text: Text) -> web.StreamResponse:
        match outcome:
            case "taken, then 500":
                return _fault(500, 131000)
            case "taken, then dropped":
                return dropped(request)
            case "taken, answered with a page":
                return web.Response(text="<html>Gateway</html>", content_type="text/html")
            case "taken, answered without an id":
                return web.json_response({"messaging_product": "whatsapp"})
            case "taken, answered late":
                await asyncio.sleep(self._cues.rng.uniform(0.1, LATE))
        text.answered()
        sent = [{"id": text.sid}]
        return web.json_response({"messaging_product": "whatsapp", "messages": sent})

    def _refusal(self, outcome: str, to: str) -> web.Response:
        if outcome == "revoked":
            return _fault(401, 190)
        if outcome == "too many requests":
            self._not_before[to] = time.monotonic() + RETRY_AFTER
            return _fault(429, 130429, {"Retry-After": str(RETRY_AFTER)})
        return _fault(503, 2)

    def _check(self, request: web.Request, asked: dict[str, Any]) -> None:
        body = asked.get("text", {}).get("body", "")
        self._notes.require(
            credentials=_is_ours(request),
            product=asked.get("messaging_product") == "whatsapp",
            a_text_and_no_template=asked.get("type") == "text",
            to_is_a_number=re.fullmatch(r"\+?[1-9]\d{6,14}", asked.get("to", "")),
            body_of_1_to_4096_characters=0 < len(body) <= 4096,
            not_before_retry_after=time.monotonic() >= self._not_before.get(asked["to"], 0) - 0.05,
        )

    def _take(self, asked: dict[str, Any]) -> Text:
        to = "+" + asked["to"].removeprefix("+")
        text = Text(f"wamid.OUT{len(self.texts):016d}", to, asked["text"]["body"])
        self.texts.append(text)
        if self._cues.rng.random() >= SILENT:
            self._caller.later(self._report(text, asked.get("biz_opaque_callback_data")))
        return text

    async def _report(self, text: Text, carried: str | None) -> None:
        """Early, late, doubled, in any order, and each until it is heard."""
        rng = self._cues.rng
        states = [*STATES, rng.choice(STATES)]
        rng.shuffle(states)
        for state in states:
            await asyncio.sleep(rng.choice((0, 0.02, 0.3, 0.8)))
            status = {
                "id": text.sid, "status": state, "timestamp": str(int(time.time())),
                "recipient_id": text.to[1:], "biz_opaque_callback_data": carried,
            }  # fmt: skip
            while await self._post({"statuses": [status]}) != 200:
                await asyncio.sleep(rng.uniform(0.1, 0.4))
            text.reported(state)


def _is_ours(request: web.Request) -> bool:
    return request.headers.get("Authorization") == f"Bearer {TOKEN}"


def _fault(status: int, code: int, headers: dict[str, str] | None = None) -> web.Response:
    error = {"message": "no", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return web.json_response({"error": error}, status=status, headers=headers)
