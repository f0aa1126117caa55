"""The way in over HTTP: request → verify → parse → intake → the door's own answer.

The order is the security: the size is limited before reading, ``verify`` runs before any parsing,
and success is answered only after commit (design.md §4, providers.md §2.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from config.logs import get_logger
from core.errors import MalformedMessage, RequestRejected, StoreUnavailable
from core.model.messages import DeliveryReport, InboundMessage, RawRequest, WebReply
from core.model.quarantine import frame_of
from core.ports import Handshakes

if TYPE_CHECKING:
    from core.ports import Webhook
    from gateway.hallway import Hallway

log = get_logger("webhooks")

REFUSED = WebReply(401, b"unauthorized\n")
FOREIGN = WebReply(403, b"forbidden\n")
COMPRESSED = WebReply(415, b"compressed bodies are not accepted\n")
NAMED = (InboundMessage, DeliveryReport)
AWAY = WebReply(503, b"try again later\n", headers={"Retry-After": "5"})


@dataclass(frozen=True, slots=True)
class Route:
    """One URL of a door.

    Attributes:
        path: where it is mounted.
        public_url: the same as entered at the provider, without query.
        purpose: ``message`` or ``status``; told to the door.
        max_body: bytes of a request where this provider sends more than the usual; 0: no more.
    """

    path: str
    public_url: str
    purpose: str
    max_body: int = 0


class Hook:
    """One route of one door as an HTTP handler."""

    def __init__(self, door: Webhook, route: Route, hallway: Hallway) -> None:
        self._door, self._route, self._hallway = door, route, hallway
        self._checked = door if isinstance(door, Handshakes) else None

    async def handle(self, request: web.Request) -> web.Response:
        """Answers as the provider wants; never shows an exception's text."""
        if "Content-Encoding" in request.headers:
            return _response(COMPRESSED)
        raw = await self._raw(request)
        about, reply = "", self._at_the_door(raw)
        if reply is None:
            about, reply = await self._inside(raw)
        if self._hallway.exchanges:
            self._hallway.exchanges.heard(self._door.id, raw, reply, about)
        return _response(reply)

    def _at_the_door(self, raw: RawRequest) -> WebReply | None:
        """The answer to who is not let in, or only checks the URL; None for all others."""
        try:
            if self._checked and self._checked.is_handshake(raw):
                return self._shake(self._checked, raw)
            self._door.verify(raw)
        except RequestRejected as rejection:
            return self._refuse(raw, rejection)
        return None

    async def _inside(self, raw: RawRequest) -> tuple[str, WebReply]:
        """The provider's id of what came, of the first where it was several, and the answer."""
        about = ""
        try:
            inbound = self._door.parse(raw)
            about = next((item.external_id for item in inbound if isinstance(item, NAMED)), "")
            receipts = await self._hallway.take(inbound)
        except MalformedMessage as problem:
            return about, await self._park(raw, problem)
        except StoreUnavailable as away:
            log.warning("not taken", channel=self._door.id, why=str(away))
            return about, AWAY
        return about, self._door.answer(receipts)

    def _shake(self, door: Handshakes, raw: RawRequest) -> WebReply:
        """The provider checks the URL before it sends anything."""
        try:
            return door.handshake(raw)
        except RequestRejected as rejection:
            self._refuse(raw, rejection)
            return FOREIGN

    async def _raw(self, request: web.Request) -> RawRequest:
        query = request.rel_url.raw_query_string
        if self._route.max_body > request.client_max_size:
            request = request.clone(client_max_size=self._route.max_body)
        return RawRequest(
            method=request.method,
            public_url=f"{self._route.public_url}?{query}" if query else self._route.public_url,
            headers=_joined(request),
            body=await request.read(),
            remote=request.remote or "",
            received_at=self._hallway.clock.now(),
            purpose=self._route.purpose,
        )

    def _refuse(self, raw: RawRequest, rejection: RequestRejected) -> WebReply:
        why = "foreign" if rejection.foreign else "signature"
        self._hallway.metrics.refused.labels(self._door.id, why).inc()
        if rejection.foreign:
            self._hallway.metrics.alarms.labels(self._door.id, "foreign").inc()
        level = log.error if rejection.foreign else log.warning
        level("request refused", channel=self._door.id, why=rejection.reason, remote=raw.remote)
        return FOREIGN if rejection.foreign else REFUSED

    async def _park(self, raw: RawRequest, problem: MalformedMessage) -> WebReply:
        """Authentic but unreadable: kept raw, alarmed, and answered so that nobody repeats it."""
        body = raw.body or raw.public_url.encode()
        try:
            await self._hallway.park(
                self._door.id, body, problem.sentence, raw.received_at, frame_of(raw)
            )
        except StoreUnavailable:
            return AWAY
        return self._door.malformed(problem)


def _joined(request: web.Request) -> dict[str, str]:
    """Headers with lower-case names; a doubled header cannot hide behind the first."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _response(reply: WebReply) -> web.Response:
    return web.Response(
        status=reply.status,
        body=reply.body,
        content_type=reply.content_type,
        headers=dict(reply.headers) if reply.headers else None,
    )
