"""Suggestions and the automatic round on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, update

from core.errors import NotFound
from core.model import acts
from core.model.suggestion import Suggestion
from core.model.work import Refusal, RefusalKind
from core.services.assigning import assign_waiting, auto_assign, suggestion_for
from core.services.work import Done
from tests.core.fakes import NOON
from tests.core.services.counter import LAMP, PRINTER, person
from tests.core.services.workshop import BOSS, CARE, NETWORK, OTHER, TECH, Workshop, staff
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ticket_store.store import SqlStore

EVENING = NOON + timedelta(hours=8)
PEOPLE = schema.staff


@dataclass
class Team(Workshop):
    """A workshop whose two technicians are there, have room, and work in the network unit."""

    async def gathers(self, **changes: Any) -> Team:
        await self.open_doors()
        values = {"present_until": EVENING, "roles": '["technician"]', "capacity": 2} | changes
        both = PEOPLE.c.id.in_([TECH, OTHER])
        await self.tell(
            update(PEOPLE).where(both).values(**values),
            update(PEOPLE).where(PEOPLE.c.id == BOSS).values(roles='["unit_supervisor"]'),
            update(schema.units)
            .where(schema.units.c.id == NETWORK)
            .values(categories='["network", "hardware", "power", "public_works", "other"]'),
        )
        return self

    async def many(self, count: int) -> list[str]:
        return [await self.opens(f"{LAMP} nomor {n}", person(n)) for n in range(count)]

    async def held(self, numbers: Sequence[str]) -> list[int | None]:
        return [(await self.ticket(number)).assignee_id for number in numbers]

    async def suggests(self, number: str, who: int = CARE) -> Suggestion:
        found = await suggestion_for(self.store, staff(who), number, self.now)
        assert isinstance(found, Suggestion), found
        return found


@pytest.fixture
def team(store: SqlStore) -> Team:
    return Team(store)


async def test_the_list_is_read_from_what_is_held_now(team: Team) -> None:
    await team.gathers()
    first, second = await team.many(2)
    await team.does(first, acts.Assign(TECH))
    found = await team.suggests(second)
    assert [(one.candidate.id, one.candidate.load) for one in found.people] == [
        (OTHER, 0),
        (TECH, 1),
    ]
    assert found.people[1].candidate.assigned_at == team.now
    assert found.units[0].unit.id == NETWORK
    await team.does(first, acts.Start("Mulai"), TECH)
    await team.does(first, acts.Resolve("diganti"), TECH)
    assert {one.candidate.load for one in (await team.suggests(second)).people} == {0}


async def test_whoever_may_not_assign_gets_no_list(team: Team) -> None:
    await team.gathers()
    [number] = await team.many(1)
    await team.does(number, acts.Assign(TECH))
    refusal = await suggestion_for(team.store, staff(TECH), number, team.now)
    assert isinstance(refusal, Refusal)
    assert refusal.kind is RefusalKind.UNENTITLED
    with pytest.raises(NotFound):
        await suggestion_for(team.store, staff(OTHER), number, team.now)
    with pytest.raises(NotFound):
        await suggestion_for(team.store, staff(CARE), "HD26-999999-9", team.now)


async def test_disabled_people_and_other_roles_are_not_listed(team: Team) -> None:
    await team.gathers()
    [number] = await team.many(1)
    await team.tell(update(PEOPLE).where(PEOPLE.c.id == OTHER).values(disabled_at=NOON))
    assert [one.candidate.id for one in (await team.suggests(number)).people] == [TECH]


async def test_whoever_is_complained_about_is_not_listed(team: Team) -> None:
    await team.gathers()
    [number] = await team.many(1)
    await team.does(number, acts.Mark(about_staff_id=TECH))
    assert [one.candidate.id for one in (await team.suggests(number)).people] == [OTHER]


async def test_one_round_shares_out_what_fits(team: Team) -> None:
    await team.gathers()
    numbers = await team.many(5)
    assert await assign_waiting(team.store.desk, team.work, team.now) == numbers[:4]
    assert await team.held(numbers) == [TECH, OTHER, TECH, OTHER, None]
    assert "Assigned" in await team.kinds(numbers[0])
    assert await assign_waiting(team.store.desk, team.work, team.now) == []


async def test_what_nobody_fits_holds_up_nothing(team: Team) -> None:
    await team.gathers()
    await team.tell(insert(schema.regions).values(id=1, code="r", name="R"))
    await team.tell(insert(schema.regions).values(id=2, code="s", name="S"))
    await team.tell(update(PEOPLE).values(regions="[2]"))
    far, near = await team.many(2)
    await team.does(far, acts.Classify(region_id=1))
    await team.does(near, acts.Classify(region_id=2))
    assert await assign_waiting(team.store.desk, team.work, team.now) == [near]


async def test_emergencies_come_first(team: Team) -> None:
    await team.gathers(capacity=1)
    await team.tell(update(PEOPLE).where(PEOPLE.c.id == OTHER).values(present_until=None))
    calm = await team.opens(LAMP, person(1))
    urgent = await team.opens(PRINTER, person(2))
    await team.tell(
        update(schema.tickets)
        .where(schema.tickets.c.number == urgent)
        .values(priority="emergency")
    )
    assert await assign_waiting(team.store.desk, team.work, team.now) == [urgent]
    assert await team.held([calm, urgent]) == [None, TECH]


async def test_a_ticket_that_somebody_has_is_left_alone(team: Team) -> None:
    await team.gathers()
    [number] = await team.many(1)
    await team.does(number, acts.Assign(TECH))
    assert await auto_assign(team.store.desk, team.work, number, team.now) is None
    with pytest.raises(NotFound):
        await auto_assign(team.store.desk, team.work, "HD26-999999-9", team.now)


async def test_many_at_once_never_double(team: Team) -> None:
    """Six tickets, four places, every ticket given twice at the same time."""
    await team.gathers()
    numbers = await team.many(6)
    tries = [auto_assign(team.store.desk, team.work, n, team.now) for n in numbers * 2]
    outcomes = await asyncio.gather(*tries)
    done = [one for one in outcomes if isinstance(one, Done)]
    held = await team.held(numbers)
    assert len(done) == 4
    assert sorted(one for one in held if one) == [TECH, TECH, OTHER, OTHER]
    running = [row for row in await team.rows(schema.assignments) if row.ended_at is None]
    assert len(running) == 4
