"""Rows and short verbs for the tests of the store: what a test plants, does and looks at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from core.model.messages import Address, AddressKind, ChannelId, DeliveryReport, DeliveryState
from core.model.outbox import OutboxDraft, OutboxItem, OutboxState, SendResult
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

SMS = ChannelId("sms")
T0 = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
LATER = T0 + timedelta(minutes=5)


def phone(last: int) -> Address:
    return Address(AddressKind.PHONE, f"+62811{last:07d}")


def connection_of(desk: Any) -> AsyncConnection:
    """The connection under a unit of work, for rows that no port writes."""
    connection: AsyncConnection = desk.outbox._connection
    return connection


async def plant(store: Any, table: Table, *rows: Mapping[str, object]) -> None:
    async with store.desk() as desk:
        await connection_of(desk).execute(insert(table), [dict(row) for row in rows])
        await desk.commit()


async def plant_address(store: Any, address: Address) -> int:
    """The id of this address, made if it is new."""
    async with store.desk() as desk:
        connection = connection_of(desk)
        found = await connection.scalar(
            select(schema.addresses.c.id).where(schema.addresses.c.value == address.value)
        )
        if found is None:
            row: dict[str, object] = {"kind": address.kind, "value": address.value}
            row |= {"first_seen_at": T0, "last_seen_at": T0}
            adding = insert(schema.addresses).returning(schema.addresses.c.id)
            found = await connection.scalar(adding, row)
            await desk.commit()
    assert found is not None
    return int(found)


def draft(key: str, recipient: int = 1, *, address_id: int = 1, **changes: Any) -> OutboxDraft:
    return OutboxDraft(
        key=key,
        purpose=changes.pop("purpose", "ack"),
        channel=changes.pop("channel", SMS),
        recipient=phone(recipient),
        address_id=address_id,
        text=changes.pop("text", f"Tiket untuk {key}"),
        created_at=changes.pop("created_at", T0),
        **changes,
    )


async def put(store: Any, *drafts: OutboxDraft) -> None:
    async with store.desk() as desk:
        await desk.outbox.put(drafts)
        await desk.commit()


async def claim(
    store: Any, now: datetime = T0, limit: int = 50, channel: ChannelId = SMS
) -> Sequence[OutboxItem]:
    async with store.desk() as desk:
        items: Sequence[OutboxItem] = await desk.outbox.claim(channel, now, now + LEASE, limit)
        await desk.commit()
    return items


async def record(store: Any, *results: SendResult) -> None:
    async with store.desk() as desk:
        await desk.outbox.record(results)
        await desk.commit()


async def report(store: Any, *reports: DeliveryReport) -> int:
    async with store.desk() as desk:
        found: int = await desk.outbox.report(reports)
        await desk.commit()
    return found


def result(item: OutboxItem | int, state: OutboxState, **changes: Any) -> SendResult:
    item_id = item if isinstance(item, int) else item.id
    return SendResult(item_id, state, changes.pop("at", T0), **changes)


def handed(item: OutboxItem | int, provider_id: str | None, **changes: Any) -> SendResult:
    changes.setdefault("delivery", DeliveryState.QUEUED)
    return result(item, OutboxState.HANDED_OVER, provider_id=provider_id, **changes)


def said(external_id: str, state: DeliveryState, **changes: Any) -> DeliveryReport:
    channel = changes.pop("channel", SMS)
    return DeliveryReport(channel, external_id, state, changes.pop("at", LATER), **changes)


async def rows(store: Any, table: Table = schema.outbox) -> list[Any]:
    """Everything in a table, by its key."""
    async with store.desk() as desk:
        found = await connection_of(desk).execute(select(table).order_by(*table.primary_key))
        return list(found)


async def only_row(store: Any) -> Any:
    (row,) = await rows(store)
    return row
