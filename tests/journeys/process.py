"""A real ``helpdesk serve`` as a process of its own, as a supervisor would run it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

from gateway.packages import HOME
from tests.gateway.gateway_kit import PUBLIC, message, sign, tables
from tests.patience import PATIENCE

if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping
    from pathlib import Path

READY_WITHIN = 60
"""Seconds; the goal is 3 on an idle machine, and this one may be busy with other tests."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environ(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(HOME)} | more


@dataclass
class Ended:
    code: int
    out: str
    said: str

    @property
    def lines(self) -> list[str]:
        return self.said.splitlines()


async def run(*arguments: str, cwd: Path, **more: str) -> Ended:
    """``helpdesk`` with these arguments, to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "gateway",
        *arguments,
        cwd=cwd,
        env=environ(**more),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, said = await asyncio.wait_for(process.communicate(), 30)
    return Ended(process.returncode or 0, out.decode(), said.decode())


def configuration(folder: Path, api: str, port: int, **changes: Mapping[str, Any]) -> Path:
    """A TOML file; the store lies beside it."""
    http = {"port": port, **changes.pop("http", {})}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "helpdesk.toml"
    whole = tables(folder, {"sms": api}, http=http, **changes)
    doors = {f"channels.{name}": values for name, values in whole.pop("channels").items()}
    parts = [
        # A JSON string, number or boolean is a TOML one as well.
        "\n".join([f"[{name}]", *(f"{key} = {json.dumps(values[key])}" for key in values)])
        for name, values in {**whole, **doors}.items()
    ]
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


@dataclass
class Served:
    """One process; its log lies in a file, so that it is never lost with the process."""

    config: Path
    port: int
    process: asyncio.subprocess.Process | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.config.with_suffix(".log").read_text(encoding="utf-8")

    async def start(self) -> None:
        with self.config.with_suffix(".log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "gateway",
                "serve",
                "--config",
                str(self.config),
                cwd=self.config.parent,
                env=environ(),
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(READY_WITHIN), aiohttp.ClientSession() as http:
            while True:
                assert self.process.returncode is None, self.log
                try:
                    async with http.get(self.url + "/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.03)

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    async def ended(self, seconds: float = PATIENCE) -> int:
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), seconds)

    async def kill(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def post(self, http: aiohttp.ClientSession, fields: dict[str, str]) -> int:
        """The status; 0 when there was no answer."""
        head = {"X-Twilio-Signature": sign(PUBLIC + "/hooks/sms", fields.items())}
        try:
            async with http.post(self.url + "/hooks/sms", data=fields, headers=head) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, ConnectionError):
            return 0


def complaint(sender: str) -> dict[str, str]:
    return message("HELPDESK lampu jalan padam", From=sender)
