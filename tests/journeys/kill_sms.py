"""Text messages: a provider for the kill test, with a will of its own, and citizens who text.

Written from the provider's published behaviour alone; nothing of ours decides here what was sent.
Whatever it takes it keeps for good, and it survives every kill of the gateway.
"""

from __future__ import annotations

import asyncio
import base64
import math
import re
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web
from twilio.request_validator import RequestValidator

from tests.journeys.kill_side import LATE, PUBLIC_URL, Caller, Letter, Notes, Text, dropped, served

if TYPE_CHECKING:
    from tests.journeys.kill_ledger import Row
    from tests.journeys.kill_side import Cues

ACCOUNT = "AC" + "7e" * 16
TOKEN = "kill-test-token-0123456789abcdef"
OFFICE = "+628110003636"
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

STATES = ("queued", "sent", "delivered")

SECTION = """
[channels.sms]
kind = "twilio_sms"
account_sid = "{account}"
auth_token = "{token}"
from_number = "{office}"
rate_per_second = 1000.0
api_base_url = "{provider}"
recover_every_seconds = 2.0
"""


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
    late: float = LATE
    unlisted: float = 0.5
    list_down: float = 0.1
    silent: float = 0.5
    deck: tuple[tuple[str, int], ...] = tuple(DECK.items())


@dataclass(slots=True)
class Listed(Text):
    """One message as the provider lists it, in either direction."""

    sender: str = OFFICE
    inbound: bool = False
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    listed_at: float = 0
    status: str = "queued"

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


class SmsSide:
    """Takes texts, loses answers, lists what it has, and calls back."""

    repeats = looks_up = True
    opened_by = ""
    moments: tuple[str, ...] = (
        "taken", "answered", "at random", "looked", "while it starts", "while it starts",
        "at random",
    )  # fmt: skip

    def __init__(self, cues: Cues, whims: Whims | None = None) -> None:
        self.rng = cues.rng
        self._cues, self._whims = cues, whims or Whims()
        self._notes = Notes()
        self.violations, self.outcomes = self._notes.violations, self._notes.outcomes
        self._listed: list[Listed] = []
        self._known: set[str] = set()
        self._url = ""
        self._not_before: dict[str, float] = {}
        self._caller = Caller(cues, self._notes)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post(PATH, self._send)
        app.router.add_get(PATH, self._list)
        self._url = await self._stack.enter_async_context(served(app))
        await self._stack.enter_async_context(self._caller)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def section(self) -> str:
        return SECTION.format(account=ACCOUNT, token=TOKEN, office=OFFICE, provider=self._url)

    @property
    def texts(self) -> list[Text]:
        """Every text that it took to send on."""
        return [text for text in self._listed if not text.inbound]

    async def calls_done(self) -> None:
        await self._caller.done()

    # --- citizens ---

    def letter(self, number: int, words: str) -> Letter:
        return Letter(f"SM{number:032x}", f"+62812{number:08d}", words, number)

    def name_of(self, row: Row) -> str:
        return str(row["external_id"])

    async def deliver(self, letter: Letter) -> bool:
        """As the provider does with ``#rc=5&rp=all``."""
        self._came_in(letter)
        fields = {
            "MessageSid": letter.name, "AccountSid": ACCOUNT, "From": letter.sender,
            "To": OFFICE, "Body": letter.body, "NumMedia": "0", "NumSegments": "1",
            "SmsStatus": "received", "FromCountry": "ID", "ApiVersion": "2010-04-01",
        }  # fmt: skip
        taken = await self._post(f"{PUBLIC_URL}/hooks/sms", fields) == 200
        if taken:
            self._cues.on("answered")
        return taken

    def _came_in(self, letter: Letter) -> None:
        """A citizen's text; if the list shows it, then whether the webhook was heard or not."""
        if letter.name in self._known:
            return
        self._known.add(letter.name)
        text = self._keep(
            Listed(letter.name, OFFICE, letter.body, sender=letter.sender, inbound=True)
        )
        if self.rng.random() < self._whims.unlisted:
            text.listed_at = math.inf

    def _keep(self, text: Listed) -> Listed:
        text.listed_at = time.monotonic() + self.rng.uniform(
            self._whims.lag_least, self._whims.lag
        )
        self._listed.append(text)
        return text

    # --- send ---

    async def _send(self, request: web.Request) -> web.StreamResponse:
        form = {name: value for name, (value, *_) in parse_qs(await request.text()).items()}
        self._check(request, form)
        outcome = self._cues.draw(self._whims.deck)
        self._notes.count(outcome)
        if not outcome.startswith("taken"):
            return self._refusal(request, outcome, form["To"])
        text = self._take(form)
        self._cues.on("taken")
        return await self._answer(request, outcome, text)

    def _take(self, form: dict[str, str]) -> Listed:
        sid = f"SM{self.rng.getrandbits(128):032x}"
        text = self._keep(Listed(sid, form["To"], form["Body"], sender=form["From"]))
        if self.rng.random() >= self._whims.silent:
            self._caller.later(self._report(text, form["StatusCallback"]))
        return text

    async def _answer(
        self, request: web.Request, outcome: str, text: Listed
    ) -> web.StreamResponse:
        match outcome:
            case "taken, then 500":
                return _fault(500, 20500)
            case "taken, then dropped":
                return dropped(request)
            case "taken, answered with a page":
                return web.Response(text="<html>Gateway</html>", content_type="text/html")
            case "taken, answered without an id":
                return web.json_response({"status": "queued"}, status=201)
            case "taken, answered late":
                await asyncio.sleep(self.rng.uniform(0.1, self._whims.late))
        text.answered()
        return web.json_response(text.entry(), status=201)

    def _refusal(self, request: web.Request, outcome: str, to: str) -> web.StreamResponse:
        if outcome == "dropped":
            return dropped(request)
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
        self._cues.on("looked")
        if self.rng.random() < self._whims.list_down:
            return _fault(503, 20503)
        asked, now = request.query, time.monotonic()
        found = [
            text
            for text in reversed(self._listed)
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

    async def _report(self, text: Listed, url: str) -> None:
        """Early, late, doubled and in any order, as status callbacks come."""
        states = [*STATES, self.rng.choice(STATES)]
        self.rng.shuffle(states)
        for state in states:
            await asyncio.sleep(self.rng.choice((0, 0.02, 0.3, 0.8)))
            text.status = state
            fields = {
                "MessageSid": text.sid, "SmsSid": text.sid, "AccountSid": ACCOUNT,
                "From": OFFICE, "To": text.to, "MessageStatus": state, "SmsStatus": state,
                "ApiVersion": "2010-04-01",
            }  # fmt: skip
            if await self._post(url, fields) == 200:
                text.reported(state)

    async def _post(self, url: str, fields: dict[str, str]) -> int:
        """One signed webhook."""
        parts = urlsplit(url)
        headers = {
            "X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, fields),
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        }
        path = f"{parts.path}?{parts.query}".rstrip("?")
        return await self._caller.post(path, urlencode(fields).encode(), headers)


def _fault(status: int, code: int, headers: dict[str, str] | None = None) -> web.Response:
    body = {"code": code, "message": "no", "status": status, "more_info": ""}
    return web.json_response(body, status=status, headers=headers)
