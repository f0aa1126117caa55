"""Files on both engines: claimed once, recorded once, shown as they are."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import NotFound
from core.model.attachments import AttachmentState, FetchResult, WantedFile
from core.model.messages import ChannelId
from tests.contracts.planting import LATER, LEASE, SMS, T0, rows
from tests.contracts.planting_files import plant_file, plant_message, plant_ticket
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import Sequence

WA = ChannelId("wa")


async def claim(
    store: Any, now: Any = T0, limit: int = 10, resting: Sequence[ChannelId] = ()
) -> list[WantedFile]:
    async with store.desk() as desk:
        found = await desk.attachments.claim(now, now + LEASE, limit, resting)
        await desk.commit()
    return list(found)


async def record(store: Any, *results: FetchResult) -> list[bool]:
    async with store.desk() as desk:
        written = await desk.attachments.record(results)
        await desk.commit()
    return list(written)


def result(wanted: WantedFile, state: AttachmentState, **more: Any) -> FetchResult:
    return FetchResult(wanted.message_id, wanted.position, state, wanted.attempt, **more)


def stored(wanted: WantedFile, **more: Any) -> FetchResult:
    return result(
        wanted,
        more.pop("state", AttachmentState.STORED),
        stored_as="ab/" + "c" * 32,
        found_type=more.pop("found_type", "image/png"),
        found_size=7,
        sha256="d" * 64,
        **more,
    )


async def test_what_is_due_is_claimed_oldest_first_and_once(store: Any) -> None:
    for message in (3, 1, 2):
        await plant_message(store, message)
        await plant_file(store, message)
    await plant_file(store, 2, 1, due_at=LATER)
    await plant_file(store, 2, 2, state="stored")
    first = await claim(store, limit=2)
    assert [(one.message_id, one.attempt) for one in first] == [(1, 1), (2, 1)]
    assert [one.message_id for one in await claim(store)] == [3]
    assert await claim(store) == []
    assert [one.attempt for one in await claim(store, T0 + LEASE)] == [2, 2, 2]
    assert len(await claim(store, LATER)) == 4


async def test_a_claimed_file_tells_what_a_door_needs(store: Any) -> None:
    await plant_message(store, 1, WA, raw=b"payload")
    await plant_file(store, 1, 0)
    await plant_file(store, 1, 1, reference="part:3", filename=None, size=None)
    first, second = await claim(store)
    assert first == WantedFile(
        1, 0, WA, "https://media.example/1/0", "image/jpeg", "../foto.jpg", 5, 1, b""
    )
    assert second == replace(
        first, position=1, reference="part:3", filename=None, size=None, raw=b"payload"
    )


async def test_files_of_a_resting_channel_are_left(store: Any) -> None:
    await plant_message(store, 1, WA)
    await plant_message(store, 2, SMS)
    for message in (1, 2):
        await plant_file(store, message)
    assert [one.channel for one in await claim(store, resting=[WA])] == [SMS]
    assert await claim(store, resting=[WA, SMS]) == []
    assert [one.channel for one in await claim(store)] == [WA]


async def test_two_processes_never_hold_one_file(store: Any) -> None:
    for message in range(1, 9):
        await plant_message(store, message)
        await plant_file(store, message)
    claims = await asyncio.gather(*(claim(store, limit=3) for _ in range(4)))
    ids = [one.message_id for found in claims for one in found]
    assert len(ids) == len(set(ids))
    ids += [one.message_id for one in await claim(store)]
    assert sorted(ids) == list(range(1, 9))


async def test_a_result_is_written_and_ends_the_waiting(store: Any) -> None:
    await plant_message(store, 1)
    await plant_file(store, 1)
    (wanted,) = await claim(store)
    assert await record(store, stored(wanted, reason="")) == [True]
    (row,) = await rows(store, schema.attachments)
    assert (row.state, row.stored_as, row.found_type, row.found_size, row.sha256, row.attempt) == (
        "stored", "ab/" + "c" * 32, "image/png", 7, "d" * 64, 1,
    )  # fmt: skip
    assert await claim(store, LATER) == []
    assert await record(store, stored(wanted)) == [False]


async def test_a_result_that_another_claim_has_overtaken_is_void(store: Any) -> None:
    await plant_message(store, 1)
    await plant_file(store, 1)
    (slow,) = await claim(store)
    (quick,) = await claim(store, T0 + LEASE)
    assert await record(store, stored(slow)) == [False]
    assert await record(store, stored(quick)) == [True]


async def test_an_attempt_can_be_given_back(store: Any) -> None:
    await plant_message(store, 1)
    await plant_file(store, 1)
    (wanted,) = await claim(store)
    waiting = result(wanted, AttachmentState.WAITING, counts=False, due_at=LATER, reason="Nanti.")
    assert await record(store, waiting) == [True]
    assert await claim(store, T0 + LEASE) == []
    (again,) = await claim(store, LATER)
    assert again.attempt == 1


async def test_what_was_given_up_can_be_asked_for_again(store: Any) -> None:
    await plant_message(store, 1)
    await plant_file(store, 1, state="unavailable", attempt=9, reason="Hilang.")
    await plant_file(store, 1, 1, state="suspect")
    async with store.desk() as desk:
        assert await desk.attachments.again(1, 0, T0)
        assert not await desk.attachments.again(1, 0, T0)
        assert not await desk.attachments.again(1, 1, T0)
        assert not await desk.attachments.again(7, 0, T0)
        await desk.commit()
    assert [(one.position, one.attempt) for one in await claim(store)] == [(0, 1)]


async def test_pages_see_what_is_there_and_why_not(store: Any) -> None:
    ticket, number = await plant_ticket(store)
    await plant_message(store, 2, ticket=ticket)
    await plant_message(store, 1, ticket=ticket)
    await plant_message(store, 3)
    places = [(1, 0), (1, 1), (2, 0), (2, 1), (3, 0)]
    for message, position in places:
        await plant_file(
            store, message, position, filename=None if position else "../\u202efoto.jpg"
        )
    waiting = {(one.message_id, one.position): one for one in await claim(store)}
    await record(
        store,
        stored(waiting[1, 0]),
        stored(waiting[1, 1], found_type="image/svg+xml"),
        stored(waiting[2, 0], state=AttachmentState.SUSPECT, reason="Arsip."),
    )
    found = await store.files.files(number)
    assert [
        (one.filename, one.state, one.inline, one.size, one.reason, bool(one.stored_as))
        for one in found
    ] == [
        ("foto.jpg", AttachmentState.STORED, True, 7, "", True),
        ("lampiran-2.svg", AttachmentState.STORED, False, 7, "", True),
        ("foto.jpg", AttachmentState.SUSPECT, False, 7, "Arsip.", True),
        ("lampiran-2.jpg", AttachmentState.WAITING, False, 5, "", False),
    ]
    assert await store.files.file(number, 2, 0) == found[2]
    assert await store.files.files("HD26-999999-9") == []


@pytest.mark.parametrize("key", [(3, 0), (1, 9), (9, 0)])
async def test_a_file_of_another_ticket_is_not_found(store: Any, key: tuple[int, int]) -> None:
    ticket, number = await plant_ticket(store)
    other, _ = await plant_ticket(store, 2)
    await plant_message(store, 1, ticket=ticket)
    await plant_message(store, 3, ticket=other)
    await plant_file(store, 1)
    await plant_file(store, 3)
    with pytest.raises(NotFound):
        await store.files.file(number, *key)


async def test_names_in_the_folder_that_no_row_speaks_of(store: Any) -> None:
    await plant_message(store, 1)
    await plant_file(store, 1, 0, stored_as="ab/kept", state="stored")
    await plant_file(store, 1, 1, reference="file:form")
    async with store.desk() as desk:
        names = {"ab/kept", "form", "cd/lost", "file:form"}
        assert await desk.attachments.unnamed(names) == {"cd/lost", "file:form"}
        assert await desk.attachments.unnamed(set()) == set()
