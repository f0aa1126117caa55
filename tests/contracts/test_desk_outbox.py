"""The outbox shelf on both engines: order, leases, plans, many workers."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert

from core.model.messages import ChannelId, DeliveryState
from core.model.outbox import OutboxState, Urgency
from core.model.views import OutboxLoad
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
    report,
    result,
    rows,
    said,
)
from ticket_store import schema
from ticket_store.delivery_reports import PROBES
from ticket_store.outbox import DUE, LOADS
from ticket_store.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECOND = timedelta(seconds=1)
LEASE_OUT = T0 + LEASE


@pytest.fixture
async def shop(store: Any) -> Any:
    """A store that knows one address, with id 1."""
    assert await plant_address(store, phone(1)) == 1
    return store


# --- promises --------------------------------------------------------------------------------


async def test_what_is_put_is_claimed_as_it_was_written(shop: Any) -> None:
    await put(shop, draft("ack:1", text="Nomor tiket: HD26-004217-4 é terima kasih 🙏"))
    (item,) = await claim(shop, T0 + SECOND)
    assert item.text == "Nomor tiket: HD26-004217-4 é terima kasih 🙏"
    assert (item.channel, item.recipient, item.purpose) == (SMS, phone(1), "ack")
    assert (item.attempt, item.doubtful, item.tried_at, item.doubts) == (1, False, None, 0)
    assert item.created_at == T0
    row = await only_row(shop)
    assert (row.state, row.due_at, row.tried_at) == ("claimed", T0 + SECOND + LEASE, T0 + SECOND)


async def test_the_same_promise_is_made_once(shop: Any) -> None:
    await put(shop, draft("ack:1", text="pertama"), draft("ack:1", text="kedua"))
    await put(shop, draft("ack:1", text="ketiga"), draft("ack:2", 2))
    assert [(row.key, row.text) for row in await rows(shop)] == [
        ("ack:1", "pertama"),
        ("ack:2", "Tiket untuk ack:2"),
    ]


async def test_nothing_is_promised_without_a_commit(shop: Any) -> None:
    async with shop.desk() as desk:
        await desk.outbox.put([draft("ack:1")])
    assert await rows(shop) == []


async def test_nothing_to_do_does_nothing(shop: Any) -> None:
    await put(shop)
    await record(shop)
    assert await report(shop) == 0
    assert await claim(shop) == []
    async with shop.desk() as desk:
        assert await desk.outbox.known_ids(SMS, []) == set()
        assert await desk.outbox.load() == []
        assert await desk.outbox.forget_claims(T0) == 0


# --- order -----------------------------------------------------------------------------------


async def test_replies_go_before_notices_and_older_before_younger(shop: Any) -> None:
    await put(
        shop,
        draft("bulk", 1, urgency=Urgency.BULK, created_at=T0 - 3 * SECOND),
        draft("young", 2, created_at=T0 - SECOND),
        draft("old", 3, created_at=T0 - 2 * SECOND),
        draft("same age", 4, created_at=T0 - SECOND),
        draft("notice", 5, urgency=Urgency.NOTICE, created_at=T0 - 9 * SECOND),
        draft("not yet", 6, created_at=T0 + SECOND),
    )
    found = [item.text.removeprefix("Tiket untuk ") for item in await claim(shop)]
    assert found == ["old", "young", "same age", "notice", "bulk"]


async def test_a_claim_takes_no_more_than_asked_and_never_twice(shop: Any) -> None:
    await put(shop, *(draft(f"k{i}", i) for i in range(1, 8)))
    taken = [len(await claim(shop, limit=3)) for _ in range(4)]
    assert taken == [3, 3, 1, 0]


async def test_channels_do_not_touch_each_other(shop: Any) -> None:
    wa = ChannelId("wa")
    await put(shop, draft("sms"), draft("wa", channel=wa))
    assert [item.text for item in await claim(shop, channel=wa)] == ["Tiket untuk wa"]
    assert [item.text for item in await claim(shop)] == ["Tiket untuk sms"]


@pytest.mark.parametrize(
    ("state", "next_goes"),
    [
        (OutboxState.WAITING, False),
        (OutboxState.IN_DOUBT, False),
        (OutboxState.HANDED_OVER, True),
        (OutboxState.HELD, True),
        (OutboxState.DEAD, True),
    ],
)
async def test_a_later_text_waits_for_the_earlier_one(
    shop: Any, state: OutboxState, *, next_goes: bool
) -> None:
    await put(shop, draft("first", 1), draft("second", 1, urgency=Urgency.REPLY), draft("else", 2))
    first, other = await claim(shop)
    assert (first.text, other.text) == ("Tiket untuk first", "Tiket untuk else")
    assert await claim(shop) == []  # the first is still being sent
    await record(shop, result(first, state, next_try_at=T0 + 9 * SECOND))
    assert [item.text for item in await claim(shop)] == ["Tiket untuk second"] * next_goes


async def test_an_urgent_text_does_not_overtake_on_its_own_thread(shop: Any) -> None:
    await put(shop, draft("bulk", 1, urgency=Urgency.BULK), draft("reply", 1))
    assert [item.text for item in await claim(shop)] == ["Tiket untuk bulk"]


# --- leases ----------------------------------------------------------------------------------


async def test_a_lease_that_ran_out_comes_back_doubtful_exactly_once(shop: Any) -> None:
    await put(shop, draft("ack:1"))
    await claim(shop)
    assert await claim(shop, LEASE_OUT - SECOND) == []
    (again,) = await claim(shop, LEASE_OUT)
    assert (again.doubtful, again.tried_at, again.attempt) == (True, T0, 2)
    assert await claim(shop, LEASE_OUT) == []


async def test_a_look_up_that_dies_too_still_reaches_back_to_the_first_attempt(shop: Any) -> None:
    await put(shop, draft("ack:1"))
    await claim(shop)
    for claims in range(2, 6):
        (item,) = await claim(shop, T0 + claims * LEASE)
        assert (item.attempt, item.tried_at) == (claims, T0)


async def test_what_is_in_doubt_keeps_its_look_ups(shop: Any) -> None:
    await put(shop, draft("ack:1"))
    (item,) = await claim(shop)
    doubt = result(item, OutboxState.IN_DOUBT, next_try_at=T0 + 3 * SECOND, tried_at=T0 + SECOND)
    await record(shop, doubt)
    assert await claim(shop, T0 + 2 * SECOND) == []
    (item,) = await claim(shop, T0 + 3 * SECOND)
    assert (item.doubtful, item.doubts, item.tried_at) == (True, 0, T0 + SECOND)
    since = item.tried_at
    vain = result(item, OutboxState.IN_DOUBT, at=T0 + 4 * SECOND, doubts=1, tried_at=since)
    await record(shop, vain)
    (item,) = await claim(shop, T0 + 4 * SECOND)
    assert (item.doubtful, item.doubts, item.tried_at) == (True, 1, T0 + SECOND)


async def test_a_refused_attempt_begins_anew(shop: Any) -> None:
    await put(shop, draft("ack:1"))
    (item,) = await claim(shop)
    await record(shop, result(item, OutboxState.WAITING, next_try_at=LATER, code="429"))
    assert await claim(shop, LATER - SECOND) == []
    (item,) = await claim(shop, LATER)
    assert (item.doubtful, item.tried_at, item.attempt) == (False, None, 2)
    assert (await only_row(shop)).tried_at == LATER


async def test_after_a_restart_every_claim_is_doubtful_and_looked_for_anew(shop: Any) -> None:
    await put(shop, draft("claimed", 1), draft("waiting", 2, created_at=LATER))
    (item,) = await claim(shop)
    await record(shop, result(item, OutboxState.IN_DOUBT, next_try_at=T0, doubts=2, tried_at=T0))
    await claim(shop, T0)
    async with shop.desk() as desk:
        assert await desk.outbox.forget_claims(T0 + 2 * SECOND) == 1
        await desk.commit()
    assert await claim(shop, T0 + SECOND) == []
    (item,) = await claim(shop, T0 + 2 * SECOND)
    assert (item.text, item.doubtful, item.tried_at) == ("Tiket untuk claimed", True, T0)
    assert item.doubts == 0


# --- load and plans --------------------------------------------------------------------------


async def test_the_load_is_counted_per_channel_and_state(shop: Any) -> None:
    await put(shop, *(draft(f"k{i}", i, created_at=T0 - i * SECOND) for i in range(1, 7)))
    await put(shop, draft("wa", channel=ChannelId("wa")))
    items = await claim(shop, limit=5)
    wanted = (OutboxState.HELD, OutboxState.DEAD, OutboxState.IN_DOUBT, OutboxState.HANDED_OVER)
    await record(shop, *(result(i, state) for i, state in zip(items, wanted, strict=False)))
    async with shop.desk() as desk:
        load = await desk.outbox.load()
    assert sorted(load, key=lambda one: (one.channel, one.state)) == [
        OutboxLoad("sms", OutboxState.CLAIMED, 1, T0 - 2 * SECOND),
        OutboxLoad("sms", OutboxState.DEAD, 1, T0 - 5 * SECOND),
        OutboxLoad("sms", OutboxState.HELD, 1, T0 - 6 * SECOND),
        OutboxLoad("sms", OutboxState.IN_DOUBT, 1, T0 - 4 * SECOND),
        OutboxLoad("sms", OutboxState.WAITING, 1, T0 - SECOND),
        OutboxLoad("wa", OutboxState.WAITING, 1, T0),
    ]


def history(count: int) -> list[dict[str, object]]:
    same = {"purpose": "ack", "channel": SMS, "recipient_kind": "phone", "address_id": 1}
    same |= {"text": "halo", "urgency": 0, "created_at": T0, "due_at": T0, "state": "handed_over"}
    return [
        same | {"key": f"h{at}", "recipient": phone(at % 97).value, "provider_id": f"P{at}"}
        for at in range(count)
    ]


@pytest.mark.parametrize("analysed", [False, True])
async def test_history_is_never_scanned(shop: Any, *, analysed: bool) -> None:
    """With statistics or, as on the first day, without."""
    await put(shop, *(draft(f"k{i}", i) for i in range(1, 500)))
    async with shop.desk() as desk:
        connection = connection_of(desk)
        await connection.execute(insert(schema.outbox), history(3000))
        await desk.commit()
    async with shop.desk() as desk:
        connection = connection_of(desk)
        if analysed:
            await connection.exec_driver_sql("ANALYZE")
        dialect = connection.dialect
        explain = "EXPLAIN " if dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        plans = []
        probe = PROBES[dialect.name].params(channel=SMS, ids='["P7"]')
        for statement in (DUE.params(channel=SMS, now=T0, limit=50), LOADS[0], probe):
            sql = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
            plans.append(str(list(await connection.exec_driver_sql(explain + sql))))
    claims, counts, probes = plans
    assert "ix_outbox_due" in claims
    assert "ix_outbox_order" in claims
    assert "ix_outbox_due" in counts or "ix_outbox_order" in counts
    assert "uq_outbox_provider" in probes
    for plan in plans:
        assert "Seq Scan" not in plan
        assert "SCAN outbox'" not in plan


# --- many workers ----------------------------------------------------------------------------


@pytest.fixture
async def stores(shop: Any, store_url: str) -> AsyncIterator[list[Any]]:
    """As many processes as the engine allows: SQLite has exactly one."""
    if store_url.startswith("sqlite"):
        yield [shop]
        return
    second = await open_store(store_url)
    yield [shop, second]
    await second.close()


async def test_four_workers_send_each_item_once_and_in_order(shop: Any, stores: list[Any]) -> None:
    """300 items to 20 people; each worker claims, sends and records until nothing is left."""
    await put(shop, *(draft(f"k{at}", at % 20) for at in range(300)))
    sent: list[int] = []
    per_person: dict[str, list[int]] = {}

    async def work(mine: Any) -> None:
        idle = 0
        while idle < 50 and len(sent) < 300:
            items = await claim(mine, limit=7)
            idle = 0 if items else idle + 1
            for item in items:
                sent.append(item.id)
                per_person.setdefault(item.recipient.value, []).append(item.id)
            await asyncio.sleep(0.001)
            await record(mine, *(handed(item, f"SM{item.id}") for item in items))

    await asyncio.gather(*(work(stores[at % len(stores)]) for at in range(4)))
    assert sorted(sent) == [row.id for row in await rows(shop)]
    assert len(per_person) == 20
    assert all(order == sorted(order) for order in per_person.values())
    assert {row.state for row in await rows(shop)} == {"handed_over"}


async def test_workers_that_meet_on_lapsed_leases_share_them(shop: Any, stores: list[Any]) -> None:
    await put(shop, *(draft(f"k{at}", at) for at in range(40)))
    assert len(await claim(shop, limit=40)) == 40
    claims = await asyncio.gather(
        *(claim(stores[at % len(stores)], LEASE_OUT, limit=15) for at in range(4))
    )
    taken = [item.id for items in claims for item in items]
    assert len(taken) == len(set(taken))
    rest = await claim(shop, LEASE_OUT)  # what a worker skipped while another held it
    taken += [item.id for item in rest]
    assert sorted(taken) == [row.id for row in await rows(shop)]


async def test_a_report_between_claim_and_record_is_not_lost(shop: Any) -> None:
    await put(shop, *(draft(f"k{at}", at) for at in range(20)))
    items = await claim(shop)

    async def one(item: Any) -> None:
        later = said(f"SM{item.id}", DeliveryState.DELIVERED, item_id=item.id)
        await asyncio.gather(record(shop, handed(item, f"SM{item.id}")), report(shop, later))

    await asyncio.gather(*(one(item) for item in items))
    assert {(row.state, row.delivery) for row in await rows(shop)} == {
        ("handed_over", "delivered")
    }


async def test_an_item_that_always_fails_does_not_stop_the_others(shop: Any) -> None:
    await put(shop, draft("bad", 1), draft("good", 2))
    for turn in range(3):
        items = await claim(shop, T0 + turn * SECOND)
        states = {"Tiket untuk bad": OutboxState.WAITING}
        await record(
            shop,
            *(
                result(
                    item,
                    states.get(item.text, OutboxState.HANDED_OVER),
                    next_try_at=T0 + (turn + 1) * SECOND,
                )
                for item in items
            ),
        )
    bad, good = await rows(shop)
    assert (bad.state, bad.attempt, good.state, good.attempt) == ("waiting", 3, "handed_over", 1)
