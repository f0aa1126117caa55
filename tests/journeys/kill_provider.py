"""A provider of text messages for the kill test, with a will of its own.

Written from the provider's published behaviour alone; nothing of ours decides here what was sent.
Whatever it takes it keeps for good, and it survives every kill of the gateway.
"""

from __future__ import annotations

import asyncio
import base64
import math
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "7e" * 16
TOKEN = "kill-test-token-0123456789abcdef"
OFFICE = "+628110003636"
PUBLIC_URL = "https://helpdesk.contoh.go.id"
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
STATUS_URL = re.compile(re.escape(PUBLIC_URL) + r"/hooks/sms/status\?item=\d+")
RETRY_AFTER = 1

DECK = {
    "taken": 50,
    "taken, then 500": 9,
    "taken, then dropped": 9,
    "taken, answered late": 8,
    "taken, answered with a page": 4,
    "taken, answered without an id": 3,
    "refused with 500": 7,
    "dropped": 6,
    "too many requests": 4,
}
"""What may become of a text, with the weight of each."""

RANKS = ("queued", "sent", "delivered")

Entrance = Callable[[], str]
"""Where a webhook goes now: the balancer in front of the gateways."""


@dataclass(frozen=True, slots=True)
class Whims:
    """How unkind it is.

    Attributes:
        lag: most seconds until a text stands in the list.
        lag_least: fewest.
        late: seconds of the slowest answer.
        unlisted: share of citizens' texts never shown, so that catching up hides no loss.
        list_down: share of list requests answered with 503.
        silent: share of texts about whose fate nothing is called back.
        deck: outcomes of a send by weight.
    """

    lag: float = 0.5
    lag_least: float = 0.0
    late: float = 1.6
    unlisted: float = 0.5
    list_down: float = 0.1
    silent: float = 0.5
    deck: tuple[tuple[str, int], ...] = tuple(DECK.items())


@dataclass(slots=True)
class Text:
    """One message as the provider knows it, in either direction."""

    sid: str
    sender: str
    to: str
    body: str
    inbound: bool
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    listed_at: float = 0
    status: str = "queued"
    acknowledged: set[str] = field(default_factory=set)

    def entry(self) -> dict[str, object]:
        """As in the published list; the sent date of a queued message is missing."""
        stamp = format_datetime(self.created.replace(microsecond=0))
        return {
            "sid": self.sid, "account_sid": ACCOUNT, "from": self.sender, "to": self.to,
            "body": self.body, "direction": "inbound" if self.inbound else "outbound-api",
            "status": "received" if self.inbound else self.status, "num_media": "0",
            "date_created": stamp, "date_sent": None if self.status == "queued" else stamp,
            "messaging_service_sid": None, "error_code": None,
        }  # fmt: skip


class Provider:
    """Takes texts, loses answers, lists what it has, and calls back.

    Args:
        on: told "taken" and "looked" at the instant, so that a kill can follow at once.
    """

    def __init__(
        self, seed: int, whims: Whims, entrance: Entrance, on: Callable[[str], None]
    ) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - a repeatable run, no secret
        self.texts: list[Text] = []
        self.violations: list[str] = []
        self.outcomes: dict[str, int] = {}
        self.url = ""
        self._whims, self._entrance, self._on = whims, entrance, on
        self._not_before: dict[str, float] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post(PATH, self._send)
        app.router.add_get(PATH, self._list)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=512)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5))
        return self

    async def __aexit__(self, *_: object) -> None:
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        if self._session:
            await self._session.close()
        if self._runner:
            await self._runner.cleanup()

    @property
    def accepted(self) -> list[Text]:
        """Every text that it took to send on."""
        return [text for text in self.texts if not text.inbound]

    async def calls_done(self) -> None:
        """Returns when no callback is under way."""
        while self._calls:
            await asyncio.wait(set(self._calls))

    def came_in(self, sid: str, sender: str, body: str) -> None:
        """A citizen's text; if the list shows it, then whether the webhook was heard or not."""
        text = self._keep(Text(sid, sender, OFFICE, body, inbound=True))
        if self.rng.random() < self._whims.unlisted:
            text.listed_at = math.inf

    def _keep(self, text: Text) -> Text:
        text.listed_at = time.monotonic() + self.rng.uniform(
            self._whims.lag_least, self._whims.lag
        )
        self.texts.append(text)
        return text

    # --- send ---

    async def _send(self, request: web.Request) -> web.StreamResponse:
        form = {name: value for name, (value, *_) in parse_qs(await request.text()).items()}
        self._check(request, form)
        words, weights = zip(*self._whims.deck, strict=True)
        (outcome,) = self.rng.choices(words, weights)
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if not outcome.startswith("taken"):
            return self._refusal(request, outcome, form["To"])
        text = self._take(form)
        self._on("taken")
        return await self._answer(request, outcome, text)

    def _take(self, form: dict[str, str]) -> Text:
        sid = f"SM{self.rng.getrandbits(128):032x}"
        text = self._keep(Text(sid, form["From"], form["To"], form["Body"], inbound=False))
        if self.rng.random() >= self._whims.silent:
            call = asyncio.create_task(self._report(text, form["StatusCallback"]))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        return text

    async def _answer(self, request: web.Request, outcome: str, text: Text) -> web.StreamResponse:
        match outcome:
            case "taken, then 500":
                return _fault(500, 20500)
            case "taken, then dropped":
                return _drop(request)
            case "taken, answered with a page":
                return web.Response(text="<html>Gateway</html>", content_type="text/html")
            case "taken, answered without an id":
                return web.json_response({"status": "queued"}, status=201)
            case "taken, answered late":
                await asyncio.sleep(self.rng.uniform(0.1, self._whims.late))
        return web.json_response(text.entry(), status=201)

    def _refusal(self, request: web.Request, outcome: str, to: str) -> web.StreamResponse:
        if outcome == "dropped":
            return _drop(request)
        if outcome == "too many requests":
            self._not_before[to] = time.monotonic() + RETRY_AFTER
            return _fault(429, 20429, {"Retry-After": str(RETRY_AFTER)})
        return _fault(500, 20500)

    def _check(self, request: web.Request, form: dict[str, str]) -> None:
        """What the provider's API demands of a request; each breach is kept."""
        basic = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        to = form.get("To", "")
        demands = {
            "credentials": request.headers.get("Authorization") == f"Basic {basic}",
            "To is E.164": re.fullmatch(r"\+[1-9]\d{6,14}", to) is not None,
            "From is ours": form.get("From") == OFFICE,
            "Body of 1 to 1600 characters": 0 < len(form.get("Body", "")) <= 1600,
            "StatusCallback": STATUS_URL.fullmatch(form.get("StatusCallback", "")) is not None,
            "not before Retry-After": time.monotonic() >= self._not_before.get(to, 0) - 0.05,
        }
        self.violations += [f"{name}: {form}" for name, kept in demands.items() if not kept]

    # --- list ---

    async def _list(self, request: web.Request) -> web.StreamResponse:
        self._on("looked")
        if self.rng.random() < self._whims.list_down:
            return _fault(503, 20503)
        asked, now = request.query, time.monotonic()
        found = [
            text
            for text in reversed(self.texts)
            if text.listed_at <= now
            and asked.get("To") in (None, text.to)
            and asked.get("From") in (None, text.sender)
        ]
        size, page = int(asked.get("PageSize", 50)), int(asked.get("Page", 0))
        more = len(found) > (page + 1) * size
        link = f"{PATH}?{urlencode({**asked, 'Page': page + 1})}" if more else None
        shown = [text.entry() for text in found[page * size : (page + 1) * size]]
        return web.json_response({"messages": shown, "page": page, "next_page_uri": link})

    # --- call back ---

    async def _report(self, text: Text, url: str) -> None:
        """Early, late, doubled and in any order, as status callbacks come."""
        states = [*RANKS, self.rng.choice(RANKS)]
        self.rng.shuffle(states)
        for state in states:
            await asyncio.sleep(self.rng.choice((0, 0.02, 0.3, 0.8)))
            text.status = state
            fields = {
                "MessageSid": text.sid, "SmsSid": text.sid, "AccountSid": ACCOUNT,
                "From": OFFICE, "To": text.to, "MessageStatus": state, "SmsStatus": state,
                "ApiVersion": "2010-04-01",
            }  # fmt: skip
            if await self.post(url, fields) == 200:
                text.acknowledged.add(state)

    async def post(self, url: str, fields: dict[str, str]) -> int:
        """One signed webhook to whichever gateway the balancer names; 0 when none answers."""
        assert self._session
        signature = RequestValidator(TOKEN).compute_signature(url, fields)
        parts = urlsplit(url)
        target = f"{self._entrance()}{parts.path}?{parts.query}".rstrip("?")
        try:
            async with self._session.post(
                target, data=fields, headers={"X-Twilio-Signature": signature}
            ) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0
        if answer.status not in (200, 503):
            self.violations.append(f"webhook answered {answer.status}: {fields}")
        return answer.status


def _fault(status: int, code: int, headers: dict[str, str] | None = None) -> web.Response:
    body = {"code": code, "message": "no", "status": status, "more_info": ""}
    return web.json_response(body, status=status, headers=headers)


def _drop(request: web.Request) -> web.StreamResponse:
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)
