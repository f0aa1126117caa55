"""A server of ours on a free port, and a client that says exactly what a test wants."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from channels.email.own import OwnAddresses
from channels.email.smtp_in import SmtpServer
from config.doors.email import SmtpInSettings
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from channels.email.smtp_session import Received

DESK = "lapor@contoh.go.id"
OWN = OwnAddresses.of([DESK, "bantuan@contoh.go.id"], ["desa.contoh.go.id"])
MAIL = b"From: warga@example.org\r\nSubject: HELPDESK lampu\r\n\r\nMati.\r\n"


@dataclass
class Taken:
    """What the server handed over; a test may make it fail or wait."""

    mails: list[Received] = field(default_factory=list)
    before: Callable[[Received], Awaitable[None]] | None = None

    async def __call__(self, mail: Received) -> None:
        if self.before:
            await self.before(mail)
        self.mails.append(mail)


@asynccontextmanager
async def serving(taken: Taken, **settings: Any) -> AsyncIterator[SmtpServer]:
    server = SmtpServer(SmtpInSettings(port=0, **settings), "contoh.go.id", OWN)
    task = asyncio.create_task(server.run(taken))
    async with asyncio.timeout(PATIENCE):
        while not server.port:
            await asyncio.sleep(0.005)
    try:
        yield server
    finally:
        task.cancel()
        await asyncio.wait([task])


@dataclass
class Line:
    """One connection; replies are whole, their lines joined by ``|``."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def reply(self) -> str:
        lines = []
        async with asyncio.timeout(PATIENCE):
            while True:
                line = (await self.reader.readline()).decode().rstrip("\r\n")
                lines.append(line)
                if line[3:4] != "-":
                    return "|".join(lines)

    async def say(self, *commands: str | bytes) -> str:
        """The reply to the last of them."""
        answer = ""
        for command in commands:
            raw = command if isinstance(command, bytes) else command.encode()
            self.writer.write(raw + b"\r\n")
            await self.writer.drain()
            answer = await self.reply()
        return answer

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def to_data(self, sender: str = "warga@example.org", to: str = DESK) -> str:
        return await self.say("EHLO uji", f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA")

    async def send(self, content: bytes, to: str = DESK) -> str:
        await self.to_data(to=to)
        await self.raw(content + b".\r\n")
        return await self.reply()

    async def ended(self) -> bytes:
        """What comes before the server hangs up."""
        async with asyncio.timeout(PATIENCE):
            return await self.reader.read()

    def close(self) -> None:
        self.writer.close()


async def hang_up(*writers: asyncio.StreamWriter) -> None:
    """Closes for good: a socket left to the collector fails some later test."""
    for writer in writers:
        writer.close()
    for writer in writers:
        with suppress(OSError):
            await writer.wait_closed()


@asynccontextmanager
async def line_to(server: SmtpServer) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    line = Line(reader, writer)
    try:
        await line.reply()
        yield line
    finally:
        await hang_up(writer)
