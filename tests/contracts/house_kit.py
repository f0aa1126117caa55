"""A house for the tests of staff: units, people, tickets at several places, a clock that moves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.model.work import Refusal
from core.services.entry import Attempt, Entered, Here, log_in, who
from core.services.house import House
from core.services.passwords import set_password
from core.services.staff import StaffDraft, add_staff
from gateway.vault import KeyVault
from tests.contracts.desk_samples import id_of, open_ticket
from tests.contracts.planting import connection_of
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Executable, Table

    from core.model.staff import Role, Staff
    from ticket_store.store import SqlStore

NOW = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
PASSWORD = "kuda laut baterai staples"
KEY_ONE, KEY_TWO = "one" * 12, "two" * 12

# 1 the agency, 2 a division of it, 3 a section of that, 4 another agency; parents in brackets.
UNITS = {1: None, 2: 1, 3: 2, 4: None}
# 1 a city, 2 a district of it, 3 another city.
REGIONS = {1: None, 2: 1, 3: None}


class MovingClock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by


class QuickPasswords:
    """As slow as nothing; the real ones are tried in tests/gateway/test_passwords.py."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def hash(self, password: str) -> str:
        return hashlib.sha256(password.encode()).hexdigest()

    async def fits(self, hashed: str, password: str) -> bool:
        self.asked.append(hashed)
        return bool(hashed) and await self.hash(password) == hashed


def drafted(person: Staff, **changes: Any) -> StaffDraft:
    return replace(
        StaffDraft(
            person.name,
            person.roles,
            unit_id=person.unit_id,
            regions=person.regions,
            skills=person.skills,
            capacity=person.capacity,
            email=person.email,
            phone=person.phone,
            telegram=person.telegram,
        ),
        **changes,
    )


@dataclass
class Office:
    """One house over one store."""

    store: SqlStore
    clock: MovingClock = field(default_factory=MovingClock)
    passwords: QuickPasswords = field(default_factory=QuickPasswords)
    keys: tuple[str, ...] = (KEY_ONE,)
    grants: tuple[Any, ...] = ()
    passwords_for: frozenset[Role] | None = None

    @property
    def house(self) -> House:
        return House(
            open_desk=self.store.desk,
            reads=self.store.staff,
            passwords=self.passwords,
            vault=KeyVault(self.keys),
            clock=self.clock,
            grants=self.grants,
            passwords_for=self.passwords_for,
        )

    async def build(self) -> None:
        """Units and regions."""
        units = [
            {"id": one, "code": f"u{one}", "name": f"Unit {one}", "parent_id": parent}
            for one, parent in UNITS.items()
        ]
        regions = [
            {"id": one, "code": f"r{one}", "name": f"Wilayah {one}", "parent_id": parent}
            for one, parent in REGIONS.items()
        ]
        await self.tell(insert(schema.units).values(units), insert(schema.regions).values(regions))

    async def hires(self, login: str, *roles: Role, **changes: Any) -> Staff:
        """Somebody new with the password of all."""
        draft = StaffDraft(f"Petugas {login}", frozenset(roles), **changes)
        added = await add_staff(self.house, None, login, draft)
        assert not isinstance(added, Refusal), added
        assert await set_password(self.house, added.id, PASSWORD) is None
        return added

    async def enters(self, login: str, typed: str = PASSWORD, **more: Any) -> Entered:
        entered = await log_in(self.house, Attempt(login, typed, **more))
        assert isinstance(entered, Entered), entered
        return entered

    async def tries(self, login: str, typed: str = "salah sekali lagi", **more: Any) -> object:
        return await log_in(self.house, Attempt(login, typed, **more))

    async def here(self, token: str) -> Here:
        found = await who(self.house, token)
        assert found is not None
        return found

    async def ticket(self, sequence: int, **work: Any) -> int:
        """A ticket, and where it is; its id."""
        await open_ticket(self.store, sequence)
        if work:
            row = {"ticket_id": id_of(sequence), "changed_at": NOW} | work
            await self.tell(insert(schema.ticket_work).values(row))
        return id_of(sequence)

    async def tell(self, *statements: Executable) -> None:
        async with self.store.desk() as desk:
            for statement in statements:
                await connection_of(desk).execute(statement)
            await desk.commit()

    async def rows(self, table: Table) -> Sequence[Any]:
        async with self.store.desk() as desk:
            found = await connection_of(desk).execute(select(table).order_by(*table.primary_key))
            return list(found)

    async def kinds(self, subject: str) -> list[str]:
        async with self.store.desk() as desk:
            return [event.kind for event in await desk.admin_history.history(subject)]
