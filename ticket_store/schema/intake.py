"""Contacts, tickets, messages both ways, clocks and history.

Outgoing messages live in ``outbox`` before and after sending: one row is the promise, the attempt
record and the delivery state. A thread is the union of ``messages`` (in) and ``outbox`` (out).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ticket_store.schema.base import BigId, Length, UtcDateTime, metadata

contacts = Table(
    "contacts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("created_at", UtcDateTime, nullable=False),
)

# ``memory`` is what intake remembers of a sender between two messages: JSON of core SenderChange.
# The row is locked for the length of an intake transaction: two processes receiving for one
# sender wait for each other here.
addresses = Table(
    "addresses",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("contact_id", BigId, ForeignKey("contacts.id")),
    Column("muted", Boolean, nullable=False, server_default=text("false")),
    Column("unreachable", Text, nullable=False, server_default=""),
    Column("memory", Text, nullable=False, server_default="{}"),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    UniqueConstraint("kind", "value"),
)
Index("ix_addresses_contact", addresses.c.contact_id)

# The id is year * 10**9 + sequence, one to one with the number (core TicketNumber.ticket_id).
tickets = Table(
    "tickets",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("number", Text, nullable=False, unique=True),
    Column("status", Text, nullable=False),
    Column("status_at", UtcDateTime, nullable=False),
    Column("status_reason", Text, nullable=False, server_default=""),
    Column("priority", Text, nullable=False),
    Column("priority_hint", Text),
    Column("category", Text, nullable=False),
    Column("unit_hint", Text, nullable=False, server_default=""),
    Column("place", Text, nullable=False, server_default=""),
    Column("subject", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("match_text", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address_id", BigId, ForeignKey("addresses.id"), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("contact_count", Integer, nullable=False, server_default=text("1")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("event_seq", Integer, nullable=False),
    Column("event_head", Text, nullable=False),
    Column("erased_at", UtcDateTime),  # when everything personal was taken out of it
    # Room in each page, so that a change of a ticket need not touch its indexes (PostgreSQL).
    postgresql_with={"fillfactor": 85},
)
Index("ix_tickets_opened", tickets.c.opened_at.desc(), tickets.c.id.desc())
# Intake asks for a sender's running and lately ended tickets: old ones must not make it slower.
Index("ix_tickets_address", tickets.c.address_id, tickets.c.ended_at)
# Lists for staff walk one of these by number, so that rare tickets are found without the others.
Index("ix_tickets_status", tickets.c.status, tickets.c.id)
Index("ix_tickets_priority", tickets.c.priority, tickets.c.id)
Index("ix_tickets_category", tickets.c.category, tickets.c.id)
Index("ix_tickets_channel", tickets.c.channel, tickets.c.id)
# Running, and of another priority than most. As the partial index says it, for both engines.
RUNNING_UNUSUAL = "tickets.ended_at IS NULL AND tickets.priority != 'normal'"
_UNUSUAL = text(RUNNING_UNUSUAL.replace("tickets.", ""))
Index(
    "ix_tickets_unusual",
    tickets.c.priority,
    tickets.c.id,
    sqlite_where=_UNUSUAL,
    postgresql_where=_UNUSUAL,
)

ERASABLE = text("ended_at IS NOT NULL AND erased_at IS NULL")
Index(
    "ix_tickets_erasable",
    tickets.c.ended_at,
    sqlite_where=ERASABLE,
    postgresql_where=ERASABLE,
)

# Others than the reporter who take part: a partner unit, a second identity.
participants = Table(
    "participants",
    metadata,
    Column("address_id", BigId, ForeignKey("addresses.id"), primary_key=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), primary_key=True),
    Column("role", Text, nullable=False),
)
Index("ix_participants_ticket", participants.c.ticket_id)

messages = Table(
    "messages",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("channel", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("address_id", BigId, ForeignKey("addresses.id"), nullable=False),
    Column("ticket_id", BigId, ForeignKey("tickets.id")),
    Column("outcome", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text),
    Column("text", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("sender_name", Text),
    Column("recipient", Text, nullable=False),
    Column("silence", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("late", Boolean, nullable=False, server_default=text("false")),
    Column("sent_at", UtcDateTime),
    Column("received_at", UtcDateTime, nullable=False),
    Column("thread_id", Text),  # how replies name it, where that is not external_id
    Column("edits", Text),  # external_id of the message that this is a new version of
    Column("html", Text, nullable=False, server_default=""),
    Column("occurred_at", UtcDateTime),
    Column("entered_by", Text, nullable=False, server_default=""),
    Column("raw", LargeBinary, nullable=False),
    Column("erased_at", UtcDateTime),
    UniqueConstraint("channel", "external_id"),
)
Index(
    "ix_messages_thread",
    messages.c.channel,
    messages.c.thread_id,
    sqlite_where=messages.c.thread_id.is_not(None),
    postgresql_where=messages.c.thread_id.is_not(None),
)
Index("ix_messages_ticket", messages.c.ticket_id, messages.c.received_at)
Index("ix_messages_address", messages.c.address_id, messages.c.received_at)
Index(
    "ix_messages_unsorted",
    messages.c.received_at,
    sqlite_where=messages.c.outcome == "unsorted",
    postgresql_where=messages.c.outcome == "unsorted",
)

LOOSE = text("ticket_id IS NULL AND erased_at IS NULL")
Index(
    "ix_messages_loose",
    messages.c.received_at,
    sqlite_where=LOOSE,
    postgresql_where=LOOSE,
)

attachments = Table(
    "attachments",
    metadata,
    Column("message_id", BigId, ForeignKey("messages.id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("reference", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("filename", Text),
    Column("size", BigInteger),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("due_at", UtcDateTime),  # not before; while fetched: lease end; NULL: at once
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("stored_as", Text),  # a random name in the folder of attachments
    Column("found_type", Text),
    Column("found_size", BigInteger),
    Column("sha256", Text),
    Column("reason", Text, nullable=False, server_default=""),
)
WANTED = attachments.c.state == "waiting"
Index(
    "ix_attachments_wanted",
    attachments.c.due_at,
    attachments.c.message_id,
    sqlite_where=WANTED,
    postgresql_where=WANTED,
)

sla_clocks = Table(
    "sla_clocks",
    metadata,
    Column("ticket_id", BigId, ForeignKey("tickets.id"), primary_key=True),
    Column("target", Text, primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("provisional", Boolean, nullable=False, server_default=text("false")),
    Column("open", Boolean, nullable=False, server_default=text("true")),
    Column("started_at", UtcDateTime),  # NULL: when the ticket was opened
    Column("warn_at", UtcDateTime),
    Column("look_at", UtcDateTime),  # when the watch must look; NULL: while paused
    Column("step", SmallInteger, nullable=False, server_default=text("0")),
    Column("warned_at", UtcDateTime),
    Column("breached_at", UtcDateTime),
    Column("met_at", UtcDateTime),
    Column("length", Length),  # as promised; NULL: a clock of before it was kept
)
Index(
    "ix_sla_clocks_look",
    sla_clocks.c.look_at,
    sqlite_where=sla_clocks.c.open,
    postgresql_where=sla_clocks.c.open,
)

Index(
    "ix_sla_clocks_due",
    sla_clocks.c.target,
    sla_clocks.c.due_at,
    sla_clocks.c.ticket_id,
    sqlite_where=sla_clocks.c.open,
    postgresql_where=sla_clocks.c.open,
)

# Append-only: triggers refuse UPDATE and DELETE. ``data`` is the text that was hashed.
events = Table(
    "events",
    metadata,
    Column("ticket_id", BigId, ForeignKey("tickets.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    # The stream's order. PostgreSQL: the transaction's id and a sequence, both by default, so
    # that a reader can stop before what is not committed yet. SQLite: the row id alone.
    Column("tx", BigInteger, nullable=False, server_default=text("0")),
    Column("position", BigInteger),
)
Index("ix_events_stream", events.c.tx, events.c.position)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("purpose", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("recipient_kind", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("address_id", BigId, ForeignKey("addresses.id"), nullable=False),
    Column("ticket_id", BigId, ForeignKey("tickets.id")),
    Column("text", Text, nullable=False),
    Column("segments", SmallInteger, nullable=False, server_default=text("0")),
    Column("urgency", SmallInteger, nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),  # waiting: not before; claimed: lease end
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("tried_at", UtcDateTime),
    Column("doubts", Integer, nullable=False, server_default=text("0")),
    Column("copied", Boolean, nullable=False, server_default=text("false")),
    Column("provider_id", Text),
    Column("handed_over_at", UtcDateTime),
    Column("delivery", Text),
    Column("delivery_rank", SmallInteger, nullable=False, server_default=text("-1")),
    Column("delivery_at", UtcDateTime),
    Column("code", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
)
PENDING = outbox.c.state.in_(("waiting", "claimed", "in_doubt"))
Index(
    "ix_outbox_due",
    outbox.c.channel,
    outbox.c.urgency,
    outbox.c.due_at,
    outbox.c.id,
    sqlite_where=PENDING,
    postgresql_where=PENDING,
)
Index(
    "ix_outbox_order",
    outbox.c.channel,
    outbox.c.recipient,
    outbox.c.id,
    sqlite_where=PENDING,
    postgresql_where=PENDING,
)
# What staff must look at: counted without reading history.
PARKED = outbox.c.state.in_(("held", "dead"))
Index(
    "ix_outbox_parked",
    outbox.c.channel,
    outbox.c.state,
    outbox.c.created_at,
    sqlite_where=PARKED,
    postgresql_where=PARKED,
)
# Did not arrive or could not leave. As the partial index says it, so that both engines use it.
UNDELIVERED = "outbox.state IN ('held', 'dead') OR outbox.delivery = 'failed'"
_BARE = text(UNDELIVERED.replace("outbox.", ""))
Index("ix_outbox_undelivered", outbox.c.ticket_id, sqlite_where=_BARE, postgresql_where=_BARE)
HANDED = outbox.c.provider_id.is_not(None)
Index(
    "uq_outbox_provider",
    outbox.c.channel,
    outbox.c.provider_id,
    unique=True,
    sqlite_where=HANDED,
    postgresql_where=HANDED,
)
Index("ix_outbox_ticket", outbox.c.ticket_id, outbox.c.created_at)
Index("ix_outbox_address", outbox.c.address_id, outbox.c.created_at)

# Files that go out with a message; they lie in the folder of attachments.
outbox_files = Table(
    "outbox_files",
    metadata,
    Column("outbox_id", BigId, ForeignKey("outbox.id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("stored_as", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    # not carried by the door: it lies on the page of the ticket
    Column("apart", Boolean, nullable=False, server_default=text("false")),
)

Index("ix_outbox_files_stored", outbox_files.c.stored_as)

# Reports of ids we do not know yet: callbacks come before our own commit.
early_reports = Table(
    "early_reports",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("rank", SmallInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("opted_out", Boolean, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
)
