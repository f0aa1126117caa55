"""Message in to acknowledgement accepted by a local provider, sustained, sending unthrottled."""

from __future__ import annotations

import time
from contextlib import ExitStack
from statistics import median
from typing import TYPE_CHECKING

from bench import stage
from bench.database import ENGINES, Stores

if TYPE_CHECKING:
    from bench.table import Table

COUNT, CLIENTS = 3_000, 64
UNTHROTTLED = 10_000
LONE = 60


def accepted(provider: stage.Running, count: int, limit: float = 60.0) -> dict[str, float]:
    """When the provider accepted each text, by recipient, once all are there."""
    until = time.monotonic() + limit
    while time.monotonic() < until:
        if stage.asked(provider.port, "/count")["count"] >= count:
            break
        time.sleep(0.02)
    return stage.asked(provider.port, "/times")


def measure(table: Table, stores: Stores, turns: int) -> None:
    """Throughput from webhook to accepted acknowledgement, and how long a lone message takes."""
    with ExitStack() as stack:
        provider = stack.enter_context(stage.reference("provider"))
        url = f"http://127.0.0.1:{provider.port}"
        subjects = {"bare + POST": stack.enter_context(stage.reference("posting", url))}
        for engine in ENGINES:
            folder, store = stores.fresh(f"{engine}")
            subjects[engine] = stack.enter_context(
                stage.gateway(folder, store, provider.port, UNTHROTTLED)
            )
        speed: dict[str, list[float]] = {name: [] for name in subjects}
        first = 0
        for _ in range(turns):
            for name, running in subjects.items():
                speed[name].append(_sustained(running, provider, first))
                first += COUNT
        bare = median(speed["bare + POST"])
        table.add("bare handler with one POST, 64 clients", "-", f"{bare:,.0f}/s")
        for engine in ENGINES:
            mine = median(speed[engine])
            table.add(
                "message in to acknowledgement accepted",
                engine,
                f"{mine:,.0f}/s",
                beside="bare handler with one POST",
                ratio=f"{mine / bare:.2f}",
                must="0.35",
                aim="0.65",
            )
        for engine in ENGINES:
            waits = [_lone(subjects[engine], provider, first + i) for i in range(LONE)]
            first += LONE
            table.add(
                "a lone message's number leaves after",
                engine,
                f"p50 {median(waits) * 1000:.1f} ms, worst {max(waits) * 1000:.1f} ms",
                must="50 ms",
            )


def _sustained(running: stage.Running, provider: stage.Running, first: int) -> float:
    measured = stage.load(running.port, clients=CLIENTS, count=COUNT, first=first)
    if measured["errors"]:
        raise SystemExit(f"errors: {measured}")
    times = accepted(provider, COUNT)
    if len(times) < COUNT:
        raise SystemExit(f"only {len(times)} of {COUNT} acknowledged")
    return COUNT / (max(times.values()) - measured["began"])


def _lone(running: stage.Running, provider: stage.Running, first: int) -> float:
    measured = stage.load(running.port, clients=1, count=1, first=first, starts=True)
    ((sender, started),) = measured["starts"].items()
    return accepted(provider, 1)[sender] - started
