"""The same with a store full of tickets: intake, list page, look-up, claim, start, memory."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from bench import stage
from bench.database import ENGINES, Stores
from bench.intake import CHANNEL_RATE, Figures, turn
from core.model.messages import ChannelId
from core.model.views import PageKey
from ticket_store.store import SqlStore, open_store

if TYPE_CHECKING:
    from pathlib import Path

    from bench.table import Table
    from tests.postgres import Cluster

SMALL = 10_000
START_WITH = 100_000
YEAR = 20
"""Filled tickets are of a year that no new ticket is numbered in."""

SERIES = {
    "sqlite": "with recursive s(n) as (select 1 union all select n + 1 from s where n < {count}) ",
    "postgresql": "with s as (select n from generate_series(1, {count}) n) ",
}
AGO = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', '2026-01-01', '+' || n || ' seconds')",
    "postgresql": "timestamptz '2026-01-01 00:00Z' + n * interval '1 second'",
}
FILL = (
    "insert into addresses (id, kind, value, first_seen_at, last_seen_at) {s}"
    "select {base} + n, 'phone', '+62899' || (10000000 + n), {at}, {at} from s",
    "insert into tickets (id, number, status, status_at, priority, category, subject, description, match_text,"
    " language, channel, address_id, opened_at, ended_at, event_seq, event_head) {s}"
    "select 20000000000 + n, 'HD20-' || (10000000 + n) || '-0', case when n % 50 = 0 then 'received' else 'closed' end,"
    " {at}, 'normal', 'network', 'internet mati', 'internet kantor mati sejak pagi', '', 'id', 'sms', {base} + n, {at},"
    " case when n % 50 = 0 then null else {at} end, 1, 'x' from s",
    "insert into messages (id, channel, external_id, address_id, ticket_id, outcome, kind, text, language, recipient,"
    " received_at, raw) {s}"
    "select {base} + n, 'sms', 'FILL' || n, {base} + n, 20000000000 + n, 'opened', 'new_ticket',"
    " 'HELPDESK internet kantor mati sejak pagi', 'id', '', {at}, {raw} from s",
    "insert into sla_clocks (ticket_id, target, due_at, open) {s}"
    "select 20000000000 + n, 'first_answer', {at}, n % 50 = 0 from s",
    "insert into sla_clocks (ticket_id, target, due_at, open) {s}"
    "select 20000000000 + n, 'solution', {at}, n % 50 = 0 from s",
    "insert into events (ticket_id, seq, kind, at, actor, data, previous, hash) {s}"
    "select 20000000000 + n, 1, 'TicketOpened', {at}, 'reporter', '{{}}', '', 'x' from s",
    "insert into outbox (id, key, purpose, channel, recipient_kind, recipient, address_id, ticket_id, text, urgency,"
    " state, created_at, due_at, provider_id, delivery, delivery_rank) {s}"
    "select {base} + n, 'fill:' || n, 'ack', 'sms', 'phone', '+62899' || (10000000 + n), {base} + n, 20000000000 + n,"
    " 'Laporan Anda diterima', 0, 'handed_over', {at}, {at}, 'SMFILL' || n, 'delivered', 3 from s",
)
BASE = 1_000_000_000
"""Ids of filled rows begin here, far from those of the running gateway."""


def fill(engine: str, url: str, server: Cluster, count: int) -> None:
    """Puts ``count`` ended tickets (one in fifty still runs) into a migrated store."""
    values = {
        "s": SERIES[engine].format(count=count),
        "at": AGO[engine],
        "base": str(BASE),
        "raw": "x''" if engine == "sqlite" else "''::bytea",
    }
    statements = [statement.format(**values) for statement in FILL]
    if engine == "sqlite":
        connection = sqlite3.connect(url.split("///", 1)[1])
        connection.execute("pragma synchronous=off")
        with connection:
            for statement in statements:
                connection.execute(statement)
        connection.execute("analyze")
        connection.close()
        return
    database = url.rsplit("/", 1)[1]
    for statement in statements:
        server.sql(statement, database, timeout=600)
    server.sql("vacuum analyze", database, timeout=600)


async def _migrated(url: str) -> None:
    store = await open_store(url)
    await store.close()


async def _reads(url: str, count: int) -> dict[str, float]:
    """Medians in milliseconds of what pages and the dispatcher ask."""
    store = await open_store(url)
    try:
        middle = PageKey(
            datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=count // 2),
            YEAR * 10**9 + count // 2,
        )
        number = f"HD20-{10_000_000 + count // 2}-0"
        return {
            "first list page": await _timed(lambda: store.reads.tickets(None, 50)),
            "list page in the middle": await _timed(lambda: store.reads.tickets(middle, 50)),
            "ticket by number": await _timed(lambda: store.reads.ticket(number)),
            "a look into the outbox": await _timed(lambda: _claim(store)),
        }
    finally:
        await store.close()


async def _claim(store: SqlStore) -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    async with store.desk() as desk:
        await desk.outbox.claim(ChannelId("sms"), now, now + timedelta(seconds=30), 50)


async def _timed(ask: object) -> float:
    times = []
    for _ in range(40):
        began = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - began) * 1000)
    return median(times)


def measure(table: Table, stores: Stores, many: int) -> None:
    """Small and large store side by side, per engine."""
    for engine in ENGINES:
        made = {}
        for count in (0, SMALL, many):
            folder, url = stores.fresh(engine)
            asyncio.run(_migrated(url))
            if count:
                fill(engine, url, stores.server, count)
            made[count] = (folder, url)
        small, large = (asyncio.run(_reads(made[count][1], count)) for count in (SMALL, many))
        for what, figure in large.items():
            table.add(
                f"{what} at {many:,} tickets",
                engine,
                f"{figure:.2f} ms",
                beside=f"{small[what]:.2f} ms at {SMALL:,}",
                ratio=f"{figure / small[what]:.2f}",
                must="2",
                aim="1.2",
            )
        _intake(table, engine, made, many)
        _start(table, engine, stores)


def _intake(table: Table, engine: str, made: dict[int, tuple[Path, str]], many: int) -> None:
    with ExitStack() as stack:
        provider = stack.enter_context(stage.reference("provider"))
        subjects = {
            count: stack.enter_context(stage.gateway(*made[count], provider.port, CHANNEL_RATE))
            for count in (0, many)
        }
        figures = {count: Figures() for count in subjects}
        first = 0
        for _ in range(5):
            for count, running in subjects.items():
                turn(running, figures[count], clients=16, count=5_000, first=first)
                first += 5_000
        empty, full = (median(figures[count].per_second) for count in (0, many))
        table.add(
            f"intake with {many:,} tickets",
            engine,
            f"{full:,.0f}/s",
            beside=f"{empty:,.0f}/s with none",
            ratio=f"{full / empty:.2f}",
            must="0.85",
            aim="0.93",
        )


def _start(table: Table, engine: str, stores: Stores) -> None:
    folder, url = stores.fresh(engine)
    asyncio.run(_migrated(url))
    fill(engine, url, stores.server, START_WITH)
    with (
        stage.reference("provider") as provider,
        stage.gateway(folder, url, provider.port, 100) as running,
    ):
        time.sleep(3)
        table.add(
            f"start to ready with {START_WITH:,} tickets",
            engine,
            f"{running.ready_after:.2f} s",
            must="3 s",
        )
        table.add(
            "idle memory of helpdesk serve", engine, f"{running.memory():.0f} MiB", must="90 MiB"
        )
