"""Webhook to durable 2xx, sending held at the channel's rate, beside bare handler and pgbench."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from bench import stage
from bench.database import ENGINES, Stores, pgbench, reference_database

if TYPE_CHECKING:
    from bench.table import Table

COUNTS = {1: 600, 16: 4_000, 64: 4_000}
CHANNEL_RATE = 100


@dataclass(slots=True)
class Figures:
    """What the turns of one subject gave."""

    per_second: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    errors: int = 0

    def add(self, measured: dict[str, float], cpu: float) -> None:
        """One turn; ``cpu`` in seconds of the serving process."""
        self.per_second.append(measured["per_second"])
        self.p50.append(measured["p50"])
        self.p95.append(measured["p95"])
        self.p99.append(measured["p99"])
        self.cpu.append(cpu / max(1, measured["done"]) * 1000)
        self.errors += int(measured["errors"])

    def told(self) -> str:
        """Throughput and latency in one line."""
        return (
            f"{median(self.per_second):,.0f}/s, p50 {median(self.p50):.2f} p95 "
            f"{median(self.p95):.2f} p99 {median(self.p99):.2f} ms"
        )


def turn(running: stage.Running, figures: Figures, **load: object) -> None:
    """One measurement of one subject."""
    before = running.cpu()
    measured = stage.load(running.port, **load)
    figures.add(measured, running.cpu() - before)


def measure(table: Table, stores: Stores, turns: int) -> None:
    """Fills the table for every engine and number of clients."""
    reference = reference_database(stores.server)
    url = f"postgresql://postgres@127.0.0.1:{stores.server.port}/{reference}"
    for clients, count in COUNTS.items():
        with ExitStack() as stack:
            provider = stack.enter_context(stage.reference("provider"))
            subjects = {
                "bare": stack.enter_context(stage.reference("bare")),
                "one statement": stack.enter_context(stage.reference("one_statement", url)),
            }
            for engine in ENGINES:
                folder, store = stores.fresh(engine)
                subjects[engine] = stack.enter_context(
                    stage.gateway(folder, store, provider.port, CHANNEL_RATE)
                )
            figures = {name: Figures() for name in subjects}
            pg: list[float] = []
            first = 0
            for _ in range(turns):
                for name, running in subjects.items():
                    turn(running, figures[name], clients=clients, count=count, first=first)
                    first += count
                pg.append(pgbench(stores.server, stores.folder, clients, 3))
            _tell(table, clients, figures, median(pg))
            if clients == 16:
                for engine in ENGINES:
                    memory = f"{subjects[engine].memory():.0f} MiB"
                    table.add(
                        f"memory after {turns * count:,} messages",
                        engine,
                        memory,
                        must="120",
                        aim="80",
                    )


def _tell(table: Table, clients: int, figures: dict[str, Figures], pg: float) -> None:
    bare, one = figures["bare"], figures["one statement"]
    who = f"{clients} client{'s' if clients > 1 else ''}"
    table.add(f"bare handler, {who}", "-", bare.told())
    table.add(f"aiohttp + one statement, {who}", "postgresql", one.told())
    table.add(f"pgbench one statement, {who}", "postgresql", f"{pg:,.0f}/s")
    for engine in ENGINES:
        mine = figures[engine]
        speed = median(mine.per_second)
        goals = {"must": "0.20", "aim": "0.40"} if clients > 1 else {}
        table.add(
            f"webhook to durable 2xx, {who}, errors {mine.errors}",
            engine,
            mine.told(),
            beside="bare handler",
            ratio=f"{speed / median(bare.per_second):.2f}",
            **goals,
        )
        goals = {"must": "0.30", "aim": "0.60"} if clients == 16 else {}
        table.add(
            f"the same, {who}",
            engine,
            f"{speed:,.0f}/s",
            beside="pgbench",
            ratio=f"{speed / pg:.2f}",
            **goals,
        )
        table.add(
            f"CPU per message, {who}",
            engine,
            f"{median(mine.cpu):.3f} ms",
            beside="bare handler",
            ratio=f"{median(mine.cpu) / median(bare.cpu):.1f}",
            must="6",
            aim="3.5",
        )
        if clients == 1:
            table.add(
                "one client, p50",
                engine,
                f"{median(mine.p50):.2f} ms",
                beside="one statement",
                ratio=f"{median(mine.p50) / median(one.p50):.2f}",
                must="2.5",
                aim="1.5",
            )
