"""People who registered, their one-time codes and their sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "registrations",
        sa.Column("contact_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("area", sa.Text(), server_default="", nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_registrations_contact_id")
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_registrations")),
    )
    op.create_table(
        "account_codes",
        sa.Column("address_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("failures", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_account_codes_address_id")
        ),
        sa.PrimaryKeyConstraint("address_id", "purpose", name=op.f("pk_account_codes")),
    )
    op.create_table(
        "account_sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("contact_id", BIG_ID, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_account_sessions_contact_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_account_sessions")),
    )
    op.create_index("ix_account_sessions_contact", "account_sessions", ["contact_id"])
    op.create_index("ix_addresses_contact", "addresses", ["contact_id"])


def downgrade() -> None:
    op.drop_index("ix_addresses_contact", "addresses")
    op.drop_table("account_sessions")
    op.drop_table("account_codes")
    op.drop_table("registrations")
