"""A whole gateway in this process: real store, real HTTP, a simulated provider on loopback."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

import aiohttp
import structlog
from prometheus_client import generate_latest

from config.load import read
from config.logs import set_up_logs
from core.model.outbox import OutboxState
from gateway.clock import SystemClock
from gateway.demo.provider import Account, SimulatedTwilio
from gateway.server import Gateway
from gateway.wiring import make_plan, make_store
from tests.patience import PATIENCE
from ticket_store.migrate import upgrade

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
    from io import BytesIO

    from config.settings import Settings
    from core.model.views import TicketRow
    from core.ports import Clock
    from gateway.server import Plan
    from ticket_store.store import SqlStore

ACCOUNT = "AC" + "a" * 32
TOKEN = "rahasia-sekali-0123456789abcdef"
NUMBER = "+6281100003636"
CITIZEN = "+6281234567890"
PUBLIC = "https://helpdesk.contoh.go.id"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
EMPTY = "<Response/>"

QUICK = {
    "poll_seconds": 0.05,
    "lease_seconds": 3.0,
    "send_timeout_seconds": 0.6,
    "backoff_seconds": 0.1,
    "backoff_max_seconds": 0.4,
    "doubt_wait_seconds": 0.1,
}
"""So that hours pass in fractions of a second."""

PENDING = (OutboxState.WAITING, OutboxState.CLAIMED, OutboxState.IN_DOUBT)


def sid() -> str:
    return "SM" + secrets.token_hex(16)


def sign(url: str, fields: Iterable[tuple[str, str]], token: str = TOKEN) -> str:
    """By the published rule, apart from both the door's code and the simulated provider's."""
    return sign_bytes(url, "".join(name + value for name, value in sorted(set(fields))), token)


def sign_bytes(url: str, tail: str | bytes, token: str = TOKEN) -> str:
    covered = url.encode() + (tail.encode() if isinstance(tail, str) else tail)
    return base64.b64encode(hmac.new(token.encode(), covered, hashlib.sha1).digest()).decode()


def message(body: str = "HELPDESK lampu jalan mati", **fields: str) -> dict[str, str]:
    """The fields of an ordinary text, each with an id of its own."""
    own = sid()
    return {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Body": body,
        "From": CITIZEN,
        "MessageSid": own,
        "NumMedia": "0",
        "SmsSid": own,
        "To": NUMBER,
    } | fields


def phone(number: int) -> str:
    return f"+62812{number:08d}"


@dataclass(frozen=True)
class Reply:
    status: int
    body: str
    headers: Mapping[str, str]


@dataclass
class Office:
    """What a test holds: the process, its provider and a line to the webhook."""

    gateway: Gateway
    store: SqlStore
    providers: Mapping[str, SimulatedTwilio]
    http: aiohttp.ClientSession
    base: str
    log: StringIO
    public: str = PUBLIC

    @property
    def provider(self) -> SimulatedTwilio:
        return self.providers["sms"]

    async def post(
        self, fields: Mapping[str, str] | Sequence[tuple[str, str]], path: str = "/hooks/sms"
    ) -> Reply:
        """As Twilio posts: form-encoded and signed."""
        pairs = list(fields.items() if isinstance(fields, Mapping) else fields)
        return await self.call(
            urlencode(pairs).encode(),
            path,
            {"X-Twilio-Signature": sign(self.public + path, pairs)},
        )

    async def call(
        self,
        body: bytes | BytesIO,
        path: str = "/hooks/sms",
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        method: str = "POST",
    ) -> Reply:
        """Exactly these bytes; the form's content type unless the headers name another."""
        pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
        if not any(name.lower() == "content-type" for name, _ in pairs):
            pairs.append(("Content-Type", FORM))
        async with self.http.request(
            method,
            self.base + path,
            data=body,
            headers=cast("Any", pairs),
            skip_auto_headers=["Accept-Encoding"],
        ) as answer:
            text = await answer.text(errors="replace")
            return Reply(answer.status, text, answer.headers)

    async def tickets(self) -> list[TicketRow]:
        return list(await self.store.reads.tickets(None, 1000))

    async def stored_texts(self) -> list[str]:
        """Every inbound text in the store, tickets or not."""
        return [row[0] for row in await self.rows("SELECT text FROM messages ORDER BY id")]

    async def rows(self, statement: str, *values: object) -> list[Any]:
        """Straight from the file, past our own reading code."""
        async with self.store._engines.reading.connect() as connection:
            return list(await connection.exec_driver_sql(statement, values))

    async def waiting(self) -> int:
        """Promises not yet handed over."""
        async with self.store.desk() as desk:
            return sum(one.count for one in await desk.outbox.load() if one.state in PENDING)

    async def quiet(self, seconds: float = PATIENCE) -> None:
        """Until nothing is owed any more."""
        await until(self._nothing_owed, seconds)

    async def _nothing_owed(self) -> bool:
        return await self.waiting() == 0

    def texts(self, channel: str = "sms") -> list[str]:
        return [text.body for text in self.providers[channel].sent]

    def count(self, name: str, **labels: str) -> float:
        return self.gateway.metrics.registry.get_sample_value(name, labels) or 0.0

    def metrics(self) -> str:
        return generate_latest(self.gateway.metrics.registry).decode()


async def until(found: Callable[[], bool | Awaitable[bool]], seconds: float = PATIENCE) -> None:
    """Waits for a condition; fails the test when it does not come."""
    async with asyncio.timeout(seconds):
        while True:
            answer = found()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.01)


async def hang_up(writer: asyncio.StreamWriter, *, rudely: bool = False) -> None:
    """Closes a raw connection for good; a socket left to the collector fails some later test."""
    if rudely:
        writer.transport.abort()
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def locked(hall: Office, folder: Path) -> AsyncIterator[None]:
    """Another process holds the write lock, as a backup tool does; we wait for it 0.1 s only."""
    async with hall.store._engines.writing.connect() as connection:
        await connection.exec_driver_sql("PRAGMA busy_timeout=100")
    # In a thread: our own writer may be in the middle of a unit of work and needs the loop.
    connect = partial(sqlite3.connect, isolation_level=None, check_same_thread=False)
    other = await asyncio.to_thread(connect, folder / "helpdesk.db")
    try:
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()


@lru_cache(maxsize=1)
def _template_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="helpdesk-template-")


async def fresh_store(folder: Path) -> None:
    """An empty, migrated store, copied: a fifth of the time of migrating."""
    template = Path(_template_folder().name) / "helpdesk.db"
    if not template.exists():
        await upgrade(f"sqlite+aiosqlite:///{template}")
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "helpdesk.db").exists():
        shutil.copy(template, folder / "helpdesk.db")


def tables(
    folder: Path, base_urls: Mapping[str, str], **changes: Mapping[str, Any]
) -> dict[str, Any]:
    """A configuration as TOML gives it; a change replaces keys of one section.

    Changes of the section ``channel`` go to every channel.
    """
    given: dict[str, Any] = {
        "office": {"name": "Dinas Contoh", "calendar": "rs24"},
        "http": {"port": 0, "public_url": PUBLIC},
        "store": {
            "url": f"sqlite+aiosqlite:///{folder}/helpdesk.db",
            "data_dir": str(folder / "data"),
        },
        "dispatch": QUICK,
        "limits": {},
        "attachments": {"backoff_seconds": 0.1, "keep_free_bytes": 0},
        "intake": {},
        "log": {},
        "watch": {"sweep_seconds": 0.05},
        "duty": {},
        "api": {},
        "hooks": {},
        "work": {"undo_seconds": 0},
        "staff": {},
        "sso": {},
        "survey": {},
        "schedules": {},
    }
    channel = changes.pop("channel", {})
    merged = {name: {**values, **changes.pop(name, {})} for name, values in given.items()}
    assert not changes
    merged["channels"] = {
        name: {
            "kind": "twilio_sms",
            "account_sid": ACCOUNT,
            "auth_token": TOKEN,
            "from_number": NUMBER,
            "api_base_url": url,
            **channel,
        }
        for name, url in base_urls.items()
    }
    return merged


def account(channel: str = "sms", public: str = PUBLIC) -> Account:
    return Account(ACCOUNT, TOKEN, NUMBER, f"{public}/hooks/{channel}#rc=5&rp=all")


@dataclass
class Options:
    """How an office differs from the plain one.

    Attributes:
        channels: one simulated provider each.
        sections: changes of the configuration.
        doors: tables of further channels of any kind, by name.
        plan: changes what the process is made of.
        before: called with the gateway before it starts.
        clock: of the process and its providers; None: the machine's.
    """

    channels: tuple[str, ...] = ("sms",)
    doors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    plan: Callable[[Plan], Plan] = lambda plan: plan
    sections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    before: Callable[[Gateway, Mapping[str, SimulatedTwilio]], None] | None = None
    clock: Clock | None = None


@contextmanager
def heard(settings: Settings) -> Iterator[StringIO]:
    """The log as the process writes it, redacted; put back after."""
    root, stream = logging.getLogger(), StringIO()
    kept = (root.level, list(root.handlers))
    set_up_logs(settings.log, settings.secrets(), stream)
    try:
        yield stream
    finally:
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()
        root.setLevel(kept[0])
        root.handlers[:] = kept[1]


@asynccontextmanager
async def office(folder: Path, options: Options | None = None) -> AsyncIterator[Office]:
    """A running gateway on a free port; ended, with its providers, after."""
    options = options or Options()
    await fresh_store(folder)
    public = str(options.sections.get("http", {}).get("public_url", PUBLIC))
    async with AsyncExitStack() as stack:
        providers = {}
        for name in options.channels:
            provider = SimulatedTwilio(account(name, public), options.clock or SystemClock())
            provider.pace = 0.0
            providers[name] = provider
            await provider.start()
            stack.push_async_callback(provider.stop)
        urls = {name: provider.base_url for name, provider in providers.items()}
        given = tables(folder, urls, **options.sections)
        given["channels"] |= {name: dict(table) for name, table in options.doors.items()}
        settings = read(given)
        log = stack.enter_context(heard(settings))
        store = cast("SqlStore", await make_store(settings))
        gateway = Gateway(options.plan(make_plan(settings, store, options.clock)))
        if options.before:
            options.before(gateway, providers)
        await stack.enter_async_context(gateway.running())
        base = f"http://127.0.0.1:{gateway.port}"
        for provider in providers.values():
            provider._hooks.reach = base
        http = await stack.enter_async_context(aiohttp.ClientSession())
        yield Office(gateway, store, providers, http, base, log, public)


def sections(**changes: Mapping[str, Any]) -> Options:
    return Options(sections=changes)


def with_channels(*names: str, options: Options | None = None) -> Options:
    return replace(options or Options(), channels=names)
