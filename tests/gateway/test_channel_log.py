"""The log of exchanges: masked, bounded, never in anybody's way."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from config.redaction import Redactor
from core.errors import StoreUnavailable
from core.model.exchange import Direction, Exchange, ExchangeQuery
from core.model.messages import ChannelId, RawRequest, WebReply
from gateway.channel_log import A_SECOND, PURGE_SLICE, ChannelLog
from gateway.clock import SystemClock
from gateway.commands.exchanges import command
from tests.gateway.gateway_kit import fresh_store, until
from ticket_store.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SMS, WA = ChannelId("sms"), ChannelId("wa")
SECRET = "rahasia-sekali-0123456789"
CLOCK = SystemClock()


@asynccontextmanager
async def kept(folder: Path, days: int = 7) -> AsyncIterator[tuple[ChannelLog, Any]]:
    await fresh_store(folder)
    store = await open_store(f"sqlite+aiosqlite:///{folder}/helpdesk.db")
    try:
        yield ChannelLog(store, CLOCK, Redactor([SECRET]), timedelta(days=days)), store
    finally:
        await store.close()


async def read(store: Any, **query: Any) -> list[Exchange]:
    async with store.desk() as desk:
        return list(await desk.channel_log.read(ExchangeQuery(limit=10_000, **query)))


def request(body: bytes = b"Body=halo", query: str = "", **headers: str) -> RawRequest:
    url = f"https://a.test/hooks/sms{query}"
    known = {"content-type": "application/json", "x-twilio-signature": "tanda", **headers}
    return RawRequest("POST", url, known, body, "203.0.113.9", CLOCK.now())


async def test_an_exchange_is_kept_as_it_was(tmp_path: Path) -> None:
    async with kept(tmp_path) as (log, store):
        log.note(SMS, Direction.OUT, "41", "ack attempt 1", "SM1 queued")
        log.heard(SMS, request(query="?item=5"), WebReply(200, b"<Response/>"), "SM2")
        assert await read(store) == []
        assert await log.write() == 2
        assert await log.write() == 0
        first, second = await read(store)
    assert (first.direction, first.about, first.said, first.answered) == (
        Direction.OUT, "41", "ack attempt 1", "SM1 queued",
    )  # fmt: skip
    assert (second.about, second.answered) == ("SM2", "200\n<Response/>")
    assert second.said == "POST /hooks/sms?item=5\napplication/json\n\nBody=halo"


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        (f"token={SECRET}", SECRET),
        (b"From=%2B6281234567890&Body=x", "1234567890"),
        ("HELPDESK NIK 3510161507900001 mohon", "351016150790"),
        ('{"from": "6281234567890"}', "1234567890"),
        ("Authorization: Basic x https://user:pw@host/", "user:pw"),
    ],
)
async def test_what_nobody_may_read_is_masked(
    said: str | bytes, hidden: str, tmp_path: Path
) -> None:
    async with kept(tmp_path) as (log, store):
        log.note(SMS, Direction.IN, "x", said, said)
        log.heard(SMS, request(said if isinstance(said, bytes) else said.encode()), WebReply())
        await log.write()
        text = "".join(one.said + one.answered for one in await read(store))
    assert hidden not in text
    assert "tanda" not in text


@pytest.mark.parametrize("said", ["ni\0hil", "pasangan \ud83d", b"\xff\xfe\0", "", "x" * 10**6])
async def test_anything_can_be_noted(said: str | bytes, tmp_path: Path) -> None:
    async with kept(tmp_path) as (log, store):
        log.note(SMS, Direction.IN, "id" * 1000, said, said)
        assert await log.write() == 1
        (one,) = await read(store)
    assert len(one.said) < 2_100
    assert len(one.about) <= 200
    assert "\0" not in one.said


async def test_a_flood_is_counted_and_its_faults_are_kept(tmp_path: Path) -> None:
    async with kept(tmp_path) as (log, store):
        for _ in range(1_000):
            log.heard(SMS, request(), WebReply(200))
        log.heard(SMS, request(), WebReply(401), "fault")
        log.note(WA, Direction.IN, "other", "x", "y")
        assert await log.write() == A_SECOND + 3
        found = await read(store)
        assert [one.about for one in found if one.about] == ["fault", "other"]
        assert found[-1].said == f"{1_000 - A_SECOND} more exchanges in this second were not kept"
        log.heard(SMS, request(), WebReply(200))
        assert await log.write() == 1


async def test_it_runs_writes_and_ends_with_the_last_second(tmp_path: Path) -> None:
    async with kept(tmp_path) as (log, store):
        async with store.desk() as desk:
            old = CLOCK.now() - timedelta(days=8)
            entry = Exchange(SMS, old, Direction.IN, "old", "x", "y")
            await desk.channel_log.add([entry] * (PURGE_SLICE + 1))
            await desk.commit()
        task = asyncio.create_task(log.run())
        log.note(SMS, Direction.IN, "new", "x", "y")

        async def only_new() -> bool:
            return [one.about for one in await read(store)] == ["new"]

        await until(only_new)
        log.note(SMS, Direction.IN, "last", "x", "y")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert [one.about for one in await read(store)] == ["new", "last"]


async def test_nothing_is_kept_where_the_office_does_not_want_it(tmp_path: Path) -> None:
    async with kept(tmp_path, days=0) as (log, _):
        log.note(SMS, Direction.IN, "x", "x", "y")
        log.heard(SMS, request(), WebReply(500))
        assert await log.write() == 0


@pytest.mark.parametrize("error", [StoreUnavailable, ValueError])
async def test_a_store_that_is_away_loses_entries_and_nothing_else(error: type[Exception]) -> None:
    class Away:
        def desk(self) -> Any:
            raise error

    log = ChannelLog(Away(), CLOCK, Redactor(), timedelta(days=7))
    log.note(SMS, Direction.IN, "x", "x", "y")
    assert await log.write() == 0
    assert await log.purge() == 0


async def test_noting_costs_next_to_nothing(tmp_path: Path) -> None:
    """Far below a hundredth of a message's way, also when most are only counted."""
    async with kept(tmp_path) as (log, _):
        asked, reply = request(b"x" * 2_000), WebReply(200)
        begin = time.thread_time()
        for _ in range(10_000):
            log.heard(SMS, asked, reply)
        assert (time.thread_time() - begin) / 10_000 < 0.000_05


async def test_the_command_shows_them_beside_a_running_process(tmp_path: Path) -> None:
    config = tmp_path / "helpdesk.toml"
    config.write_text(
        '[office]\nname="Dinas"\n[http]\npublic_url="https://a.test"\n'
        f'[store]\nurl="sqlite+aiosqlite:///{tmp_path}/helpdesk.db"\n',
        encoding="utf-8",
    )

    def run(*arguments: str) -> list[str]:
        result = CliRunner().invoke(command, [*arguments, "--config", str(config)])
        assert result.exit_code == 0, result.output
        return result.output.splitlines()

    async with kept(tmp_path) as (log, _):
        log.note(SMS, Direction.IN, "SM1", "satu\x1b[2J\ndua", "200")
        log.note(WA, Direction.OUT, "7", "kirim", "wamid")
        await log.write()
        both = await asyncio.to_thread(run, "--json")
        assert [json.loads(line)["about"] for line in both] == ["SM1", "7"]
        one = await asyncio.to_thread(run, "--json", "--channel", "wa", "--hours", "1")
        assert [json.loads(line)["answered"] for line in one] == ["wamid"]
        shown = "\n".join(await asyncio.to_thread(run, "--about", "SM1", "--limit", "5"))
    assert "← sms SM1" in shown
    assert "said     | dua" in shown
    assert "\x1b" not in shown
