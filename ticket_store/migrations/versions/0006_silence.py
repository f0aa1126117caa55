"""Solved tickets whose solution was told: silent closing finds them without reading the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    told = sa.text("noticed_at IS NOT NULL")
    op.create_index(
        "ix_ticket_work_noticed",
        "ticket_work",
        ["noticed_at"],
        sqlite_where=told,
        postgresql_where=told,
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_work_noticed", "ticket_work")
