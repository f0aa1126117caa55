"""Latency at a fixed pace, and how soon after the 2xx the acknowledgement is handed over."""

from __future__ import annotations

from contextlib import ExitStack
from statistics import median
from typing import TYPE_CHECKING

from bench import stage
from bench.database import ENGINES, Stores
from bench.load import quantile
from bench.outgoing import UNTHROTTLED, accepted

if TYPE_CHECKING:
    from bench.table import Table

SECONDS = 4
GOALS = {500: ("8", "3"), 1_000: ("15", "4")}


def measure(table: Table, stores: Stores, turns: int) -> None:
    """p99 at 500/s and 1,000/s beside the bare handler at the same pace."""
    with ExitStack() as stack:
        provider = stack.enter_context(stage.reference("provider"))
        subjects = {"bare": stack.enter_context(stage.reference("bare"))}
        for engine in ENGINES:
            folder, store = stores.fresh(engine)
            subjects[engine] = stack.enter_context(
                stage.gateway(folder, store, provider.port, 100)
            )
        first = 0
        for rate, (must, aim) in GOALS.items():
            p99: dict[str, list[float]] = {name: [] for name in subjects}
            for _ in range(turns):
                for name, running in subjects.items():
                    count = rate * SECONDS
                    measured = stage.load(
                        running.port, clients=32, count=count, rate=rate, first=first
                    )
                    first += count
                    p99[name].append(measured["p99"])
            bare = median(p99["bare"])
            for engine in ENGINES:
                mine = median(p99[engine])
                table.add(
                    f"p99 at {rate:,}/s",
                    engine,
                    f"{mine:.2f} ms",
                    beside=f"bare handler {bare:.2f} ms",
                    ratio=f"{mine / bare:.1f}",
                    must=must,
                    aim=aim,
                )
    _handed_over(table, stores)


def _handed_over(table: Table, stores: Stores) -> None:
    """Acknowledgement handed to the provider after the 2xx, at 500/s."""
    for number, engine in enumerate(ENGINES):
        folder, store = stores.fresh(engine)
        with (
            stage.reference("provider") as provider,
            stage.gateway(folder, store, provider.port, UNTHROTTLED) as running,
        ):
            count = 500 * SECONDS
            measured = stage.load(
                running.port,
                clients=32,
                count=count,
                rate=500,
                starts=True,
                first=10_000_000 + number * count,
            )
            times = accepted(provider, count)
            answered = measured["ends"]
            waits = [max(0.0, times[sender] - answered[sender]) for sender in answered]
            table.add(
                "acknowledgement handed over after the 2xx, 500/s, p95",
                engine,
                f"{quantile(waits, 0.95):.1f} ms",
                must="250 ms",
                aim="50 ms",
            )
