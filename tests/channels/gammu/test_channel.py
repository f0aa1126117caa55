"""The door against Gammu's own tables, in SQLite and in PostgreSQL with our role's rights."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from channels.gammu.parts import place_of
from core.errors import SendError, SendFailure
from core.model.messages import (
    Address,
    AddressKind,
    DeliveryState,
    Ignored,
)
from core.ports import Closes, Examines, FindsCopies, Listens, Sends, Webhook
from tests.channels.gammu.daemon import SqliteBase
from tests.channels.gammu.doors import CITIZEN, NOW, Clock, House, door, listening, outbound
from tests.gateway.gateway_kit import until
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.channels.gammu.daemon import Base


@pytest.mark.parametrize("port", [Sends, Listens, FindsCopies, Examines, Closes])
def test_the_door_keeps_its_contracts(port: Any) -> None:
    opened = door("sqlite:////tmp/smsd.db")
    assert isinstance(opened, port)
    assert not isinstance(opened, Webhook)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"url": "mysql://smsd@127.0.0.1/smsd"}, "url"),
        ({"url": "sqlite:///"}, "database"),
        ({"url": "postgresql://smsd@127.0.0.1"}, "database"),
        ({"url": ""}, "url"),
        ({"most_parts": 0}, "most_parts"),
        ({"timeout": 0}, "timeout"),
    ],
)
def test_a_door_that_could_not_work_does_not_open(changes: Any, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        door(**({"url": "sqlite:////tmp/smsd.db"} | changes))


def test_the_password_is_not_shown() -> None:
    opened = door("postgresql://helpdesk@127.0.0.1/smsd", password="rahasia")
    assert "rahasia" not in repr(opened)
    assert "rahasia" not in repr(opened._settings)


# --- in ---


def processed(base: Base) -> set[str]:
    return {str(row[0])[0] for row in base.rows('SELECT "Processed" FROM inbox')}


async def test_a_text_is_taken_and_then_marked(base: Base) -> None:
    base.receive("HELPDESK lampu mati \U0001f600")
    house = House()
    async with listening(door(base.url), house):
        await until(lambda: processed(base) == {"t"})
    (message,) = house.messages
    assert message.text == "HELPDESK lampu mati \U0001f600"
    assert (message.sender, message.recipient) == (CITIZEN, "modem")
    assert message.received_at == NOW
    local = datetime(2026, 11, 20, 10, 0).astimezone(UTC)
    expected = local if isinstance(base, SqliteBase) else datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert message.sent_at == expected


async def test_while_the_store_is_away_it_stays_in_the_table(base: Base) -> None:
    base.receive("HELPDESK lampu mati")
    house = House(closed=True)
    async with listening(door(base.url), house) as task:
        await asyncio.sleep(0.2)
        assert processed(base) == {"f"}
        assert not task.done()
        house.closed = False
        await until(lambda: house.texts == ["HELPDESK lampu mati"])


async def test_a_text_not_marked_is_brought_again_under_the_same_id(base: Base) -> None:
    base.receive("HELPDESK lampu mati")
    first, second = House(), House()
    async with listening(door(base.url), first):
        await until(lambda: processed(base) == {"t"})
    # the process died after the commit and before the mark; and the modem brings it once more
    base.run("UPDATE inbox SET \"Processed\" = 'false'")
    base.receive("HELPDESK lampu mati")
    async with listening(door(base.url), second):
        await until(lambda: processed(base) == {"t"})
    ids = {message.external_id for message in first.messages + second.messages}
    assert len(second.messages) == 2
    assert len(ids) == 1


def receive_part(base: Base, number: int, total: int, text: str) -> None:
    base.receive(text, UDH=f"05000307{total:02X}{number:02X}")


async def test_a_long_text_waits_for_its_parts(base: Base) -> None:
    receive_part(base, 2, 2, "\ude00 sejak pagi")
    base.receive("teks lain", sender="+6281234567891")
    house = House()
    async with listening(door(base.url), house):
        await until(lambda: house.texts == ["teks lain"])
        receive_part(base, 1, 2, "HELPDESK mati \ud83d")
        await until(lambda: processed(base) == {"t"})
    assert house.texts == ["teks lain", "HELPDESK mati \U0001f600 sejak pagi"]


async def test_after_the_wait_a_partial_text_is_taken_and_says_so(base: Base) -> None:
    clock, house = Clock(), House()
    receive_part(base, 1, 3, "HELPDESK satu ")
    async with listening(door(base.url, clock), house):
        await asyncio.sleep(0.1)
        clock.forward(59)
        await asyncio.sleep(0.1)
        receive_part(base, 3, 3, "tiga")  # a new part gives the rest time anew
        await asyncio.sleep(0.1)
        clock.forward(30)
        await asyncio.sleep(0.1)
        assert not house.texts
        clock.forward(31)
        await until(lambda: processed(base) == {"t"})
    (text,) = house.texts
    assert text.startswith("HELPDESK satu tiga\n[SMS tidak lengkap: bagian 2 dari 3")


async def test_answers_of_the_network_are_no_texts(base: Base) -> None:
    base.receive("Sisa pulsa Rp5.000", Class="127", Status="2")
    house = House()
    async with listening(door(base.url), house):
        await until(lambda: processed(base) == {"t"})
    assert [type(item) for item in house.items] == [Ignored]


async def test_each_modem_has_its_own_inbox(base: Base) -> None:
    base.receive("untuk modem", RecipientID="modem")
    base.receive("untuk modem lain", RecipientID="lain")
    house = House()
    async with listening(door(base.url, phone_id="lain"), house):
        await until(lambda: bool(house.texts))
        await asyncio.sleep(0.1)
    assert house.texts == ["untuk modem lain"]


async def test_odd_rows_do_not_stop_the_inbox(base: Base) -> None:
    base.receive("", SenderNumber="")
    base.receive("x", Text="bukan heksa", UDH="zz", TextDecoded="x'; DROP TABLE inbox; --")
    base.receive("baik", SenderNumber="TELKOMSEL")
    house = House()
    async with listening(door(base.url), house):
        await until(lambda: processed(base) == {"t"})
    assert house.texts == ["", "x'; DROP TABLE inbox; --", "baik"]
    assert house.messages[2].sender.kind is AddressKind.SENDER_LABEL


async def test_a_backlog_is_read_in_order(base: Base) -> None:
    for number in range(30):
        base.receive(f"teks {number}")
    house = House()
    async with listening(door(base.url), house):
        await until(lambda: processed(base) == {"t"})
    assert house.texts == [f"teks {number}" for number in range(30)]


# --- out ---


FIRST = 'SELECT "DestinationNumber", "TextDecoded", "Coding", "DeliveryReport" FROM outbox'


async def test_a_text_is_laid_down_with_our_mark(base: Base) -> None:
    opened = door(base.url)
    receipt = await opened.send(outbound())
    await opened.close()
    assert receipt.provider_id.startswith("helpdesk.modem:42:")
    (found,) = base.rows(FIRST)
    assert found == ("+6281234567890", outbound().text, "Default_No_Compression", "yes")
    assert base.rows('SELECT "CreatorID" FROM outbox') == [(receipt.provider_id,)]


async def test_a_long_text_is_laid_down_whole(base: Base) -> None:
    opened = door(base.url, reports=False, number_form="national", phone_id="modem")
    text = "Sudah ditangani \U0001f600 " * 20
    await opened.send(outbound(text=text))
    await opened.close()
    (first,) = base.rows('SELECT "DestinationNumber", "DeliveryReport", "SenderID" FROM outbox')
    assert first == ("081234567890", "no", "modem")
    parts = base.rows('SELECT "Text", "UDH" FROM outbox') + base.rows(
        'SELECT "Text", "UDH" FROM outbox_multipart ORDER BY "SequencePosition"'
    )
    joined = "".join(part[0] for part in parts)
    assert bytes.fromhex(joined).decode("utf-16-be") == text
    places = [place_of(part[1]) for part in parts]
    assert [place.position for place in places if place] == list(range(1, len(parts) + 1))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": " "}, "length"),
        ({"text": "x" * 1531}, "length"),
        ({"recipient": Address(AddressKind.SENDER_LABEL, "3636")}, "no number"),
    ],
)
async def test_what_cannot_go_out_is_refused(base: Base, changes: Any, code: str) -> None:
    opened = door(base.url)
    with pytest.raises(SendError) as caught:
        await opened.send(outbound(**changes))
    await opened.close()
    assert caught.value.problem.code == code
    assert not base.rows('SELECT "ID" FROM outbox')


async def test_another_attempt_lays_nothing_down_twice(base: Base) -> None:
    opened = door(base.url)
    first = await opened.send(outbound())
    assert await opened.send(outbound(attempt=2)) == first
    assert len(base.rows('SELECT "ID" FROM outbox')) == 1
    base.run("DELETE FROM outbox")
    base.sent(first.provider_id, "SendingOK")
    assert await opened.send(outbound(attempt=3)) == first
    assert not base.rows('SELECT "ID" FROM outbox')
    # a failed one may go out again, when a person says so
    base.run("UPDATE sentitems SET \"Status\" = 'SendingError'")
    await opened.send(outbound(attempt=4))
    assert len(base.rows('SELECT "ID" FROM outbox')) == 1
    await opened.close()


async def test_another_store_with_the_same_numbers_is_not_mistaken_for_us(base: Base) -> None:
    opened = door(base.url)
    old = await opened.send(outbound())
    for other in (
        outbound(attempt=2, text="Laporan diterima, no tiket HD26-004218-2."),
        outbound(attempt=2, recipient=Address(AddressKind.PHONE, "+6281234567891")),
        outbound(attempt=2, created_at=None),
    ):
        assert (await opened.send(other)).provider_id != old.provider_id
    await opened.close()
    assert len(base.rows('SELECT "ID" FROM outbox')) == 4


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("SendingOK", DeliveryState.SENT),
        ("DeliveryOK", DeliveryState.DELIVERED),
        ("SendingError", DeliveryState.FAILED),
    ],
)
async def test_copies_are_found_by_our_mark(base: Base, status: str, state: DeliveryState) -> None:
    opened = door(base.url)
    assert not await opened.copies_of(outbound(), NOW)
    mark = (await opened.send(outbound())).provider_id
    (waiting,) = await opened.copies_of(outbound(), NOW)
    assert (waiting.provider_id, waiting.state) == (mark, DeliveryState.QUEUED)
    base.run("DELETE FROM outbox")
    base.sent(mark, status)
    (gone,) = await opened.copies_of(outbound(), NOW)
    assert (gone.provider_id, gone.state) == (mark, state)
    assert not await opened.copies_of(outbound(item_id=43), NOW)
    await opened.close()


async def test_what_became_of_it_is_reported_once_and_after_a_restart(base: Base) -> None:
    mark = "helpdesk.modem:42:abc"
    base.sent("lain:1", ID=1)
    base.sent(mark, ID=2)
    house = House()
    async with listening(door(base.url), house):
        await until(lambda: len(house.reports) == 1)
        base.run("UPDATE sentitems SET \"Status\" = 'DeliveryOK'")
        await until(lambda: len(house.reports) == 2)
        await asyncio.sleep(0.3)
    assert [one.state for one in house.reports] == [DeliveryState.SENT, DeliveryState.DELIVERED]
    assert {(one.external_id, one.item_id) for one in house.reports} == {(mark, 42)}
    again = House()
    async with listening(door(base.url), again):
        await until(lambda: [one.state for one in again.reports] == [DeliveryState.DELIVERED])


# --- how it is ---


def phone(base: Base, late: int, signal: int = 42) -> None:
    at = (
        f"datetime('now', 'localtime', '{-late} seconds')"
        if isinstance(base, SqliteBase)
        else f"LOCALTIMESTAMP - interval '{late} seconds'"
    )
    base.run(
        'INSERT INTO phones ("ID", "TimeOut", "IMEI", "IMSI", "Client", "Signal") '  # noqa: S608 - a test's own words
        f"VALUES ('modem', {at}, '1', '1', 'uji', {signal})"
    )


async def test_a_dead_modem_is_seen(base: Base) -> None:
    opened = door(base.url)
    assert [one.key for one in await opened.examine()] == ["modem_missing"]
    phone(base, 400)
    (found,) = await opened.examine()
    assert found.key == "modem_dead"
    assert found.since is not None
    assert 399 <= (NOW - found.since).total_seconds() <= 410
    base.run("DELETE FROM phones")
    phone(base, -5)
    assert not await opened.examine()
    await opened.close()


# --- when the tables cannot be had ---


async def failure(url: str, **changes: Any) -> SendFailure:
    opened = door(url, **changes)
    try:
        with pytest.raises(SendError) as caught:
            await opened.send(outbound())
    finally:
        await opened.close()
    assert "rahasia" not in str(caught.value)
    return caught.value.problem.failure


async def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert await failure(f"sqlite:///{tmp_path}/salah.db") is SendFailure.PAUSE
    assert not list(tmp_path.iterdir())


async def test_a_file_without_tables_pauses(tmp_path: Path) -> None:
    (tmp_path / "kosong.db").touch()
    assert await failure(f"sqlite:///{tmp_path}/kosong.db") is SendFailure.PAUSE
    (tmp_path / "teks.db").write_text("bukan basis data" * 100)
    assert await failure(f"sqlite:///{tmp_path}/teks.db") is SendFailure.PAUSE


async def test_a_locked_file_is_tried_again(tmp_path: Path) -> None:
    base = SqliteBase(tmp_path)
    other = sqlite3.connect(base.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert await failure(base.url, timeout=0.4) is SendFailure.RETRY
    finally:
        other.close()
    assert not base.rows("SELECT * FROM outbox")


async def test_listening_ends_with_the_tables_and_begins_again(tmp_path: Path) -> None:
    base, house = SqliteBase(tmp_path), House()
    hidden = tmp_path / "hidden.db"
    base.path.rename(hidden)
    async with listening(door(base.url), house) as task:
        with pytest.raises(SendError):
            await asyncio.wait_for(asyncio.shield(task), PATIENCE)
    hidden.rename(base.path)
    base.receive("HELPDESK lampu mati")
    async with listening(door(base.url), house):
        await until(lambda: bool(house.texts))


async def test_a_server_that_is_away_is_tried_again_and_a_wrong_role_pauses(
    gammu_cluster: Any,
) -> None:
    here = f"127.0.0.1:{gammu_cluster.port}"
    away = await failure("postgresql://x@127.0.0.1:1/smsd", password="rahasia", timeout=1.0)
    assert away is SendFailure.RETRY
    role = await failure(f"postgresql://nobody@{here}/postgres")
    assert role is SendFailure.PAUSE
    database = await failure(f"postgresql://postgres@{here}/none")
    assert database is SendFailure.PAUSE
    tables = await failure(f"postgresql://postgres@{here}/postgres")
    assert tables is SendFailure.PAUSE


async def test_closing_twice_and_never_opened_does_no_harm(base: Base) -> None:
    unused = door(base.url)
    await unused.close()
    used = door(base.url)
    await used.examine()
    await used.close()
    await used.close()
