"""What doors keep: quarantine, a log of exchanges, places, codes, claims, number blocks."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from ticket_store.schema.base import BigId, UtcDateTime, metadata

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("channel", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("replayed_at", UtcDateTime),
    Column("frame", Text, nullable=False, server_default=""),
)

# What a provider said and what we answered, redacted, for a week (providers.md §2.8).
channel_log = Table(
    "channel_log",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("channel", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("direction", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("answered", Text, nullable=False),
)
Index("ix_channel_log_at", channel_log.c.at)
Index("ix_channel_log_channel", channel_log.c.channel, channel_log.c.id)
Index("ix_channel_log_about", channel_log.c.about)

# What the web page gave its citizen to follow a ticket without any other proof.
ticket_codes = Table(
    "ticket_codes",
    metadata,
    Column("ticket_id", BigId, ForeignKey("tickets.id"), primary_key=True),
    Column("hash", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("locked_until", UtcDateTime),
)

# A way to reach a citizen, typed by somebody: a claim until the person confirms it.
claims = Table(
    "claims",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("ticket_id", BigId, ForeignKey("tickets.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
)
Index("ix_claims_ticket", claims.c.ticket_id)
Index("ix_claims_value", claims.c.kind, claims.c.value, claims.c.created_at)

mailbox_state = Table(
    "mailbox_state",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("mark", Text, nullable=False),
)

# ``next`` is the first number of the next block: reserved by one UPDATE, never set back.
number_blocks = Table(
    "number_blocks",
    metadata,
    Column("series", Text, primary_key=True),
    Column("next", BigInteger, nullable=False),
)
