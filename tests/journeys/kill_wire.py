"""A line between a gateway and somebody else: it listens in, and may cut."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

PIECE = 65_536


class Ear(Protocol):
    """Hears one connection; made anew for each."""

    async def up(self, data: bytes) -> bool:
        """What the caller says, before it goes on; False: both ends are cut instead."""
        ...

    async def down(self, data: bytes) -> bool:
        """What the called one says, before it goes on."""
        ...


@dataclass(frozen=True)
class Wire:
    """Listens on a port of its own; ``port`` is where each new connection goes on to."""

    port: Callable[[], int]
    ear: Callable[[], Ear]

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[int]:
        """The port to call."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection("127.0.0.1", self.port())
        except OSError:
            writer.transport.abort()
            return
        ear = self.ear()
        ways = (
            asyncio.create_task(_carry(reader, there[1], ear.up)),
            asyncio.create_task(_carry(there[0], writer, ear.down)),
        )
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for one in (writer, there[1]):
            one.transport.abort()


async def _carry(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    heard: Callable[[bytes], Awaitable[bool]],
) -> None:
    with suppress(OSError):
        while data := await reader.read(PIECE):
            if not await heard(data):
                return
            writer.write(data)
            await writer.drain()
