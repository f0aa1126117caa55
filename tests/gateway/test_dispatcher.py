"""The way out against a provider that lies, hangs, refuses: one text each, in order, in time."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import StoreUnavailable
from gateway.demo.faults import Fault
from gateway.dispatcher import Dispatcher
from tests.gateway.gateway_kit import (
    CITIZEN,
    Office,
    Options,
    locked,
    message,
    office,
    phone,
    sections,
    until,
    with_channels,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from core.model.outbox import OutboxItem

TALKATIVE = {
    "replies_per_hour": 1000,
    "acks_per_ten_minutes": 1000,
    "tickets_per_ten_minutes": 1000,
}
PLACES = ("pasar", "sekolah", "puskesmas", "terminal", "kantor camat", "jembatan", "lapangan")


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


async def states(hall: Office) -> list[str]:
    return [row[0] for row in await hall.rows("SELECT state FROM outbox ORDER BY id")]


async def complaints(hall: Office, count: int, channel: str = "sms") -> None:
    """So many, each from a citizen of their own."""
    path = f"/hooks/{channel}"
    calls = [hall.post(message(From=phone(number)), path) for number in range(count)]
    assert {reply.status for reply in await asyncio.gather(*calls)} == {200}


async def numbers(hall: Office) -> list[str]:
    """Oldest first."""
    return [ticket.number for ticket in reversed(await hall.tickets())]


def told(hall: Office, number: str) -> int:
    """How many texts name it."""
    return sum(number in text for text in hall.texts())


# --- a good day ------------------------------------------------------------------------------


async def test_a_lone_message_is_acknowledged_without_waiting_for_a_poll(tmp_path: Path) -> None:
    async with office(tmp_path, sections(dispatch={"poll_seconds": 600})) as hall:
        await hall.post(message())
        await until(lambda: len(hall.texts()) == 1)
        await hall.quiet()
        assert await states(hall) == ["handed_over"]


async def test_a_text_that_is_due_while_an_earlier_one_is_claimed_waits_for_no_poll(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is committed between the claim of the first and its flight."""
    claim, between = Dispatcher._claim, list[int]()

    async def claimed(self: Dispatcher, limit: int) -> Sequence[OutboxItem]:
        items = await claim(self, limit)
        if items and not between:
            between.append(1)
            await hall.post(message("HELPDESK air ledeng mati"))
        return items

    monkeypatch.setattr(Dispatcher, "_claim", claimed)
    async with office(tmp_path, sections(dispatch={"poll_seconds": 600})) as hall:
        await hall.post(message())
        await until(lambda: len(hall.texts()) == 2, 30)


async def test_one_citizen_reads_in_the_order_written(tmp_path: Path) -> None:
    """The first attempt fails, and nothing to the same citizen overtakes it."""
    options = sections(limits=TALKATIVE, channel={"acks_per_day": 1000})
    async with office(tmp_path, options) as hall:
        hall.provider.faults.script.extend([Fault.TOO_MANY, Fault.ERROR, Fault.TAKEN_THEN_DROP])
        for place in PLACES:
            await hall.post(message(f"HELPDESK lampu di {place} padam sejak kemarin"))
        await hall.quiet()
        texts = hall.texts()
        assert len(texts) == len(PLACES)
        for number, text in zip(await numbers(hall), texts, strict=True):
            assert number in text


async def test_the_rate_is_held(tmp_path: Path) -> None:
    rate = 20
    async with office(tmp_path, sections(channel={"rate_per_second": rate})) as hall:
        await complaints(hall, 3 * rate)
        await hall.quiet()
        times = [text.created_at.timestamp() for text in hall.provider.sent]
        assert len(times) == 3 * rate
        for first, start in enumerate(times):
            for count, moment in enumerate(times[first:], 1):
                # one second's worth at once, then one at a time
                assert count <= rate + rate * (moment - start + 0.8) + 1


# --- the provider refuses --------------------------------------------------------------------


async def test_429_pauses_the_channel_and_nothing_goes_earlier(hall: Office) -> None:
    hall.provider.faults.script.append(Fault.TOO_MANY)
    hall.provider.faults.retry_after = 1
    await hall.post(message(From=phone(100)))
    await until(lambda: hall.count("helpdesk_channel_paused", channel="sms") == 1)
    refused = time.monotonic()
    await complaints(hall, 4)
    while time.monotonic() - refused < 0.9:
        assert hall.provider.calls == 1
        await asyncio.sleep(0.02)
    await hall.quiet()
    assert time.monotonic() - refused >= 1
    assert [told(hall, number) for number in await numbers(hall)] == [1] * 5
    assert hall.count("helpdesk_channel_paused", channel="sms") == 0


@pytest.mark.parametrize(
    "fault",
    [
        Fault.ERROR,
        Fault.DROP,
        Fault.TAKEN_THEN_ERROR,
        Fault.TAKEN_THEN_DROP,
        Fault.GIBBERISH,
        Fault.SLOW,
    ],
)
@pytest.mark.parametrize("muted", [True, False])
async def test_whatever_the_answer_exactly_one_text_goes_out(
    hall: Office,
    fault: Fault,
    muted: bool,
) -> None:
    """Found in the provider's list, or by a callback that carries our id."""
    hall.provider.faults.script.append(fault)
    hall.provider.faults.slow = 0.8
    hall.provider.faults.mute_callbacks = muted
    await hall.post(message())
    await hall.quiet()
    await asyncio.sleep(0.15)
    [number] = await numbers(hall)
    assert [told(hall, number), len(hall.texts())] == [1, 1]
    assert await states(hall) == ["handed_over"]


@pytest.mark.parametrize("fault", [Fault.TAKEN_THEN_ERROR, Fault.TAKEN_THEN_DROP])
async def test_a_list_that_lags_is_looked_at_again(tmp_path: Path, fault: Fault) -> None:
    options = sections(dispatch={"doubt_wait_seconds": 0.2, "doubt_looks": 4})
    async with office(tmp_path, options) as hall:
        hall.provider.faults.script.append(fault)
        hall.provider.faults.list_delay = 0.4
        hall.provider.faults.mute_callbacks = True
        await hall.post(message())
        await hall.quiet()
        assert len(hall.texts()) == 1


async def test_while_the_list_is_down_it_waits(hall: Office) -> None:
    """Neither sent again blindly nor forgotten (F23)."""
    hall.provider.faults.script.append(Fault.TAKEN_THEN_ERROR)
    hall.provider.faults.mute_callbacks = True
    hall.provider.faults.listing = Fault.ERROR
    await hall.post(message())
    await until(lambda: hall.provider.calls == 1)
    await asyncio.sleep(0.8)
    assert hall.provider.calls == 1
    assert await hall.waiting() == 1
    hall.provider.faults.listing = Fault.NONE
    await hall.quiet()
    assert hall.provider.calls == len(hall.texts()) == 1


async def test_a_copy_sent_after_vain_looks_is_marked(hall: Office) -> None:
    """Nothing in the list for good: at last it is sent, and the log and the row say so."""
    hall.provider.faults.script.append(Fault.ERROR)
    await hall.post(message())
    await hall.quiet()
    assert len(hall.texts()) == 1
    assert await hall.rows("SELECT copied FROM outbox") == [(1,)]
    assert "copied=True" in hall.log.getvalue()


async def test_a_storm_of_errors_slows_the_channel_down_and_loses_nothing(tmp_path: Path) -> None:
    """Each item alone would keep the provider busy; together they trip the circuit (F21)."""
    async with office(tmp_path, sections(dispatch={"backoff_max_seconds": 0.8})) as hall:
        hall.provider.faults.sending = Fault.ERROR
        await complaints(hall, 12)
        await until(lambda: hall.count("helpdesk_channel_paused", channel="sms") == 1)
        before, end = hall.provider.calls, time.monotonic() + 1
        while time.monotonic() < end:
            # an empty look into the list does not count as recovery
            assert hall.count("helpdesk_channel_paused", channel="sms") == 1
            await asyncio.sleep(0.02)
        assert hall.provider.calls - before <= 12
        hall.provider.faults.sending = Fault.NONE
        await hall.quiet()
        assert [told(hall, number) for number in await numbers(hall)] == [1] * 12
        assert hall.count("helpdesk_channel_paused", channel="sms") == 0


async def test_revoked_credentials_drop_nothing(hall: Office) -> None:
    hall.provider.faults.sending = Fault.UNAUTHORIZED
    await complaints(hall, 5)
    await until(lambda: hall.count("helpdesk_alarms_total", channel="sms", kind="paused") >= 1)
    await asyncio.sleep(0.5)
    assert hall.texts() == []
    assert await hall.waiting() == 5
    assert "dead" not in await states(hall)
    hall.provider.faults.sending = Fault.NONE
    await hall.quiet()
    assert [told(hall, number) for number in await numbers(hall)] == [1] * 5


async def test_a_citizen_who_opted_out_holds_up_nobody(hall: Office) -> None:
    hall.provider.faults.refused[phone(1)] = 21610
    await complaints(hall, 3)
    await hall.quiet()
    assert sorted(text.recipient for text in hall.provider.sent) == [phone(0), phone(2)]
    assert sorted(await states(hall)) == ["dead", "handed_over", "handed_over"]
    [row] = await hall.rows("SELECT code, reason FROM outbox WHERE state = 'dead'")
    assert row[0] == "21610"
    assert "berhenti" in row[1]
    assert hall.count("helpdesk_channel_paused", channel="sms") == 0


async def test_what_never_works_is_parked_in_the_end(tmp_path: Path) -> None:
    options = sections(dispatch={"max_attempts": 3, "doubt_looks": 1})
    async with office(tmp_path, options) as hall:
        hall.provider.faults.sending = Fault.ERROR
        await hall.post(message())
        await hall.quiet()
        assert await states(hall) == ["dead"]
        hall.provider.faults.sending = Fault.NONE
        await hall.post(message(From=phone(1)))
        await hall.quiet()
        assert [text.recipient for text in hall.provider.sent] == [phone(1)]


async def test_an_item_that_always_raises_is_parked_and_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F40: a mistake of ours about one item."""

    async with office(tmp_path, sections(dispatch={"max_attempts": 3})) as hall:
        door = hall.gateway.plan.doors[0].door
        usual = door.send

        async def stumbles(outgoing: Any) -> Any:
            if outgoing.recipient.value == CITIZEN:
                raise LookupError(outgoing.item_id)
            return await usual(outgoing)

        monkeypatch.setattr(door, "send", stumbles)
        await hall.post(message())
        await complaints(hall, 3)
        await until(lambda: len(hall.texts()) == 3)
        await hall.quiet()
        assert sorted(await states(hall)) == ["dead", *["handed_over"] * 3]
        [row] = await hall.rows("SELECT code, reason FROM outbox WHERE state = 'dead'")
        assert tuple(row) == ("LookupError", "Kesalahan pada sistem kami.")


async def test_a_hanging_provider_holds_up_no_other_channel(tmp_path: Path) -> None:
    async with office(tmp_path, with_channels("sms", "cadangan")) as hall:
        hall.provider.faults.sending = Fault.SLOW
        hall.provider.faults.slow = 5.0
        await complaints(hall, 20)
        began = time.monotonic()
        await hall.post(message(From=phone(900)), "/hooks/cadangan")
        await until(lambda: len(hall.texts("cadangan")) == 1)
        assert time.monotonic() - began < hall.provider.faults.slow
        assert hall.count("helpdesk_channel_paused", channel="cadangan") == 0
        hall.provider.faults.sending = Fault.NONE


# --- the end, and the store ------------------------------------------------------------------


async def test_stopping_gives_back_what_has_not_begun(tmp_path: Path) -> None:
    """At once, not after the drain time; and the next process sends it, nothing twice."""
    slow = sections(channel={"rate_per_second": 2}, dispatch={"lease_seconds": 60})
    async with office(tmp_path, slow) as hall:
        await complaints(hall, 30)
        await until(lambda: len(hall.texts()) >= 2)
        before = [text.recipient for text in hall.provider.sent]
        began = time.monotonic()
    assert time.monotonic() - began < 8
    async with office(tmp_path) as hall:
        assert "in_doubt" not in await states(hall)
        await hall.quiet()
        after = [text.recipient for text in hall.provider.sent]
        assert sorted(before + after) == [phone(number) for number in range(30)]


async def test_stopping_waits_for_what_flies(tmp_path: Path) -> None:
    async with office(tmp_path) as hall:
        hall.provider.faults.sending = Fault.SLOW
        hall.provider.faults.slow = 0.4
        await complaints(hall, 3)
        await until(lambda: hall.provider.calls == 3)
        provider = hall.provider
    assert len(provider.sent) == 3
    async with office(tmp_path) as hall:
        assert await states(hall) == ["handed_over"] * 3


async def test_the_store_away_while_recording(hall: Office, tmp_path: Path) -> None:
    """Sent, but not yet written: it waits for the store and is not sent again."""
    hall.provider.faults.sending = Fault.SLOW
    hall.provider.faults.slow = 0.2
    hall.provider.faults.mute_callbacks = True
    await hall.post(message())
    await until(lambda: hall.provider.calls == 1)
    async with locked(hall, tmp_path):
        await until(lambda: "results wait for the store" in hall.log.getvalue())
    await hall.quiet()
    assert await states(hall) == ["handed_over"]
    assert hall.provider.calls == 1


async def test_the_store_away_while_claiming(hall: Office, tmp_path: Path) -> None:
    async with locked(hall, tmp_path):
        await until(lambda: "claim failed" in hall.log.getvalue())
    await hall.post(message())
    await hall.quiet()
    assert len(hall.texts()) == 1


async def test_the_store_away_while_looking(hall: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list was read, but whose ids these are could not be asked: no second text."""
    dispatcher = hall.gateway.dispatchers[0]
    courier, asked = dispatcher._courier, []

    async def taken(provider_ids: Any) -> set[str]:
        asked.append(provider_ids)
        if len(asked) < 3:
            raise StoreUnavailable
        return await courier.taken(provider_ids)

    monkeypatch.setattr(dispatcher, "_courier", replace(courier, taken=taken))
    hall.provider.faults.script.append(Fault.TAKEN_THEN_ERROR)
    hall.provider.faults.mute_callbacks = True
    await hall.post(message())
    await hall.quiet()
    assert len(asked) == 3
    assert hall.provider.calls == 1
    assert await states(hall) == ["handed_over"]


async def test_a_lease_that_ran_out_is_looked_up_and_not_resent(tmp_path: Path) -> None:
    """As after a kill between the provider's answer and our note (F2)."""
    async with office(tmp_path) as first:
        await first.post(message())
        await first.quiet()
        [sent] = first.provider.sent
    take_back = (
        "UPDATE outbox SET state = 'claimed', provider_id = NULL, handed_over_at = NULL, "
        "due_at = tried_at, delivery = NULL, delivery_rank = -1, delivery_at = NULL"
    )

    def the_provider_remembers(_gateway: Any, providers: Any) -> None:
        providers["sms"]._room.texts.append(sent)

    with sqlite3.connect(tmp_path / "helpdesk.db") as file:
        file.execute(take_back)
    file.close()
    async with office(tmp_path, Options(before=the_provider_remembers)) as second:
        await second.quiet()
        assert second.provider.calls == 0
        [row] = await second.rows("SELECT state, provider_id FROM outbox")
        assert tuple(row) == ("handed_over", sent.sid)
