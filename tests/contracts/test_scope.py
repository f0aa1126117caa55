"""Who sees which tickets, on both engines: what the rules say and what SQL finds are the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert, select, update

from core.errors import NotFound
from core.model.rights import ABOUT_THE_HOUSE, may, scope
from core.model.staff import Right, Role, Staff, TicketFacts
from tests.contracts.desk_samples import SARI, greet, id_of, lay_down, number_of, opening
from tests.contracts.house_kit import NOW, Office
from tests.contracts.planting import connection_of
from ticket_store.schema import ticket_work, tickets, units
from ticket_store.scope import SCOPED, visible

if TYPE_CHECKING:
    from ticket_store.store import SqlStore

ME, OTHER = 1, 2

FACTS = [
    TicketFacts(*one)
    for one in product(
        (None, 1, 3, 4), (None, 2, 3), (None, ME, OTHER), (None, ME), (None, ME), (False, True)
    )
]
"""Units 1 (mine), 3 (below mine), 4 (another); regions 2 (below mine), 3 (another)."""


def person(*roles: Role, **changes: Any) -> Staff:
    plain = Staff(
        ME,
        "saya",
        "Saya",
        frozenset(roles),
        unit_id=1,
        regions=frozenset({1}),
        units=frozenset({1, 2, 3}),
        areas=frozenset({1, 2}),
    )
    return replace(plain, **changes)


PEOPLE = {
    **{role.value: person(role) for role in Role},
    "two roles": person(Role.TECHNICIAN, Role.UNIT_SUPERVISOR),
    "leader at work": person(Role.LEADERSHIP, Role.OFFICER),
    "no place": person(Role.UNIT_SUPERVISOR, units=frozenset(), areas=frozenset()),
    "elsewhere": person(Role.UNIT_SUPERVISOR, units=frozenset({4}), areas=frozenset({3})),
    "token": person(Role.CUSTOMER_CARE, only=frozenset({Right.VIEW})),
    "half way": person(*Role, only=frozenset()),
    "disabled": person(*Role, disabled_at=NOW),
    "everything": person(*Role),
}


async def _plant(store: SqlStore) -> None:
    """One ticket for each of ``FACTS``, and one that nobody has touched, the last."""
    office = Office(store)
    await office.build()
    await office.hires("saya", Role.OPERATOR)
    await office.hires("lain", Role.OPERATOR)
    [sari] = await greet(store, SARI)
    for sequence in range(len(FACTS) + 1):
        await lay_down(store, opening(sequence + 1, sari))
    rows = [
        {
            "ticket_id": id_of(place + 1),
            "changed_at": NOW,
            "unit_id": facts.unit_id,
            "region_id": facts.region_id,
            "assignee_id": facts.assignee_id,
            "created_by": facts.created_by,
            "about_staff_id": facts.about_staff_id,
            "sensitive": facts.sensitive,
        }
        for place, facts in enumerate(FACTS)
    ]
    await office.tell(insert(ticket_work).values(rows))


async def _found(store: SqlStore, who: Staff, right: Right) -> set[int]:
    wanted = select(tickets.c.id).select_from(SCOPED).where(visible(scope(who, right)))
    async with store.desk() as desk:
        return set((await connection_of(desk).execute(wanted)).scalars())


async def test_lists_and_rules_agree_for_everybody(store: SqlStore) -> None:
    await _plant(store)
    everywhere = [*FACTS, TicketFacts()]
    for name, who in PEOPLE.items():
        for right in set(Right) - ABOUT_THE_HOUSE:
            allowed = {
                id_of(place + 1)
                for place, facts in enumerate(everywhere)
                if may(who, right, facts)
            }
            assert await _found(store, who, right) == allowed, (name, right)


async def test_counts_and_single_reads_agree_with_lists(store: SqlStore) -> None:
    await _plant(store)
    everywhere = [*FACTS, TicketFacts()]
    for name, who in PEOPLE.items():
        wanted = select(func.count()).select_from(SCOPED).where(visible(scope(who)))
        async with store.desk() as desk:
            counted = (await connection_of(desk).execute(wanted)).scalar_one()
        assert counted == sum(may(who, Right.VIEW, facts) for facts in everywhere), name
        for place in range(0, len(everywhere), 7):
            facts, number = everywhere[place], number_of(place + 1)
            if may(who, Right.VIEW, facts):
                assert await store.staff.visible(number, scope(who)) == facts
            else:
                with pytest.raises(NotFound) as refused:
                    await store.staff.visible(number, scope(who))
                assert refused.value.args == (number,)


async def test_a_ticket_out_of_scope_and_none_at_all_are_told_alike(store: SqlStore) -> None:
    office = Office(store)
    await office.build()
    await office.ticket(1, unit_id=4)
    supervisor = person(Role.UNIT_SUPERVISOR)
    told = []
    for number in (number_of(1), "HD26-999999-9"):
        with pytest.raises(NotFound) as refused:
            await store.staff.visible(number, scope(supervisor))
        told.append(str(refused.value).replace(number, "…"))
    assert told[0] == told[1]


async def test_units_and_regions_below_are_found_however_deep(store: SqlStore) -> None:
    office = Office(store)
    await office.build()
    added = await office.hires("kasatpel", Role.UNIT_SUPERVISOR, unit_id=1, regions=frozenset({1}))
    assert (added.units, added.areas) == ({1, 2, 3}, {1, 2})
    section = await office.hires("seksi", Role.UNIT_SUPERVISOR, unit_id=3)
    assert (section.units, section.areas) == ({3}, frozenset())
    assert (await store.staff.one(added.id)).units == {1, 2, 3}


async def test_a_circle_of_units_ends(store: SqlStore) -> None:
    office = Office(store)
    await office.build()
    await office.tell(update(units).where(units.c.id == 1).values(parent_id=3))
    added = await office.hires("kasatpel", Role.UNIT_SUPERVISOR, unit_id=2)
    assert added.units == {1, 2, 3}
