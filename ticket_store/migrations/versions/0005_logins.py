"""Failed logins by what was typed, invitations, and a history of staff that nobody rewrites."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INSTANT = sa.DateTime(timezone=True)

SQLITE_TRIGGERS = (
    """CREATE TRIGGER admin_events_no_update BEFORE UPDATE ON admin_events
    BEGIN SELECT RAISE(ABORT, 'admin_events is append-only'); END""",
    """CREATE TRIGGER admin_events_no_delete BEFORE DELETE ON admin_events
    BEGIN SELECT RAISE(ABORT, 'admin_events is append-only'); END""",
)
POSTGRESQL_TRIGGER = """CREATE TRIGGER admin_events_no_change
    BEFORE UPDATE OR DELETE OR TRUNCATE ON admin_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"""


def upgrade() -> None:
    op.create_table(
        "login_failures",
        sa.Column("login_hash", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("login_hash", name=op.f("pk_login_failures")),
    )
    op.create_index("ix_login_failures_failed", "login_failures", ["failed_at"])
    op.add_column("staff", sa.Column("invite_hash", sa.Text))
    op.add_column("staff", sa.Column("invite_until", INSTANT))
    op.create_index("uq_staff_invite", "staff", ["invite_hash"], unique=True)
    op.drop_column("staff", "failures")
    op.drop_column("staff", "locked_until")
    if op.get_bind().dialect.name == "sqlite":
        for trigger in SQLITE_TRIGGERS:
            op.execute(trigger)
    else:
        op.execute(POSTGRESQL_TRIGGER)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER admin_events_no_update")
        op.execute("DROP TRIGGER admin_events_no_delete")
    else:
        op.execute("DROP TRIGGER admin_events_no_change ON admin_events")
    op.add_column("staff", sa.Column("locked_until", INSTANT))
    op.add_column(
        "staff", sa.Column("failures", sa.Integer, nullable=False, server_default=sa.text("0"))
    )
    op.drop_index("uq_staff_invite", "staff")
    op.drop_column("staff", "invite_until")
    op.drop_column("staff", "invite_hash")
    op.drop_table("login_failures")
