"""What lists of tickets walk along: status, priority, category, channel, place, due time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TICKETS = ("status", "priority", "category", "channel")
WORK = {"region": "region_id", "entered": "created_by"}


def upgrade() -> None:
    for column in TICKETS:
        op.create_index(f"ix_tickets_{column}", "tickets", [column, "id"])
    for name, column in WORK.items():
        op.create_index(f"ix_ticket_work_{name}", "ticket_work", [column, "ticket_id"])
    broken, owed = sa.text("breached IS true"), sa.text("open")
    if op.get_bind().dialect.name == "sqlite":
        broken = sa.text("breached IS 1")
    op.create_index(
        "ix_ticket_work_breached",
        "ticket_work",
        ["ticket_id"],
        sqlite_where=broken,
        postgresql_where=broken,
    )
    op.create_index(
        "ix_sla_clocks_due",
        "sla_clocks",
        ["target", "due_at", "ticket_id"],
        sqlite_where=owed,
        postgresql_where=owed,
    )


def downgrade() -> None:
    op.drop_index("ix_sla_clocks_due", "sla_clocks")
    op.drop_index("ix_ticket_work_breached", "ticket_work")
    for name in WORK:
        op.drop_index(f"ix_ticket_work_{name}", "ticket_work")
    for column in TICKETS:
        op.drop_index(f"ix_tickets_{column}", "tickets")
