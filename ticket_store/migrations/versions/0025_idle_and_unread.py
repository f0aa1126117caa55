"""Since when nobody of staff has acted on a running ticket; what of a ticket somebody has read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("ticket_work", sa.Column("idle_since", INSTANT))
    # Ended tickets stay empty: reopening one writes it anew.
    op.execute(
        "UPDATE ticket_work SET idle_since = (SELECT max(events.at) FROM events"
        " WHERE events.ticket_id = ticket_work.ticket_id AND events.actor LIKE 'staff:%')"
        " WHERE ticket_id IN (SELECT id FROM tickets WHERE ended_at IS NULL)"
    )
    op.execute(
        "UPDATE ticket_work SET idle_since = (SELECT opened_at FROM tickets"
        " WHERE tickets.id = ticket_work.ticket_id) WHERE idle_since IS NULL AND ticket_id IN"
        " (SELECT id FROM tickets WHERE ended_at IS NULL AND status != 'received')"
    )
    idle = sa.text("idle_since IS NOT NULL")
    op.create_index(
        "ix_ticket_work_idle",
        "ticket_work",
        ["idle_since", "ticket_id"],
        sqlite_where=idle,
        postgresql_where=idle,
    )
    op.create_table(
        "readings",
        sa.Column("ticket_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("staff_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_readings_ticket_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_readings_staff_id")),
        sa.PrimaryKeyConstraint("ticket_id", "staff_id", name=op.f("pk_readings")),
    )
    op.create_index("ix_readings_at", "readings", ["at"])


def downgrade() -> None:
    op.drop_table("readings")
    op.drop_index("ix_ticket_work_idle", "ticket_work")
    op.drop_column("ticket_work", "idle_since")
