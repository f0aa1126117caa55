"""An office of Banyuwangi with a movable clock: citizens by real doors, staff by the API.

Every story says at which local time it happens. The clock runs on from there as the machine's
does, so that what is asserted to the minute does not depend on how fast the machine is.
"""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from gateway.clock import SystemClock
from gateway.demo.mail import SimulatedMail
from gateway.demo.meta import SimulatedMeta
from gateway.demo.meta_graph import App
from tests.gateway.api.kit import ApiOffice, Caller, api_office
from tests.gateway.gateway_kit import PUBLIC, message, phone, until
from tests.peers import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path

JAKARTA = ZoneInfo("Asia/Jakarta")
PATIENT = 30
"""Seconds that a loaded machine may take for what takes none."""

MAIL_DESK = "lapor@banyuwangi.example"
NUMBER = re.compile(r"\bHD\d\d-\d{6}-\d\b")
OFFICER = "token-loket-sari-0123456789"

PHONES = count(7_000_000)


def local(day: str, clock: str = "10.00", year: int = 2026) -> datetime:
    """``local("14/07", "10.00")``: a time in WIB."""
    date, month = (int(part) for part in day.split("/"))
    hour, minute = (int(part) for part in clock.split("."))
    return datetime(year, month, date, hour, minute, tzinfo=JAKARTA)


class Wrist:
    """A clock that a story sets, and that runs on from there."""

    def __init__(self, at: datetime) -> None:
        self._ahead = at.astimezone(UTC) - SystemClock().now()

    def now(self) -> datetime:
        return SystemClock().now() + self._ahead

    def to(self, at: datetime) -> None:
        """To that instant, never back."""
        self._ahead = max(self._ahead, at.astimezone(UTC) - SystemClock().now())


@dataclass
class Citizen:
    """Somebody with a telephone that knows SMS and nothing else."""

    office: Walk
    number: str
    channel: str = "sms"

    @property
    def heard(self) -> list[str]:
        """Every text that came, oldest first."""
        sent = self.office.desk.hall.providers[self.channel].sent
        return [text.body for text in sent if text.recipient == self.number]

    async def tells(self, body: str) -> None:
        """Sends it; it is on disk when this returns."""
        path = f"/hooks/{self.channel}"
        reply = await self.office.desk.hall.post(message(body, From=self.number), path)
        assert reply.status == 200, reply

    async def asks(self, body: str, words: str = "") -> str:
        """Sends it and returns the next text that has these words."""
        before = len(self.heard)
        await self.tells(body)
        return await self.told(words, before)

    async def told(self, words: str, since: int = 0) -> str:
        """The first text with these words, once it has come."""

        def found() -> list[str]:
            return [text for text in self.heard[since:] if words in text]

        await until(lambda: bool(found()), PATIENT)
        return found()[0]

    async def complains(self, body: str) -> str:
        """The number of the ticket, as the first answer tells it."""
        told = await self.asks(body)
        found = NUMBER.search(told)
        assert found, told
        return found[0]


@dataclass
class Walk:
    """The office, its clock, and the mail and WhatsApp of others where it has such doors."""

    desk: ApiOffice
    clock: Wrist
    mail: SimulatedMail | None = None
    whatsapp: SimulatedMeta | None = None

    def citizen(self) -> Citizen:
        """Somebody new."""
        return Citizen(self, phone(next(PHONES)))

    def at(self, day: str, clock: str = "10.00", year: int = 2026) -> None:
        """It is that local time now."""
        self.clock.to(local(day, clock, year))

    async def ticket(self, number: str, who: str = "operator") -> Any:
        """As somebody sees it by the API."""
        said = await self.desk.callers[who].get(f"/tickets/{number}")
        assert said.status == 200, said.text
        return said.json

    async def thread(self, number: str) -> list[Any]:
        said = await self.desk.operator.get(f"/tickets/{number}/thread")
        items: list[Any] = said.json["items"]
        return items

    async def events(self, number: str) -> list[Any]:
        said = await self.desk.operator.get(f"/tickets/{number}/history")
        return [one | {"data": json.loads(one["data"])} for one in said.json["items"]]

    async def kinds(self, number: str) -> list[str]:
        """What happened, in order."""
        return [one["kind"] for one in await self.events(number)]

    async def does(self, who: str | Caller, number: str, act: str, **body: Any) -> Any:
        """An act that succeeds; the ticket after it. Looks again when the watch was quicker."""
        caller = self.desk.callers[who] if isinstance(who, str) else who
        said = await caller.act(number, act, body)
        while said.status == 409 and said.json["type"].endswith(":stale"):
            said = await caller.act(number, act, body)
        assert said.status == 200, said.text
        return said.json["ticket"]

    async def refused(self, who: str, number: str, act: str, **body: Any) -> Any:
        """An act that is refused; the problem."""
        said = await self.desk.callers[who].act(number, act, body)
        assert said.status in (409, 422), said.text
        return said.json

    async def given(self, number: str, who: str = "technician", **more: Any) -> Any:
        """Assigned by customer care."""
        return await self.does("care", number, "assign", staff_id=self.desk.ids[who], **more)

    async def due(self, number: str) -> dict[str, datetime]:
        """Open promises in local time."""
        clocks = (await self.ticket(number))["clocks"]
        return {one["target"]: when(one["due_at"]) for one in clocks if one["open"]}

    async def until_sent(self, holds: Callable[[], bool]) -> None:
        await until(holds, PATIENT)

    async def until_true(self, look: Callable[[], Awaitable[Any]], wanted: object) -> None:
        """Until what is looked at is so."""

        async def same() -> bool:
            return bool(await look() == wanted)

        await until(same, PATIENT)

    async def post_desk(self, body: Mapping[str, Any]) -> Any:
        """The form of an officer at the telephone."""
        head = {"Authorization": f"Bearer {OFFICER}"}
        url = f"{self.desk.hall.base}/hooks/loket"
        async with self.desk.hall.http.post(url, json=body, headers=head) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()


def when(written: str) -> datetime:
    """A time of the API in WIB, to the minute."""
    at = datetime.fromisoformat(written).astimezone(JAKARTA)
    return at.replace(second=0, microsecond=0)


def short(at: datetime) -> str:
    """As texts of one SMS write it."""
    return f"{at:%d/%m %H.%M}"


DESK_DOOR = {"loket": {"kind": "desk", "tokens": [f"sari:{OFFICER}"], "reply_via": "sms"}}

WIDE: Mapping[str, Mapping[str, Any]] = {
    "api": {"requests_per_minute": 100_000},
    "limits": {"replies_per_hour": 100, "acks_per_ten_minutes": 100},
}
"""Limits that no story is about."""


@asynccontextmanager
async def walking(
    folder: Path, at: datetime, *, doors: Mapping[str, Any] | None = None, **sections: Any
) -> AsyncIterator[Walk]:
    """SMS and the officers' form; the hours of Banyuwangi."""
    clock = Wrist(at)
    given = {"office": {"calendar": "banyuwangi"}, **WIDE, **sections}
    async with api_office(
        folder, clock=clock, doors={**DESK_DOOR, **(doors or {})}, **given
    ) as desk:
        yield Walk(desk, clock)


@asynccontextmanager
async def all_doors(folder: Path, at: datetime, **sections: Any) -> AsyncIterator[Walk]:
    """Mail and WhatsApp besides, with everybody's mailboxes and phones."""
    port = free_port()
    async with AsyncExitStack() as stack:
        clock = Wrist(at)
        mail = SimulatedMail(MAIL_DESK, clock, lambda: port)
        relay = await mail.start()
        stack.push_async_callback(mail.stop)
        app = App("+6281100004646", "1" * 15, "2" * 15, "r" * 32, "v" * 16, "t" * 43,
                  f"{PUBLIC}/hooks/wa")  # fmt: skip
        whatsapp = SimulatedMeta(app, clock)
        whatsapp.pace = 0.0
        graph = await whatsapp.start()
        stack.push_async_callback(whatsapp.stop)
        doors = {
            **DESK_DOOR,
            "surel": {
                "kind": "email",
                "address": MAIL_DESK,
                "token_secret": "rahasia-surel-0123456789",
                "smtp_in": {"port": port},
                "smtp_out": {"host": "127.0.0.1", "port": relay, "security": "plain"},
            },
            "wa": {
                "kind": "whatsapp_cloud",
                "phone_number_id": app.number_id,
                "business_account_id": app.account_id,
                "own_number": app.number,
                "app_secret": app.secret,
                "verify_token": app.verify_token,
                "access_token": app.token,
                "api_base_url": graph,
            },
        }
        given = {"office": {"calendar": "banyuwangi"}, **WIDE, **sections}
        desk = await stack.enter_async_context(
            api_office(folder, clock=clock, doors=doors, **given)
        )
        whatsapp._wire.reach = desk.hall.base
        await until(lambda: listens(port), PATIENT)
        yield Walk(desk, clock, mail, whatsapp)


async def listens(port: int) -> bool:
    """Whether somebody takes mail there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
