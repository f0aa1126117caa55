"""The sweep: what it costs to find a thousand due clocks among ten thousand and a million."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

from bench.database import ENGINES
from bench.growth import SERIES
from config.calendars import load_calendar
from core.model.messages import ChannelId
from core.model.policy import ChannelTraits
from core.model.sla import DEFAULT_POLICY
from core.model.texts import TextForm, TextSet
from core.model.watch import WatchPolicy
from core.services.watch import sweep
from core.services.watch_texts import WatchRules
from ticket_store.store import open_store

if TYPE_CHECKING:
    from bench.database import Stores
    from bench.table import Table
    from tests.postgres import Cluster

SMALL = 10_000
DUE = 1_000
SLICE = 500
NOW = datetime(2026, 7, 14, 3, 0, tzinfo=UTC)
SMS = ChannelId("sms")

AT = {"sqlite": "'{day} 03:00:00.000000'", "postgresql": "timestamptz '{day} 03:00Z'"}
FILL = (
    "insert into addresses (id, kind, value, first_seen_at, last_seen_at) {s}"
    "select n, 'phone', '+62899' || (10000000 + n), {past}, {past} from s where n <= {due}",
    "insert into tickets (id, number, status, status_at, priority, category, subject, description, match_text,"
    " language, channel, address_id, opened_at, event_seq, event_head) {s}"
    "select 20000000000 + n, 'HD20-' || (10000000 + n) || '-0', 'received', {past}, 'normal', 'network',"
    " 'internet mati', 'internet kantor mati', '', 'id', 'sms', 1 + n % {due}, {past}, 1, 'x' from s",
    "insert into messages (id, channel, external_id, address_id, ticket_id, outcome, kind, text, language, recipient,"
    " received_at, raw) {s}"
    "select n, 'sms', 'FILL' || n, 1 + n % {due}, 20000000000 + n, 'opened', 'new_ticket',"
    " 'HELPDESK internet mati', 'id', '', {past}, {raw} from s",
    "insert into events (ticket_id, seq, kind, at, actor, data, previous, hash) {s}"
    "select 20000000000 + n, 1, 'TicketOpened', {past}, 'reporter', '{{}}', '', 'x' from s",
    "insert into sla_clocks (ticket_id, target, due_at, open, started_at, warn_at, look_at) {s}"
    "select 20000000000 + n, 'first_answer', {future}, {true}, {past}, {future}, {future} from s",
    "insert into sla_clocks (ticket_id, target, due_at, open, started_at, warn_at, look_at) {s}"
    "select 20000000000 + n, 'solution', {future}, {true}, {past}, {future}, {future} from s",
)
AGAIN = (
    "update sla_clocks set due_at = {past}, look_at = {past}, breached_at = null, step = 0"
    " where target = 'solution' and ticket_id in (select 20000000000 + n * {every} from s)"
)
"""Makes a thousand clocks due, spread over all tickets."""


def _run(engine: str, url: str, server: Cluster, statements: list[str]) -> None:
    if engine == "sqlite":
        connection = sqlite3.connect(url.split("///", 1)[1])
        connection.execute("pragma synchronous=off")
        with connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
        return
    for statement in statements:
        server.sql(statement, url.rsplit("/", 1)[1], timeout=900)


def _values(engine: str, count: int) -> dict[str, str]:
    return {
        "s": SERIES[engine].format(count=count),
        "past": AT[engine].format(day="2026-07-13"),
        "future": AT[engine].format(day="2026-12-01"),
        "true": "1" if engine == "sqlite" else "true",
        "raw": "x''" if engine == "sqlite" else "''::bytea",
        "due": str(DUE),
    }


def _filled(engine: str, stores: Stores, clocks: int) -> str:
    _, url = stores.fresh(engine)
    asyncio.run(_migrated(url))
    values = _values(engine, clocks // 2)
    _run(engine, url, stores.server, [statement.format(**values) for statement in FILL])
    _run(engine, url, stores.server, ["analyze" if engine == "sqlite" else "vacuum analyze"])
    return url


async def _migrated(url: str) -> None:
    store = await open_store(url)
    await store.close()


def _rules() -> WatchRules:
    calendar, texts = load_calendar("banyuwangi"), TextSet.of({})
    return WatchRules(
        policy=WatchPolicy(DEFAULT_POLICY, lambda _: calendar),
        zone=calendar.zone,
        wording=lambda _unit, _language: texts,
        channels={SMS: ChannelTraits(SMS, TextForm.SMS)},
    )


async def _sweep(url: str) -> float:
    """Seconds until nothing is due any more."""
    store = await open_store(url)
    try:
        rules, found = _rules(), 0
        began = time.perf_counter()
        while True:
            swept = await sweep(store.desk, rules, NOW, SLICE)
            found += swept.breached
            if not swept.tickets:
                break
        seconds = time.perf_counter() - began
    finally:
        await store.close()
    if found != DUE:
        raise SystemExit(f"found {found} of {DUE}")
    return seconds


def measure(table: Table, stores: Stores, many: int, turns: int) -> None:
    """Small and large side by side, in turns."""
    for engine in ENGINES:
        urls = {count: _filled(engine, stores, count) for count in (SMALL, many)}
        times: dict[int, list[float]] = {count: [] for count in urls}
        for _ in range(2 * turns):  # they are short, and other work disturbs them
            for count, url in urls.items():
                values = _values(engine, DUE)
                due = AGAIN.format(**values, every=count // 2 // DUE)
                _run(engine, url, stores.server, [values["s"] + due])
                times[count].append(asyncio.run(_sweep(url)))
        small, large = (median(times[count]) for count in (SMALL, many))
        table.add(
            f"sweep of {DUE:,} due among {many:,} open clocks",
            engine,
            f"{large:.2f} s",
            beside=f"{small:.2f} s among {SMALL:,}",
            ratio=f"{large / small:.2f}",
            must="1.5",
        )
