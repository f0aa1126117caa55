"""A million events checked in one pass: speed, and memory that does not grow with them."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import asyncpg

from bench.database import ENGINES, Stores
from core.model.events import GENESIS, Fact, chain
from core.model.numbers import TicketNumber
from core.services.audit import anchor
from ticket_store.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.table import Table

SMALL = 20_000
EACH = 5
"""Events of a ticket."""

PORTION = 20_000
YEAR = 26
AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
KINDS = ("TicketOpened", "MessageJoined", "Assigned", "WorkStarted", "Resolved")
EVENT = ("ticket_id", "seq", "kind", "at", "actor", "data", "previous", "hash")
TICKET = (
    *("id", "number", "status", "status_at", "priority", "category", "subject", "description"),
    *("match_text", "language", "channel", "address_id", "opened_at", "event_seq", "event_head"),
)


def _histories(tickets: Sequence[int]) -> tuple[list[Any], list[Any]]:
    """Rows of tickets and of their events, chained as the house does."""
    rows, events = [], []
    for sequence in tickets:
        number = TicketNumber("HD", YEAR, sequence)
        at = AT + timedelta(seconds=sequence)
        head = GENESIS
        for place, kind in enumerate(KINDS, 1):
            data = {"channel": "sms", "message": sequence, "first_answer": at.isoformat()}
            event = chain(
                number.ticket_id,
                place,
                head,
                Fact(kind, at + timedelta(minutes=place), "staff:7", data),
            )
            head = event.hash
            events.append(tuple(getattr(event, name) for name in EVENT))
        words = ("lampu mati", "lampu jalan mati sejak semalam", "", "id", "sms", 1, at)
        row = (number.ticket_id, str(number), "resolved", at, "normal", "network", *words)
        rows.append((*row, EACH, head))
    return rows, events


def _portions(count: int) -> Iterator[tuple[list[Any], list[Any]]]:
    tickets = range(1, count // EACH + 1)
    for start in range(0, len(tickets), PORTION):
        yield _histories(tickets[start : start + PORTION])


def _fill_sqlite(file: str, count: int) -> None:
    link = sqlite3.connect(file)
    link.execute("pragma synchronous=off")
    with link:
        link.execute(
            "insert into addresses (id, kind, value, first_seen_at, last_seen_at)"
            " values (1, 'phone', '+628991', '2026-01-01', '2026-01-01')"
        )
        for rows, events in _portions(count):
            for table, columns, lines in (("tickets", TICKET, rows), ("events", EVENT, events)):
                marks = ", ".join("?" * len(columns))
                told = ", ".join(columns)
                link.executemany(
                    f"insert into {table} ({told}) values ({marks})",  # noqa: S608 - our own names
                    [[_lite(one) for one in line] for line in lines],
                )
    link.close()


def _lite(one: object) -> object:
    return one.isoformat(" ", "microseconds")[:26] if isinstance(one, datetime) else one


async def _fill_postgresql(url: str, count: int) -> None:
    link = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await link.execute(
            "insert into addresses (id, kind, value, first_seen_at, last_seen_at)"
            " values (1, 'phone', '+628991', now(), now())"
        )
        for rows, events in _portions(count):
            await link.copy_records_to_table("tickets", records=rows, columns=list(TICKET))
            await link.copy_records_to_table("events", records=events, columns=list(EVENT))
        await link.execute("vacuum analyze")
    finally:
        await link.close()


async def _made(engine: str, url: str, count: int) -> float:
    """Fills a store and lays down its anchor; how many seconds the anchor took."""
    store = await open_store(url)
    await store.close()
    if engine == "sqlite":
        _fill_sqlite(url.split("///", 1)[1], count)
    else:
        await _fill_postgresql(url, count)
    store = await open_store(url)
    try:
        began = time.perf_counter()
        assert await anchor(store, date(2026, 6, 1), AT) is not None
        return time.perf_counter() - began
    finally:
        await store.close()


class Run(NamedTuple):
    """Seconds by the wall and of processor, and MiB at most, start of the process included."""

    seconds: float
    busy: float
    peak: float


def _verified(folder: Path, url: str, count: int) -> Run:
    """One ``helpdesk audit verify``."""
    file = folder / "audit.toml"
    file.write_text(
        '[office]\nname = "Bench"\n[http]\npublic_url = "http://127.0.0.1:1"\n'
        f'[store]\nurl = "{url}"\ndata_dir = "{folder}"\n'
    )
    command = [sys.executable, "-m", "gateway", "audit", "verify", "--json", "--config", str(file)]
    began = time.perf_counter()
    with (folder / "said.json").open("w+b") as said:
        child = subprocess.Popen(command, stdout=said)
        peak = 0.0
        while (waited := os.wait4(child.pid, os.WNOHANG))[0] == 0:
            peak = max(peak, _peak(child.pid))
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(waited[1])
        said.seek(0)
        told = json.loads(said.read())
    assert (told["verdict"], told["events"], told["anchors"]) == ("ok", count, 1), told
    usage = waited[2]
    return Run(seconds, usage.ru_utime + usage.ru_stime, peak)


def _peak(process: int) -> float:
    """MiB at most so far; what wait4 tells includes the fork of this process."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def measure(table: Table, stores: Stores, many: int) -> None:
    """Small and large history side by side, per engine."""
    for engine in ENGINES:
        runs = {}
        bound = 0.0
        for count in (SMALL, many):
            folder, url = stores.fresh(engine)
            bound = asyncio.run(_made(engine, url, count))
            runs[count] = _verified(folder, url, count)
        small, large = runs[SMALL], runs[many]
        table.add(
            f"{many:,} events verified in one pass",
            engine,
            f"{many / large.seconds:,.0f}/s",
            beside=f"{large.seconds:.1f} s, of them {large.busy:.1f} s of processor",
            must="30,000/s",
        )
        table.add(
            f"peak memory of verifying {many:,} events",
            engine,
            f"{large.peak:.0f} MiB",
            beside=f"{small.peak:.0f} MiB at {SMALL:,}",
            ratio=f"{large.peak / small.peak:.2f}",
            must="1.5",
        )
        table.add(f"first anchor over {many:,} events", engine, f"{bound:.1f} s")
