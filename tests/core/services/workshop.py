"""An office at work: a counter where citizens write, and staff who act on what was opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from core.model.scene import WorkPolicy
from core.model.staff import Role, Staff
from core.model.work import Actor, Refusal
from core.services.work import Done, Order, act
from tests.core.fakes import NOON
from tests.core.services.counter import MINUTE, Counter
from ticket_store import schema

if TYPE_CHECKING:
    from core.model.acts import Act
    from core.model.clock import SlaClock
    from core.model.work import WorkTicket

CARE, BOSS, TECH, OTHER, LEADER = 1, 2, 3, 4, 5
"""Ids of staff: customer care, unit supervisor, two technicians, leadership."""

NETWORK, CLINIC = 1, 2
"""Ids of units."""

_STAFF = {
    CARE: ("rina", "Rina", Role.CUSTOMER_CARE, None),
    BOSS: ("hadi", "Hadi", Role.UNIT_SUPERVISOR, NETWORK),
    TECH: ("tono", "Tono", Role.TECHNICIAN, NETWORK),
    OTHER: ("wati", "Wati", Role.TECHNICIAN, NETWORK),
    LEADER: ("ida", "Ida", Role.LEADERSHIP, None),
}


def staff(who: int, **changes: Any) -> Staff:
    login, name, role, unit = _STAFF[who]
    units = frozenset({unit} if unit else ())
    values: dict[str, Any] = {"roles": frozenset({role}), "unit_id": unit, "units": units}
    return Staff(who, login, name, **(values | changes))


def actor(who: int) -> Actor:
    return Actor(staff(who))


def clock(ticket: WorkTicket, target: str) -> SlaClock:
    """A promise that must be there."""
    found = ticket.clock(target)
    assert found
    return found


@dataclass
class Workshop(Counter):
    """Staff act a minute after whatever happened last."""

    work: WorkPolicy = field(init=False)

    def __post_init__(self) -> None:
        self.work = WorkPolicy(self.policy)

    async def open_doors(self) -> Workshop:
        """Lays down units and staff."""
        units = [
            {"code": "jaringan", "name": "Bidang Jaringan"},
            {"code": "medik", "name": "Unit Medik"},
        ]
        people = [
            {"login": login, "name": name, "unit_id": unit, "created_at": NOON}
            for login, name, _, unit in _STAFF.values()
        ]
        await self.tell(insert(schema.units).values(units), insert(schema.staff).values(people))
        return self

    async def tries(
        self, number: str, wanted: Act, who: int = CARE, **more: Any
    ) -> Done | Refusal:
        self.now = more.pop("now", self.now + MINUTE)
        order = Order(actor(who), number, wanted, self.now, **more)
        return await act(self.store.desk, self.work, order)

    async def does(self, number: str, wanted: Act, who: int = CARE, **more: Any) -> Done:
        done = await self.tries(number, wanted, who, **more)
        assert isinstance(done, Done), done
        return done

    async def refused(self, number: str, wanted: Act, who: int = CARE, **more: Any) -> Refusal:
        refusal = await self.tries(number, wanted, who, **more)
        assert isinstance(refusal, Refusal), refusal
        return refusal

    async def ticket(self, number: str) -> WorkTicket:
        return await self.store.work.ticket(number)

    async def sent(self, purpose: str) -> list[str]:
        """Texts promised for this purpose."""
        rows = await self.rows(schema.outbox)
        return [row.text for row in rows if row.purpose == purpose]
