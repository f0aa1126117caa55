"""Due times of running tickets under a changed calendar, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select, update

from config.calendars import load_calendar
from core.model.calendar import Holiday, HolidayKind
from core.model.watch import WatchPolicy
from core.services import recompute
from core.services.recompute import Progress, Wanted, recompute_all, recompute_slice
from tests.core.fakes import NOON, office
from tests.core.services.counter import Counter, person
from ticket_store import schema

if TYPE_CHECKING:
    from core.model.calendar import Calendar
    from ticket_store.store import SqlStore

CALENDAR = "calendar"
FRIDAY = date(2026, 7, 17)


@pytest.fixture
def counter(store: SqlStore) -> Counter:
    return Counter(store)


def closed(*days: date) -> Calendar:
    """The office's calendar with these days off as well."""
    plain = load_calendar("banyuwangi", office().zone)
    off = {day: Holiday("Libur daerah", HolidayKind.REGIONAL) for day in days}
    return replace(plain, holidays={**plain.holidays, **off})


def policy(*days: date) -> WatchPolicy:
    calendar = closed(*days)
    return WatchPolicy(office().sla, lambda _: calendar)


async def dues(counter: Counter, target: str = "solution") -> list[Any]:
    rows = await counter.rows(schema.sla_clocks)
    return [row.due_at for row in rows if row.target == target]


async def test_a_new_holiday_moves_what_it_falls_into(counter: Counter) -> None:
    number = await counter.opens()
    [before] = await dues(counter)
    changed = await recompute_all(
        counter.store.desk, policy(FRIDAY), Wanted(CALENDAR), counter.now
    )
    assert changed == 1
    assert await dues(counter) == [before + timedelta(days=1)]  # Mon → Tue, 17.00
    event = (await counter.history(number))[-1]
    assert event.kind == "DueTimesRecomputed"
    assert '"cause":"calendar"' in event.data
    assert '"first_answer"' not in event.data  # it did not change
    assert (
        await recompute_all(counter.store.desk, policy(FRIDAY), Wanted(CALENDAR), counter.now) == 0
    )


@pytest.mark.parametrize(("never_earlier", "expected"), [(True, 0), (False, 1)])
async def test_nothing_is_earlier_than_promised_unless_the_admin_says_so(
    counter: Counter,
    never_earlier: bool,
    expected: int,
) -> None:
    counter.policy = office(calendar=closed(FRIDAY))
    await counter.opens()
    wanted = Wanted(CALENDAR, never_earlier=never_earlier)
    changed = await recompute_all(counter.store.desk, policy(), wanted, counter.now)
    assert changed == expected


async def test_only_provisional_ones_when_a_year_was_loaded(counter: Counter) -> None:
    await counter.opens("HELPDESK internet mati", person(1))
    await counter.opens("HELPDESK internet mati", person(2))
    [first, second] = await counter.rows(schema.tickets)
    here = schema.sla_clocks.c.ticket_id == first.id
    await counter.tell(update(schema.sla_clocks).where(here).values(provisional=True))
    wanted = Wanted("holidays", provisional=True)
    assert await recompute_all(counter.store.desk, policy(FRIDAY), wanted, counter.now) == 1
    assert {row.provisional for row in await counter.rows(schema.sla_clocks)} == {False}
    assert (await counter.kinds(second.number)) == ["TicketOpened"]


async def test_only_units_with_the_calendar_that_changed(counter: Counter) -> None:
    number = await counter.opens("HELPDESK internet mati", person(1))
    await counter.opens("HELPDESK internet mati", person(2))
    ticket = select(schema.tickets.c.id).where(schema.tickets.c.number == number)
    unit = {"id": 4, "code": "rsud", "name": "RSUD", CALENDAR: "rs24"}
    work = {"ticket_id": ticket.scalar_subquery(), "unit_id": 4, "changed_at": NOON}
    await counter.tell(
        insert(schema.units).values(unit), insert(schema.ticket_work).values(**work)
    )
    hospital, plain = Wanted(CALENDAR, calendar="rs24"), Wanted(CALENDAR, calendar="")
    assert await recompute_all(counter.store.desk, policy(FRIDAY), hospital, counter.now) == 1
    assert (await counter.kinds(number))[-1] == "DueTimesRecomputed"
    assert await recompute_all(counter.store.desk, policy(FRIDAY), plain, counter.now) == 1


async def test_ended_tickets_and_kept_or_broken_promises_stay(counter: Counter) -> None:
    number = await counter.opens()
    await counter.tell(update(schema.sla_clocks).values(breached_at=counter.now))
    assert await recompute_all(counter.store.desk, policy(FRIDAY), Wanted("x"), counter.now) == 0
    await counter.tell(update(schema.sla_clocks).values(breached_at=None))
    await counter.end(number, "resolved")
    assert await recompute_all(counter.store.desk, policy(FRIDAY), Wanted("x"), counter.now) == 0


async def test_it_goes_slice_by_slice(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recompute, "SLICE", 2)
    for last in range(5):
        await counter.opens("HELPDESK internet mati", person(last))
    ids = [row.id for row in await counter.rows(schema.tickets)]
    wanted, after, found = Wanted(CALENDAR), 0, list[Progress]()
    while not found or found[-1].after is not None:
        found.append(
            await recompute_slice(counter.store.desk, policy(FRIDAY), wanted, after, counter.now)
        )
        after = found[-1].after or 0
    assert found == [Progress(ids[1], 2), Progress(ids[3], 2), Progress(None, 1)]
