"""Mails as offices' servers hand them over: each on a connection of its own, each from another person.

``smtp-source`` cannot change the sender within a run, and mails of one sender are a case of their
own (caps, one after the other), so this speaks the few lines of SMTP that it takes.
``python -m bench.mail_load --port P --first N --count N`` prints the seconds it took.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import Final

import uvloop

from bench.requests import COMPLAINTS

SESSIONS: Final = 16
SIZE: Final = 3_000
DESK: Final = "lapor@contoh.go.id"
_PATIENCE = 120.0
_LINE = "Sudah kami coba menyalakan ulang, hasilnya tetap sama sampai siang ini.\r\n"


def mail(index: int) -> bytes:
    """The index-th mail with its dot: plain text of about SIZE bytes with a complaint."""
    head = (
        f"From: Warga {index} <warga{index}@example.org>\r\nTo: {DESK}\r\n"
        f"Subject: HELPDESK laporan {index}\r\nDate: Mon, 23 Nov 2026 08:00:00 +0700\r\n"
        f"Message-ID: <m{index}@example.org>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
        f"{COMPLAINTS[index % len(COMPLAINTS)]}\r\n"
    )
    lines = (SIZE - len(head)) // len(_LINE)
    return f"{head}{_LINE * lines}.\r\n".encode()


class Client(asyncio.Protocol):
    """One connection with one mail."""

    def __init__(self, index: int, done: asyncio.Future[None]) -> None:
        self._steps = iter(
            (
                (b"220", b"EHLO mx.example.org\r\n"),
                (b"250", f"MAIL FROM:<warga{index}@example.org>\r\n".encode()),
                (b"250", f"RCPT TO:<{DESK}>\r\n".encode()),
                (b"250", b"DATA\r\n"),
                (b"354", mail(index)),
                (b"250", b"QUIT\r\n"),
                (b"221", b""),
            )
        )
        self._done, self._read = done, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the line."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """The next step once an answer is whole; another answer than expected ends the run."""
        self._read += data
        last = self._read[:-2].rpartition(b"\r\n")[2]
        if not self._read.endswith(b"\r\n") or last[3:4] == b"-":
            return
        expected, words = next(self._steps)
        if not last.startswith(expected):
            self._done.set_exception(SystemExit(f"mail not taken: {last.decode()}"))
            return
        self._read = b""
        if words:
            self._transport.write(words)  # type: ignore[attr-defined]  # uvloop's is of no such class
            return
        self._transport.close()
        if not self._done.done():
            self._done.set_result(None)


async def load(port: int, first: int, count: int) -> float:
    """Seconds for so many mails, ``SESSIONS`` at a time. Raises SystemExit for a refusal."""
    loop = asyncio.get_running_loop()
    waiting = iter(range(first, first + count))

    async def hand_in() -> None:
        for index in waiting:
            done: asyncio.Future[None] = loop.create_future()
            await loop.create_connection(lambda: Client(index, done), "127.0.0.1", port)  # noqa: B023 - called at once
            await done

    began = time.perf_counter()
    async with asyncio.timeout(_PATIENCE), asyncio.TaskGroup() as sessions:
        for _ in range(SESSIONS):
            sessions.create_task(hand_in())
    return time.perf_counter() - began


def main() -> None:
    """One turn."""
    parser = argparse.ArgumentParser(prog="bench.mail_load")
    for name in ("port", "first", "count"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    print(uvloop.run(load(options.port, options.first, options.count)))


if __name__ == "__main__":
    main()
