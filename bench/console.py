"""The console with a store full of tickets: list and ticket page beside a bare handler."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from bench import stage
from bench.api import NOW, filled, numbers
from bench.database import ENGINES, Stores
from bench.growth import SMALL
from bench.load import Load, quantile
from bench.requests import Wire
from core.model.credentials import Session, token_hash
from gateway.clock import SystemClock
from ticket_store.store import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.table import Table

RATE = 20
SECONDS = 6
TURNS = 5
CLIENTS = 4
TOKEN = "b" * 43
BOX = "/console/kotak/semua"


def measure(table: Table, stores: Stores, many: int) -> None:
    """Server time of both pages in a small and a large store, per engine."""
    for engine in ENGINES:
        with ExitStack() as stack:
            provider = stack.enter_context(stage.reference("provider"))
            bare = stack.enter_context(stage.reference("bare_page"))
            ports: dict[int, int] = {}
            for count in (SMALL, many):
                made = filled(engine, stores, count)
                asyncio.run(_logged_in(made[1]))
                ports[count] = stack.enter_context(stage.gateway(*made, provider.port, 100)).port
            for what in ("list", "ticket"):
                _pages(table, engine, (bare.port, ports), (what, many))


def _pages(
    table: Table, engine: str, at: tuple[int, Mapping[int, int]], asked: tuple[str, int]
) -> None:
    bare, ports = at
    what, many = asked
    p95: dict[object, list[float]] = {"bare": [], SMALL: [], many: []}
    for _ in range(TURNS):
        p95["bare"].append(asyncio.run(_asked(bare, [_wire(f"/{what}")])))
        for count, port in ports.items():
            paths = [BOX] if what == "list" else [f"{BOX}/{one}" for one in numbers(count)]
            p95[count].append(asyncio.run(_asked(port, [_wire(path) for path in paths])))
    small, large, bottom = (median(p95[key]) for key in (SMALL, many, "bare"))
    name = f"console: {what} page at {RATE}/s with {many:,} tickets, p95"
    table.add(
        name,
        engine,
        f"{large:.2f} ms",
        beside=f"{small:.2f} ms at {SMALL:,}",
        ratio=f"{large / small:.2f}",
        must="1.5",
    )
    table.add(
        name,
        engine,
        f"{large:.2f} ms",
        beside=f"bare template {bottom:.2f} ms",
        ratio=f"{large / bottom:.1f}",
        must="10",
    )


def _wire(path: str) -> Wire:
    return Wire(
        path,
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: helpdesk={TOKEN}\r\n"
        "Accept: text/html\r\n\r\n".encode(),
    )


async def _asked(port: int, wires: list[Wire]) -> float:
    wires = [wires[n % len(wires)] for n in range(RATE * SECONDS)]
    load = Load(port, wires)
    clients = [await load.connect() for _ in range(CLIENTS)]
    await load.open(clients, RATE)
    assert not load.errors, f"{load.errors} errors"
    return quantile(load.latencies, 0.95)


async def _logged_in(url: str) -> None:
    """A session of the operator whom the store was filled with."""
    store = await open_store(url)
    now = SystemClock().now()
    try:
        person = (await store.staff.staff())[0]
        async with store.desk() as desk:
            later = now + timedelta(hours=8)
            await desk.entries.open_session(
                Session(token_hash(TOKEN), person.id, now, now, later, browser=f"bench {NOW}")
            )
            await desk.commit()
    finally:
        await store.close()
