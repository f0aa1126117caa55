"""A Bot API on loopback that behaves as its documentation says, and fails when a test says so.

Updates are kept until an offset confirms them; getUpdates and the webhook exclude each other; a
file lies below a path that holds the token.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.channels.telegram.doors import CHAT, SENT, TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Json = dict[str, Any]

READ = ["message", "edited_message", "my_chat_member"]


@dataclass
class Asked:
    method: str
    fields: Json
    files: dict[str, tuple[str, bytes]]


@dataclass
class Answer:
    """A scripted answer; ``fault`` is drop, half or slow instead of one."""

    status: int = 200
    body: Any = None
    fault: str = ""
    content_type: str = "application/json"


def refusal(status: int, description: str, **parameters: int) -> Answer:
    body: Json = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return Answer(status, body)


@dataclass
class BotApi:
    base: str = ""
    asked: list[Asked] = field(default_factory=list)
    script: dict[str, deque[Answer]] = field(default_factory=dict)
    waiting: list[Json] = field(default_factory=list)
    webhook: Json = field(default_factory=dict)
    files: dict[str, tuple[Json, bytes]] = field(default_factory=dict)
    confirmed: list[int] = field(default_factory=list)
    polled: asyncio.Event = field(default_factory=asyncio.Event)
    message_id: int = 900

    def will(self, method: str, *answers: Answer) -> None:
        self.script.setdefault(method, deque()).extend(answers)

    def calls(self, method: str) -> list[Asked]:
        return [one for one in self.asked if one.method == method]

    # --- the server ---

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _json(refusal(401, "Unauthorized"))
        method = request.match_info["method"]
        fields, files = await _posted(request)
        self.asked.append(Asked(method, fields, files))
        if self.script.get(method):
            return await self._scripted(request, self.script[method].popleft())
        act = getattr(self, f"on_{method}", None)
        if act is None:
            return _json(refusal(404, "Not Found"))
        found = await act(fields)
        return _json(found if isinstance(found, Answer) else Answer(200, {"ok": True, **found}))

    async def _scripted(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        if answer.fault == "slow":
            await asyncio.sleep(30)
        if answer.fault and request.transport is not None:
            if answer.fault == "half":
                request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
            request.transport.close()
        return _json(answer)

    async def file(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["path"])
        if request.match_info["token"] != TOKEN or found is None:
            return web.Response(status=404)
        return web.Response(body=found[1], content_type="application/octet-stream")

    # --- its methods ---

    async def on_sendMessage(self, fields: Json) -> Json:
        return {"result": self._message(fields, text=fields["text"])}

    async def on_sendDocument(self, fields: Json) -> Json:
        return {"result": self._message(fields)}

    on_sendPhoto = on_sendDocument

    async def on_sendMediaGroup(self, fields: Json) -> Json:
        return {"result": [self._message(fields) for _ in json.loads(fields["media"])]}

    def _message(self, fields: Json, **more: Any) -> Json:
        self.message_id += 1
        chat = {"id": int(fields["chat_id"]), "type": "private", "first_name": "Sari"}
        return {"message_id": self.message_id, "date": SENT, "chat": chat, **more}

    async def on_setWebhook(self, fields: Json) -> Json:
        self.webhook = dict(fields)
        return {"result": True, "description": "Webhook was set"}

    async def on_deleteWebhook(self, fields: Json) -> Json:
        self.webhook = {}
        if fields.get("drop_pending_updates") == "true":
            self.waiting.clear()
        return {"result": True}

    async def on_getWebhookInfo(self, _fields: Json) -> Json:
        given = self.webhook.get("allowed_updates")
        return {
            "result": {
                "url": self.webhook.get("url", ""),
                "has_custom_certificate": False,
                "pending_update_count": len(self.waiting),
                **({"allowed_updates": json.loads(given)} if given else {}),
            }
        }

    async def on_getUpdates(self, fields: Json) -> Json | Answer:
        if self.webhook.get("url"):
            said = (
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook"
            )
            return refusal(409, said)
        if "offset" in fields:
            offset = int(fields["offset"])
            self.confirmed += [u["update_id"] for u in self.waiting if u["update_id"] < offset]
            self.waiting = [u for u in self.waiting if u["update_id"] >= offset]
        self.polled.set()
        if not self.waiting:
            await asyncio.sleep(0.005)
        return {"result": self.waiting[:100]}

    async def on_getFile(self, fields: Json) -> Json | Answer:
        for path, (found, _) in self.files.items():
            if found["file_id"] == fields["file_id"]:
                return {"result": {"file_unique_id": "u", "file_path": path, **found}}
        return refusal(400, "Bad Request: invalid file_id")


async def _posted(request: web.Request) -> tuple[Json, dict[str, tuple[str, bytes]]]:
    fields: Json = {}
    files: dict[str, tuple[str, bytes]] = {}
    for name, given in (await request.post()).items():
        if isinstance(given, web.FileField):
            files[name] = (given.filename, given.file.read())
        else:
            fields[name] = given
    return fields, files


def _json(answer: Answer) -> web.Response:
    text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    return web.Response(status=answer.status, text=text, content_type=answer.content_type)


@asynccontextmanager
async def served() -> AsyncIterator[BotApi]:
    api = BotApi()
    app = web.Application(client_max_size=200 * 1024 * 1024)
    app.router.add_route("*", "/file/bot{token}/{path:.+}", api.file)
    app.router.add_route("*", "/bot{token}/{method}", api.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    api.base = f"http://127.0.0.1:{port}"
    try:
        yield api
    finally:
        await runner.cleanup()


__all__ = ["CHAT", "Answer", "Asked", "BotApi", "refusal", "served"]
