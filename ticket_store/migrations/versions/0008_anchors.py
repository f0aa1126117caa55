"""Anchors name the tickets that they bind; subscriptions know since when they fail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TABLES = ("anchors", "anchor_parts")


def upgrade() -> None:
    op.add_column("anchors", sa.Column("position", sa.Text, server_default="", nullable=False))
    op.create_table(
        "anchor_parts",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("bucket", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("entries", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["day"], ["anchors.day"], name=op.f("fk_anchor_parts_day")),
        sa.PrimaryKeyConstraint("day", "bucket", name=op.f("pk_anchor_parts")),
    )
    op.create_index("ix_anchor_parts_bucket", "anchor_parts", ["bucket", "day"])
    op.add_column("subscriptions", sa.Column("name", sa.Text, server_default="", nullable=False))
    op.add_column("subscriptions", sa.Column("failing_since", INSTANT))
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for act in ("update", "delete") if sqlite else ():
            op.execute(
                f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        if not sqlite:
            op.execute(
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE "
                f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for act in ("update", "delete") if sqlite else ():
            op.execute(f"DROP TRIGGER {table}_no_{act}")
        if not sqlite:
            op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
    op.drop_column("subscriptions", "failing_since")
    op.drop_column("subscriptions", "name")
    op.drop_table("anchor_parts")
    op.drop_column("anchors", "position")
