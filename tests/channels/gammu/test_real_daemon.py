"""A whole gateway beside the real gammu-smsd with its dummy modem, on both engines."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest

from config.load import read
from gateway.server import Gateway
from gateway.wiring import make_plan, make_store
from tests.channels.gammu.daemon import daemon
from tests.channels.gammu.doors import House, door, listening, outbound
from tests.gateway.gateway_kit import PUBLIC, QUICK, fresh_store, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.channels.gammu.daemon import Base
    from ticket_store.store import SqlStore

pytestmark = pytest.mark.timeout(120)

CITIZEN = "+6281234567890"


def tables(folder: Path, base: Base) -> dict[str, Any]:
    return {
        "office": {"name": "Dinas Contoh", "calendar": "rs24"},
        "http": {"port": 0, "public_url": PUBLIC},
        "store": {
            "url": f"sqlite+aiosqlite:///{folder}/helpdesk.db",
            "data_dir": str(folder / "data"),
        },
        "dispatch": QUICK | {"send_timeout_seconds": 3.0, "lease_seconds": 8.0},
        "channels": {
            "modem": {
                "kind": "gammu",
                "database": base.url,
                "poll_seconds": 0.05,
                "parts_wait_seconds": 5.0,
                "rate_per_second": 50.0,
            }
        },
    }


@asynccontextmanager
async def gateway(folder: Path, base: Base) -> AsyncIterator[SqlStore]:
    await fresh_store(folder)
    settings = read(tables(folder, base))
    store = cast("SqlStore", await make_store(settings))
    async with Gateway(make_plan(settings, store)).running():
        yield store


async def texts(store: SqlStore) -> list[str]:
    async with store._engines.reading.connect() as connection:
        found = await connection.exec_driver_sql("SELECT text FROM messages ORDER BY id")
        return [row[0] for row in found]


async def test_a_text_on_the_card_becomes_a_ticket_and_the_number_goes_out(
    base: Base, tmp_path: Path
) -> None:
    with daemon(tmp_path, base) as modem:
        async with gateway(tmp_path / "hall", base) as store:
            modem.arrive("HELPDESK lampu jalan mati \U0001f600", CITIZEN)

            async def stored() -> bool:
                return await texts(store) == ["HELPDESK lampu jalan mati \U0001f600"]

            await until(stored)

            def sent() -> list[Any]:
                return base.rows(
                    'SELECT "DestinationNumber", "TextDecoded", "Status" FROM sentitems'
                )

            await until(lambda: bool(sent()))
            ((recipient, words, status),) = sent()
            assert recipient == CITIZEN
            assert "HD26-" in words
            assert status == "SendingOK"

            async def reported() -> bool:
                async with store._engines.reading.connect() as connection:
                    found = await connection.exec_driver_sql("SELECT delivery FROM outbox")
                    return [row[0] for row in found] == ["sent"]

            await until(reported)
            await until(lambda: not base.rows('SELECT "ID" FROM outbox'))


async def test_parts_of_a_long_text_are_joined_over_an_emoji(base: Base, tmp_path: Path) -> None:
    house = House()
    with daemon(tmp_path, base) as modem:
        modem.arrive("HELPDESK mati \ud83d", udh="050003D30201")
        modem.arrive("\ude00 sejak pagi", udh="050003D30202")
        async with listening(door(base.url), house):
            await until(lambda: bool(house.texts))
    assert house.texts == ["HELPDESK mati \U0001f600 sejak pagi"]


async def test_a_long_answer_leaves_in_parts(base: Base, tmp_path: Path) -> None:
    text = "Petugas kami sudah menangani laporan Anda. " * 8
    with daemon(tmp_path, base):
        opened = door(base.url)
        receipt = await opened.send(outbound(text=text))

        def parts() -> list[Any]:
            return base.rows(
                'SELECT "TextDecoded", "Status" FROM sentitems ORDER BY "SequencePosition"'
            )

        await until(lambda: len(parts()) == 3)
        await opened.close()
        assert "".join(part[0] for part in parts()) == text
        assert base.rows('SELECT DISTINCT "CreatorID" FROM sentitems') == [(receipt.provider_id,)]


async def test_what_came_while_we_were_stopped_is_there_and_the_daemon_is_seen(
    base: Base, tmp_path: Path
) -> None:
    house = House()
    opened = door(base.url)
    with daemon(tmp_path, base) as modem:
        for number in range(3):
            modem.arrive(f"HELPDESK lampu {number} mati")
        await until(lambda: len(base.rows('SELECT "ID" FROM inbox')) == 3)
        assert not [one.key for one in await opened.examine()]
        modem.process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(modem.process.wait)
    async with listening(opened, house):
        await until(lambda: len(house.texts) == 3)
    assert sorted(house.texts) == [f"HELPDESK lampu {number} mati" for number in range(3)]
