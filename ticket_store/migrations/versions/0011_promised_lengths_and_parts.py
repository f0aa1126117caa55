"""How long each promise was given for, and the parts that were looked for on a ticket.

Another policy leaves running promises as they are. Clocks of before have no length: they go by the
oldest policy that the store keeps (requirements §3). Parts: BW-32, BW-33.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("sla_clocks", sa.Column("length", sa.Text()))
    op.create_table(
        "stock_checks",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIG_ID, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("in_stock", sa.Boolean(), nullable=False),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("used_at", INSTANT),
        sa.Column("used_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_stock_checks_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_checks")),
    )
    op.create_index("ix_stock_checks_ticket", "stock_checks", ["ticket_id", "id"])


def downgrade() -> None:
    op.drop_table("stock_checks")
    op.drop_column("sla_clocks", "length")
