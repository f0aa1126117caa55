"""Room for changes beside a ticket, and who takes part found by ticket.

A change of a ticket that fits into its own page touches no index: on PostgreSQL a sweep after a
checkpoint writes a third of what it wrote before (bench/watch.py). Pages that are full already
fill up as they were.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_index("ix_participants_ticket", "participants", ["ticket_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE tickets SET (fillfactor = 85)")


def downgrade() -> None:
    op.drop_index("ix_participants_ticket", "participants")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE tickets RESET (fillfactor)")
