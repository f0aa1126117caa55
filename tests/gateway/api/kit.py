"""A whole gateway with people in it, and programs that call its API."""

from __future__ import annotations

import json
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any

from config.load import read
from core.model.credentials import TOKEN_BYTES, TOKEN_MARK, ApiToken, step_at, token_hash, totp
from core.model.staff import Role, Staff
from core.services.entry import seal_totp
from gateway.clock import SystemClock
from gateway.house import open_house
from tests.contracts.planting import plant
from tests.gateway.gateway_kit import Office, Options, message, office, phone, tables
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from core.ports import Clock
    from core.services.house import House

PASSWORD = "delapan kuda menari di loket"
SECRET = b"0123456789abcdefghij"

SENDERS = count(1_000_000)

PEOPLE: Mapping[str, tuple[Role, int | None]] = {
    "operator": (Role.OPERATOR, None),
    "care": (Role.CUSTOMER_CARE, None),
    "technician": (Role.TECHNICIAN, 1),
    "officer": (Role.OFFICER, 1),
    "supervisor": (Role.UNIT_SUPERVISOR, 1),
    "leader": (Role.LEADERSHIP, None),
    "head": (Role.AGENCY_HEAD, None),
    "admin": (Role.ADMIN, None),
}


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


@dataclass
class Caller:
    """A program or a browser that calls."""

    hall: Office
    headers: dict[str, str] = field(default_factory=dict)

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        **headers: str,
    ) -> Said:
        sent = {**self.headers, **{name.replace("_", "-"): held for name, held in headers.items()}}
        data = BytesIO(raw) if raw is not None else None
        if body is not None:
            data = BytesIO(json.dumps(body).encode())
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        url = f"{self.hall.base}/api{path if path.startswith('/open') else '/v1' + path}"
        async with self.hall.http.request(method, url, data=data, headers=sent) as answer:
            return Said(answer.status, answer.headers, await answer.text())

    async def get(self, path: str, **headers: str) -> Said:
        return await self.call("GET", path, **headers)

    async def post(self, path: str, body: object = None, **headers: str) -> Said:
        return await self.call("POST", path, body, **headers)

    async def act(
        self, number: str, act: str, body: object, *, version: str = "", **more: str
    ) -> Said:
        """An act with the version that the ticket has now, unless another is given."""
        if not version:
            version = (await self.get(f"/tickets/{number}")).etag
        return await self.post(f"/tickets/{number}/acts/{act}", body, If_Match=version, **more)


@dataclass
class ApiOffice:
    """What a test of the API holds."""

    hall: Office
    house: House
    ids: Mapping[str, int]
    callers: Mapping[str, Caller]

    def __getattr__(self, name: str) -> Caller:
        return self.callers[name]

    @property
    def stranger(self) -> Caller:
        return Caller(self.hall)

    async def ticket(
        self, text: str = "HELPDESK internet kantor mati", sender: int | None = None
    ) -> str:
        """The number of a ticket that came by SMS, from somebody new unless told otherwise."""
        sender = sender or next(SENDERS)
        before = {row.number for row in await self.hall.tickets()}
        await self.hall.post(message(text, From=phone(sender)))
        (number,) = {row.number for row in await self.hall.tickets()} - before
        return number

    async def token(self, who: str, *rights: Any, expires_at: Any = None) -> Caller:
        """A program that calls for somebody, with these rights only."""
        secret = await write_token(self.hall, self.ids[who], rights, expires_at)
        return Caller(self.hall, {"Authorization": f"Bearer {secret}"})


async def write_token(
    hall: Office, staff_id: int, rights: Any = (), expires_at: Any = None
) -> str:
    """A token of this person, from the side."""
    secret = TOKEN_MARK + secrets.token_urlsafe(TOKEN_BYTES)
    token = ApiToken(
        0, token_hash(secret), f"uji {staff_id}", staff_id, frozenset(rights),
        SystemClock().now(), expires_at,
    )  # fmt: skip
    async with hall.store.desk() as desk:
        await desk.entries.add_token(token)
        await desk.commit()
    return secret


async def _people(hall: Office, house: House) -> dict[str, int]:
    """One of each role, with a password; those who must have a second factor have one."""
    await plant(hall.store, schema.units, *(
        {"id": one, "code": f"u{one}", "name": f"Bidang {one}"} for one in (1, 2)
    ))  # fmt: skip
    hashed = await house.passwords.hash(PASSWORD)
    drafts = (
        Staff(0, name, f"Petugas {name}", frozenset({role}), unit)
        for name, (role, unit) in PEOPLE.items()
    )
    return {draft.login: await hire(hall, house, draft, hashed) for draft in drafts}


async def hire(hall: Office, house: House, draft: Staff, hashed: str = "") -> int:
    """Somebody who can come in at once; whoever must have a second factor has one. The id."""
    now = SystemClock().now()
    async with hall.store.desk() as desk:
        person = await desk.staff.add(draft, now)
        account = await desk.staff.account(person.id)
        assert account is not None
        changes: dict[str, Any] = {"password_hash": hashed, "password_at": now}
        if person.needs_second_factor:
            changes |= {"totp_secret": seal_totp(house, person, SECRET), "totp_used": 0}
        await desk.staff.save(replace(account, **changes))
        await desk.commit()
    return person.id


def code_now() -> str:
    return totp(SECRET, step_at(SystemClock().now()))


@asynccontextmanager
async def api_office(
    folder: Path,
    *,
    doors: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
    **sections: Mapping[str, Any],
) -> AsyncIterator[ApiOffice]:
    """A running gateway with one person of each role, each with a program of their own."""
    options = Options(sections=sections, doors=doors or {}, clock=clock)
    async with office(folder, options) as hall:
        given = tables(folder, {name: one.base_url for name, one in hall.providers.items()})
        house = open_house(read(given), hall.store, SystemClock())
        ids = await _people(hall, house)
        made = ApiOffice(hall, house, ids, {})
        callers = {who: await made.token(who) for who in PEOPLE}
        yield ApiOffice(hall, house, ids, callers)
