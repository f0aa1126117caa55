"""Versions of texts, canned replies and services, each with the instant from which it holds.

What holds now becomes the first version of each: texts tell when they were worded; of replies and
services the history of the house does, and where it does not, they have held ever since.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

revision = "0024"
down_revision = "0023"

INSTANT = sa.DateTime(timezone=True)
EVER = datetime(2000, 1, 1, tzinfo=UTC)

versions = sa.table(
    "setting_versions",
    sa.column("subject", sa.Text),
    sa.column("version", sa.Integer),
    sa.column("content", sa.Text),
    sa.column("valid_from", INSTANT),
    sa.column("laid_at", INSTANT),
    sa.column("changed_by", sa.Text),
    sa.column("begun_at", INSTANT),
)
events = sa.table(
    "admin_events",
    sa.column("subject", sa.Text),
    sa.column("seq", sa.Integer),
    sa.column("at", INSTANT),
    sa.column("actor", sa.Text),
)
templates = sa.table(
    "templates",
    *(sa.column(name, sa.Text) for name in ("language", "key", "text", "changed_by")),
    sa.column("unit_id", sa.BigInteger),
    sa.column("version", sa.Integer),
    sa.column("changed_at", INSTANT),
)
canned = sa.table(
    "canned_replies",
    *(sa.column(name, sa.BigInteger) for name in ("id", "unit_id", "version")),
    *(sa.column(name, sa.Text) for name in ("title", "text")),
    sa.column("retired_at", INSTANT),
)
services = sa.table(
    "services",
    *(sa.column(name, sa.BigInteger) for name in ("id", "unit_id", "version")),
    *(sa.column(name, sa.Text) for name in ("name", "parts")),
    sa.column("retired_at", INSTANT),
)


def upgrade() -> None:
    op.create_table(
        "setting_versions",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("valid_from", INSTANT, nullable=False),
        sa.Column("laid_at", INSTANT, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("begun_at", INSTANT),
        sa.Column("withdrawn_at", INSTANT),
        sa.PrimaryKeyConstraint("subject", "version", name=op.f("pk_setting_versions")),
    )
    waits = sa.text("begun_at IS NULL AND withdrawn_at IS NULL")
    op.create_index(
        "ix_setting_versions_waiting",
        "setting_versions",
        ["valid_from"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    bind = op.get_bind()
    rows = [*_texts(bind), *_others(bind, "canned", canned), *_others(bind, "service", services)]
    if rows:
        op.bulk_insert(versions, rows)


def _texts(bind: sa.Connection) -> Iterator[dict[str, Any]]:
    for row in bind.execute(sa.select(templates)):
        place = f"text:{row.unit_id}:{row.language}:{row.key}"
        yield _first(place, row.version, {"text": row.text}, (row.changed_at, row.changed_by))


def _others(bind: sa.Connection, kind: str, table: sa.TableClause) -> Iterator[dict[str, Any]]:
    for row in bind.execute(sa.select(table)):
        held = dict(row._mapping)  # noqa: SLF001 - the name SQLAlchemy gives a row as a mapping
        content = {
            name: held[name] for name in held if name not in ("id", "version", "retired_at")
        }
        if "parts" in content:
            content["parts"] = json.loads(content["parts"])
        content["retired"] = row.retired_at is not None
        subject = f"{kind}:{row.id}"
        yield _first(subject, row.version, content, _last_change(bind, subject))


def _last_change(bind: sa.Connection, subject: str) -> tuple[datetime, str]:
    last = sa.select(events.c.at, events.c.actor).where(events.c.subject == subject)
    found = bind.execute(last.order_by(events.c.seq.desc()).limit(1)).one_or_none()
    return (EVER, "system") if found is None else (found.at, found.actor)


def _first(
    subject: str, version: int, content: Mapping[str, Any], change: tuple[datetime, str]
) -> dict[str, Any]:
    at, by = change
    return {
        "subject": subject,
        "version": version,
        "content": json.dumps(content, ensure_ascii=False, sort_keys=True),
        **dict.fromkeys(("valid_from", "laid_at", "begun_at"), at),
        "changed_by": by,
    }


def downgrade() -> None:
    op.drop_table("setting_versions")
    # Texts that went back to the wording above had no row before.
    op.execute("DELETE FROM templates WHERE text = ''")
