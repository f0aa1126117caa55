"""The Graph API of the simulated Meta: sending, files, how a number is (providers.md §4)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from gateway.demo import meta_words
from gateway.demo.chats import Chats, Said
from gateway.demo.faults import Fault, Faults
from gateway.demo.spoiling import met
from gateway.demo.wire import Loopback, upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.ports import Clock

    Progress = Callable[[Said, dict[str, Any]], None]

_MOST_CHARACTERS = 4096
_CODES = {Fault.TOO_MANY: 130429, Fault.UNAUTHORIZED: 190}


@dataclass(frozen=True, slots=True)
class App:
    """A WhatsApp number at Meta and the app that serves it, as an office would have them.

    Attributes:
        number: the office's, E.164.
        number_id: Meta's id of it.
        account_id: of the WhatsApp Business Account.
        secret: seals webhooks.
        verify_token: shown when the URL is checked.
        token: opens the API.
        webhook_url: as entered at Meta.
    """

    number: str
    number_id: str
    account_id: str
    secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    token: str = field(repr=False)
    webhook_url: str


class GraphServer:
    """Listens for the gateway's calls.

    Args:
        app: whose token opens it.
        clock: for the time of messages.
        progress: what happens to a message that was taken; gets the call's body, too.
    """

    def __init__(self, app: App, clock: Clock, progress: Progress) -> None:
        self.faults = Faults()
        self.chats = Chats()
        self.base_url = ""
        self._app, self._clock, self._progress = app, clock, progress
        self._server = Loopback()

    async def start(self, port: int = 0) -> str:
        """Listens on loopback and returns the base URL."""
        node = "/{version}/{node}"
        routes = [
            web.post(f"{node}/messages", self._take),
            web.post(f"{node}/media", self._lay),
            web.get(f"{node}/subscribed_apps", self._apps),
            web.get("/files/{node}", self._file),
            web.get(node, self._node),
        ]
        self.base_url = await self._server.start(routes, port)
        return self.base_url

    async def stop(self) -> None:
        """Idempotent."""
        await self._server.stop()

    def said(self, holder: str, text: str, *, mine: bool, file_id: str = "") -> Said:
        """A new message on a phone; not kept yet."""
        wamid = f"wamid.{secrets.token_urlsafe(32)}"
        return Said(wamid, holder, mine, text, self._clock.now(), file_id)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        if stranger := self._stranger(request):
            return stranger
        try:
            body = await request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return _error(100)

        async def take() -> web.Response:
            return self._taken(body)

        return await met(request, self.faults, take, lambda fault: _error(_CODES.get(fault, 2)))

    def _stranger(self, request: web.Request) -> web.Response | None:
        known = f"Bearer {self._app.token}"
        shown = request.headers.get("Authorization", "")
        return None if secrets.compare_digest(shown.encode(), known.encode()) else _error(190)

    def _taken(self, body: dict[str, Any]) -> web.Response:
        text, file_id = meta_words.text_of(body), meta_words.file_in(body)
        to = str(body.get("to", ""))
        if body.get("messaging_product") != "whatsapp" or not to.isdigit():
            return _error(100)
        if not (text or file_id) or len(text) > _MOST_CHARACTERS:
            return _error(131008)
        said = self.said(f"+{to}", text, mine=False, file_id=file_id)
        self._progress(said, body)
        answer = {"messaging_product": "whatsapp", "contacts": [{"input": to, "wa_id": to}]}
        return web.json_response({**answer, "messages": [{"id": said.id}]})

    async def _lay(self, request: web.Request) -> web.StreamResponse:
        if stranger := self._stranger(request):
            return stranger
        file = upload((await request.post()).get("file"))
        if file is None:
            return _error(100)
        return web.json_response({"id": self.chats.lay(file)})

    async def _node(self, request: web.Request) -> web.StreamResponse:
        """A number tells how it is, a file where it lies."""
        if stranger := self._stranger(request):
            return stranger
        node = request.match_info["node"]
        if node == self._app.number_id:
            well = {"status": "CONNECTED", "quality_rating": "GREEN"}
            hooks = {"application": self._app.webhook_url}
            return web.json_response({"id": node, **well, "webhook_configuration": hooks})
        try:
            file = self.chats.file(node)
        except KeyError:
            return _error(100)
        told = {"url": f"{self.base_url}/files/{node}", "mime_type": file.content_type}
        return web.json_response({"id": node, "messaging_product": "whatsapp", **told})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if stranger := self._stranger(request):
            return stranger
        try:
            file = self.chats.file(request.match_info["node"])
        except KeyError:
            return web.Response(status=404)
        return web.Response(body=file.data, content_type=file.content_type)

    async def _apps(self, request: web.Request) -> web.StreamResponse:
        subscribed = [{"whatsapp_business_api_data": {"name": "Helpdesk"}}]
        return self._stranger(request) or web.json_response({"data": subscribed})


def _error(code: int) -> web.Response:
    status, title = meta_words.ERRORS[code]
    told = {"message": f"(#{code}) {title}", "type": "OAuthException", "code": code}
    return web.json_response(
        {"error": {**told, "fbtrace_id": secrets.token_hex(8)}}, status=status
    )
