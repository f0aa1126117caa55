"""A real Kannel of a test's own: bearerbox, smsbox, and handsets on its fake operator.

It runs with the configuration of docs/channels/sms-kannel.md, ports, folders, secrets and waiting
times put in: what the page promises is what the tests try.
"""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import time
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from tests.patience import PATIENCE
from tests.peers import ROOT, free_port, need

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

PAGE = ROOT / "docs" / "channels" / "sms-kannel.md"
SECRET = "0123456789abcdef0123456789ABCDEFGHIJ"
PASSWORD = "sandi-kannel-untuk-uji"
FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
_WHY = "run scripts/bootstrap as root (packages kannel and kannel-extras)"


def snippet() -> str:
    """The configuration as the page prints it."""
    found = re.search(
        r"^```kannel\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert found
    return found[1]


@dataclass
class Peer:
    """A Kannel. Ports are free ones; ``hook`` is the base URL of who is called.

    ``further`` are groups besides those of the page, as in a connection to an operator.
    """

    folder: Path
    hook: str
    channel: str = "modem"
    further: str = ""
    ports: dict[str, int] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def sendsms_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['sendsms']}/cgi-bin/sendsms"

    @property
    def configuration(self) -> Path:
        return self.folder / "kannel.conf"

    def configure(self, **changes: str) -> None:
        """Writes the page's configuration with this peer's values; a change replaces a value."""
        for name in ("admin", "smsbox", "sendsms", "fake"):
            self.ports[name] = free_port()
        values = {
            "admin-port": str(self.ports["admin"]),
            "smsbox-port": str(self.ports["smsbox"]),
            "sendsms-port": str(self.ports["sendsms"]),
            "store-location": f'"{self.folder / "store"}"',
            "dlr-spool": f'"{self.folder / "dlr"}"',
            "http-queue-delay": "1",
        } | {name.replace("_", "-"): value for name, value in changes.items()}
        text = snippet()
        for name, value in values.items():
            text, count = re.subn(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
            assert count == 1, name
        text = re.sub(r'"/var/log/kannel/(\w+)\.log"', rf'"{self.folder}/\1.log"', text)
        text = text.replace(
            "http://127.0.0.1:8080/hooks/modem", f"{self.hook}/hooks/{self.channel}"
        )
        text = text.replace("RAHASIA", SECRET).replace("SANDI", PASSWORD)
        fake = f"group = smsc\nsmsc = fake\nsmsc-id = FAKE\nport = {self.ports['fake']}\n"
        self.configuration.write_text(
            f'{text}\n{fake}connect-allow-ip = "127.0.0.1"\n{self.further}'
        )
        for name in ("store", "dlr"):
            (self.folder / name).mkdir(exist_ok=True)

    def start(self, *boxes: str) -> None:
        """Starts bearerbox, then smsbox, or only those named."""
        for box in boxes or ("bearerbox", "smsbox"):
            program = need(box, _WHY)
            with (self.folder / f"{box}.out").open("ab") as output:
                self.running[box] = subprocess.Popen(
                    [program, self.configuration], stdout=output, stderr=output
                )
            self._wait(box, "smsbox" if box == "bearerbox" else "sendsms")

    def _wait(self, box: str, port: str, seconds: float = PATIENCE) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.running[box].poll() is None, (self.folder / f"{box}.out").read_text()
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.ports[port]), 1):
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / f"{box}.out").read_text(errors="replace")[-2000:])

    def kill(self, box: str) -> None:
        """As a power cut does it."""
        process = self.running.pop(box)
        process.send_signal(signal.SIGKILL)
        process.wait(5)

    def stop(self) -> None:
        """Both, smsbox first; one that does not end by itself is killed."""
        for box in ("smsbox", "bearerbox"):
            if process := self.running.pop(box, None):
                process.terminate()
                try:
                    process.wait(4)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(5)

    @asynccontextmanager
    async def handset(self) -> AsyncIterator[Handset]:
        """A connection of the fake operator; Kannel's protocol for it is one line a text."""
        reader, writer = await self._connected()
        handset = Handset(reader, writer)
        try:
            yield handset
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(OSError):
                    return await asyncio.open_connection("127.0.0.1", self.ports["fake"])
                await asyncio.sleep(0.05)


@dataclass
class Handset:
    """Phones that write to the office and read what it sends."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def text(self, sender: str, words: str) -> None:
        await self._line(f"{sender} 3636 text {words}")

    async def _line(self, line: str) -> None:
        self.writer.write(line.encode() + b"\n")
        await self.writer.drain()

    async def received(self, seconds: float = PATIENCE) -> tuple[str, str]:
        """Recipient and text of the next SMS that reaches a phone."""
        async with asyncio.timeout(seconds):
            line = await self.reader.readuntil(b"\n")
        _, recipient, kind, rest = line.rstrip(b"\n").split(b" ", 3)
        if kind == b"ucs-2":
            return recipient.decode(), unquote_to_bytes(rest).decode("utf-16-be")
        return recipient.decode(), rest.decode()

    async def nothing(self, seconds: float = 0.7) -> bool:
        """Whether no SMS reaches any phone for so long."""
        try:
            await self.received(seconds)
        except TimeoutError:
            return True
        return False


@contextmanager
def kannel(folder: Path, hook: str, further: str = "", **changes: str) -> Iterator[Peer]:
    """A running Kannel, ended after."""
    need("bearerbox", _WHY)
    folder.mkdir(parents=True, exist_ok=True)
    peer = Peer(folder, hook, further=further)
    peer.configure(**changes)
    try:
        peer.start()
        yield peer
    finally:
        peer.stop()
