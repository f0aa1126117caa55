"""An operator's SMPP line (version 3.4), as far as Kannel needs one: texts in and out, receipts.

Kannel's fake operator knows neither Unicode nor parts from phones; SMPP knows both.
"""

from __future__ import annotations

import asyncio
import struct
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BIND, SUBMIT, DELIVER, UNBIND, ENQUIRE = 0x09, 0x04, 0x05, 0x06, 0x15
_ANSWER = 0x80000000
_WITH_HEADER = 0x40
GSM7, UCS2 = 0, 8


@dataclass(frozen=True)
class Submitted:
    """A text that Kannel handed over."""

    number: str
    recipient: str
    esm_class: int
    coding: int
    data: bytes


@dataclass
class Operator:
    """Takes everything; sends what it is told to."""

    port: int = 0
    submitted: list[Submitted] = field(default_factory=list)
    bound: asyncio.Event = field(default_factory=asyncio.Event)
    refuse: bool = False
    _writer: asyncio.StreamWriter | None = None
    _sequence: int = 1000

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError), closing(writer):
            while True:
                length, command, _, sequence = struct.unpack(">IIII", await reader.readexactly(16))
                body = await reader.readexactly(length - 16)
                if command & _ANSWER:
                    continue
                said, status = b"", 0
                if command == BIND:
                    said, self._writer = b"operator\0", writer
                    self.bound.set()
                elif command == SUBMIT:
                    if self.refuse:
                        status = 0x0B  # ESME_RINVDSTADR
                    else:
                        said = self._take(body).encode() + b"\0"
                writer.write(_pdu(command | _ANSWER, sequence, said, status))
                await writer.drain()

    def _take(self, body: bytes) -> str:
        _, rest = body.split(b"\0", 1)  # service type
        _, rest = rest[2:].split(b"\0", 1)  # source, after its two type bytes
        recipient, rest = rest[2:].split(b"\0", 1)
        esm_class, rest = rest[0], rest[3:]
        _, rest = rest.split(b"\0", 1)  # schedule
        _, rest = rest.split(b"\0", 1)  # validity
        coding, size = rest[2], rest[4]
        number = f"{len(self.submitted) + 1:08X}"
        data = rest[5 : 5 + size]
        self.submitted.append(Submitted(number, recipient.decode(), esm_class, coding, data))
        return number

    async def deliver(
        self, sender: str, data: bytes, coding: int = UCS2, header: bytes = b""
    ) -> None:
        """A text, or a part of one, from a phone."""
        await self._send(sender, _WITH_HEADER if header else 0, coding, header + data)

    async def receipt(self, text: Submitted, state: str) -> None:
        """What became of a text: DELIVRD, UNDELIV …"""
        words = (
            f"id:{text.number} sub:001 dlvrd:001 submit date:2611200300 "
            f"done date:2611200301 stat:{state} err:000 text:-"
        )
        await self._send(text.recipient, 0x04, GSM7, words.encode())

    async def _send(self, sender: str, esm_class: int, coding: int, data: bytes) -> None:
        assert self._writer
        self._sequence += 1
        body = (
            b"\0\1\1" + sender.encode() + b"\0" + b"\1\1" + b"3636\0"
            + bytes((esm_class, 0, 0)) + b"\0\0" + bytes((0, 0, coding, 0, len(data))) + data
        )  # fmt: skip
        self._writer.write(_pdu(DELIVER, self._sequence, body))
        await self._writer.drain()


def _pdu(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


@asynccontextmanager
async def operator() -> AsyncIterator[Operator]:
    found = Operator()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()


def group(port: int) -> str:
    """Kannel's connection to it."""
    return (
        "\ngroup = smsc\nsmsc = smpp\nsmsc-id = operator\nhost = 127.0.0.1\n"
        f"port = {port}\ntransceiver-mode = true\nsmsc-username = uji\nsmsc-password = uji\n"
        'system-type = ""\nmsg-id-type = 0x00\n'
    )
