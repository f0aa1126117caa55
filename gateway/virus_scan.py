"""Asks clamd about a file: its INSTREAM command over a local socket or TCP (man 8 clamd).

The bytes are sent, never a path: clamd needs no right to our folder. What it answers is a value;
that it cannot be asked is one, too.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path

_PIECE = 131_072
_LONGEST_ANSWER = 4_096
_CONNECT_SECONDS = 5.0


class Verdict(StrEnum):
    """What became of a scan."""

    CLEAN = "clean"
    INFECTED = "infected"
    TOO_LARGE = "too_large"  # for clamd's StreamMaxLength
    UNANSWERED = "unanswered"  # not reachable, too slow, or an answer nobody understands


@dataclass(frozen=True, slots=True)
class Scan:
    """A verdict, and the signature's name or what clamd said instead."""

    verdict: Verdict
    said: str = ""


class VirusScanner:
    """One clamd.

    Args:
        place: ``host:port``, or the path of its local socket.
        seconds: for one file.
    """

    def __init__(self, place: str, seconds: float) -> None:
        self._place, self._seconds = place, seconds

    async def scan(self, path: Path) -> Scan:
        """Sends the file's bytes; never raises for what clamd does. Raises OSError of the file."""
        with await asyncio.to_thread(path.open, "rb", 0) as file:
            try:
                async with asyncio.timeout(self._seconds):
                    return _understood(await self._ask(file))
            except (OSError, TimeoutError) as error:
                return Scan(Verdict.UNANSWERED, type(error).__name__)

    async def _ask(self, file: FileIO) -> bytes:
        reader, writer = await asyncio.wait_for(self._connected(), _CONNECT_SECONDS)
        try:
            # beyond its limit clamd answers and hangs up while we still send
            with suppress(ConnectionError):
                writer.write(b"zINSTREAM\0")
                while piece := await asyncio.to_thread(file.read, _PIECE):
                    writer.write(len(piece).to_bytes(4, "big") + piece)
                    await writer.drain()
                writer.write(bytes(4))
                await writer.drain()
            return await reader.read(_LONGEST_ANSWER)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._place.startswith("/"):
            return await asyncio.open_unix_connection(self._place)
        host, _, port = self._place.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port))


def _understood(answer: bytes) -> Scan:
    """``stream: OK``, ``stream: Eicar-Test-Signature FOUND``, ``INSTREAM size limit …. ERROR``."""
    said = answer.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if said == "OK":
        return Scan(Verdict.CLEAN)
    if said.endswith(" FOUND"):
        return Scan(Verdict.INFECTED, said.removesuffix(" FOUND"))
    if "size limit exceeded" in said:
        return Scan(Verdict.TOO_LARGE, said)
    return Scan(Verdict.UNANSWERED, said or "no answer")
