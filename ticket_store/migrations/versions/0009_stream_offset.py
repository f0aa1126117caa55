"""The stream's order outlives the database server: transaction ids of another one begin anew.

``tx`` is the transaction's id plus an offset that the start raises when a backup was restored into
a server whose ids are lower (ticket_store/stream_order.py).
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE FUNCTION stream_offset() RETURNS bigint LANGUAGE sql IMMUTABLE"
        " AS 'SELECT 0::bigint'"
    )
    op.execute(
        "ALTER TABLE events ALTER COLUMN tx"
        " SET DEFAULT (pg_current_xact_id()::text::bigint + stream_offset())"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "ALTER TABLE events ALTER COLUMN tx SET DEFAULT (pg_current_xact_id()::text::bigint)"
    )
    op.execute("DROP FUNCTION stream_offset()")
