"""Delivery reports on both engines: doubled, late, out of order, too early, foreign."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from core.model.messages import ChannelId, DeliveryState
from core.model.outbox import OutboxState
from tests.contracts.planting import (
    LATER,
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

QUEUED, SENT, FAILED = DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.FAILED
DELIVERED, READ = DeliveryState.DELIVERED, DeliveryState.READ
HOUR = timedelta(hours=1)


@pytest.fixture
async def shop(store: Any) -> Any:
    """A store with one claimed item, number 1, to address 1."""
    assert await plant_address(store, phone(1)) == 1
    await put(store, draft("ack:1"))
    (item,) = await claim(store)
    assert item.id == 1
    return store


@pytest.fixture
async def sent(shop: Any) -> Any:
    """The same, handed over as SM1."""
    await record(shop, handed(1, "SM1"))
    return shop


async def early(shop: Any) -> list[tuple[str, str]]:
    return [(row.external_id, row.state) for row in await rows(shop, schema.early_reports)]


@pytest.mark.parametrize(
    ("states", "ends"),
    [
        ((SENT, DELIVERED), DELIVERED),
        ((DELIVERED, SENT), DELIVERED),
        ((DELIVERED, FAILED), DELIVERED),
        ((FAILED, DELIVERED), DELIVERED),
        ((FAILED, SENT), FAILED),
        ((READ, DELIVERED, SENT, QUEUED), READ),
        ((SENT, SENT, SENT), SENT),
    ],
)
@pytest.mark.parametrize("together", [True, False])
async def test_states_only_move_forward(
    sent: Any, states: tuple[DeliveryState, ...], ends: DeliveryState, *, together: bool
) -> None:
    reports = [said("SM1", state) for state in states]
    if together:
        assert await report(sent, *reports) == len(states)
    else:
        for one in reports:
            assert await report(sent, one) == 1
    row = await only_row(sent)
    assert (row.delivery, row.delivery_rank, row.delivery_at) == (ends, ends.rank, LATER)


@pytest.mark.parametrize("order", list(permutations(["record", "sent", "delivered"])))
@pytest.mark.parametrize("item_id", [None, 1])
async def test_every_order_of_answer_and_reports_ends_the_same(
    shop: Any, order: tuple[str, ...], item_id: int | None
) -> None:
    for step in order:
        if step == "record":
            await record(shop, handed(1, "SM1"))
        else:
            await report(shop, said("SM1", DeliveryState(step), item_id=item_id))
    row = await only_row(shop)
    assert (row.state, row.provider_id, row.delivery) == ("handed_over", "SM1", "delivered")
    assert await early(shop) == []


async def test_the_later_code_belongs_to_the_state_that_counts(sent: Any) -> None:
    await report(sent, said("SM1", FAILED, code="30007", reason="Disaring operator"))
    row = await only_row(sent)
    assert (row.code, row.reason) == ("30007", "Disaring operator")
    await report(sent, said("SM1", DELIVERED), said("SM1", FAILED, code="30008"))
    row = await only_row(sent)
    assert (row.delivery, row.code, row.reason) == ("delivered", "", "")


async def test_reports_of_unknown_ids_wait_once_each(shop: Any) -> None:
    assert await report(shop, said("SM1", SENT), said("SM1", SENT), said("SM1", READ)) == 0
    assert await report(shop, said("SM1", SENT, at=LATER + HOUR)) == 0
    assert await early(shop) == [("SM1", "read"), ("SM1", "sent")]
    await record(shop, handed(1, "SM1"))
    assert (await only_row(shop)).delivery == "read"
    assert await early(shop) == []


async def test_early_reports_of_others_stay(shop: Any) -> None:
    wa = ChannelId("wa")
    await report(shop, said("SM1", SENT, channel=wa), said("SM2", SENT))
    await record(shop, handed(1, "SM1"))
    assert (await only_row(shop)).delivery == "queued"
    assert len(await early(shop)) == 2


@pytest.mark.parametrize(
    ("state", "ends"),
    [
        (None, "handed_over"),  # still claimed
        (OutboxState.WAITING, "handed_over"),
        (OutboxState.IN_DOUBT, "handed_over"),
        (OutboxState.HELD, "handed_over"),
        (OutboxState.DEAD, "handed_over"),
    ],
)
async def test_a_callback_with_our_id_proves_that_it_went_out(
    shop: Any, state: OutboxState | None, ends: str
) -> None:
    if state is not None:
        await record(shop, result(1, state, code="504", reason="Waktu habis", next_try_at=T0))
    assert await report(shop, said("SM1", SENT, item_id=1)) == 1
    row = await only_row(shop)
    assert (row.state, row.provider_id, row.delivery) == (ends, "SM1", "sent")
    assert (row.handed_over_at, row.code, row.reason) == (LATER, "", "")
    assert await claim(shop, LATER + HOUR) == []  # never sent again


@pytest.mark.parametrize("state", [OutboxState.DEAD, OutboxState.HELD])
async def test_a_parked_item_reported_as_failed_stays_parked(
    shop: Any, state: OutboxState
) -> None:
    await record(shop, result(1, state, code="21211", reason="Nomor salah"))
    await report(shop, said("SM1", FAILED, item_id=1, code="30006", reason="Telepon rumah"))
    row = await only_row(shop)
    assert (row.state, row.delivery, row.code) == (state, "failed", "30006")


async def test_a_callback_that_names_the_id_lets_the_early_ones_in(shop: Any) -> None:
    await report(shop, said("SM1", READ))
    await report(shop, said("SM1", SENT, item_id=1))
    assert (await only_row(shop)).delivery == "read"
    assert await early(shop) == []


async def test_an_item_never_tried_or_of_another_channel_is_not_believed(shop: Any) -> None:
    await put(shop, draft("ack:2", 2))
    foreign = said("X1", SENT, item_id=1, channel=ChannelId("wa"))
    untried, unknown = said("X2", SENT, item_id=2), said("X3", SENT, item_id=77)
    assert await report(shop, foreign, untried, unknown) == 0
    assert [(row.state, row.delivery) for row in await rows(shop)] == [
        ("claimed", None),
        ("waiting", None),
    ]
    assert {external_id for external_id, _ in await early(shop)} == {"X1", "X2", "X3"}


async def test_a_wrong_item_id_falls_back_to_the_providers_id(sent: Any) -> None:
    assert await report(sent, said("SM1", DELIVERED, item_id=77)) == 1
    assert (await only_row(sent)).delivery == "delivered"


async def test_an_id_that_another_item_has_is_not_given_twice(sent: Any) -> None:
    await put(sent, draft("ack:2", 2))
    (second,) = await claim(sent)
    assert await report(sent, said("SM1", SENT, item_id=second.id)) == 1
    assert [(row.provider_id, row.state) for row in await rows(sent)] == [
        ("SM1", "handed_over"),
        (None, "handed_over"),
    ]


async def test_a_report_without_an_id_of_the_provider_needs_ours(shop: Any) -> None:
    assert await report(shop, said("", DELIVERED, item_id=1)) == 1
    row = await only_row(shop)
    assert (row.state, row.provider_id, row.delivery) == ("handed_over", None, "delivered")
    await record(shop, handed(1, "SM1"))
    assert (await only_row(shop)).provider_id == "SM1"


@pytest.mark.parametrize(
    ("code", "reason", "kept"),
    [
        ("21610", "Penerima menolak", "Penerima menolak (21610)"),
        ("", "Penerima menolak", "Penerima menolak"),
        ("21610", "Ditolak: 21610", "Ditolak: 21610"),
        ("403", "", "Penerima menolak pesan kami (403)"),
    ],
)
async def test_an_opt_out_marks_the_address_with_its_source(
    sent: Any, code: str, reason: str, kept: str
) -> None:
    await report(sent, said("SM1", FAILED, code=code, reason=reason, opted_out=True))
    (address,) = await rows(sent, schema.addresses)
    assert address.unreachable == kept


async def test_an_opt_out_that_came_early_marks_the_address_too(shop: Any) -> None:
    await report(shop, said("SM1", FAILED, code="21610", reason="Menolak", opted_out=True))
    assert [row.unreachable for row in await rows(shop, schema.addresses)] == [""]
    await record(shop, handed(1, "SM1"))
    assert [row.unreachable for row in await rows(shop, schema.addresses)] == ["Menolak (21610)"]


async def test_a_doubled_opt_out_does_not_undo_a_later_start(sent: Any) -> None:
    gone = said("SM1", FAILED, code="21610", reason="Menolak", opted_out=True)
    await report(sent, gone)
    async with sent.desk() as desk:
        await connection_of(desk).execute(schema.addresses.update().values(unreachable=""))
        await desk.commit()
    await report(sent, gone)
    assert [row.unreachable for row in await rows(sent, schema.addresses)] == [""]


async def purge(shop: Any, before: Any) -> list[str]:
    async with shop.desk() as desk:
        dropped = list(await desk.outbox.purge_reports(before))
        await desk.commit()
    return dropped


async def test_old_early_reports_are_dropped_and_named(shop: Any) -> None:
    await report(shop, said("old", SENT, at=T0), said("old", READ, at=T0), said("new", SENT))
    assert await purge(shop, T0) == []
    assert await purge(shop, T0 + timedelta(seconds=1)) == ["old"]
    assert await early(shop) == [("new", "sent")]


async def test_a_report_that_crossed_the_record_is_applied_before_dropping(sent: Any) -> None:
    """Committed at the same instant, neither saw the other; here it is planted by hand."""
    row = {"channel": SMS, "external_id": "SM1", "state": "delivered", "rank": DELIVERED.rank}
    row |= {"at": LATER, "code": "", "reason": "", "opted_out": False, "kept_at": T0}
    async with sent.desk() as desk:
        await connection_of(desk).execute(schema.early_reports.insert(), row)
        await desk.commit()
    assert await purge(sent, T0 + HOUR) == []
    assert (await only_row(sent)).delivery == "delivered"
    assert await early(sent) == []


async def test_a_thousand_reports_in_one_batch(sent: Any) -> None:
    """Meta sends up to a thousand at once."""
    many = [said(f"M{at % 500}", (SENT, DELIVERED)[at // 500]) for at in range(1000)]
    assert await report(sent, *many, said("SM1", READ)) == 1
    assert len(await early(sent)) == 1000
