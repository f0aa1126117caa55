"""How an entered complaint reached the office: at the counter, by letter, by fax.

What was entered before keeps an empty form; it still stands in the raw payload of its message.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_NEW = ("form", "form_label")


def upgrade() -> None:
    for name in _NEW:
        op.add_column("ticket_work", sa.Column(name, sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in _NEW:
        op.drop_column("ticket_work", name)
