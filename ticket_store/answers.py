"""The shelf of answers kept for requests that come again (``Idempotency-Key``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from core.model.listing import ReadyAnswer
from ticket_store.schema import idempotency_keys
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_HERE = (idempotency_keys.c.staff_id == bindparam("who")) & (
    idempotency_keys.c.key == bindparam("named")
)
_FIND = select(
    idempotency_keys.c.request_hash,
    idempotency_keys.c.status,
    idempotency_keys.c.body,
    idempotency_keys.c.headers,
).where(_HERE)
_KEEP = (
    update(idempotency_keys)
    .where(_HERE)
    .values(
        status=bindparam("new_status"),
        body=bindparam("new_body"),
        headers=bindparam("new_headers"),
    )
)


class AnswerRows:
    """``core.ports.lists.AnswerShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, staff_id: int, key: str) -> ReadyAnswer | None:
        """What is kept under this key of this person."""
        asked = {"who": staff_id, "named": key}
        found = (await self._connection.execute(_FIND, asked)).one_or_none()
        return None if found is None else ReadyAnswer(*found)

    async def claim(self, staff_id: int, key: str, request_hash: str, at: datetime) -> bool:
        """Marks the request as carried out; two at one moment wait for each other here."""
        row = {
            "staff_id": staff_id,
            "key": key,
            "request_hash": request_hash,
            "status": 0,
            "body": "",
            "created_at": at,
        }
        adding = INSERT[self._connection.dialect.name](idempotency_keys).values(row)
        done = await self._connection.execute(adding.on_conflict_do_nothing())
        return done.rowcount == 1

    async def keep(self, staff_id: int, key: str, answer: ReadyAnswer) -> None:
        """Writes the answer beside its claim."""
        written = {
            "who": staff_id,
            "named": key,
            "new_status": answer.status,
            "new_body": answer.body,
            "new_headers": answer.headers,
        }
        await self._connection.execute(_KEEP, written)
