"""Approvals that are waited for, and the last notes of a kind: found without the other rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    asked = sa.text("approval != ''")
    op.create_index(
        "ix_ticket_work_asked",
        "ticket_work",
        ["ticket_id"],
        sqlite_where=asked,
        postgresql_where=asked,
    )
    op.create_index("ix_notes_kind", "notes", ["kind", "id"])


def downgrade() -> None:
    op.drop_index("ix_notes_kind", "notes")
    op.drop_index("ix_ticket_work_asked", "ticket_work")
