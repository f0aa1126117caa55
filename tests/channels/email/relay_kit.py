"""A relay that answers as a test wants, step by step, and notes what it was told."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HANG, DROP = "hang", "drop"


@dataclass
class FakeRelay:
    """Answers by the first word of a command; ``.`` is the end of the content."""

    answers: dict[str, str] = field(default_factory=dict)
    once: dict[str, str] = field(default_factory=dict)
    offers: tuple[str, ...] = ("SIZE 1000000", "DSN", "8BITMIME")
    said: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            if await self._answer("greeting", "220 relay", writer):
                await self._talk(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := (await reader.readline()).decode().strip():
            self.said.append(line)
            word = line.split()[0].upper()
            if not await self._answer(word, self._usual(word), writer):
                return
            if word == "DATA" and word not in self.answers:
                content = await reader.readuntil(b"\r\n.\r\n")
                self.mails.append(content[:-3])
                if not await self._answer(".", "250 taken", writer):
                    return

    def _usual(self, word: str) -> str:
        offered = "".join(f"250-{one}\r\n" for one in self.offers)
        usual = {"EHLO": f"250-relay\r\n{offered}250 HELP", "DATA": "354 go", "AUTH": "235 in"}
        return usual.get(word, "250 ok")

    async def _answer(self, word: str, usual: str, writer: asyncio.StreamWriter) -> bool:
        answer = self.once.pop(word, self.answers.get(word, usual))
        if answer == HANG:
            await asyncio.sleep(10)
        if answer in (HANG, DROP):
            return False
        writer.write(answer.encode() + b"\r\n")
        await writer.drain()
        return True

    def commands(self, word: str) -> list[str]:
        return [line for line in self.said if line.upper().startswith(word)]


@asynccontextmanager
async def relaying(**options: object) -> AsyncIterator[FakeRelay]:
    relay = FakeRelay(**options)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
