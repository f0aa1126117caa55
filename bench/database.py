"""A throw-away PostgreSQL cluster with fsync on, fresh databases, and pgbench."""

from __future__ import annotations

import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.references import TABLES
from tests.postgres import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENGINES = ("sqlite", "postgresql")

PGBENCH = """
\\set sender random(1, 100000000)
with t as (insert into bench_tickets (sender, body) values ('+62812' || :sender, repeat('x', 80)) returning id),
     m as (insert into bench_messages (external_id, ticket_id, body)
           select 'SM' || id || '-' || :sender, id, repeat('x', 80) from t on conflict do nothing)
insert into bench_outbox (ticket_id, recipient, body)
select id, '+62812' || :sender, repeat('y', 150) from t;
"""
"""The same write as the reference: ticket, message and promise in one statement."""


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running server, removed at the end."""
    made = Cluster.make()
    made.stop()
    made.start("max_connections=150", "shared_buffers=256MB")
    try:
        yield made
    finally:
        made.remove()


class Stores:
    """Makes empty stores on either engine."""

    def __init__(self, server: Cluster, folder: Path) -> None:
        self.server, self.folder, self._count = server, folder, 0

    def fresh(self, engine: str) -> tuple[Path, str]:
        """A folder of its own and the address of an empty store."""
        self._count += 1
        folder = self.folder / f"{engine}{self._count}"
        folder.mkdir()
        if engine == "sqlite":
            return folder, f"sqlite+aiosqlite:///{folder / 'helpdesk.db'}"
        name = f"bench{self._count}"
        self.server.sql(f"create database {name}")
        return folder, self.server.url(name)


def reference_database(server: Cluster) -> str:
    """A database with the three bare tables; returns its name."""
    server.sql("drop database if exists bench_reference")
    server.sql("create database bench_reference")
    for statement in TABLES.strip().split(";\n"):
        if statement.strip():
            server.sql(statement, "bench_reference")
    return "bench_reference"


def pgbench(server: Cluster, folder: Path, clients: int, seconds: int = 5) -> float:
    """Transactions per second of the one-statement write, one transaction a message."""
    script = folder / "write.sql"
    script.write_text(PGBENCH)
    done = subprocess.run(
        [
            str(server.programs / "pgbench"),
            "-n",
            "-h",
            "127.0.0.1",
            "-p",
            str(server.port),
            "-U",
            "postgres",
            "-f",
            str(script),
            "-M",
            "prepared",
            "-c",
            str(clients),
            "-j",
            "1",
            "-T",
            str(seconds),
            "bench_reference",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if not found:
        raise SystemExit(done.stdout)
    return float(found.group(1))
