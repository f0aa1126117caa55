"""The chains of the house itself: who changed staff, units, calendars, texts; never rewritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam, insert, literal, select, tuple_

from core.model.admin_events import AdminEvent, chain_admin
from ticket_store.schema import admin_events

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.events import Fact

_FIELDS = tuple(AdminEvent.__dataclass_fields__)
_OF = select(*(admin_events.c[name] for name in _FIELDS)).where(
    admin_events.c.subject == bindparam("subject")
)
_HISTORY = _OF.order_by(admin_events.c.seq)
_NEWEST = (
    select(*(admin_events.c[name] for name in _FIELDS))
    .order_by(admin_events.c.at.desc(), admin_events.c.subject.desc(), admin_events.c.seq.desc())
    .limit(bindparam("most", type_=Integer))
)
_PLACE = tuple_(admin_events.c.at, admin_events.c.subject, admin_events.c.seq)
LAST = _OF.order_by(admin_events.c.seq.desc()).limit(1)


class AdminHistory:
    """``core.ports.staff.AdminHistoryShelf`` in one transaction.

    Two writers of one chain: the second breaks on its place in it, and gets a Conflict.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def append(self, subject: str, facts: Sequence[Fact]) -> Sequence[AdminEvent]:
        """Chains them to what there is."""
        last = await self.last(subject)
        made: list[AdminEvent] = []
        for fact in facts:
            last = chain_admin(subject, last, fact)
            made.append(last)
        if made:
            rows = [{name: getattr(event, name) for name in _FIELDS} for event in made]
            await self._connection.execute(insert(admin_events), rows)
        return made

    async def last(self, subject: str) -> AdminEvent | None:
        """The last event of a subject."""
        found = (await self._connection.execute(LAST, {"subject": subject})).one_or_none()
        return None if found is None else AdminEvent(*found)

    async def history(self, subject: str) -> Sequence[AdminEvent]:
        """In order."""
        found = await self._connection.execute(_HISTORY, {"subject": subject})
        return [AdminEvent(*row) for row in found]

    async def recent(
        self, before: tuple[datetime, str, int] | None, limit: int
    ) -> Sequence[AdminEvent]:
        """By the index on their time."""
        wanted = _NEWEST
        if before is not None:
            at, subject, seq = before
            place = tuple_(literal(at, admin_events.c.at.type), literal(subject), literal(seq))
            # The first condition is what the index is read by; the second tells equal times apart.
            wanted = wanted.where(admin_events.c.at <= literal(at, admin_events.c.at.type))
            wanted = wanted.where(place > _PLACE)
        found = await self._connection.execute(wanted, {"most": limit})
        return [AdminEvent(*row) for row in found]
