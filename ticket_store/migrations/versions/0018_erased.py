"""When a ticket or a message was emptied of everything personal (BW-13), and what still is to be.

The indexes hold only what has ended, or has no ticket, and was not emptied: intake pays nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

INSTANT = sa.DateTime(timezone=True)
ENDED = sa.text("ended_at IS NOT NULL AND erased_at IS NULL")
LOOSE = sa.text("ticket_id IS NULL AND erased_at IS NULL")


def upgrade() -> None:
    op.add_column("tickets", sa.Column("erased_at", INSTANT))
    op.add_column("messages", sa.Column("erased_at", INSTANT))
    op.create_index(
        "ix_tickets_erasable",
        "tickets",
        ["ended_at"],
        sqlite_where=ENDED,
        postgresql_where=ENDED,
    )
    op.create_index(
        "ix_messages_loose",
        "messages",
        ["received_at"],
        sqlite_where=LOOSE,
        postgresql_where=LOOSE,
    )
    op.create_index("ix_surveys_address", "surveys", ["address_id"])


def downgrade() -> None:
    op.drop_index("ix_surveys_address", "surveys")
    op.drop_index("ix_messages_loose", "messages")
    op.drop_index("ix_tickets_erasable", "tickets")
    op.drop_column("messages", "erased_at")
    op.drop_column("tickets", "erased_at")
