"""Results of attempts on both engines: written once, never taken back, ids that are taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.model.messages import ChannelId
from core.model.outbox import OutboxState
from tests.contracts.planting import (
    LATER,
    LEASE,
    SMS,
    T0,
    claim,
    connection_of,
    draft,
    handed,
    only_row,
    phone,
    plant_address,
    put,
    record,
    result,
    rows,
)
from ticket_store import schema
from ticket_store.send_results import ID_TAKEN

SECOND = timedelta(seconds=1)
LEASE_OUT = T0 + LEASE


@pytest.fixture
async def shop(store: Any) -> Any:
    """A store that knows one address, with id 1."""
    assert await plant_address(store, phone(1)) == 1
    return store


# --- results ---------------------------------------------------------------------------------


async def test_a_result_is_written_whole(shop: Any) -> None:
    await put(shop, draft("ack:1"))
    (item,) = await claim(shop)
    await record(shop, handed(item, "SM1", at=T0 + SECOND, doubts=2, copied=True))
    row = await only_row(shop)
    assert (row.state, row.provider_id, row.handed_over_at) == ("handed_over", "SM1", T0 + SECOND)
    assert (row.delivery, row.delivery_rank, row.delivery_at) == ("queued", 0, T0 + SECOND)
    assert (row.doubts, row.copied, row.code, row.reason) == (2, True, "", "")


@pytest.mark.parametrize("state", list(OutboxState))
async def test_recording_twice_changes_nothing(shop: Any, state: OutboxState) -> None:
    await put(shop, draft("ack:1"))
    (item,) = await claim(shop)
    if state is OutboxState.CLAIMED:
        return
    taken = state is OutboxState.HANDED_OVER
    once = result(
        item,
        state,
        provider_id="SM1" if taken else None,
        next_try_at=LATER,
        code="x",
        reason="sebab",
        doubts=1,
    )
    await record(shop, once)
    before = await rows(shop)
    await record(shop, once)
    assert await rows(shop) == before
    assert before[0].state == state


@pytest.mark.parametrize("late", [OutboxState.WAITING, OutboxState.IN_DOUBT, OutboxState.DEAD])
async def test_nothing_takes_back_that_it_was_handed_over(shop: Any, late: OutboxState) -> None:
    await put(shop, draft("ack:1"))
    (item,) = await claim(shop)
    await record(shop, handed(item, "SM1"))
    before = await rows(shop)
    await record(shop, result(item, late, next_try_at=T0, reason="terlambat", opted_out=True))
    assert await rows(shop) == before
    assert (await rows(shop, schema.addresses))[0].unreachable == ""


@pytest.mark.parametrize("parked", [OutboxState.DEAD, OutboxState.HELD, OutboxState.IN_DOUBT])
async def test_late_news_that_it_went_out_is_always_believed(
    shop: Any, parked: OutboxState
) -> None:
    await put(shop, draft("ack:1"))
    (item,) = await claim(shop)
    await record(shop, result(item, parked, code="99", reason="menyerah"))
    await record(shop, handed(item, "SM1", at=LATER))
    row = await only_row(shop)
    assert (row.state, row.provider_id, row.reason) == ("handed_over", "SM1", "")


async def test_results_of_unknown_items_are_passed_over(shop: Any) -> None:
    await put(shop, draft("ack:1"))
    (item,) = await claim(shop)
    await record(shop, handed(999, "SM9"), handed(item, "SM1"))
    assert (await only_row(shop)).provider_id == "SM1"


async def test_who_opted_out_cannot_be_reached_and_the_code_says_so(shop: Any) -> None:
    other = await plant_address(shop, phone(2))
    await put(shop, draft("ack:1"), draft("ack:2", 2, address_id=other))
    first, second = await claim(shop)
    await record(
        shop,
        result(first, OutboxState.DEAD, code="21610", reason="Penerima menolak", opted_out=True),
        result(second, OutboxState.DEAD, code="21211", reason="Nomor salah"),
    )
    found = {row.id: row.unreachable for row in await rows(shop, schema.addresses)}
    assert found == {1: "Penerima menolak (21610)", other: ""}


# --- a provider id that is taken -------------------------------------------------------------


async def two_sent(shop: Any, texts: tuple[str, str], recipients: tuple[int, int]) -> Any:
    """Two claimed items; the first already has the id SM1."""
    pairs = zip(texts, recipients, strict=True)
    await put(shop, *(draft(f"k{at}", to, text=text) for at, (text, to) in enumerate(pairs)))
    (first, *_) = await claim(shop, limit=1)
    await record(shop, handed(first, "SM1"))
    (second,) = await claim(shop, T0 + SECOND, limit=1)
    return first, second


async def test_a_repeated_id_of_another_text_is_handed_over_without_it(shop: Any) -> None:
    first, second = await two_sent(shop, ("satu", "dua"), (1, 1))
    await put(shop, draft("third", 3))
    (third,) = await claim(shop)
    await record(shop, handed(second, "SM1"), handed(third, "SM3"))
    states = [(row.id, row.state, row.provider_id, row.code) for row in await rows(shop)]
    assert states == [
        (first.id, "handed_over", "SM1", ""),
        (second.id, "handed_over", None, ID_TAKEN),
        (third.id, "handed_over", "SM3", ""),
    ]


async def test_a_copy_of_an_equal_text_proves_nothing_and_is_looked_up_anew(shop: Any) -> None:
    _, second = await two_sent(shop, ("sama", "sama"), (1, 1))
    await record(shop, handed(second, "SM1", at=LATER, tried_at=T0))
    (again,) = await claim(shop, LATER)
    assert (again.id, again.doubtful, again.tried_at) == (second.id, True, T0)
    await record(shop, handed(again, "SM1", at=LATER, copied=True))
    row = (await rows(shop))[1]
    assert (row.state, row.provider_id, row.copied) == ("handed_over", None, True)


async def test_equal_text_to_somebody_else_is_no_mix_up(shop: Any) -> None:
    _, second = await two_sent(shop, ("sama", "sama"), (1, 2))
    await record(shop, handed(second, "SM1"))
    assert [row.state for row in await rows(shop)] == ["handed_over", "handed_over"]


async def test_one_id_twice_in_a_group_belongs_to_the_first(shop: Any) -> None:
    await put(shop, draft("a", 1), draft("b", 2))
    first, second = await claim(shop)
    await record(shop, handed(first, "SM1"), handed(second, "SM1"))
    assert [row.provider_id for row in await rows(shop)] == ["SM1", None]


async def test_known_ids_are_those_of_this_channel(shop: Any) -> None:
    await put(shop, draft("a", 1), draft("b", 2))
    first, second = await claim(shop)
    await record(shop, handed(first, "SM1"), handed(second, "SM2"))
    async with shop.desk() as desk:
        assert await desk.outbox.known_ids(SMS, ["SM1", "SM2", "SM3", ""]) == {"SM1", "SM2"}
        assert await desk.outbox.known_ids(ChannelId("wa"), ["SM1"]) == set()


async def test_a_resent_dead_letter_gets_the_new_id(shop: Any) -> None:
    await put(shop, draft("ack:1"))
    (item,) = await claim(shop)
    await record(shop, result(item, OutboxState.DEAD, reason="gagal"))
    async with shop.desk() as desk:
        await connection_of(desk).execute(
            update(schema.outbox).values(state="waiting", due_at=T0, provider_id="old")
        )
        await desk.commit()
    (again,) = await claim(shop)
    await record(shop, handed(again, "new"))
    assert (await only_row(shop)).provider_id == "new"
