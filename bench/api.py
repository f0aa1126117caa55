"""The REST API with a store full of tickets: one ticket beside a bare handler, lists and counts."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import cycle, islice
from statistics import median
from typing import TYPE_CHECKING

from bench import stage
from bench.database import ENGINES, Stores
from bench.growth import SMALL, YEAR, fill
from bench.load import Load, quantile
from bench.requests import Wire
from core.model.credentials import TOKEN_MARK, ApiToken, token_hash
from core.model.listing import Sort, TicketFilter
from core.model.numbers import TicketNumber
from core.model.rights import EVERYTHING, Area, Scope
from core.model.staff import Role, Staff
from core.model.ticket import Status
from ticket_store.store import SqlStore, open_store

if TYPE_CHECKING:
    from pathlib import Path

    from bench.table import Table

RATE = 50
SECONDS = 6
TURNS = 5
CLIENTS = 4
SECRET = TOKEN_MARK + "b" * 43
NOW = datetime(2026, 6, 1, tzinfo=UTC)
UNITS = 4
"""The tickets that run are spread over so many units."""

WORK = (
    "insert into units (id, code, name) select n, 'u' || n, 'Unit ' || n from ({few}) as x",
    "insert into ticket_work (ticket_id, unit_id, unit_name, changed_at) "
    "select id, 1 + (id / 50) % {units}, 'Unit', opened_at from tickets where ended_at is null",
)
FEW = {
    "sqlite": "with recursive s(n) as (select 1 union all select n + 1 from s where n < {units}) select n from s",
    "postgresql": "select n from generate_series(1, {units}) n",
}

RUNNING = TicketFilter(statuses=frozenset(one for one in Status if one.running))
CLOSED = TicketFilter(statuses=frozenset({Status.CLOSED}), category="network")
ALL = Scope(1, EVERYTHING, EVERYTHING)
UNIT = Scope(1, Area(units=frozenset({3})), EVERYTHING)
LISTS = {
    "list of running tickets": (ALL, RUNNING, Sort.NEWEST),
    "list of running tickets by due time": (ALL, RUNNING, Sort.DUE),
    "list by urgency": (ALL, TicketFilter(), Sort.URGENCY),
    "list of one unit": (UNIT, TicketFilter(), Sort.NEWEST),
    "list of closed tickets of a category": (ALL, CLOSED, Sort.OLDEST),
    "search by number": (ALL, TicketFilter(number=f"HD{YEAR}-0000"), Sort.NEWEST),
}
COUNTS = {
    "count of running tickets": (ALL, RUNNING),
    "count of one unit": (UNIT, TicketFilter()),
    "count of closed tickets": (ALL, CLOSED),
}


def measure(table: Table, stores: Stores, many: int) -> None:
    """One ticket over HTTP, and lists in a small and a large store, per engine."""
    for engine in ENGINES:
        made = {count: filled(engine, stores, count) for count in (SMALL, many)}
        small, large = (asyncio.run(_lists(made[count][1])) for count in (SMALL, many))
        for what, figure in large.items():
            table.add(
                f"{what} at {many:,} tickets",
                engine,
                f"{figure:.2f} ms",
                beside=f"{small[what]:.2f} ms at {SMALL:,}",
                ratio=f"{figure / small[what]:.2f}",
                must="2",
            )
        _one_ticket(table, engine, made[many], many)


def filled(engine: str, stores: Stores, count: int) -> tuple[Path, str]:
    """A store with so many tickets, units, and an operator: its folder and address."""
    folder, url = stores.fresh(engine)
    asyncio.run(_migrated(url))
    fill(engine, url, stores.server, count)
    asyncio.run(_peopled(url, FEW[engine].format(units=UNITS)))
    return folder, url


async def _migrated(url: str) -> None:
    store = await open_store(url)
    await store.close()


async def _peopled(url: str, few: str) -> None:
    """Units, the work of what runs, and an operator with a token."""
    store = await open_store(url)
    try:
        async with store._engines.writing.begin() as connection:  # noqa: SLF001 - rows that no port writes
            for statement in WORK:
                await connection.exec_driver_sql(statement.format(few=few, units=UNITS))
            await connection.exec_driver_sql("analyze")
        async with store.desk() as desk:
            person = await desk.staff.add(
                Staff(0, "bench", "Bench", frozenset({Role.OPERATOR})), NOW
            )
            token = ApiToken(0, token_hash(SECRET), "bench", person.id, frozenset(), NOW)
            await desk.entries.add_token(token)
            await desk.commit()
    finally:
        await store.close()


async def _lists(url: str) -> dict[str, float]:
    """Medians in milliseconds."""
    store = await open_store(url)
    try:
        times = {what: await _timed(store, *asked) for what, asked in LISTS.items()}
        for what, (scope, wanted) in COUNTS.items():
            times[what] = await _counted(store, scope, wanted)
        return times
    finally:
        await store.close()


async def _timed(store: SqlStore, scope: Scope, wanted: TicketFilter, sort: Sort) -> float:
    times = []
    for _ in range(40):
        began = time.perf_counter()
        await store.lists.page(scope, wanted, sort, None, 50)
        times.append((time.perf_counter() - began) * 1000)
    return median(times)


async def _counted(store: SqlStore, scope: Scope, wanted: TicketFilter) -> float:
    times = []
    for _ in range(40):
        began = time.perf_counter()
        await store.lists.count(scope, wanted, 1_001)
        times.append((time.perf_counter() - began) * 1000)
    return median(times)


# --- one ticket ------------------------------------------------------------------------------------


def numbers(many: int) -> list[str]:
    """Written in the store with the check digit 0; only those whose digit it is can be asked for."""
    found = []
    for n in range(many // 2, many):
        number = TicketNumber("HD", YEAR, 10_000_000 + n)
        if number.check == "0":
            found.append(str(number))
        if len(found) == 500:
            break
    return found


def _wires(numbers: list[str], count: int) -> list[Wire]:
    return [
        Wire(
            str(index),
            f"GET /api/v1/tickets/{number} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {SECRET}\r\nAccept: application/json\r\n\r\n".encode(),
        )
        for index, number in enumerate(islice(cycle(numbers), count))
    ]


async def _asked(port: int, wires: list[Wire]) -> tuple[list[float], int]:
    load = Load(port, wires)
    clients = [await load.connect() for _ in range(CLIENTS)]
    await load.open(clients, RATE)
    return load.latencies, load.errors


def _one_ticket(table: Table, engine: str, made: tuple[Path, str], many: int) -> None:
    wires = _wires(numbers(many), RATE * SECONDS)
    with ExitStack() as stack:
        provider = stack.enter_context(stage.reference("provider"))
        bare = stack.enter_context(stage.reference("bare_json"))
        running = stack.enter_context(stage.gateway(*made, provider.port, 100))
        p95: dict[str, list[float]] = {"bare": [], "gateway": []}
        for _ in range(TURNS):
            for name, port in (("bare", bare.port), ("gateway", running.port)):
                latencies, errors = asyncio.run(_asked(port, wires))
                assert not errors, f"{name}: {errors} errors"
                p95[name].append(quantile(latencies, 0.95))
    mine, theirs = median(p95["gateway"]), median(p95["bare"])
    table.add(
        f"API: one ticket at {RATE}/s with {many:,} tickets, p95",
        engine,
        f"{mine:.2f} ms",
        beside=f"bare JSON handler {theirs:.2f} ms",
        ratio=f"{mine / theirs:.1f}",
        must="5",
    )
