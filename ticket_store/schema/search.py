"""What is searched: which text each word list belongs to.

Kept by triggers (migration 0015) in the transaction that writes the text; the words of messages
are gathered after intake has committed (ticket_store/words.py).
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR

from ticket_store.schema.base import BigId, UtcDateTime, metadata

FULL_TEXT = "search_index"
"""SQLite's table of words, with rows as in ``search_docs``; not in the metadata, for it is
virtual, and the tables that it is made of begin with its name."""

# ``source``: message, answer (outbox), note, ticket. Ids grow: the last written has the highest.
search_docs = Table(
    "search_docs",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("source_id", BigId, nullable=False),
    Column("words", TSVECTOR().with_variant(Text(), "sqlite")),  # PostgreSQL only
    UniqueConstraint("source", "source_id"),
)
Index("ix_search_docs_words", search_docs.c.words, postgresql_using="gin").ddl_if(
    dialect="postgresql"
)

# One row at most: the place in the stream of events up to which messages are gathered.
search_place = Table(
    "search_place",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("cursor", Text, nullable=False),
)

# Lists that somebody comes back to: ``place`` is the address within the console.
saved_filters = Table(
    "saved_filters",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("staff_id", BigId, ForeignKey("staff.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("staff_id", "name"),
)
