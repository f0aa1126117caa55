"""What the intake shelf remembers, refuses and makes wait, on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.errors import MalformedMessage
from core.model.filing import Filing
from core.model.messages import Address, AddressKind
from core.model.ticket import ReplyMark, Sender
from tests.contracts.asking import one, rows, run
from tests.contracts.desk_samples import (
    DAY,
    NOW,
    SARI,
    WEEK_AGO,
    greet,
    id_of,
    lay_down,
    memory,
    message,
    number_of,
    open_ticket,
    opening,
)
from ticket_store import schema
from ticket_store.store import SqlStore, open_store


async def test_what_is_remembered_of_a_sender(store: SqlStore) -> None:
    [sari] = await greet(store, SARI)
    remembered = memory(
        sari.address_id,
        muted=True,
        replies=(ReplyMark(NOW, "ack"), ReplyMark(NOW + DAY, "help")),
        untold=(number_of(4),),
        helped_on="2026-11-22",
        joined=(5, id_of(4)),
        opened=(NOW,),
        survey=id_of(3),
    )
    await lay_down(store, Filing(senders=[remembered]))
    [sari] = await greet(store, SARI)
    assert sari.muted
    assert sari.replies == remembered.replies
    assert (sari.untold, sari.helped_on) == (remembered.untold, remembered.helped_on)
    assert (sari.joined, sari.opened) == (remembered.joined, remembered.opened)
    assert sari.survey == remembered.survey
    await lay_down(store, Filing(senders=[memory(sari.address_id)]))
    [sari] = await greet(store, SARI)
    assert sari == Sender(sari.address_id, SARI)


async def test_a_broken_memory_is_forgotten(store: SqlStore) -> None:
    await greet(store, SARI)
    await run(store, schema.addresses.update().values(memory="{broken", unreachable="mati"))
    [sari] = await greet(store, SARI)
    assert (sari.replies, sari.unreachable) == ((), "mati")


@pytest.mark.parametrize("change_it", ["UPDATE events SET kind = 'x'", "DELETE FROM events"])
async def test_history_refuses_to_be_changed(store: SqlStore, change_it: str) -> None:
    await open_ticket(store, 1)
    with pytest.raises(DBAPIError, match="append-only"):
        await run(store, text(change_it))
    assert (await one(store, "events"))["kind"] == "TicketOpened"


UNKEEPABLE = ["a\x00b", "lone \ud800 surrogate"]


@pytest.mark.parametrize("words", UNKEEPABLE)
async def test_a_text_that_cannot_be_kept_is_named_so(store: SqlStore, words: str) -> None:
    [sari] = await greet(store, SARI)
    filing = opening(1, sari)
    filing.messages[0] = replace(filing.messages[0], message=message("SM1", text=words))
    with pytest.raises(MalformedMessage):
        await lay_down(store, filing)
    await lay_down(store, opening(2, sari))  # its neighbours are kept, tried alone
    assert (await one(store, "messages"))["external_id"] == "SM2"


@pytest.mark.postgres
async def test_nul_in_any_other_text_is_no_crash(postgres_url: str) -> None:
    store = await open_store(postgres_url)
    with pytest.raises(MalformedMessage):
        await greet(store, Address(AddressKind.EMAIL, "a\x00b"))
    await greet(store, SARI)
    await store.close()


async def test_a_naive_instant_is_refused(store: SqlStore) -> None:
    [sari] = await greet(store, SARI)
    with pytest.raises(ValueError, match="2026"):
        await lay_down(store, opening(1, sari, opened_at=NOW.replace(tzinfo=None)))


async def _hold_and_open(store: SqlStore, entered: asyncio.Event, sequence: int) -> int:
    """Greets, lets others try, then opens a ticket unless one is running; returns how many."""
    async with store.desk() as desk:
        known = await desk.intake.senders([SARI], [], WEEK_AGO, NOW - DAY)
        entered.set()
        await asyncio.sleep(0.05)
        if not known[SARI].tickets:
            await desk.intake.lay_down(opening(sequence, known[SARI]))
        await desk.commit()
    return len(known[SARI].tickets)


async def test_two_units_of_work_for_one_sender_take_turns(store: SqlStore) -> None:
    entered = asyncio.Event()
    first = asyncio.create_task(_hold_and_open(store, entered, 1))
    await entered.wait()
    second = await _hold_and_open(store, asyncio.Event(), 2)
    assert (await first, second) == (0, 1)


@pytest.mark.postgres
async def test_two_processes_for_one_sender_take_turns(postgres_url: str) -> None:
    one_store, other = await open_store(postgres_url), await open_store(postgres_url)
    try:
        await greet(one_store, SARI)
        entered = asyncio.Event()
        first = asyncio.create_task(_hold_and_open(one_store, entered, 1))
        await entered.wait()
        second = await _hold_and_open(other, asyncio.Event(), 2)
        assert (await first, second) == (0, 1)
    finally:
        await one_store.close()
        await other.close()


async def test_many_groups_with_the_same_senders_do_not_deadlock(store: SqlStore) -> None:
    people = [Address(AddressKind.PHONE, f"+62{n}") for n in range(6)]

    async def once(turn: int) -> None:
        mixed = people[turn % 6 :] + people[: turn % 6]
        async with store.desk() as desk:
            await desk.intake.senders(mixed[::-1] if turn % 2 else mixed, [], WEEK_AGO, NOW)
            await desk.commit()

    await asyncio.gather(*(once(turn) for turn in range(24)))
    assert len(await rows(store, select(schema.addresses.c.id))) == 6
