"""What staff have begun to write and not sent, for each person and ticket."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("ticket_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("staff_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_drafts_ticket_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_drafts_staff_id")),
        sa.PrimaryKeyConstraint("ticket_id", "staff_id", "kind", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_staff", "drafts", ["staff_id", "ticket_id"])
    op.create_index("ix_drafts_saved", "drafts", ["saved_at"])


def downgrade() -> None:
    op.drop_table("drafts")
