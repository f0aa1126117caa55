"""Lists of tickets and what one ticket holds, within somebody's reach (threats.md row 45).

Every connection here is ``read_only``, so that on SQLite a page never waits for the writer.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer, bindparam, func, literal_column, select

from core.errors import NotFound
from core.model.clock import FIRST_ANSWER, SOLUTION
from core.model.events import Event
from core.model.listing import (
    MOST_TALLIED,
    Dossier,
    ListedTicket,
    NoteView,
    TrayLoad,
    UnsortedMessage,
)
from core.model.masking import mask_address
from core.model.messages import Address, AddressKind
from core.model.ticket import Priority, Status
from core.model.views import OriginalMessage
from ticket_store.alike import earlier_of
from ticket_store.attachments import files_of
from ticket_store.handling import read_handling
from ticket_store.listing import UNTOLD, counted, page_keys, tallied
from ticket_store.quick import asked
from ticket_store.reading import reading
from ticket_store.readings import CAME, read_by
from ticket_store.reads import thread_of
from ticket_store.saved_filters import saved_of
from ticket_store.schema import (
    addresses,
    drafts,
    events,
    messages,
    notes,
    readings,
    sla_clocks,
    staff,
    ticket_work,
    tickets,
)
from ticket_store.scope import visible_id
from ticket_store.standing import padded
from ticket_store.work_reading import read_work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, Label, Select
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from core.model.handling import Handling
    from core.model.likeness import EarlierTicket
    from core.model.listing import Facet, ListKey, Sort, TicketFilter
    from core.model.rights import Scope
    from core.model.saved import SavedFilter
    from core.model.views import ThreadEntry
    from core.model.work import WorkTicket
    from ticket_store.standing import Found


def _due(target: str) -> Label[datetime]:
    """When it is due while somebody still owes it."""
    found = select(sla_clocks.c.due_at).where(
        sla_clocks.c.ticket_id == tickets.c.id, sla_clocks.c.target == target, sla_clocks.c.open
    )
    return found.correlate(tickets).scalar_subquery().label(f"{target}_due")


_READER: BindParameter[int] = bindparam("reader", type_=Integer)
_READ = (
    select(readings.c.messages)
    .where(readings.c.ticket_id == tickets.c.id, readings.c.staff_id == _READER)
    .correlate(tickets)
    .scalar_subquery()
)
_BEGUN = (
    select(drafts.c.ticket_id)
    .where(drafts.c.ticket_id == tickets.c.id, drafts.c.staff_id == _READER)
    .correlate(tickets)
    .exists()
)
_LINES = (
    select(
        tickets.c.id,
        tickets.c.number,
        tickets.c.status,
        tickets.c.status_at,
        tickets.c.priority,
        tickets.c.priority_hint,
        tickets.c.subject,
        tickets.c.category,
        tickets.c.channel,
        tickets.c.opened_at,
        tickets.c.ended_at,
        tickets.c.contact_count,
        tickets.c.version,
        addresses.c.kind,
        addresses.c.value,
        ticket_work.c.ticket_id.label("touched"),
        ticket_work.c.unit_id,
        ticket_work.c.unit_name,
        ticket_work.c.assignee_id,
        ticket_work.c.progress,
        ticket_work.c.escalation,
        ticket_work.c.breached,
        ticket_work.c.asked_escalation,
        ticket_work.c.sensitive,
        ticket_work.c.idle_since,
        staff.c.name.label("assignee_name"),
        UNTOLD.label("untold"),
        _due(FIRST_ANSWER),
        _due(SOLUTION),
        (CAME - func.coalesce(_READ, 0)).label("unread"),
        _BEGUN.label("begun"),
    )
    .join(addresses, addresses.c.id == tickets.c.address_id)
    .join(ticket_work, ticket_work.c.ticket_id == tickets.c.id, isouter=True)
    .join(staff, staff.c.id == ticket_work.c.assignee_id, isouter=True)
)
_HISTORY = (
    select(*(events.c[name] for name in Event.__dataclass_fields__))
    .where(events.c.ticket_id == bindparam("ticket_id"), events.c.seq > bindparam("after"))
    .order_by(events.c.seq)
    .limit(bindparam("limit", type_=Integer))
)
_NOTES = (
    select(notes.c.id, notes.c.kind, notes.c.text, notes.c.by, notes.c.at)
    .where(notes.c.ticket_id == bindparam("ticket_id"))
    .order_by(notes.c.id)
)
_ORIGINAL = select(
    messages.c.subject, messages.c.text, messages.c.raw, messages.c.received_at
).where(messages.c.id == bindparam("message_id"), messages.c.ticket_id == bindparam("ticket_id"))
# Written out, as the partial index says it: a parameter could not be seen to fit it.
_IN_TRAY = messages.c.outcome == literal_column("'unsorted'")
_UNSORTED = (
    select(
        messages.c.id,
        messages.c.channel,
        addresses.c.kind,
        addresses.c.value,
        messages.c.subject,
        messages.c.text,
        messages.c.received_at,
        messages.c.language,
    )
    .join(addresses, addresses.c.id == messages.c.address_id)
    .where(_IN_TRAY)
    .order_by(messages.c.received_at.desc(), messages.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_TRAY = select(messages.c.id).where(_IN_TRAY).order_by(messages.c.received_at.desc())
_MARK = select(messages.c.received_at).where(messages.c.id == bindparam("after"))


class StoreLists:
    """``core.ports.lists.TicketLists``; a page is three short statements."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def page(
        self, scope: Scope, wanted: TicketFilter, sort: Sort, after: ListKey | None, limit: int
    ) -> Sequence[ListedTicket]:
        """At most so many, in this order."""
        statement = page_keys(scope, wanted, sort, after, limit)
        if statement is None:
            return []
        async with self._connected() as connection:
            ids = [row.id for row in await connection.execute(statement)]
            return await lines_of(connection, ids, scope.staff_id)

    async def count(self, scope: Scope, wanted: TicketFilter, most: int) -> int:
        """How many there are, at most ``most``."""
        statement = counted(scope, wanted, most)
        if statement is None:
            return 0
        async with self._connected() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def tally(self, scope: Scope, by: Facet) -> Mapping[str, int]:
        """Running tickets by the facet's value."""
        statement = tallied(scope, by, MOST_TALLIED)
        if statement is None:
            return {}
        async with self._connected() as connection:
            return {row.key: row.many for row in await connection.execute(statement)}

    async def one(self, scope: Scope, number: str) -> WorkTicket:
        """The whole ticket. Raises NotFound."""
        async with self._connected() as connection:
            await visible_id(connection, number, scope)
            found = await read_work(connection, number)
            if found is None:
                raise NotFound(number)
            return found

    async def dossier(self, scope: Scope, number: str, events: int) -> Dossier:
        """The ticket with all that lies beside it. Raises NotFound."""
        async with self._connected() as connection:
            ticket_id = await visible_id(connection, number, scope)
            ticket = await read_work(connection, number)
            if ticket is None:
                raise NotFound(number)
            return Dossier(
                ticket,
                await thread_of(connection, ticket_id),
                await _notes(connection, ticket_id),
                await files_of(connection, number),
                await _history(connection, ticket_id, 0, events),
                await read_by(connection, scope.staff_id, ticket_id),
            )

    async def history(self, scope: Scope, number: str, after: int, limit: int) -> Sequence[Event]:
        """Events after this place in the chain, in order. Raises NotFound."""
        async with self._connected() as connection:
            ticket = await visible_id(connection, number, scope)
            return await _history(connection, ticket, after, limit)

    async def thread(self, scope: Scope, number: str) -> Sequence[ThreadEntry]:
        """Messages both ways in time order. Raises NotFound."""
        async with self._connected() as connection:
            return await thread_of(connection, await visible_id(connection, number, scope))

    async def original(self, scope: Scope, number: str, message_id: int) -> OriginalMessage:
        """A message of this ticket as it came. Raises NotFound."""
        async with self._connected() as connection:
            ticket = await visible_id(connection, number, scope)
            wanted = {"ticket_id": ticket, "message_id": message_id}
            row = (await connection.execute(_ORIGINAL, wanted)).one_or_none()
        if row is None:
            raise NotFound(message_id)
        return OriginalMessage(row.subject or "", row.text, bytes(row.raw), row.received_at)

    async def notes(self, scope: Scope, number: str) -> Sequence[NoteView]:
        """What stays in the house, in time order. Raises NotFound."""
        async with self._connected() as connection:
            return await _notes(connection, await visible_id(connection, number, scope))

    async def handling(self, scope: Scope, number: str) -> Handling:
        """To whom it went and who was on the spot. Raises NotFound."""
        async with self._connected() as connection:
            return await read_handling(connection, await visible_id(connection, number, scope))

    async def saved(self, staff_id: int) -> Sequence[SavedFilter]:
        """The lists that this person keeps, by name."""
        async with self._connected() as connection:
            return await saved_of(connection, staff_id)

    async def earlier(self, scope: Scope, ticket: WorkTicket) -> Sequence[EarlierTicket]:
        """Tickets before this one that may be like it."""
        async with self._connected() as connection:
            return await earlier_of(connection, scope, ticket)

    async def unsorted(self, after: int | None, limit: int) -> Sequence[UnsortedMessage]:
        """Messages without a ticket, newest first; ``after`` is the last id of a page."""
        statement = _UNSORTED
        wanted: dict[str, object] = {"limit": limit}
        async with self._connected() as connection:
            if after is not None:
                marked = await connection.execute(_MARK, {"after": after})
                at: datetime | None = marked.scalar_one_or_none()
                if at is None:
                    return []
                statement = statement.where(
                    (messages.c.received_at < at)
                    | (
                        (messages.c.received_at == at)
                        & (messages.c.id < bindparam("after", type_=BigInteger))
                    )
                )
                wanted["after"] = after
            return [_unsorted(row) for row in await connection.execute(statement, wanted)]

    async def tray(self, most: int) -> TrayLoad:
        """How many messages wait without a ticket, at most ``most``, and the last of them."""
        last = _TRAY.limit(most).subquery()
        statement = select(func.count(), func.coalesce(func.max(last.c.id), 0)).select_from(last)
        async with self._connected() as connection:
            return TrayLoad(*(await connection.execute(statement)).one())


async def _history(
    connection: AsyncConnection, ticket: int, after: int, limit: int
) -> list[Event]:
    wanted = {"ticket_id": ticket, "after": after, "limit": limit}
    return [Event(*row) for row in await asked(connection, _HISTORY, wanted)]


async def _notes(connection: AsyncConnection, ticket: int) -> list[NoteView]:
    return [NoteView(*row) for row in await asked(connection, _NOTES, {"ticket_id": ticket})]


async def lines_of(
    connection: AsyncConnection, ids: Sequence[int], reader: int
) -> list[ListedTicket]:
    """The lines of these tickets, in this order, as this person has them before them."""
    if not ids:
        return []
    named = {f"id_{place}": one for place, one in enumerate(padded(ids))}
    rows = await asked(connection, _so_many_lines(len(named)), {**named, "reader": reader})
    found = {row.id: row for row in rows}
    return [_line(found[one]) for one in ids if one in found]


@cache
def _so_many_lines(many: int) -> Select[*tuple[Any, ...]]:
    """One statement for each length of a list, which are few."""
    ids = [bindparam(f"id_{place}", type_=BigInteger) for place in range(many)]
    return _LINES.where(tickets.c.id.in_(ids))


def _line(row: Found) -> ListedTicket:
    return ListedTicket(
        id=row.id,
        number=row.number,
        status=Status(row.status),
        status_at=row.status_at,
        priority=Priority(row.priority),
        priority_hint=None if row.priority_hint is None else Priority(row.priority_hint),
        subject=row.subject,
        category=row.category,
        channel=row.channel,
        reporter=mask_address(Address(AddressKind(row.kind), row.value)),
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        contacts=row.contact_count,
        version=row.version,
        unit_id=row.unit_id,
        unit_name=row.unit_name or "",
        assignee_id=row.assignee_id,
        assignee_name=row.assignee_name or "",
        progress=row.progress or 0,
        escalation=row.escalation or 0,
        breached=bool(row.breached),
        asked_escalation=bool(row.asked_escalation),
        sensitive=bool(row.sensitive),
        untold=bool(row.untold),
        first_answer=row.first_answer_due,
        solution=row.solution_due,
        idle_since=None if row.ended_at else row.idle_since or row.opened_at,
        unread=max(0, row.unread),
        begun=bool(row.begun),
    )


def _unsorted(row: Found) -> UnsortedMessage:
    return UnsortedMessage(
        id=row.id,
        channel=row.channel,
        sender=mask_address(Address(AddressKind(row.kind), row.value)),
        subject=row.subject,
        text=row.text,
        received_at=row.received_at,
        language=row.language,
    )
