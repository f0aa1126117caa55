"""Approvals that are waited for, and instructions of leadership: found without the other rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    asked, told = sa.text("approval != ''"), sa.text("kind = 'instruction'")
    op.create_index(
        "ix_ticket_work_asked",
        "ticket_work",
        ["ticket_id"],
        sqlite_where=asked,
        postgresql_where=asked,
    )
    op.create_index(
        "ix_notes_instructions", "notes", ["id"], sqlite_where=told, postgresql_where=told
    )


def downgrade() -> None:
    op.drop_index("ix_notes_instructions", "notes")
    op.drop_index("ix_ticket_work_asked", "ticket_work")
