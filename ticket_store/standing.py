"""Outbox rows that move: the rules of moving, and the locking and writing around them.

The rules (``settle``, ``arrive``, ``rise``) are pure and work on a ``Standing``, one locked row.
Rows are always locked in the order of their ids, in one statement, so that two processes never
wait for each other in a circle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Row, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.model.messages import DeliveryReport, DeliveryState
from core.model.outbox import OutboxState, SendResult
from core.model.sentences import said
from ticket_store.schema import addresses, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")

Found = Row[*tuple[Any, ...]]
"""A row of a result, its columns reached by name."""

INSERT: dict[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""Each dialect's insert; both know ON CONFLICT."""


@dataclass(slots=True)
class Standing:
    """One outbox row as it stands, locked; fields are named as the columns."""

    id: int
    channel: str
    address_id: int
    attempt: int
    state: str
    due_at: datetime
    tried_at: datetime | None
    doubts: int
    copied: bool
    provider_id: str | None
    handed_over_at: datetime | None
    delivery: str | None
    delivery_rank: int
    delivery_at: datetime | None
    code: str
    reason: str


_FIELDS = tuple(Standing.__dataclass_fields__)
_WRITTEN = _FIELDS[_FIELDS.index("state") :]
_LOCK = (
    select(*(outbox.c[name] for name in _FIELDS))
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(outbox.c.id)
    .with_for_update()
)
_WRITE = (
    update(outbox)
    .where(outbox.c.id == bindparam("item_id"))
    .values({name: bindparam(f"new_{name}") for name in _WRITTEN})
)
_REFUSE = (
    update(addresses)
    .where(addresses.c.id == bindparam("address"))
    .values(unreachable=bindparam("why"))
)


def padded(values: Collection[T]) -> list[T]:
    """The values with the last one repeated up to a power of two.

    Each length of an IN list is a statement of its own to prepare; so there are ten, not hundreds.
    """
    listed = list(values)
    wanted = 1 << (len(listed) - 1).bit_length() if listed else 0
    return listed + listed[-1:] * (wanted - len(listed))


# --- the rules -------------------------------------------------------------------------------


def rise(row: Standing, state: DeliveryState, at: datetime) -> bool:
    """Writes a delivery state if it ranks higher than the one known (providers.md §2.3)."""
    if state.rank <= row.delivery_rank:
        return False
    row.delivery, row.delivery_rank, row.delivery_at = state, state.rank, at
    return True


def arrive(row: Standing, said: DeliveryReport) -> bool:
    """Applies a report to the item it is about; False when it says nothing new.

    Whatever the item's state after an attempt: the provider has it, so it is handed over and
    never sent again. Only a dead or held item reported as failed stays where staff look for it.
    """
    stays = row.state in (OutboxState.DEAD, OutboxState.HELD, OutboxState.HANDED_OVER)
    if row.state != OutboxState.HANDED_OVER and not (stays and said.state is DeliveryState.FAILED):
        row.state, row.handed_over_at = OutboxState.HANDED_OVER, said.at
        row.code = row.reason = ""
    if not rise(row, said.state, said.at):
        return False
    row.code, row.reason = said.code, said.reason
    return True


def settle(row: Standing, result: SendResult) -> bool:
    """Applies the result of an attempt; False when it comes too late to matter.

    Only a claimed row takes any result; any row takes the news that the provider has it. A second
    writing of the same result finds the row settled and changes nothing.
    """
    taken = result.state is OutboxState.HANDED_OVER
    if row.state == OutboxState.HANDED_OVER:
        row.provider_id = row.provider_id or result.provider_id
        return False
    if row.state != OutboxState.CLAIMED and not taken:
        return False
    row.state, row.code, row.reason = result.state, result.code, result.reason
    row.doubts, row.copied = result.doubts, row.copied or result.copied
    row.tried_at = result.tried_at or row.tried_at
    if result.state in (OutboxState.WAITING, OutboxState.IN_DOUBT):
        row.due_at = result.next_try_at or result.at
    if taken:
        row.provider_id = result.provider_id or row.provider_id
        row.handed_over_at = result.at
    if result.delivery is not None:
        rise(row, result.delivery, result.at)
    return True


def refusal(reason: str, code: str) -> str:
    """The sentence kept on an address that cannot be reached, with the provider's code."""
    sentence = reason or said("Penerima menolak pesan kami")
    return f"{sentence} ({code})" if code and code not in sentence else sentence


# --- rows ------------------------------------------------------------------------------------


async def lock_rows(connection: AsyncConnection, ids: Collection[int]) -> dict[int, Standing]:
    """The items as they stand, locked until the transaction ends; unknown ids are left out."""
    if not ids:
        return {}
    found = await connection.execute(_LOCK, {"ids": padded(ids)})
    return {row.id: Standing(*row) for row in found}


async def write_rows(connection: AsyncConnection, rows: Collection[Standing]) -> None:
    """Writes locked rows back, in one go."""
    if rows:
        values = [
            {"item_id": row.id, **{f"new_{name}": getattr(row, name) for name in _WRITTEN}}
            for row in rows
        ]
        await connection.execute(_WRITE, values)


async def mark_refusals(connection: AsyncConnection, refusals: Mapping[int, str]) -> None:
    """Notes on addresses, by their ids, why they cannot be reached."""
    if refusals:
        values = [{"address": address, "why": refusals[address]} for address in sorted(refusals)]
        await connection.execute(_REFUSE, values)
