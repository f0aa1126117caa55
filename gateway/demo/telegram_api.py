"""The Bot API of the simulated Telegram: what a bot may ask (providers.md §5).

https://core.telegram.org/bots/api#available-methods
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from gateway.demo.chats import Chats, Said
from gateway.demo.faults import Fault, Faults
from gateway.demo.spoiling import met
from gateway.demo.wire import Loopback, upload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from console.sandbox.phone import Upload
    from core.ports import Clock

Json = dict[str, Any]
Form = Any
"""What aiohttp reads of a request: a multidict of words and files."""

_MOST_CHARACTERS = 4096
_WORDS = {
    Fault.TOO_MANY: (429, "Too Many Requests: retry later"),
    Fault.UNAUTHORIZED: (401, "Unauthorized"),
}
_ERROR = (500, "Internal Server Error")
_SENDING = ("sendMessage", "sendPhoto", "sendDocument", "sendMediaGroup")


@dataclass(frozen=True, slots=True)
class BotAccount:
    """A bot, as BotFather would have made it.

    Attributes:
        name: with the at sign.
        token: its number before the colon is the bot's id.
    """

    name: str
    token: str = field(repr=False)

    @property
    def id(self) -> int:
        """The bot's own id."""
        return int(self.token.partition(":")[0])

    @property
    def user(self) -> Json:
        """As Telegram describes it."""
        name = self.name.removeprefix("@")
        return {"id": self.id, "is_bot": True, "first_name": "Helpdesk", "username": name}


@dataclass(slots=True)
class Hook:
    """The webhook as the bot has set it.

    Attributes:
        kinds: of updates that it asked for.
    """

    url: str = ""
    secret: str = ""
    kinds: list[str] = field(default_factory=list)


class BotServer:
    """Listens for the bot's calls and keeps what they say.

    Attributes:
        hook: where updates go.
        hooked: set while there is a webhook.
        blocked: chats whose person has stopped the bot.
    """

    def __init__(self, bot: BotAccount, clock: Clock) -> None:
        self.bot = bot
        self.faults = Faults()
        self.chats = Chats()
        self.hook, self.hooked = Hook(), asyncio.Event()
        self.blocked: set[str] = set()
        self._clock = clock
        self._messages = 0
        self._server = Loopback()
        self._methods: Mapping[str, Callable[[Form], web.Response]] = {
            "getMe": lambda _: result(self.bot.user),
            "setWebhook": self._set_hook,
            "deleteWebhook": self._drop_hook,
            "getWebhookInfo": self._hook_info,
            "getFile": self._place,
        }

    async def start(self, port: int = 0) -> str:
        """Listens on loopback and returns the base URL."""
        routes = [
            web.post("/bot{token}/{method}", self._call),
            web.get("/file/bot{token}/{folder}/{file}", self._file),
        ]
        return await self._server.start(routes, port)

    async def stop(self) -> None:
        """Idempotent."""
        await self._server.stop()

    def said(self, holder: str, text: str, *, mine: bool, file: Upload | None = None) -> Said:
        """A new message in a chat; not kept yet."""
        self._messages += 1
        file_id = self.chats.lay(file) if file else ""
        return Said(str(self._messages), holder, mine, text, self._clock.now(), file_id)

    def content(self, said: Said) -> Json:
        """What a message says, as updates and answers show it."""
        if not said.file_id:
            return {"text": said.text}
        file = self.chats.file(said.file_id)
        told: Json = {
            "file_id": said.file_id,
            "file_unique_id": f"u{said.file_id}",
            "file_size": len(file.data),
        }
        around: Json = {"caption": said.text} if said.text else {}
        if file.is_photo:
            return {**around, "photo": [{**told, "width": 1280, "height": 960}]}
        named = {"file_name": file.name, "mime_type": file.content_type}
        return {**around, "document": {**told, **named}}

    # --- calls ------------------------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.bot.token:
            return refusal(401, "Unauthorized")
        form = await request.post()
        if method not in _SENDING:
            found = self._methods.get(method)
            return found(form) if found else refusal(404, "Not Found: method not found")

        async def take() -> web.Response:
            return self._taken(method, form)

        return await met(request, self.faults, take, self._failing)

    def _failing(self, fault: Fault) -> web.Response:
        status, words = _WORDS.get(fault, _ERROR)
        if fault is Fault.TOO_MANY:
            return refusal(status, words, retry_after=self.faults.retry_after)
        return refusal(status, words)

    def _taken(self, method: str, form: Form) -> web.Response:
        holder = str(form.get("chat_id", ""))
        if not holder.isdigit():
            return refusal(400, "Bad Request: chat not found")
        if holder in self.blocked:
            return refusal(403, "Forbidden: bot was blocked by the user")
        text = _words(method, form)
        files = _files(method, form)
        if not files and not 0 < len(text) <= _MOST_CHARACTERS:
            return refusal(400, "Bad Request: message text is empty or too long")
        sent = []
        for place, file in enumerate(files or [None]):
            said = self.said(holder, "" if place else text, mine=False, file=file)
            self.chats.said.append(said)
            sent.append(self._answered(said))
        return result(sent if method == "sendMediaGroup" else sent[0])

    def _answered(self, said: Said) -> Json:
        return {
            "message_id": int(said.id),
            "date": int(said.at.timestamp()),
            "chat": {"id": int(said.holder), "type": "private", "first_name": "Warga"},
            "from": self.bot.user,
            **self.content(said),
        }

    def _set_hook(self, form: Form) -> web.Response:
        kinds = json.loads(str(form.get("allowed_updates", "[]")))
        self.hook = Hook(str(form.get("url", "")), str(form.get("secret_token", "")), kinds)
        self.hooked.set()
        return result(found=True)

    def _drop_hook(self, _form: Form) -> web.Response:
        self.hook = Hook()
        self.hooked.clear()
        return result(found=True)

    def _hook_info(self, _form: Form) -> web.Response:
        told = {
            "url": self.hook.url,
            "has_custom_certificate": False,
            "pending_update_count": 0,
            "max_connections": 1,
            "allowed_updates": self.hook.kinds,
        }
        return result(told)

    def _place(self, form: Form) -> web.Response:
        file_id = str(form.get("file_id", ""))
        try:
            size = len(self.chats.file(file_id).data)
        except KeyError:
            return refusal(400, "Bad Request: invalid file_id")
        told = {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": size}
        return result({**told, "file_path": f"files/{file_id}"})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        known = request.match_info["token"] == self.bot.token
        try:
            file = self.chats.file(request.match_info["file"] if known else "")
        except KeyError:
            return web.Response(status=404)
        # as the real one: it names no type
        return web.Response(body=file.data, content_type="application/octet-stream")


def _album(form: Form) -> list[Json]:
    found: list[Json] = json.loads(str(form.get("media", "[]")))
    return found


def _words(method: str, form: Form) -> str:
    """The text of a message to be sent; an album bears it with its first file."""
    if method == "sendMediaGroup":
        return str(next((one.get("caption", "") for one in _album(form)), ""))
    return str(form.get("text", form.get("caption", "")))


def _files(method: str, form: Form) -> list[Upload]:
    """The files of a message to be sent; an album names them in JSON."""
    if method == "sendMediaGroup":
        names = [str(one.get("media", "")).removeprefix("attach://") for one in _album(form)]
    else:
        names = ["photo", "document"]
    return [file for name in names if (file := upload(form.get(name)))]


def result(found: object) -> web.Response:
    """The answer to a call that succeeded."""
    return web.json_response({"ok": True, "result": found})


def refusal(status: int, words: str, **parameters: int) -> web.Response:
    """The answer to a call that did not."""
    told: Json = {"ok": False, "error_code": status, "description": words}
    if parameters:
        told["parameters"] = parameters
    return web.json_response(told, status=status)
