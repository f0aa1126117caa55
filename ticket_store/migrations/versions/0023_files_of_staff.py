"""Files that staff send: those that wait beside a draft, those of internal notes.

Files of answers tell whether the door carries them, or they lie on the page of the ticket alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
FILE = ("stored_as", "content_type", "filename")


def upgrade() -> None:
    op.create_table(
        "draft_files",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("staff_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in FILE),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_draft_files_ticket_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_draft_files_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_files")),
    )
    op.create_index("ix_draft_files_of", "draft_files", ["ticket_id", "staff_id", "id"])
    op.create_index("ix_draft_files_saved", "draft_files", ["saved_at"])
    op.create_index("ix_draft_files_stored", "draft_files", ["stored_as"])
    op.create_table(
        "note_files",
        sa.Column("note_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in FILE),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_note_files_note_id")),
        sa.PrimaryKeyConstraint("note_id", "position", name=op.f("pk_note_files")),
    )
    op.create_index("ix_note_files_stored", "note_files", ["stored_as"])
    apart = sa.Column("apart", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    op.add_column("outbox_files", apart)
    op.create_index("ix_outbox_files_stored", "outbox_files", ["stored_as"])


def downgrade() -> None:
    op.drop_index("ix_outbox_files_stored", "outbox_files")
    op.drop_column("outbox_files", "apart")
    op.drop_table("note_files")
    op.drop_table("draft_files")
