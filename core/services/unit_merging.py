"""One unit becomes part of another, with the day on which it did (DK-40).

What runs goes over with its people and its promises as they stand; what has ended keeps the unit
that it had, and its name. Tickets move in slices, so that nobody waits for a large unit: ended
half-way, asking again goes on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.model.events import Fact, chain
from core.model.sentences import said
from core.model.work import Change, Refusal, RefusalKind
from core.services.house import actor
from core.services.units import held_unit, note_unit, unit_changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.model.events import Json
    from core.model.staff import Staff
    from core.model.units import Unit
    from core.ports import Desk
    from core.services.units import Registry

SLICE: Final = 50
"""Tickets of one unit of work."""


async def merge_unit(
    registry: Registry, by: Staff | None, seen: tuple[int, int], into_id: int
) -> Unit | Refusal:
    """The unit, retired: its running tickets, people, units below and categories are the other's.

    Args:
        registry: the ports.
        by: who does it.
        seen: id and version of the unit as ``by`` saw it.
        into_id: the unit that goes on.

    Raises StoreUnavailable, Conflict: what moved so far has moved; asking again goes on.
    """
    while True:
        async with registry.open_desk() as desk:
            found = await _both(desk, by, seen, into_id)
            if isinstance(found, Refusal):
                return found
            unit = found[0]
            if unit.retired:
                return unit
            now = registry.clock.now()
            numbers = await desk.units.running(unit.id, SLICE)
            for number in numbers:
                await _move(desk, number, found, Fact("UnitMerged", now, actor(by), {}))
            merged = unit if numbers else await _close(registry, desk, by, found)
            await desk.commit()
        if merged.retired:
            return merged


async def _both(
    desk: Desk, by: Staff | None, seen: tuple[int, int], into_id: int
) -> tuple[Unit, Unit] | Refusal:
    unit = await held_unit(desk, by, *seen)
    if isinstance(unit, Refusal):
        return unit
    units = {one.id: one for one in await desk.units.units(retired=True)}
    into = units.get(into_id)
    if into is None or into.retired:
        sentence = said("Unit tujuan tidak ada atau sudah tidak dipakai.")
    elif into.id == unit.id:
        sentence = said("Pilih unit yang lain.")
    elif unit.partner or into.partner:
        sentence = said("Unit mitra tidak dapat digabung.")
    elif unit.id in _above(units, into):
        sentence = said("Unit tujuan berada di bawah unit ini. Pindahkan dahulu.")
    else:
        return unit, into
    return Refusal(RefusalKind.INVALID, sentence, "into")


def _above(units: Mapping[int, Unit], unit: Unit) -> set[int]:
    """Every unit above this one."""
    found: set[int] = set()
    while unit.parent_id is not None and unit.parent_id not in found:
        found.add(unit.parent_id)
        unit = units[unit.parent_id]
    return found


async def _move(desk: Desk, number: str, units: tuple[Unit, Unit], fact: Fact) -> None:
    """A running ticket as it stands, with the other unit; nobody is told, nothing is due anew."""
    unit, into = units
    ticket = await desk.work.load(number)
    if ticket is None or ticket.unit_id != unit.id:
        return  # somebody has passed it on since
    fact = replace(fact, data={"unit_id": into.id, "unit_id_before": unit.id})
    event = chain(ticket.id, ticket.event_seq + 1, ticket.event_head, fact)
    after = replace(
        ticket,
        unit_id=into.id,
        unit_name=into.name,
        unit_code=into.code,
        unit_calendar=into.calendar,
        event_seq=event.seq,
        event_head=event.hash,
    )
    await desk.work.apply(ticket, Change(after, (fact,)), [event])


async def _close(
    registry: Registry, desk: Desk, by: Staff | None, units: tuple[Unit, Unit]
) -> Unit:
    """Nothing runs there any more: people and units below go over, and it is retired."""
    unit, into = units
    now = registry.clock.now()
    for below in await desk.units.units(retired=True):
        if below.parent_id == unit.id:
            await _save(registry, desk, by, (below, replace(below, parent_id=into.id)))
    every = replace(into, categories=into.categories | unit.categories)
    await _save(registry, desk, by, (into, every))
    for staff_id in await desk.units.adopt(unit.id, into.id):
        moved: dict[str, Json] = {"unit_id": {"old": unit.id, "new": into.id}, "changed": []}
        fact = Fact("StaffChanged", now, actor(by), moved)
        await desk.admin_history.append(f"staff:{staff_id}", [fact])
    merged = replace(unit, retired_at=now, version=unit.version + 1)
    await desk.units.save(merged)
    await note_unit(registry, desk, (merged.mark, by), "UnitMerged", {"into": into.id})
    return merged


async def _save(
    registry: Registry, desk: Desk, by: Staff | None, change: tuple[Unit, Unit]
) -> None:
    before, after = change
    if before == after:
        return
    after = replace(after, version=before.version + 1)
    await desk.units.save(after)
    told = unit_changes(before, after)
    await note_unit(registry, desk, (after.mark, by), "UnitChanged", told)
