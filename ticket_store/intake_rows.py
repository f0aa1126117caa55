"""A filing as plain rows, the same for both engines; the columns come from ``schema``.

Rows hold only what both drivers and JSON take as it is: text, whole numbers, booleans, None, and
instants in the engine's own spelling. The raw payload is the one exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from core.errors import Conflict, MalformedMessage
from core.model.messages import Address, ChannelId
from core.model.ticket import KnownTicket, NewTicket, Priority, Promise, Sender, Status
from ticket_store import schema
from ticket_store.failures import UNKEEPABLE
from ticket_store.sender_memory import recalled, written

if TYPE_CHECKING:
    from sqlalchemy import Table

    from core.model.events import Event
    from core.model.filing import FiledMessage, Filing, TicketChange
    from core.model.outbox import OutboxDraft

Row = tuple[object, ...]
Spell = Callable[[datetime], str]
"""An instant in the engine's own spelling. Raises ValueError for a naive one."""
When = Callable[[Any], datetime]
"""An instant as the driver returns it → aware UTC."""


STALE = "a ticket was changed meanwhile"
TWICE = "a filing holds one line for each ticket"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Columns of one table in the order in which rows are built.

    Attributes:
        key: columns by which a row may be there already; empty where that is an error.
        replaced: columns that a row already there takes over; none of them: it stays as it was.
        cleared: columns that a row already there loses: NULL, or zero where that is not allowed.
    """

    table: Table
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name


def _all_but(table: Table, *left_out: str) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.name not in left_out)


MESSAGES = Sheet(schema.messages, _all_but(schema.messages, "erased_at"))
_OUTBOX_START = (
    *("key", "purpose", "channel", "recipient_kind", "recipient", "address_id", "ticket_id"),
    *("text", "segments", "urgency", "created_at", "due_at"),
)
_PROMISED = ("due_at", "provisional", "open", "started_at", "warn_at", "look_at", "length")
SHEETS = (
    Sheet(schema.tickets, _all_but(schema.tickets, "erased_at")),
    MESSAGES,
    Sheet(
        schema.attachments,
        ("message_id", "position", "reference", "content_type", "filename", "size"),
    ),
    Sheet(
        schema.sla_clocks,
        ("ticket_id", "target", *_PROMISED),
        ("ticket_id", "target"),
        _PROMISED,
        ("step", "warned_at", "breached_at", "met_at"),
    ),
    Sheet(schema.events, _all_but(schema.events, "tx", "position")),
    Sheet(schema.outbox, _OUTBOX_START, ("key",)),
    Sheet(schema.mailbox_state, ("channel", "mark"), ("channel",), ("mark",)),
)
"""In an order that foreign keys allow. ``raw`` must be the last of a message's columns."""

CHANGED = Sheet(
    schema.tickets,
    (
        *("id", "version", "status", "status_at", "status_reason", "ended_at"),
        *("event_seq", "event_head", "contact_count"),
    ),
)
"""A change of a ticket: ``version`` is the expected one and becomes one higher,
``contact_count`` is what to add, the others are replaced."""

ENDED = Sheet(schema.sla_clocks, ("ticket_id", "met_at", "open"))
"""An end of all promises of a ticket: ``met_at`` is when, ``open`` whether they were kept."""

REMEMBERED = Sheet(schema.addresses, ("id", "muted", "unreachable", "memory"))


@dataclass(slots=True)
class Rows:
    """A filing, ready for either engine.

    Attributes:
        inserts: rows per sheet, in the order of ``SHEETS``; empty ones left out.
        changes: as ``CHANGED``.
        senders: as ``REMEMBERED``.
        endings: as ``ENDED``.
    """

    inserts: dict[str, list[Row]]
    changes: list[Row]
    senders: list[Row]
    endings: list[Row]


def rows_of(filing: Filing, spell: Spell) -> Rows:
    """All rows of a filing.

    Raises:
        Conflict: a ticket is changed twice, or opened and changed.
        MalformedMessage: a text that no database keeps.
    """
    clocks = [_clock(ticket.id, p, spell) for ticket in filing.tickets for p in ticket.promises]
    clocks += [_clock(ticket_id, promise, spell) for ticket_id, promise in filing.clocks]
    inserts: dict[str, list[Row]] = {
        "tickets": [_ticket(ticket, spell) for ticket in filing.tickets],
        "messages": [_message(filed, spell) for filed in filing.messages],
        "attachments": [row for filed in filing.messages for row in _attachments(filed)],
        "sla_clocks": clocks,
        "events": [_event(event, spell) for event in filing.events],
        "outbox": [draft_row(draft, spell) for draft in filing.outbox],
        "mailbox_state": [(name, mark) for name, mark in filing.bookmarks.items()],
    }
    remembered = {change.address_id: change for change in filing.senders}
    return Rows(
        {name: rows for name, rows in inserts.items() if rows},
        _changes(filing, spell),
        [
            (id_, change.muted, change.unreachable, written(change))
            for id_, change in remembered.items()
        ],
        [(ending.ticket_id, spell(ending.at), ending.kept) for ending in filing.endings],
    )


def _changes(filing: Filing, spell: Spell) -> list[Row]:
    touched = [ticket.id for ticket in filing.tickets]
    touched += [change.ticket_id for change in filing.changes]
    if filing.changes and len(set(touched)) != len(touched):
        raise Conflict(TWICE)
    return [_change(change, spell) for change in filing.changes]


def _ended(status: Status, at: datetime, spell: Spell) -> str | None:
    return None if status.running else spell(at)


def _change(change: TicketChange, spell: Spell) -> Row:
    return (
        *(change.ticket_id, change.expected_version, change.status.value),
        *(spell(change.status_at), change.reason),
        _ended(change.status, change.status_at, spell),
        *(change.event_seq, change.event_head, change.contacts),
    )


def _ticket(new: NewTicket, spell: Spell) -> Row:
    hint = new.priority_hint.value if new.priority_hint else None
    return (
        *(new.id, new.number, new.status.value, spell(new.status_at), new.reason),
        *(new.priority.value, hint, new.category, new.unit_hint, new.place, new.subject),
        *(new.description, new.match_text, new.language, new.channel, new.address_id),
        *(spell(new.opened_at), _ended(new.status, new.status_at, spell)),
        *(new.contacts, 1, new.event_seq, new.event_head),
    )


def _message(filed: FiledMessage, spell: Spell) -> Row:
    m = filed.message
    _refuse_nul(m.text, m.subject, m.sender_name, m.external_id, m.html)
    sent_at = spell(m.sent_at) if m.sent_at else None
    occurred_at = spell(m.occurred_at) if m.occurred_at else None
    return (
        *(filed.id, m.channel, m.external_id, filed.address_id, filed.ticket_id),
        *(filed.outcome.value, filed.kind, m.subject, m.text, filed.language, m.sender_name),
        *(m.recipient, filed.silence, filed.note, m.late, sent_at, spell(m.received_at)),
        *(m.thread_id, m.edits, m.html, occurred_at, m.entered_by, m.raw),
    )


def _refuse_nul(*texts: str | None) -> None:
    """PostgreSQL refuses NUL; SQLite would keep it and show half a text."""
    for text in texts:
        if text and "\x00" in text:
            raise MalformedMessage(UNKEEPABLE)


def _attachments(filed: FiledMessage) -> Iterable[Row]:
    for position, file in enumerate(filed.message.attachments):
        yield (filed.id, position, file.reference, file.content_type, file.filename, file.size)


def _clock(ticket_id: int, promise: Promise, spell: Spell) -> Row:
    started_at = spell(promise.started_at) if promise.started_at else None
    warn_at = spell(promise.warn_at) if promise.warn_at else None
    due_at = spell(promise.due_at)
    look_at = (warn_at or due_at) if promise.open else None
    return (
        *(ticket_id, promise.target, due_at, promise.provisional, promise.open),
        *(started_at, warn_at, look_at, promise.length.written if promise.length else None),
    )


def _event(e: Event, spell: Spell) -> Row:
    return (e.ticket_id, e.seq, e.kind, spell(e.at), e.actor, e.data, e.previous, e.hash)


def draft_row(draft: OutboxDraft, spell: Spell) -> Row:
    """A promise to send, due at once; columns as in ``SHEETS``."""
    at = spell(draft.created_at)
    return (
        *(draft.key, draft.purpose, draft.channel, draft.recipient.kind.value),
        *(draft.recipient.value, draft.address_id, draft.ticket_id, draft.text),
        *(draft.segments, int(draft.urgency), at, at),
    )


# What both engines read of a ticket, ``promises`` by a join: one row per promise.
FOUND = (
    *("address_id", "mine", "id", "number", "status", "priority", "opened_at", "status_at"),
    *("version", "event_seq", "event_head", "match_text", "channel", "status_reason"),
    *("target", "due_at", "provisional", "open", "met", "category", "contacts"),
)


def tickets_by_address(found: Iterable[Sequence[Any]], when: When) -> dict[int, list[KnownTicket]]:
    """Tickets per address, newest first.

    Args:
        found: rows as in ``FOUND``, the promises of one ticket and address behind each other.
        when: reads an instant as the driver returns it.
    """
    tickets: dict[int, list[KnownTicket]] = {}
    for (address_id, _), rows in groupby(found, key=itemgetter(0, 2)):
        lines = list(rows)
        tickets.setdefault(address_id, []).append(_known(lines, when))
    for known in tickets.values():
        known.sort(key=attrgetter("opened_at", "id"), reverse=True)
    return tickets


def _known(lines: list[Sequence[Any]], when: When) -> KnownTicket:
    first = lines[0]
    return KnownTicket(
        id=first[2],
        number=first[3],
        status=Status(first[4]),
        priority=Priority(first[5]),
        opened_at=when(first[6]),
        status_at=when(first[7]),
        promises=tuple(_promise(line, when) for line in lines if line[14]),
        version=first[8],
        event_seq=first[9],
        event_head=first[10],
        mine=bool(first[1]),
        match_text=first[11],
        channel=ChannelId(first[12]),
        reason=first[13],
        category=first[19],
        contacts=first[20],
    )


def _promise(line: Sequence[Any], when: When) -> Promise:
    target, due_at, provisional, is_open, met = line[14:19]
    return Promise(target, when(due_at), bool(provisional), open=bool(is_open), met=bool(met))


def sender_of(address: Address, line: Sequence[Any], tickets: Sequence[KnownTicket]) -> Sender:
    """What is known of an address; ``line`` is id, muted, unreachable, memory."""
    address_id, muted, unreachable, text = line
    memory = recalled(text)
    return Sender(
        address_id=address_id,
        address=address,
        muted=bool(muted),
        unreachable=unreachable,
        replies=memory.replies,
        untold=memory.untold,
        helped_on=memory.helped_on,
        joined=memory.joined,
        opened=memory.opened,
        survey=memory.survey,
        question=memory.question,
        feedback=memory.feedback,
        tickets=tuple(tickets),
    )
