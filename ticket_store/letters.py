"""Single outgoing messages as staff handle them: taken back, or sent once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, insert, literal, not_, select, update

from core.model.letters import SentLetter
from core.model.messages import ChannelId, DeliveryState
from core.model.outbox import WRITTEN_BY_PEOPLE, OutboxState
from ticket_store.schema import outbox, outbox_files
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

HELD_BACK = and_(
    outbox.c.state == OutboxState.WAITING.value,
    outbox.c.attempt == 0,
    outbox.c.due_at > outbox.c.created_at,
)
"""An answer that its writer may still take back: it has not left, and waits for its time."""

TELLABLE = and_(outbox.c.state != OutboxState.WITHDRAWN.value, not_(HELD_BACK))
"""What a citizen may be shown of what we wrote."""

_FIELDS = tuple(SentLetter.__dataclass_fields__)
_LETTER = select(*(outbox.c[name] for name in _FIELDS)).with_for_update()
_COPIED = (
    *("purpose", "channel", "recipient_kind", "recipient", "address_id", "ticket_id", "text"),
    *("segments", "urgency"),
)
_FILES = ("position", "stored_as", "content_type", "filename", "size", "apart")


class LetterRows:
    """``core.ports.letters.LetterShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def letter(self, letter_id: int) -> SentLetter | None:
        """Locked until the end; None: there is none of this id."""
        found = await self._connection.execute(_LETTER.where(outbox.c.id == letter_id))
        row = found.one_or_none()
        if row is None:
            return None
        return SentLetter(
            id=row.id,
            key=row.key,
            purpose=row.purpose,
            channel=ChannelId(row.channel),
            ticket_id=row.ticket_id,
            text=row.text,
            state=OutboxState(row.state),
            attempt=row.attempt,
            created_at=row.created_at,
            due_at=row.due_at,
            delivery=None if row.delivery is None else DeliveryState(row.delivery),
        )

    async def answered_after(self, ticket_id: int, letter_id: int) -> bool:
        """Whether a person's later answer on this ticket stands."""
        statement = select(outbox.c.id).where(
            outbox.c.ticket_id == ticket_id,
            outbox.c.id > letter_id,
            outbox.c.purpose.in_(sorted(WRITTEN_BY_PEOPLE)),
            outbox.c.state != OutboxState.WITHDRAWN.value,
        )
        return (await self._connection.execute(statement.limit(1))).first() is not None

    async def withdraw(self, letter_id: int) -> None:
        """It never leaves; the row stays."""
        await self._write(letter_id, state=OutboxState.WITHDRAWN.value)

    async def wait_again(self, letter_id: int, now: datetime) -> None:
        """Due at once, as if it had never been tried."""
        again = {"state": OutboxState.WAITING.value, "due_at": now, "attempt": 0, "doubts": 0}
        unsaid: dict[str, object] = {"provider_id": None, "handed_over_at": None, "delivery": None}
        unsaid |= {"delivery_rank": -1, "delivery_at": None}
        await self._write(letter_id, **again, **unsaid, code="", reason="")

    async def _write(self, letter_id: int, **values: object) -> None:
        await self._connection.execute(
            update(outbox).where(outbox.c.id == letter_id).values(**values)
        )

    async def copy(self, letter_id: int, key: str, now: datetime) -> bool:
        """Lays down the same message with its files, due at once; False: the key is taken."""
        of = select(
            literal(key),
            literal(now, outbox.c.created_at.type),
            literal(now, outbox.c.due_at.type),
            *(outbox.c[name] for name in _COPIED),
        ).where(outbox.c.id == letter_id)
        new = INSERT[self._connection.dialect.name](outbox).from_select(
            ["key", "created_at", "due_at", *_COPIED], of
        )
        laid = new.on_conflict_do_nothing(index_elements=["key"]).returning(outbox.c.id)
        made = await self._connection.scalar(laid)
        if made is None:
            return False
        files = select(literal(made), *(outbox_files.c[name] for name in _FILES)).where(
            outbox_files.c.outbox_id == letter_id
        )
        await self._connection.execute(
            insert(outbox_files).from_select(["outbox_id", *_FILES], files)
        )
        return True
