"""What our SMTP server bounds: lines, sizes, memory, connections, time (providers.md §10)."""

from __future__ import annotations

import asyncio
import random
import re
from typing import TYPE_CHECKING

import pytest

from tests.channels.email.smtp_kit import DESK, MAIL, Taken, hang_up, line_to, serving
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from channels.email.smtp_session import Received


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.mark.parametrize("longest", [998, 1_001, 65_536, 2**20 + 5, 3 * 2**20])
async def test_long_lines_are_taken(taken: Taken, longest: int) -> None:
    async with serving(taken) as server, line_to(server) as line:
        content = MAIL + b"x" * longest + b"\r\n" + b"y" * longest + b"\r\n"
        assert (await line.send(content)).startswith("250")
    assert taken.mails[0].content == content


async def test_a_dot_behind_a_very_long_line_is_no_end(taken: Taken) -> None:
    async with serving(taken) as server, line_to(server) as line:
        content = MAIL + b"x" * (2**20 + 1) + b".\r\n" + b"akhir\r\n"
        assert (await line.send(content)).startswith("250")
    assert taken.mails[0].content == content


async def test_any_content_comes_through_byte_for_byte_or_not_at_all(taken: Taken) -> None:
    draw = random.Random(7)  # noqa: S311 - a seed, so that a failure comes again
    pieces = [b"a" * 40, b".", b"..", b"\r\n", b"\r\n", b"\r\n.", b"\xc3\xa9", b"y" * 30_000]
    async with serving(taken) as server, line_to(server) as line:
        for turn in range(60):
            body = b"".join(draw.choices(pieces, k=draw.randrange(1, 40))) + b"\r\n"
            wrong = turn % 6 == 5
            if wrong:
                at = draw.randrange(len(body) + 1)
                body = body[:at] + draw.choice([b"\n", b"\r", b"\0"]) + body[at:]
                if body.count(b"\r") == body.count(b"\n") == body.count(b"\r\n"):
                    continue  # it made a pair
            stuffed = re.sub(rb"(?:(?<=\r\n)|\A)\.", b"..", body)
            if wrong:
                async with line_to(server) as other:
                    assert (await other.send(stuffed)).startswith("550 5.6.11"), body
            else:
                assert (await line.send(stuffed)).startswith("250")
                assert taken.mails[-1].content == body
    assert len(taken.mails) == 50


async def test_size_is_counted_whatever_was_claimed(taken: Taken) -> None:
    async with serving(taken, max_size=65_536) as server, line_to(server) as line:
        await line.say("EHLO uji", "MAIL FROM:<a@example.org> SIZE=10", f"RCPT TO:<{DESK}>")
        await line.say("DATA")
        await line.raw((MAIL + b"x" * 78 + b"\r\n") * 1_000 + b".\r\n")
        assert (await line.reply()).startswith("552 5.3.4")
        assert (await line.send(MAIL)).startswith("250")
        assert server.waiting == 0
    assert len(taken.mails) == 1


async def test_memory_is_bounded_over_all_connections(taken: Taken) -> None:
    async with (
        serving(taken, max_waiting=1_048_576) as server,
        line_to(server) as one,
        line_to(server) as two,
    ):
        await one.to_data()
        await one.raw((b"x" * 1_000 + b"\r\n") * 1_100)
        await two.say("EHLO uji", "MAIL FROM:<a@example.org>", f"RCPT TO:<{DESK}>")
        while server.waiting < 1_048_576:
            await asyncio.sleep(0.005)
        assert (await two.say("DATA")).startswith("452 4.3.1")
        await one.raw(b".\r\n")
        assert (await one.reply()).startswith("452 4.3.1")
        assert (await two.say("DATA")).startswith("354")
    assert taken.mails == []


async def test_mail_that_goes_in_circles(taken: Taken) -> None:
    hop = b"Received: from a by b; Mon, 2 Nov 2026 10:00:00 +0700\r\n"
    async with serving(taken) as server, line_to(server) as line:
        assert (await line.send(hop * 101 + MAIL)).startswith("554 5.4.6")
        assert (await line.send(hop * 100 + MAIL)).startswith("250")
        assert (await line.send(MAIL + hop * 101)).startswith("250")


async def test_caps_on_connections(taken: Taken) -> None:
    async with serving(taken, max_connections=3, max_per_address=2) as server:
        async with line_to(server), line_to(server) as second:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            assert (await reader.read()).startswith(b"421 4.7.0")
            await hang_up(writer)
            second.close()
            while len(server._sessions) > 1:
                await asyncio.sleep(0.005)
            async with line_to(server) as again:
                assert (await again.send(MAIL)).startswith("250")
        while server._sessions:
            await asyncio.sleep(0.005)
        assert server._by_client == {}


async def test_a_thousand_connections_are_shed_and_the_next_mail_comes_in(taken: Taken) -> None:
    async with serving(taken, max_connections=20, max_per_address=20) as server:
        pairs = await asyncio.gather(
            *(asyncio.open_connection("127.0.0.1", server.port) for _ in range(1_000))
        )
        greetings = [await asyncio.wait_for(reader.readline(), PATIENCE) for reader, _ in pairs]
        assert sum(line.startswith(b"220") for line in greetings) == 20
        assert sum(line.startswith(b"421") for line in greetings) == 980
        await hang_up(*(writer for _, writer in pairs))
        while server._sessions:
            await asyncio.sleep(0.005)
        async with line_to(server) as line:
            assert (await line.send(MAIL)).startswith("250")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"greeting_seconds": 0.1}, b""),
        ({"idle_seconds": 0.1}, b"EHLO uji\r\n"),
        ({"data_seconds": 0.1}, b"EHLO uji\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nDATA\r\nx"),
    ],
)
async def test_slow_clients_are_told_421(
    taken: Taken, settings: dict[str, float], said: bytes
) -> None:
    async with serving(taken, **settings) as server, line_to(server) as line:
        await line.raw(said)
        assert (await line.ended()).splitlines()[-1].startswith(b"421 4.4.2")
    assert taken.mails == []


async def test_a_trickle_is_told_421(taken: Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.email.smtp_session.GRACE", 0.1)
    async with serving(taken, min_rate=100_000) as server, line_to(server) as line:
        await line.to_data()
        for _ in range(4):
            await line.raw(b"x\r\n")
            await asyncio.sleep(0.02)
        assert (await line.ended()).startswith(b"421 4.4.2")


async def test_a_steady_stream_is_not(taken: Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.email.smtp_session.GRACE", 0.05)
    async with serving(taken, min_rate=1_000) as server, line_to(server) as line:
        await line.to_data()
        for _ in range(10):
            await line.raw(b"x" * 500 + b"\r\n")
            await asyncio.sleep(0.03)
        await line.raw(b".\r\n")
        assert (await line.reply()).startswith("250")


async def test_a_client_that_leaves_after_its_dot_loses_nothing(taken: Taken) -> None:
    async def slowly(_mail: Received) -> None:
        await asyncio.sleep(0.1)

    taken.before = slowly
    async with serving(taken) as server:
        async with line_to(server) as line:
            await line.to_data()
            await line.raw(MAIL + b".\r\n")
            await asyncio.sleep(0.03)
        async with asyncio.timeout(PATIENCE):
            while not taken.mails:
                await asyncio.sleep(0.01)


async def test_a_client_that_leaves_before_its_dot_leaves_nothing(taken: Taken) -> None:
    async with serving(taken) as server:
        async with line_to(server) as line:
            await line.to_data()
            await line.raw(MAIL)
        while server._sessions:
            await asyncio.sleep(0.005)
        assert server.waiting == 0
    assert taken.mails == []


async def test_at_the_end_a_mail_being_written_is_answered(taken: Taken) -> None:
    async def slowly(_mail: Received) -> None:
        await asyncio.sleep(0.2)

    taken.before = slowly
    async with serving(taken) as server:
        busy_reader, busy_writer = await asyncio.open_connection("127.0.0.1", server.port)
        idle_reader, idle_writer = await asyncio.open_connection("127.0.0.1", server.port)
        busy_writer.write(
            b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nDATA\r\n" + MAIL + b".\r\n"
        )
        await asyncio.sleep(0.1)
    assert b"\r\n250 2.6.0" in await busy_reader.read()
    assert (await idle_reader.read()).splitlines()[-1].startswith(b"421 4.3.2")
    assert len(taken.mails) == 1
    await hang_up(busy_writer, idle_writer)
