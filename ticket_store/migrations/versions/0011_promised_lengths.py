"""How long each promise was given for, so that another policy leaves running ones as they are.

Clocks of before have none: they go by the oldest policy that the store keeps.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("sla_clocks", sa.Column("length", sa.Text()))


def downgrade() -> None:
    op.drop_column("sla_clocks", "length")
