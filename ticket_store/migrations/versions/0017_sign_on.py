"""Accounts at identity providers that open the door for staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sign_on_links",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("staff_id", BIG_ID, nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.Column("linked_by", sa.Text(), nullable=False),
        sa.Column("used_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_sign_on_links_staff_id")
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_sign_on_links")),
    )
    op.create_index("uq_sign_on_links_staff", "sign_on_links", ["staff_id", "issuer"], unique=True)
    op.create_table(
        "sign_on_flows",
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_on_flows")),
    )
    op.create_index("ix_sign_on_flows_until", "sign_on_flows", ["until"])


def downgrade() -> None:
    op.drop_table("sign_on_flows")
    op.drop_table("sign_on_links")
