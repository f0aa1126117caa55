"""Suggesting who should have a ticket, and giving it to them unasked where the office says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import NotFound
from core.model.act_rules import sees
from core.model.acts import Assign
from core.model.rights import may
from core.model.sentences import said
from core.model.staff import Right
from core.model.suggestion import Staffing, Suggestion, automatic_choice, suggest
from core.model.work import SYSTEM, Actor, Refusal, RefusalKind
from core.services.work import Done, Order, act_at

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.scene import WorkPolicy
    from core.model.staff import Staff
    from core.ports import OpenDesk, Store
    from core.ports.units import UnitReads

LOOKED_AT = 2_000
"""Tickets without anybody that one automatic round looks at."""

ROUND = 50
"""Tickets that it gives to somebody; the next round goes on."""

UNENTITLED = Refusal(
    RefusalKind.UNENTITLED, said("Peran Anda tidak berwenang menugaskan tiket ini.")
)


async def suggestion_for(
    store: Store, by: Staff, number: str, now: datetime
) -> Suggestion | Refusal:
    """Who and which unit could have this ticket, best first.

    Args:
        store: outside any unit of work.
        by: who asks; must see the ticket and may assign it.
        number: canonical.
        now: aware UTC.

    Raises:
        NotFound: no such ticket, or none within reach.
        StoreUnavailable: it cannot be read now.
    """
    ticket = await store.work.ticket(number)
    if not sees(Actor(by), ticket):
        raise NotFound(number)
    if not may(by, Right.ASSIGN, ticket.facts):
        return UNENTITLED
    return suggest(ticket, await staffing_of(store.units), now)


async def auto_assign(
    open_desk: OpenDesk, policy: WorkPolicy, number: str, now: datetime
) -> Done | Refusal | None:
    """Gives a ticket that nobody has to the least loaded who fits; None: nobody does.

    In one transaction with the ticket and all candidates locked, so that two processes neither
    give one ticket twice nor one person more than there is room for.

    Raises:
        NotFound, Conflict, StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        ticket = await desk.work.load(number)
        if ticket is None:
            raise NotFound(number)
        await desk.units.lock_candidates()
        chosen = automatic_choice(ticket, await staffing_of(desk.units), now)
        if chosen is None:
            return None
        order = Order(SYSTEM, number, Assign(chosen.candidate.id), now, version=ticket.version)
        outcome = await act_at(desk, policy, order)
        if isinstance(outcome, Done):
            await desk.commit()
    return outcome


async def assign_waiting(open_desk: OpenDesk, policy: WorkPolicy, now: datetime) -> list[str]:
    """One automatic round: emergencies first, then the oldest; at most ``ROUND`` are given.

    Those for whom nobody fits stay where people see them, and hold up no others.

    Returns:
        the numbers of the tickets that were given to somebody.

    Raises:
        Conflict, StoreUnavailable: those given before stay given.
    """
    async with open_desk() as desk:
        waiting = await desk.units.unassigned(LOOKED_AT)
        staffing = await staffing_of(desk.units) if waiting else None
    given: list[str] = []
    for one in waiting:
        if staffing is None or automatic_choice(one, staffing, now) is None:
            continue
        outcome = await auto_assign(open_desk, policy, one.number, now)
        if isinstance(outcome, Done):
            given.append(one.number)
        if len(given) == ROUND:
            break
    return given


async def staffing_of(reads: UnitReads) -> Staffing:
    """Who and what there is to choose from now."""
    return Staffing(await reads.candidates(), await reads.units(), await reads.regions())
