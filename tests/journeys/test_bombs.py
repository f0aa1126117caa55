"""Bombs by mail, and everybody else goes on (threats.md F30, row 29).

A watchdog in the event loop's own thread counts the processor time between two of its ticks: what
the loop itself did in one piece, however busy the machine is with other things.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.gateway.gateway_kit import EMPTY, Office, message, phone
from tests.journeys.catalogue import PHONES
from tests.journeys.test_bad_mail import WORDS, Hall, headed, mail_hall, nested, plain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

MOST = 0.1
"""Seconds that the loop may be held up by one thing: no other message waits longer for it."""

MIB = 2**20


@dataclass
class Watchdog:
    """The longest piece of work between two ticks, in seconds of processor time."""

    longest: float = 0.0
    ticks: int = 0

    async def watch(self) -> None:
        before = time.thread_time()
        while True:
            await asyncio.sleep(0.001)
            now = time.thread_time()
            self.longest = max(self.longest, now - before)
            self.ticks += 1
            before = now


@asynccontextmanager
async def watched() -> AsyncIterator[Watchdog]:
    # What other tests of this process left behind is walked by no collection meanwhile.
    gc.collect()
    gc.freeze()
    dog = Watchdog()
    task = asyncio.create_task(dog.watch())
    try:
        yield dog
    finally:
        task.cancel()


CLIENT = """
import pathlib, smtplib, sys
with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), timeout=60) as line:
    line.ehlo()
    line.mail("a@x.id")
    line.rcpt("lapor@contoh.go.id")
    print(line.data(pathlib.Path(sys.argv[2]).read_bytes())[0])
"""
"""In a process of its own, so that nothing of it holds up our loop."""


async def hand_over(port: int, mail: bytes, folder: Path) -> int:
    """The server's answer to the content."""
    path = folder / f"{hash(mail)}.eml"
    await asyncio.to_thread(path.write_bytes, mail)
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CLIENT, str(port), str(path), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await client.communicate()
    return int(said)


@pytest.fixture(scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    folder = tmp_path_factory.mktemp("bombs")
    async with mail_hall(folder) as made:
        # the reading process exists, and everything is loaded
        first = plain("", WORDS + "x" * 200_000)
        assert await hand_over(made.port, first, folder) == 250
        await text(made.office)
        yield made


async def text(office: Office) -> None:
    fields = message("HELPDESK lampu padam", From=phone(next(PHONES)))
    reply = await office.post(fields)
    assert (reply.status, reply.body) == (200, EMPTY)


def parts(count: int) -> bytes:
    inner = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * count
    head = "Subject: HELPDESK bagian\r\nContent-Type: multipart/mixed; boundary=b\r\n"
    return headed(head, inner + b"--b--\r\n")


BOMBS: dict[str, bytes] = {
    "ten thousand parts": parts(10_000),
    "a thousand levels": nested(1_000),
    "twenty thousand encoded words": plain(f"Subject: {'=?utf-8?q?a?= ' * 20_000}\r\n"),
    "thirty thousand headers": plain("X-A: b\r\n" * 30_000),
    "twenty thousand addresses": plain(f"To: {'a@b.id, ' * 20_000}x@y.id\r\n"),
    "brackets": plain(f"X-B: {'(' * 60_000}\r\n"),
    "twenty MB of text": plain("", (WORDS + "\r\n").encode() * (20 * MIB // 30)),
    "twenty MB of tags": headed("Content-Type: text/html\r\n", ("<b>" * 30 + "\r\n") * 200_000),
    "twenty MB of base64 in one line": headed(
        "Content-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n", b"QUJD" * 5 * MIB
    ),
    "mails within mails": headed("", "Content-Type: message/rfc822\r\n\r\n" * 1_000),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=list(BOMBS))
async def test_while_a_bomb_is_read_nobody_waits(hall: Hall, bomb: bytes, tmp_path: Path) -> None:
    async with watched() as dog:
        falling = asyncio.create_task(hand_over(hall.port, bomb, tmp_path))
        texts = 0
        while not falling.done() or texts < 5:
            await text(hall.office)
            texts += 1
    code = await falling
    assert code in (250, 552, 554)
    assert dog.ticks > 5
    assert dog.longest < MOST, f"the loop was busy for {dog.longest * 1000:.0f} ms"


async def test_a_mail_of_a_hundred_megabytes_is_refused_and_held_by_nobody(hall: Hall) -> None:
    """It lies about its size: no SIZE is given, and the content simply does not end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.port)
    for line in (b"EHLO x", b"MAIL FROM:<a@x.id>", b"RCPT TO:<lapor@contoh.go.id>", b"DATA"):
        writer.write(line + b"\r\n")
    piece = b"x" * 998 + b"\r\n"

    async def pour() -> bytes:
        async with asyncio.timeout(60):
            try:
                for _ in range(100 * MIB // len(piece) // 100):
                    writer.write(piece * 100)
                    await writer.drain()
                writer.write(b".\r\n")
            except ConnectionError:
                pass
            heard = b""
            while b"\r\n5" not in heard and (more := await reader.read(4096)):
                heard += more
            return heard

    async with watched() as dog:
        pouring = asyncio.create_task(pour())
        while not pouring.done():
            await text(hall.office)
            await asyncio.sleep(0.02)
    heard = await pouring
    writer.close()
    assert b"\r\n552" in heard
    assert dog.longest < MOST, f"the loop was busy for {dog.longest * 1000:.0f} ms"
    await text(hall.office)


async def test_bombs_in_a_row_end_and_the_next_mail_is_a_ticket(tmp_path: Path) -> None:
    """F30 to its end: what was put aside while bombs were read comes in."""
    async with mail_hall(tmp_path) as made:
        falling = [
            hand_over(made.port, bomb, tmp_path)
            for name, bomb in BOMBS.items()
            if "thousand" in name
        ]
        good = plain("Subject: HELPDESK di antaranya\r\n")
        codes = await asyncio.gather(*falling, hand_over(made.port, good, tmp_path))
        assert set(codes) <= {250, 552, 554}
        assert codes[-1] == 250
        assert "di antaranya" in [row.subject for row in await made.office.tickets()]
