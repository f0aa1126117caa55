"""What the other doors need: threads, edits, files, a log of exchanges, claims and codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Only ADD COLUMN: SQLite does it in place, however many rows there are.
    for table, column in _columns():
        op.add_column(table, column)
    op.create_index(
        "ix_messages_thread",
        "messages",
        ["channel", "thread_id"],
        sqlite_where=sa.text("thread_id IS NOT NULL"),
        postgresql_where=sa.text("thread_id IS NOT NULL"),
    )
    op.create_index(
        "ix_attachments_wanted",
        "attachments",
        ["due_at", "message_id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    _outbox_files()
    _channel_log()
    _ticket_codes()
    _claims()


def downgrade() -> None:
    for table in ("claims", "ticket_codes", "channel_log", "outbox_files"):
        op.drop_table(table)
    op.drop_index("ix_attachments_wanted", "attachments")
    op.drop_index("ix_messages_thread", "messages")
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)


def _columns() -> list[tuple[str, sa.Column[object]]]:
    def empty(name: str) -> sa.Column[object]:
        return sa.Column(name, sa.Text, nullable=False, server_default="")

    return [
        ("messages", sa.Column("thread_id", sa.Text)),
        ("messages", sa.Column("edits", sa.Text)),
        ("messages", empty("html")),
        ("messages", sa.Column("occurred_at", INSTANT)),
        ("messages", empty("entered_by")),
        ("attachments", sa.Column("due_at", INSTANT)),
        (
            "attachments",
            sa.Column("attempt", sa.Integer, nullable=False, server_default=sa.text("0")),
        ),
        ("attachments", sa.Column("stored_as", sa.Text)),
        ("attachments", sa.Column("found_type", sa.Text)),
        ("attachments", sa.Column("found_size", sa.BigInteger)),
        ("attachments", sa.Column("sha256", sa.Text)),
        ("attachments", empty("reason")),
        ("quarantine", empty("frame")),
    ]


def _outbox_files() -> None:
    op.create_table(
        "outbox_files",
        sa.Column("outbox_id", BIG_ID, sa.ForeignKey("outbox.id"), nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("stored_as", sa.Text, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("outbox_id", "position", name="pk_outbox_files"),
    )


def _channel_log() -> None:
    op.create_table(
        "channel_log",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("answered", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_channel_log"),
    )
    op.create_index("ix_channel_log_at", "channel_log", ["at"])
    op.create_index("ix_channel_log_channel", "channel_log", ["channel", "id"])
    op.create_index("ix_channel_log_about", "channel_log", ["about"])


def _ticket_codes() -> None:
    op.create_table(
        "ticket_codes",
        sa.Column(
            "ticket_id", BIG_ID, sa.ForeignKey("tickets.id"), nullable=False, autoincrement=False
        ),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("locked_until", INSTANT),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_ticket_codes"),
    )


def _claims() -> None:
    op.create_table(
        "claims",
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("ticket_id", BIG_ID, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT),
        sa.PrimaryKeyConstraint("token_hash", name="pk_claims"),
    )
    op.create_index("ix_claims_ticket", "claims", ["ticket_id"])
    op.create_index("ix_claims_value", "claims", ["kind", "value", "created_at"])
