"""Real counterparts of tests: programs and files that are not in the virtual environment.

Where one is missing, a test says so and skips; where CI is set it fails, so that nothing is
silently left out there.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from errno import EADDRINUSE
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent


def need(program_or_path: str | Path, why: str) -> Path:
    """The path of a program or file; skips the test when it is missing, fails it under CI."""
    given = Path(program_or_path)
    if given.exists():
        return given
    if isinstance(program_or_path, str) and (found := shutil.which(program_or_path)):
        return Path(found)
    sentence = f"{program_or_path} is missing: {why}"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def contract(name: str) -> Path:
    """One of the providers' published contracts."""
    folder = os.environ.get("HELPDESK_CONTRACTS")
    place = Path(folder) if folder else ROOT.parent / "shared" / "contracts"
    return need(place / name, "set HELPDESK_CONTRACTS to the folder of the providers' contracts")


def _ports() -> Iterator[int]:
    """Each worker has its own two thousand, below those that the system gives to connections."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    first = 10_000 + int(worker) % 10 * 2_000
    return (first + at % 2_000 for at in count(os.getpid()))


_UNUSED = _ports()


def free_port() -> int:
    """A port of the loopback interface that nobody holds, and no connection takes by itself."""
    for port in islice(_UNUSED, 2_000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(EADDRINUSE, os.strerror(EADDRINUSE))


@contextmanager
def prism(name: str, log: Path) -> Iterator[str]:
    """Serves one contract; yields its base URL."""
    binary = ROOT / ".run" / "peers" / "node_modules" / ".bin" / "prism"
    program = need(binary, "copy peers/ to .run/peers and run npm ci there")
    document, port = contract(name), free_port()
    command = [str(program), "mock", "-v", "error", "-h", "127.0.0.1", "-p", str(port)]
    with (
        log.open("wb") as output,
        subprocess.Popen([*command, str(document)], stdout=output, stderr=output) as server,
    ):
        try:
            wait_for_port(port, server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_for_port(
    port: int, server: subprocess.Popen[bytes], log: Path, seconds: float = 40
) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"the server did not open its port: {log.read_text(errors='replace')[-500:]}")
