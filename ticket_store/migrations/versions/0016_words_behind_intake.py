"""The words of messages are gathered after intake has committed, no longer by a trigger within it.

``search_place`` names how far the stream of events has been gathered (ticket_store/words.py).
Words that were put right or thrown away afterwards are still kept by the triggers of 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_MARKS = {
    "@missing": """FROM messages m WHERE NOT EXISTS (SELECT 1 FROM search_docs d
        WHERE d.source = 'message' AND d.source_id = m.id) ORDER BY m.id""",
    "@held": "substr(coalesce(m.subject, '') || ' ' || coalesce(m.text, '') || ' ' || "
    "coalesce(m.sender_name, ''), 1, 20000)",
    "@new": "substr(coalesce(NEW.subject, '') || ' ' || coalesce(NEW.text, '') || ' ' || "
    "coalesce(NEW.sender_name, ''), 1, 20000)",
}
_SQLITE_CAUGHT_UP = (
    "CREATE TEMP TABLE words_before AS SELECT coalesce(max(id), 0) AS id FROM search_docs",
    "INSERT INTO search_docs (source, source_id) SELECT 'message', m.id @missing",
    """INSERT INTO search_index (rowid, words) SELECT d.id, @held
    FROM search_docs d JOIN messages m ON m.id = d.source_id
    WHERE d.source = 'message' AND d.id > (SELECT id FROM words_before)""",
    "DROP TABLE words_before",
    """CREATE TRIGGER search_message_insert AFTER INSERT ON messages WHEN 1 = 1 BEGIN
    INSERT INTO search_docs (source, source_id) VALUES ('message', NEW.id);
    INSERT INTO search_index (rowid, words) VALUES (last_insert_rowid(), @new);
END""",
)
_POSTGRESQL_CAUGHT_UP = (
    """INSERT INTO search_docs (source, source_id, words)
    SELECT 'message', m.id, search_words(@held) @missing""",
    """CREATE TRIGGER search_message_insert AFTER INSERT ON messages
    FOR EACH ROW WHEN (1 = 1) EXECUTE FUNCTION search_message()""",
)


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    op.create_table(
        "search_place",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_place")),
    )
    op.execute(f"DROP TRIGGER search_message_insert{'' if _sqlite() else ' ON messages'}")


def downgrade() -> None:
    for statement in _SQLITE_CAUGHT_UP if _sqlite() else _POSTGRESQL_CAUGHT_UP:
        for mark, words in _MARKS.items():
            statement = statement.replace(mark, words)  # noqa: PLW2901 - the statement, filled
        op.execute(statement)
    op.drop_table("search_place")
