"""Starts and stops what is measured: gateway, references, provider, each a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from bench.requests import ACCOUNT, PUBLIC_URL, SERVICE_NUMBER, TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
from typing import Any

START_LIMIT = 60.0


def free_port() -> int:
    """A port that nobody holds now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Running:
    """A measured process."""

    port: int
    process: psutil.Process
    ready_after: float = 0.0

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> float:
        """Resident memory in MiB."""
        return float(self.process.memory_info().rss) / 2**20


@contextmanager
def started(
    arguments: list[str],
    port: int,
    *,
    ready: str | None = None,
    log: Path | None = None,
    environment: dict[str, str] | None = None,
) -> Iterator[Running]:
    """A Python process that listens on ``port``, ended at the end."""
    out = log.open("ab") if log else subprocess.DEVNULL
    began = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, *arguments],
        stdout=out,
        stderr=out,
        env={**os.environ, **(environment or {})},
    )
    try:
        _wait(port, ready, child)
        yield Running(port, psutil.Process(child.pid), time.monotonic() - began)
    finally:
        child.terminate()
        try:
            child.wait(12)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if log:
            out.close()


def _wait(port: int, ready: str | None, child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_LIMIT
    while time.monotonic() < until:
        if child.poll() is not None:
            raise SystemExit(f"ended at once: {child.args}")
        try:
            if ready:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=1):
                    return
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise SystemExit(f"not ready in time: {child.args}")


def reference(kind: str, to: str = "") -> AbstractContextManager[Running]:
    """One of bench.references."""
    port = free_port()
    return started(["-m", "bench.references", kind, "--port", str(port), "--to", to], port)


def gateway(
    folder: Path, store: str, provider: int, rate: float
) -> AbstractContextManager[Running]:
    """``helpdesk serve`` with one Twilio channel and nothing switched off."""
    port = free_port()
    config = folder / "helpdesk.toml"
    config.write_text(f"""
[office]
name = "Dinas Uji"
[http]
port = {port}
public_url = "{PUBLIC_URL}"
[store]
url = "{store}"
data_dir = "{folder}"
[log]
format = "json"
[channels.sms]
kind = "twilio_sms"
account_sid = "{ACCOUNT}"
auth_token = "{TOKEN}"
from_number = "{SERVICE_NUMBER}"
rate_per_second = {rate}
api_base_url = "http://127.0.0.1:{provider}"
""")
    arguments = ["-m", "bench.office", "serve", "--config", str(config)]
    return started(arguments, port, ready="/readyz", log=folder / "log")


def load(port: int, **options: object) -> dict[str, Any]:
    """Runs the load generator; returns what it measured."""
    arguments = [sys.executable, "-m", "bench.load", "--port", str(port)]
    for name, value in options.items():
        arguments += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def asked(port: int, path: str) -> dict[str, float]:
    """A JSON answer."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        answered: dict[str, float] = json.load(answer)
    return answered
