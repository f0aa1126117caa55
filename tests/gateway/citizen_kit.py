"""A whole gateway with a form and a desk; time can be moved, and everything else is real."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import aiohttp

from config.load import read
from gateway.clock import SystemClock
from gateway.demo.provider import SimulatedTwilio
from gateway.server import Gateway
from gateway.wiring import make_plan, make_store
from tests.gateway.gateway_kit import Office, account, fresh_store, heard, tables, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from config.settings import Settings
    from ticket_store.store import SqlStore

SECRET = "rahasia-formulir-0123456789"
OFFICER = "token-loket-sari-0123456789"
OTHER = "token-loket-budi-0123456789"
PUBLIC = "http://127.0.0.1:8080"


class MovingClock:
    """The machine's clock, moved on at will."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead


@dataclass(frozen=True)
class Page:
    status: int
    html: str
    headers: Mapping[str, str]

    @property
    def token(self) -> str:
        return self.value("token")

    @property
    def number(self) -> str:
        found = re.search(r"<dd>(HD[0-9]{2}-[0-9]+-[0-9])</dd>", self.html)
        return found[1] if found else ""

    @property
    def code(self) -> str:
        found = re.search(r"<dd>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</dd>", self.html)
        return found[1] if found else ""

    @property
    def alert(self) -> str:
        """What went wrong, tags taken out."""
        found = re.search(r'<(section|p)[^>]*role="alert".*?</\1>', self.html, re.DOTALL)
        return unescape(re.sub(r"<[^>]*>|\s+", " ", found[0])) if found else ""

    def value(self, name: str) -> str:
        """Of a field, as it would be sent again."""
        if name == "text":
            found = re.search(r'name="text"[^>]*>\n(.*?)</textarea>', self.html, re.DOTALL)
        elif name == "category":
            found = re.search(r'<option value="([^"]*)" selected', self.html)
        else:
            found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', self.html)
        return unescape(found[1]) if found else ""

    def faults(self) -> set[str]:
        """Names of the fields that are said to be wrong."""
        return set(re.findall(r'id="([a-z]+)-fault"', self.html))


@dataclass
class Citizen:
    """A browser without script, with or without cookies."""

    base: str
    http: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> Page:
        async with self.http.get(self.base + path, headers=headers) as answer:
            return Page(answer.status, await answer.text(), answer.headers)

    async def post(
        self,
        path: str,
        fields: Any,
        headers: Mapping[str, str] | None = None,
        *,
        follow: bool = True,
    ) -> Page:
        ours = {"Origin": self.base, "Sec-Fetch-Site": "same-origin"}
        async with self.http.post(
            self.base + path,
            data=fields,
            headers=ours if headers is None else headers,
            allow_redirects=follow,
        ) as answer:
            return Page(answer.status, await answer.text(), answer.headers)

    async def form(self) -> Page:
        return await self.get("/lapor")

    async def send(self, text: str = "Lampu jalan padam sejak kemarin", **fields: str) -> Page:
        """A form, opened and sent."""
        token = fields.pop("token", "") or (await self.form()).token
        return await self.post("/lapor/kirim", {"token": token, "text": text} | fields)


@dataclass
class Hall(Office):
    clock: MovingClock = field(default_factory=MovingClock)
    citizen: Citizen | None = None
    folder: Path | None = None

    @property
    def someone(self) -> Citizen:
        assert self.citizen is not None
        return self.citizen

    @asynccontextmanager
    async def stranger(self, *, cookies: bool = True) -> AsyncIterator[Citizen]:
        """Another browser."""
        jar = aiohttp.CookieJar(unsafe=True) if cookies else aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(cookie_jar=jar) as http:
            yield Citizen(self.base, http)

    async def desk(
        self, body: object, token: str = OFFICER, path: str = "/hooks/loket", **headers: str
    ) -> tuple[int, Any]:
        """An officer's program sends JSON."""
        head = {"Authorization": f"Bearer {token}"} | headers
        kind = {"data": body} if isinstance(body, bytes | BytesIO) else {"json": body}
        if "data" in kind:
            head.setdefault("Content-Type", "application/json")
        async with self.http.post(self.base + path, headers=head, **kind) as answer:
            text = await answer.text()
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else text

    def files(self) -> list[Path]:
        assert self.folder is not None
        return sorted(p for p in (self.folder / "data/attachments").rglob("*") if p.is_file())

    async def outbox(self, purpose: str = "%") -> list[Any]:
        """Purpose, channel, recipient, text, ticket of each promise."""
        return await self.rows(
            "SELECT purpose, channel, recipient, text, ticket_id FROM outbox "
            "WHERE purpose LIKE ? ORDER BY id",
            purpose,
        )

    async def errands(self) -> None:
        """Until everything that was left for after the answer is done."""
        await until(
            lambda: not [t for t in asyncio.all_tasks() if t.get_name() == "citizen's errand"]
        )


def configured(
    folder: Path, provider: str, doors: tuple[Mapping[str, Any], Mapping[str, Any], dict[str, Any]]
) -> Settings:
    """Form, desk and further channels beside SMS."""
    lapor, loket, more = doors
    # Nobody is invited here: tests of registration have offices of their own.
    office = {"registration": "off"}
    given = tables(folder, {"sms": provider}, http={"public_url": PUBLIC}, office=office)
    form = {"kind": "web_form", "secret": SECRET, "min_seconds": 0, "guesses_per_address": 10**6}
    desk = {"kind": "desk", "tokens": [f"sari:{OFFICER}", f"budi:{OTHER}"]}
    given["channels"] |= {"lapor": form | dict(lapor), "loket": desk | dict(loket)} | more
    return read(given)


@asynccontextmanager
async def hall(
    folder: Path,
    lapor: Mapping[str, Any] | None = None,
    loket: Mapping[str, Any] | None = None,
    *,
    confirm_by: str = "",
    more: Mapping[str, Any] | None = None,
    before: Callable[[Gateway], None] | None = None,
) -> AsyncIterator[Hall]:
    """A running gateway.

    ``confirm_by`` names a channel of any kind to stand for the mail door; ``more`` are further
    channels.
    """
    await fresh_store(folder)
    async with AsyncExitStack() as stack:
        provider = SimulatedTwilio(account(), SystemClock())
        provider.pace = 0.0
        await provider.start()
        stack.push_async_callback(provider.stop)
        further = dict(more or {})
        settings = configured(folder, provider.base_url, (lapor or {}, loket or {}, further))
        if confirm_by:
            asking = settings.channels["lapor"].model_copy(update={"confirm_by": confirm_by})
            settings = settings.model_copy(
                update={"channels": {**settings.channels, "lapor": asking}}
            )
        log = stack.enter_context(heard(settings))
        clock = MovingClock()
        store = cast("SqlStore", await make_store(settings))
        gateway = Gateway(make_plan(settings, store, clock))
        if before:
            before(gateway)
        await stack.enter_async_context(gateway.running())
        base = f"http://127.0.0.1:{gateway.port}"
        provider._hooks.reach = base
        http = await stack.enter_async_context(aiohttp.ClientSession())
        jar = aiohttp.CookieJar(unsafe=True)
        browser = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        yield Hall(
            gateway, store, {"sms": provider}, http, base, log,
            clock=clock, citizen=Citizen(base, browser), folder=folder,
        )  # fmt: skip
