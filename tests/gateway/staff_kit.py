"""Work on the tickets of a running hall, done by the system itself, which needs no rights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from core.model.acts import Act, Pend, Resolve, Review
from core.model.scene import WorkPolicy
from core.model.work import SYSTEM
from core.services.work import Done, Order, act

if TYPE_CHECKING:
    from tests.gateway.citizen_kit import Hall

LATER = datetime.now(UTC) + timedelta(days=2)
"""When the part should come."""


async def does(office: Hall, number: str, *acts: Act) -> None:
    """One act after the other."""
    policy = WorkPolicy(office.gateway.plan.policy)
    for one in acts:
        order = Order(SYSTEM, number, one, office.clock.now())
        done = await act(office.store.desk, policy, order)
        assert isinstance(done, Done), done
    office.gateway.intake.committed()


PENDING: tuple[Act, ...] = (
    Review(),
    Pend("hardware_on_order", "vendor lampu", "kabel putus", LATER, "kabel"),
)
"""Until it waits for a part."""

SOLVED: tuple[Act, ...] = (*PENDING, Resolve("Kabel sudah diganti"))
"""Until its solution is told."""
