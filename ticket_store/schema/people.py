"""People who registered, and how they come in to see their own tickets (LL-08, LL-26, DK-17)."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, SmallInteger, Table, Text, text

from ticket_store.schema.base import BigId, UtcDateTime, metadata

# Beside ``contacts``, which holds the name; the identity number is in ``restricted_values``.
registrations = Table(
    "registrations",
    metadata,
    Column("contact_id", BigId, ForeignKey("contacts.id"), primary_key=True, autoincrement=False),
    Column("phone", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
    Column("area", Text, nullable=False, server_default=""),
    Column("registered_at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
)

# One open code for each address and purpose: ``login``, ``tie:<contact>``.
account_codes = Table(
    "account_codes",
    metadata,
    Column("address_id", BigId, ForeignKey("addresses.id"), primary_key=True, autoincrement=False),
    Column("purpose", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("failures", SmallInteger, nullable=False, server_default=text("0")),
)

# Citizens' own; staff have ``sessions``, and neither opens what the other does.
account_sessions = Table(
    "account_sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("contact_id", BigId, ForeignKey("contacts.id"), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
Index("ix_account_sessions_contact", account_sessions.c.contact_id)
