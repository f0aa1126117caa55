"""SMTP in to durable 250, 16 sessions, a connection per mail, beside an empty aiosmtpd."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import TYPE_CHECKING

import psutil
from aiosmtpd.smtp import SMTP

from bench.database import ENGINES, Stores
from bench.mail_load import DESK, SESSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.table import Table

COUNT = 1_500
CONFIG = """
[office]
name = "Dinas Contoh"
[http]
port = 0
public_url = "https://helpdesk.contoh.go.id"
[log]
level = "error"
[store]
url = {url}
data_dir = {data}
[channels.surel]
kind = "email"
address = "{desk}"
token_secret = "rahasia-surel-0123456789"
rate_per_second = 1
[channels.surel.smtp_in]
port = {port}
max_per_address = 100
[channels.surel.smtp_out]
host = "127.0.0.1"
security = "plain"
port = {relay}
"""


class _Empty:
    """Takes everything and keeps nothing."""

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 - aiosmtpd finds it by name
        return "250 OK"


async def _serve_empty(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(_Empty(), hostname="bench", loop=loop), "127.0.0.1", port
    )
    await server.serve_forever()


def measure(table: Table, stores: Stores, turns: int) -> None:
    """Fills the table for every engine."""
    with ExitStack() as stack:
        empty = stack.enter_context(_process("empty", str(port := _free_port())))
        subjects = {"empty": (port, empty)}
        for engine in ENGINES:
            folder, store = stores.fresh(engine)
            port = _free_port()
            config = _config(folder, store, port)
            subjects[engine] = (port, stack.enter_context(_gateway(config, port)))
        speeds: dict[str, list[float]] = {name: [] for name in subjects}
        for turn in range(turns):
            for name, (port, _process_of) in subjects.items():
                speeds[name].append(_turn(port, turn * COUNT))
        bare = median(speeds["empty"])
        table.add(f"empty aiosmtpd, {SESSIONS} sessions", "-", f"{bare:,.0f}/s")
        for engine in ENGINES:
            speed = median(speeds[engine])
            table.add(
                f"mail to durable 250, {SESSIONS} sessions",
                engine,
                f"{speed:,.0f}/s",
                beside="empty aiosmtpd",
                ratio=f"{speed / bare:.2f}",
                aim="0.45",
            )
            memory = psutil.Process(subjects[engine][1].pid).memory_info().rss / 2**20
            table.add(f"memory after {turns * COUNT:,} mails", engine, f"{memory:.0f} MiB")


def _turn(port: int, first: int) -> float:
    numbers = ("--port", str(port), "--first", str(first), "--count", str(COUNT))
    command = [sys.executable, "-m", "bench.mail_load", *numbers]
    return COUNT / float(subprocess.run(command, check=True, capture_output=True).stdout)


def _config(folder: Path, store: str, port: int) -> Path:
    path = folder / "helpdesk.toml"
    path.write_text(
        CONFIG.format(
            url=json.dumps(store),
            data=json.dumps(str(folder / "data")),
            desk=DESK,
            port=port,
            relay=_free_port(),
        )
    )
    return path


@contextmanager
def _gateway(config: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "bench.office", "serve", "--config", str(config)]
    with _running(command, port) as process:
        yield process


@contextmanager
def _process(what: str, port: str) -> Iterator[subprocess.Popen[bytes]]:
    with _running([sys.executable, "-m", "bench.mail", what, port], int(port)) as process:
        yield process


@contextmanager
def _running(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command) as process:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(15)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    import uvloop

    uvloop.run(_serve_empty(int(sys.argv[2])))
