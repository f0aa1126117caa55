"""Against the real Kannel, with the configuration that our page prints."""

from __future__ import annotations

import asyncio
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.channels.kannel.office import office_with_kannel
from tests.gateway.gateway_kit import until
from tests.kannel_peer import FAKESMSC, PAGE, snippet
from tests.peers import need

if TYPE_CHECKING:
    from pathlib import Path

    from tests.channels.kannel.office import Office
    from tests.kannel_peer import Peer

pytestmark = pytest.mark.timeout(240)

CITIZEN = "6281234567890"
LONG = "HELPDESK " + "internet kantor kecamatan mati sejak pagi, " * 12 + "akhir"


def test_the_page_prints_the_settings_that_keep_texts() -> None:
    lines = {line.partition(" = ")[0]: line.partition(" = ")[2] for line in snippet().splitlines()}
    assert int(lines["http-request-retry"]) >= 100_000
    assert lines["max-messages"] in ("0", "10")
    assert snippet().index("max-messages = 0") < snippet().index("group = sendsms-user")
    assert lines["omit-empty"] == lines["catch-all"] == "true"
    assert lines["store-type"] == "spool"
    assert lines["dlr-storage"] == "spool"
    for field in ("id=%I", "ts=%T", "sender=%p", "message=%b", "coding=%c", "charset=%C"):
        assert field in lines["get-url"]
    for setting in ("http-request-retry", "max-messages = 0", "dlr-storage"):
        assert setting in PAGE.read_text(encoding="utf-8")


async def test_a_text_becomes_a_ticket_and_one_acknowledgement(tmp_path: Path) -> None:
    async with office_with_kannel(tmp_path) as (office, peer), peer.handset() as phone:
        await phone.text(CITIZEN, "HELPDESK lampu jalan mati é")
        recipient, words = await phone.received()
        assert recipient == f"+{CITIZEN}"
        (ticket,) = [row[0] for row in await office.rows("SELECT number FROM tickets")]
        assert ticket in words
        # our answer over HTTP is empty and makes Kannel send nothing of its own
        assert await phone.nothing()
        await until(lambda: _all_are(office, "delivered"))
        await phone.text(CITIZEN, LONG)
        await until(lambda: _stored(office, LONG))
        assert (await office.texts())[0] == "HELPDESK lampu jalan mati é"


async def _all_are(office: Office, state: str) -> bool:
    found = await office.deliveries()
    return bool(found) and set(found) == {state}


async def _stored(office: Office, words: str) -> bool:
    return words in await office.texts()


async def test_while_we_are_away_kannel_keeps_the_text_and_tries_again(tmp_path: Path) -> None:
    async with office_with_kannel(tmp_path) as (office, peer), peer.handset() as phone:
        await office.stop()
        for number in range(3):
            await phone.text(f"62812000000{number}", f"HELPDESK lampu {number} mati")
        await asyncio.sleep(1.5)  # at least one try in vain
        await office.start()
        await until(lambda: _count(office, 3))
        got = {(await phone.received())[0] for _ in range(3)}
        assert got == {f"+62812000000{number}" for number in range(3)}
        assert await phone.nothing()
        assert sorted(await office.texts()) == [f"HELPDESK lampu {n} mati" for n in range(3)]


async def _count(office: Office, least: int) -> bool:
    return len(await office.texts()) >= least


async def test_texts_wait_on_disk_while_smsbox_is_stopped_even_if_bearerbox_is_killed(
    tmp_path: Path,
) -> None:
    # the page ties smsbox to us, because what smsbox holds is lost when it ends (Kannel 1.4.5)
    async with office_with_kannel(tmp_path) as (office, peer):
        await asyncio.to_thread(peer.kill, "smsbox")
        await office.stop()
        async with peer.handset() as phone:
            for number in range(5):
                await phone.text(f"62812000000{number}", f"HELPDESK lampu {number} mati")
            await until(lambda: len(stored_by(peer)) == 5)
        await asyncio.to_thread(peer.kill, "bearerbox")
        await office.start()
        await asyncio.to_thread(peer.start)
        await until(lambda: _count(office, 5))
        async with peer.handset() as phone:
            got = {(await phone.received())[0] for _ in range(5)}
        assert got == {f"+62812000000{number}" for number in range(5)}
        assert sorted(await office.texts()) == [f"HELPDESK lampu {n} mati" for n in range(5)]


def stored_by(peer: Peer) -> list[Path]:
    return [path for path in (peer.folder / "store").rglob("*") if path.is_file()]


async def test_texts_wait_for_a_killed_smsbox(tmp_path: Path) -> None:
    async with office_with_kannel(tmp_path) as (office, peer), peer.handset() as phone:
        await phone.text(CITIZEN, "HELPDESK lampu pertama mati")
        await phone.received()
        # Killed before it told us, the first answer would be in doubt and go out again, marked.
        await until(lambda: _handed_over(office))
        await asyncio.to_thread(peer.kill, "smsbox")
        await phone.text("6281200000002", "HELPDESK lampu kedua mati")
        await asyncio.sleep(0.3)
        await asyncio.to_thread(peer.start, "smsbox")
        # the acknowledgement waits too: a refused connection is tried again
        assert (await phone.received())[0] == "+6281200000002"
        assert await office.texts() == ["HELPDESK lampu pertama mati", "HELPDESK lampu kedua mati"]
        assert await phone.nothing()


async def test_kannels_own_handset(tmp_path: Path) -> None:
    program = need(FAKESMSC, "package kannel-extras")
    async with office_with_kannel(tmp_path) as (office, peer):
        line = f"{CITIZEN} 3636 text HELPDESK  dua  spasi"
        port = str(peer.ports["fake"])
        with subprocess.Popen(
            [program, "-H", "127.0.0.1", "-r", port, "-m", "1", line],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as phone:
            try:
                await until(lambda: _count(office, 1))
            finally:
                phone.kill()
        assert await office.texts() == ["HELPDESK  dua  spasi"]


async def _handed_over(office: Office) -> bool:
    return [row[0] for row in await office.rows("SELECT state FROM outbox")] == ["handed_over"]
