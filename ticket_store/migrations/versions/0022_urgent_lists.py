"""Running tickets of another priority than most: lists by urgency begin at them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    unusual = sa.text("ended_at IS NULL AND priority != 'normal'")
    op.create_index(
        "ix_tickets_unusual",
        "tickets",
        ["priority", "id"],
        sqlite_where=unusual,
        postgresql_where=unusual,
    )


def downgrade() -> None:
    op.drop_index("ix_tickets_unusual", "tickets")
