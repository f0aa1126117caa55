"""A mail relay on loopback that keeps what it takes: the counterpart of our mail out (RFC 5321).

Written apart from the library that our own server stands on, so that a mistake in it cannot hide
itself. It serves well-behaved clients on this machine only; nothing is passed on.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from gateway.demo.faults import Fault, Faults

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = 26_214_400
"""Bytes of a mail, as announced by SIZE."""

_PATH = re.compile(rb"(?:MAIL FROM|RCPT TO):\s?<([^<>]*)>.*", re.IGNORECASE | re.DOTALL)
_LINE = 2**16
_OK = "250 2.0.0 ok"
_WORDS = {
    b"EHLO": f"250-relai.contoh.invalid\r\n250-8BITMIME\r\n250 SIZE {LARGEST}",
    b"HELO": _OK,
    b"NOOP": _OK,
    b"RSET": _OK,
}


class _Cut(Exception):  # noqa: N818 - named for what happened
    """The connection ends here, without a word."""


class Relay:
    """Takes mail for anybody.

    Attributes:
        faults: how each mail is answered; ``refused`` holds addresses that do not exist.
        port: where it listens, once started.
    """

    def __init__(self, keep: Callable[[bytes, str], None]) -> None:
        """``keep`` gets each mail that was taken, with its recipient, once for each."""
        self.faults = Faults()
        self.port = 0
        self._keep = keep
        self._server: asyncio.Server | None = None
        self._talking: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listens on any free port of loopback and returns it."""
        self._server = await asyncio.start_server(self._came, "127.0.0.1", 0, limit=_LINE)
        self.port = self._server.sockets[0].getsockname()[1]
        return self.port

    async def stop(self) -> None:
        """Idempotent."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in tuple(self._talking):
            task.cancel()
        await asyncio.gather(*self._talking, return_exceptions=True)

    def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(_Talk(self, reader, writer), writer))
        self._talking.add(task)
        task.add_done_callback(self._talking.discard)

    @staticmethod
    async def _serve(talk: _Talk, writer: asyncio.StreamWriter) -> None:
        try:
            await talk.run()
        except (_Cut, ConnectionError, asyncio.IncompleteReadError, ValueError):
            writer.transport.abort()
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def laid_down(self, content: bytes, recipients: list[str]) -> None:
        """A mail was taken."""
        for recipient in recipients:
            self._keep(content, recipient)


class _Talk:
    """One connection."""

    def __init__(
        self, relay: Relay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._relay, self._reader, self._writer = relay, reader, writer
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._fault = Fault.NONE

    async def run(self) -> None:
        await self._say("220 relai.contoh.invalid ESMTP")
        while line := await self._reader.readline():
            verb = line[:4].strip().upper()
            if verb == b"QUIT":
                await self._say("221 2.0.0 bye")
                return
            await self._say(await self._answer(verb, line))

    async def _say(self, words: str) -> None:
        self._writer.write(words.encode("ascii") + b"\r\n")
        await self._writer.drain()

    async def _answer(self, verb: bytes, line: bytes) -> str:
        if verb == b"DATA":
            return await self._data()
        if verb == b"MAIL":
            return self._mail(line)
        if verb == b"RCPT":
            return self._rcpt(line)
        if verb == b"RSET":
            self._sender, self._recipients = None, []
        return _WORDS.get(verb, "502 5.5.1 not here")

    def _mail(self, line: bytes) -> str:
        found = _PATH.fullmatch(line)
        if not found:
            return "501 5.1.7 address not understood"
        self._fault = self._relay.faults.next_send()
        if self._fault is Fault.UNAUTHORIZED:
            return "530 5.7.0 log in first"
        self._sender, self._recipients = found[1].decode("utf-8", "replace"), []
        return "250 2.1.0 ok"

    def _rcpt(self, line: bytes) -> str:
        found = _PATH.fullmatch(line)
        if self._sender is None or not found or not found[1]:
            return "503 5.5.1 first the sender, then an address"
        recipient = found[1].decode("utf-8", "replace")
        if self._fault is Fault.TOO_MANY:
            return "451 4.7.1 greylisted, come again"
        if recipient in self._relay.faults.refused:
            return "550 5.1.1 no such mailbox"
        self._recipients.append(recipient)
        return "250 2.1.5 ok"

    async def _data(self) -> str:
        if not self._recipients:
            return "503 5.5.1 first a recipient"
        await self._say("354 go on")
        content = await self._content()
        recipients, self._recipients, self._sender = self._recipients, [], None
        if self._fault.takes:
            self._relay.laid_down(content, recipients)
        return await self._verdict()

    async def _content(self) -> bytes:
        lines = []
        while (line := await self._reader.readline()) != b".\r\n":
            if not line.endswith(b"\r\n"):
                raise _Cut
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    async def _verdict(self) -> str:
        """The answer to the final dot, as the fault leaves it."""
        match self._fault:
            case Fault.DROP | Fault.TAKEN_THEN_DROP:
                raise _Cut
            case Fault.ERROR | Fault.TAKEN_THEN_ERROR:
                return "451 4.3.0 trouble here, come again"
            case Fault.GIBBERISH:
                return "<html>Bad Gateway</html>"
            case Fault.SLOW:
                await asyncio.sleep(self._relay.faults.slow)
        return "250 2.0.0 taken"
