"""An office of one of the practices: citizens with plain phones, staff with the API, a clock.

Everything is real but the far end of the telephone line and the time of day: signed webhooks in,
texts out by the dispatcher, acts over HTTP.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from config.unit_files import read_unit_file
from core.model.staff import Role, Staff
from gateway.demo.relay import Relay
from tests.gateway.api.kit import ApiOffice, Caller, Said, api_office, hire, write_token
from tests.gateway.gateway_kit import Office, message, phone, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from email.message import EmailMessage
    from pathlib import Path

PATIENCE = 30
WIB = ZoneInfo("Asia/Jakarta")
MORNING = datetime(2026, 7, 14, 10, 0, tzinfo=WIB)
"""A Tuesday of the worked cases (requirements §3)."""

DESK = "9f0c5e" * 6
"""The counter's token."""

_NUMBERS = count(7_000_000)


class WalkClock:
    """Runs from a given moment at the pace of the machine, and is moved on by hand."""

    def __init__(self, start: datetime = MORNING) -> None:
        self._start, self._began, self.ahead = start, monotonic(), timedelta()

    def now(self) -> datetime:
        run = timedelta(seconds=monotonic() - self._began)
        return (self._start + run + self.ahead).astimezone(UTC)


@dataclass
class Citizen:
    """Somebody with a plain phone: all they know is what they read on it."""

    hall: Office
    number: str
    _read: int = 0

    def got(self) -> list[str]:
        """Every text so far."""
        return [one.body for one in self.hall.provider.sent if one.recipient == self.number]

    async def reads(self) -> str:
        """The next text that comes."""
        await until(lambda: len(self.got()) > self._read, PATIENCE)
        self._read += 1
        return self.got()[self._read - 1]

    async def sends(self, text: str) -> None:
        """A text that is taken; what comes back is read later, if anything comes."""
        assert (await self.hall.post(message(text, From=self.number))).status == 200

    async def says(self, text: str) -> str:
        """A text, and the one that answers it."""
        await self.sends(text)
        return await self.reads()

    async def hears_nothing_more(self) -> bool:
        """Whether all that was owed has come, and was read."""
        await self.hall.quiet(PATIENCE)
        return len(self.got()) == self._read

    async def complains(self, text: str) -> str:
        """HELPDESK, and the ticket number in the very first text that comes back."""
        told = await self.says(f"HELPDESK {text}")
        _, _, rest = told.partition("no tiket ")
        return rest[:13]


@dataclass
class Practice:
    """The office, its units by code, its people by login, and the mail that it sent."""

    api: ApiOffice
    clock: WalkClock
    units: dict[str, int]
    mails: list[tuple[str, EmailMessage]]
    people: dict[str, Caller] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def hall(self) -> Office:
        return self.api.hall

    def __getitem__(self, who: str) -> Caller:
        """What somebody of the office calls with."""
        return self.people[who]

    def citizen(self) -> Citizen:
        """Somebody new."""
        return Citizen(self.hall, phone(next(_NUMBERS)))

    async def later(self, **span: float) -> None:
        """Time goes by, once nobody is waiting for a text any more."""
        await self.hall.quiet(PATIENCE)
        self.clock.ahead += timedelta(**span)

    async def hires(self, login: str, *roles: Role, unit: str = "", **more: Any) -> int:
        """Somebody who works here from now on."""
        at = self.units[unit] if unit else None
        draft = Staff(0, login, login.title(), frozenset(roles), at, **more)
        self.ids[login] = await hire(self.hall, self.api.house, draft)
        secret = await write_token(self.hall, self.ids[login])
        self.people[login] = Caller(self.hall, {"Authorization": f"Bearer {secret}"})
        return self.ids[login]

    async def until(self, found: Callable[[], bool | Awaitable[bool]]) -> None:
        """Waits for what the office does by itself."""
        await until(found, PATIENCE)

    async def does(self, who: str, number: str, act: str, **body: Any) -> Any:
        """An act that succeeds; the ticket after it."""
        said = await self[who].act(number, act, body)
        assert said.status == 200, (act, said.text)
        return said.json["ticket"]

    async def tries(self, who: str, number: str, act: str, **body: Any) -> Said:
        """An act that may be refused."""
        return await self[who].act(number, act, body)

    async def ticket(self, number: str, who: str = "care") -> Any:
        return (await self[who].get(f"/tickets/{number}")).json

    async def history(self, number: str, who: str = "care") -> list[Any]:
        items: list[Any] = (await self[who].get(f"/tickets/{number}/history")).json["items"]
        return items

    async def kinds(self, number: str, who: str = "care") -> list[str]:
        """What happened, in order."""
        return [event["kind"] for event in await self.history(number, who)]

    async def listed(self, who: str, query: str = "") -> list[str]:
        """Numbers of a list in its order."""
        said = await self[who].get(f"/tickets?limit=200{query}")
        assert said.status == 200, said.text
        return [line["number"] for line in said.json["items"]]

    async def reporters(self, *numbers: str) -> list[str]:
        """Whose tickets these are, as the store keeps them."""
        asked = (
            "SELECT a.value FROM tickets t JOIN addresses a ON a.id = t.address_id "
            "WHERE t.number = ?"
        )
        return [(await self.hall.rows(asked, number))[0][0] for number in numbers]

    def mailed(self, recipient: str) -> list[str]:
        """The text of every mail to this address, oldest first."""
        bodies = (mail.get_body(("plain",)) for to, mail in self.mails if to == recipient)
        return [body.get_content() for body in bodies if body is not None]

    async def solve_by(self, officer: str, number: str, solution: str) -> None:
        """Assigned to somebody, and solved."""
        await self.does("care", number, "assign", staff_id=self.ids[officer])
        await self.does(officer, number, "start", note="Mulai")
        await self.does(officer, number, "resolve", solution=solution)

    async def through(self, number: str, officer: str, boss: str, solution: str) -> None:
        """Assigned, approved, and solved."""
        await self.does("care", number, "assign", staff_id=self.ids[officer])
        await self.does(boss, number, "approve")
        await self.does(officer, number, "start", note="Mulai")
        await self.does(officer, number, "resolve", solution=solution)

    async def solve(self, number: str, unit: str, officer: str, solution: str) -> None:
        """Disposed to somebody of this unit, and solved."""
        to = {"unit_id": self.units[unit], "staff_id": self.ids[officer]}
        await self.does("care", number, "dispose", instruction="Mohon ditangani", **to)
        await self.does(officer, number, "start", note="Mulai")
        await self.does(officer, number, "resolve", solution=solution)


@asynccontextmanager
async def practice(
    folder: Path, units: str, *, start: datetime = MORNING, **sections: Mapping[str, Any]
) -> AsyncIterator[Practice]:
    """A running office with the units of that file, one person of each role, and a counter."""
    clock = WalkClock(start)
    many = {"requests_per_minute": 100_000}
    limits = {"tickets_per_ten_minutes": 500}
    mails: list[tuple[str, EmailMessage]] = []

    def keep(raw: bytes, recipient: str) -> None:
        mails.append((recipient, message_from_bytes(raw, policy=policy.default)))

    relay = Relay(keep)
    async with AsyncExitStack() as stack:
        doors = _doors(await relay.start())
        stack.push_async_callback(relay.stop)
        given = {"api": many, "limits": limits} | sections
        api = await stack.enter_async_context(
            api_office(folder, doors=doors, clock=clock, **given)
        )
        ids = await _units(api, units)
        yield Practice(api, clock, ids, mails, dict(api.callers), dict(api.ids))


def _doors(relay: int) -> dict[str, dict[str, Any]]:
    """A counter and a mailbox beside SMS."""
    counter = {"tokens": [f"sari:{DESK}"], "reply_via": "sms", "mail_via": "surel"}
    out = {"host": "127.0.0.1", "security": "plain", "port": relay}
    mail = {"address": "lapor@contoh.go.id", "token_secret": "rahasia-surel-0123456789"}
    return {
        "loket": {"kind": "desk"} | counter,
        "surel": {"kind": "email", "smtp_in": {"port": 0}, "smtp_out": out} | mail,
    }


async def _units(api: ApiOffice, choice: str) -> dict[str, int]:
    """The units of that file, entered by the administrator."""
    ids: dict[str, int] = {}
    for one in read_unit_file(choice).units if choice else ():
        body = {
            "code": one.code,
            "name": one.draft.name,
            "level": one.draft.level,
            "parent_id": ids.get(one.parent),
            "calendar": one.draft.calendar,
            "categories": sorted(one.draft.categories),
        }
        said = await api.admin.post("/units", body)
        assert said.status == 201, said.text
        ids[one.code] = said.json["id"]
    return ids
