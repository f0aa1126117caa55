"""A paper office: the smallest thing behind the webhook that opens tickets and answers.

It keeps everything in lists and stands in for the store and the gateway, so that the sandbox page
and the simulated provider are tested over real HTTP on both sides and nothing else.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator

from console.pages import protect, static_routes
from console.sandbox.pages import sandbox_routes
from console.sandbox.phones import Phones
from core.errors import NotFound
from core.model.events import GENESIS, Event, Fact, chain
from core.model.masking import mask_phone
from core.model.messages import Address, AddressKind, Outcome
from core.model.numbers import TicketNumber
from core.model.phone import sms_sender
from core.model.ticket import Priority, Promise, Status
from core.model.views import PageKey, ThreadEntry, TicketRow
from gateway.clock import SystemClock
from gateway.demo.provider import Account, SimulatedTwilio
from gateway.demo.story import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.events import Json

WIB = ZoneInfo("Asia/Jakarta")
TOKEN = "rahasia-uji"
SID = "AC" + "0" * 31 + "1"
NUMBER = "+6281100003636"
NOON = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
"""Tue 14 July 2026, 10.00 WIB."""


class Counter:
    """The hallway's change counter, as the page asks for it."""

    def __init__(self) -> None:
        self.value = 0
        self._bell = asyncio.Event()

    def bump(self) -> None:
        self.value += 1
        self._bell.set()
        self._bell = asyncio.Event()

    async def wait(self, after: int, timeout: float) -> int:
        try:
            async with asyncio.timeout(timeout):
                while self.value <= after:
                    await self._bell.wait()
        except TimeoutError:
            pass
        return self.value


class PaperOffice:
    """Reads for the page, and what the webhook of a gateway would lay down."""

    def __init__(self) -> None:
        self.rows: list[TicketRow] = []
        self.events: dict[str, list[Event]] = {}
        self.entries: list[tuple[Address, ThreadEntry]] = []
        self.changes = Counter()
        self.now = NOON

    # --- Reads ---

    async def tickets(self, after: PageKey | None, limit: int) -> Sequence[TicketRow]:
        rows = sorted(self.rows, key=lambda row: (row.opened_at, row.id), reverse=True)
        if after is not None:
            key = (after.opened_at, after.id)
            rows = [row for row in rows if (row.opened_at, row.id) < key]
        return rows[:limit]

    async def ticket(self, number: str) -> TicketRow:
        for row in self.rows:
            if row.number == number:
                return row
        raise NotFound(number)

    async def history(self, number: str) -> Sequence[Event]:
        await self.ticket(number)
        return self.events[number]

    async def thread(self, number: str) -> Sequence[ThreadEntry]:
        await self.ticket(number)
        return [entry for _, entry in self.entries if entry.number == number]

    async def with_address(self, address: Address, limit: int) -> Sequence[ThreadEntry]:
        return [entry for owner, entry in self.entries if owner == address][-limit:]

    # --- what a gateway would write ---

    async def receive(self, from_: str, text: str) -> ThreadEntry | None:
        """Opens a ticket for a text with the keyword; returns the reply, None when none is due."""
        sender = sms_sender(from_)
        self.now += timedelta(minutes=1)
        number = self.open(text) if "HELPDES" in text.upper() else None
        silence = ""
        if sender.kind is AddressKind.SENDER_LABEL:
            silence = "pengirim ini tidak dapat dibalas"
        outcome = Outcome.OPENED if number else Outcome.UNSORTED
        self._write(sender, text, number, inbound=True, outcome=outcome, silence=silence)
        reply = None
        if not silence:
            words = (
                f"Laporan diterima, tiket {number}. Dijawab petugas paling lambat 14/07 10.31 WIB."
                if number
                else "Awali pengaduan dengan kata HELPDESK, misalnya: HELPDESK internet mati."
            )
            reply = self._write(sender, words, number, state="waiting", segments=1)
        self.changes.bump()
        return reply

    def open(self, text: str, *, opened_at: datetime | None = None) -> str:
        opened = opened_at or self.now
        number = TicketNumber("HD", 26, len(self.rows) + 4217)
        promises = (
            Promise("first_answer", opened + timedelta(minutes=30)),
            Promise("solution", opened + timedelta(days=6, hours=7)),
        )
        row = TicketRow(
            number.ticket_id, str(number), Status.RECEIVED, Priority.NORMAL, None, text[:80],
            "sms", "other", "id", opened, promises, 1,
        )  # fmt: skip
        self.rows.append(row)
        self.events[row.number] = []
        self.happen(
            row.number, "TicketOpened", "reporter", {"channel": "sms", "priority": "normal"}
        )
        return row.number

    def happen(self, number: str, kind: str, actor: str, data: dict[str, Json]) -> None:
        past = self.events[number]
        row = next(row for row in self.rows if row.number == number)
        previous = past[-1].hash if past else GENESIS
        past.append(chain(row.id, len(past) + 1, previous, Fact(kind, self.now, actor, data)))

    async def reported(self, entry_id: int, state: str, reason: str = "") -> None:
        for place, (owner, entry) in enumerate(self.entries):
            if entry.id == entry_id:
                self.entries[place] = (owner, replace(entry, state=state, reason=reason))
        self.changes.bump()

    def note(self, sender: Address, text: str, number: str) -> None:
        """A message that came by another door and opened a ticket."""
        self._write(sender, text, number, inbound=True, outcome=Outcome.OPENED)

    def promise(self, owner: Address, text: str, number: str) -> None:
        """A reply that has not left yet."""
        self._write(owner, text, number, state="waiting")

    def _write(
        self, owner: Address, text: str, number: str | None, *, inbound: bool = False,
        outcome: Outcome | None = None, state: str = "", segments: int = 0, silence: str = "",
    ) -> ThreadEntry:  # fmt: skip
        entry = ThreadEntry(
            len(self.entries) + 1, inbound, self.now, text, mask_phone(owner.value), "sms",
            number, outcome, "ack", state, "", segments, silence,
        )  # fmt: skip
        self.entries.append((owner, entry))
        return entry


class Doorway:
    """A webhook before the paper office that sends its replies through the provider's real API."""

    def __init__(self, office: PaperOffice) -> None:
        self.office = office
        self.provider: SimulatedTwilio | None = None
        self.url = ""
        self.answers: list[int] = []
        self.forms: list[dict[str, str]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def message(self, request: web.Request) -> web.Response:
        form = self._verified(request, f"{self.url}/hooks/sms", await request.post())
        if form is None:
            return web.Response(status=401)
        self.forms.append(form)
        status = self.answers.pop(0) if self.answers else 200
        if status != 200:
            return web.Response(status=status)
        reply = await self.office.receive(form["From"], form["Body"])
        if reply is not None:
            task = asyncio.create_task(self._reply(form["From"], reply))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return web.Response(text="<Response/>", content_type="text/xml")

    async def status(self, request: web.Request) -> web.Response:
        url = f"{self.url}/hooks/sms/status/{request.match_info['item']}"
        form = self._verified(request, url, await request.post())
        if form is None:
            return web.Response(status=401)
        await self.office.reported(int(request.match_info["item"]), form["MessageStatus"])
        return web.Response()

    @staticmethod
    def _verified(request: web.Request, url: str, form: object) -> dict[str, str] | None:
        fields = {str(name): str(value) for name, value in dict(form).items()}
        signature = request.headers.get("X-Twilio-Signature", "")
        return fields if RequestValidator(TOKEN).validate(url, fields, signature) else None

    async def _reply(self, to: str, reply: ThreadEntry) -> None:
        assert self.provider is not None
        fields = {
            "To": to, "From": NUMBER, "Body": reply.text,
            "StatusCallback": f"{self.url}/hooks/sms/status/{reply.id}",
        }  # fmt: skip
        headers = {"Authorization": aiohttp.encode_basic_auth(SID, TOKEN)}
        url = f"{self.provider.base_url}/2010-04-01/Accounts/{SID}/Messages.json"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=fields, headers=headers) as answer,
        ):
            assert answer.status == 201, await answer.text()
        await self.office.reported(reply.id, "handed_over")


class Stage:
    """Paper office, doorway, simulated provider and the pages, started and stopped together."""

    def __init__(self) -> None:
        self.office = PaperOffice()
        self.door = Doorway(self.office)
        self.url = ""
        self.port = 0
        self._runner: web.AppRunner | None = None
        account = Account(SID, TOKEN, NUMBER, "")
        self.provider = SimulatedTwilio(account, SystemClock(), PEOPLE)
        self.provider.pace = 0.02

    async def __aenter__(self) -> Self:
        await self.open_pages()
        self.provider.account = replace(self.provider.account, webhook_url=f"{self.url}/hooks/sms")
        self.door.provider = self.provider
        await self.provider.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.provider.stop()
        await self.close_pages()

    async def open_pages(self) -> None:
        """On the same port when opened again."""
        app = web.Application()
        protect(app)
        app.add_routes(static_routes())
        phones = Phones({"sms": self.provider})
        app.add_routes(sandbox_routes(self.office, WIB, phones, self.office.changes))
        app.router.add_post("/hooks/sms", self.door.message)
        app.router.add_post("/hooks/sms/status/{item}", self.door.status)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]
        self.url = self.door.url = f"http://127.0.0.1:{self.port}"

    async def close_pages(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()
