"""A real gateway process to be killed: ``python -m gateway serve`` with a file of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import aiohttp

from tests.journeys.kill_side import PUBLIC_URL, SEND_TIMEOUT
from tests.peers import ROOT, free_port

if TYPE_CHECKING:
    from pathlib import Path

READY_LIMIT = 40.0
DOUBT_WAIT, DOUBT_LOOKS = 0.3, 2
WINDOW = DOUBT_WAIT * DOUBT_LOOKS
"""Seconds after which the gateway may give up looking: a list that lags less hides nothing."""

CANNOT_START = 1
AWAY_AT_START = b"Cannot start: the store is not available"
"""How a gateway ends whose database is away at its start; its supervisor tries again."""

FIRST_START = b"Nobody works here yet. "
"""How it tells the code of the first start."""

CONFIG = """
[office]
name = "Dinas Uji"
calendar = "rs24"
[http]
port = {port}
public_url = "{public}"
[store]
url = "{store}"
data_dir = "{folder}"
[log]
format = "json"
[dispatch]
poll_seconds = 0.2
lease_seconds = 3.0
backoff_seconds = 0.1
backoff_max_seconds = 1.0
max_attempts = 1000
doubt_wait_seconds = {doubt_wait}
doubt_looks = {doubt_looks}
send_timeout_seconds = {send_timeout}
{section}
"""


class Gateway:
    """``python -m gateway serve`` with a configuration file of its own.

    Args:
        section: the channel's part of the configuration.
    """

    def __init__(self, folder: Path, store: str, section: str) -> None:
        self.port = free_port()
        self.began = 0.0
        folder.mkdir()
        self.log = folder / "log"
        self._config = folder / "helpdesk.toml"
        self._config.write_text(
            CONFIG.format(
                port=self.port,
                public=PUBLIC_URL,
                store=store,
                folder=folder / "data",
                section=section,
                send_timeout=SEND_TIMEOUT,
                doubt_wait=DOUBT_WAIT,
                doubt_looks=DOUBT_LOOKS,
            )
        )
        # An installed program has its bytecode; without it a start takes twice as long.
        self._environment = {
            **{
                key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
            },
            "PYTHONPYCACHEPREFIX": str(folder.parent.parent / "bytecode"),
        }
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "gateway", "serve", "--config", str(self._config)]
        self.began = time.monotonic()
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """SIGKILL, at this very instant; :meth:`reaped` must follow."""
        assert self._child
        os.kill(self._child.pid, signal.SIGKILL)

    async def reaped(self) -> int:
        assert self._child
        return await asyncio.to_thread(self._child.wait, 12)

    async def end(self) -> int:
        """SIGTERM; the exit code."""
        assert self._child
        self._child.terminate()
        return await self.reaped()

    def abandon(self) -> None:
        """Whatever happened, no process is left behind."""
        if self._child and self._child.poll() is None:
            self._child.kill()
            self._child.wait()

    async def ready(self, session: aiohttp.ClientSession) -> float:
        """Seconds since the start once ``/readyz`` is green; as a supervisor, starts it anew."""
        async with asyncio.timeout(READY_LIMIT):
            while not await self._green(session):
                assert self._child
                if self._child.poll() is not None:
                    said = self.log.read_bytes()[-2000:]
                    away = AWAY_AT_START in said and self._child.returncode == CANNOT_START
                    assert away, said.decode(errors="replace")
                    self.start()
                await asyncio.sleep(0.03)
        return time.monotonic() - self.began

    async def _green(self, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    def complaints(self, *, database_died: bool) -> list[str]:
        """Errors in its log that neither the provider nor a dead database explains."""
        expected = {"channel paused"} | ({"result not written"} if database_died else set())
        found = []
        for line in self.log.read_bytes().splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                if not line.startswith((AWAY_AT_START, FIRST_START)):
                    found.append(line.decode(errors="replace"))  # a traceback, or worse
                continue
            if entry.get("level") in ("error", "critical") and entry["event"] not in expected:
                found.append(line.decode())
        return found
