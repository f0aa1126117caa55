"""Words of tickets found at once, saved filters, and what the boxes of the console walk along.

What is said (messages), answered (letters of people), noted, and a subject or place that staff
put right is kept as words beside it, by triggers: in the transaction that writes it. Signs and
digits are no words here: neither a NIK nor a telephone number can be found or guessed through it.
PostgreSQL keeps the words in ``search_docs``, SQLite in the full-text table ``search_index``,
whose rows have the ids of ``search_docs``.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0015"
down_revision = "0014"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

LONGEST = 20_000
"""Characters of one text that are searched."""


class Source(NamedTuple):
    """One kind of text.

    ``{0}`` in ``when`` stands for the row. Of tickets only those are kept whose texts staff
    changed: all others say what their first message says.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    when: str = ""
    at_once: bool = True

    def words(self, row: str) -> str:
        """The text that is searched, as SQL."""
        said = " || ' ' || ".join(f"coalesce({row}.{column}, '')" for column in self.columns)
        return f"substr({said}, 1, {LONGEST})"

    def fill(self, statement: str, differs: str) -> str:
        """A statement of this source; ``differs`` is how the engine compares what may be NULL."""
        changed = " OR ".join(f"OLD.{one} {differs} NEW.{one}" for one in self.columns)
        said = {
            "@name": self.name,
            "@table": self.table,
            "@columns": ", ".join(self.columns),
            "@changed": f"({changed}) AND {self.when.format('NEW') or '1 = 1'}",
            "@fits": self.when.format("NEW") or "1 = 1",
            "@wanted": self.when.format("t") or ("1 = 1" if self.at_once else f"t.{CLASSIFIED}"),
            "@old": self.words("OLD"),
            "@new": self.words("NEW"),
            "@held": self.words("t"),
        }
        for mark, text in said.items():
            statement = statement.replace(mark, text)
        return statement


SOURCES = (
    Source("message", "messages", ("subject", "text", "sender_name")),
    Source("answer", "outbox", ("text",), "{0}.purpose = 'answer'"),
    Source("note", "notes", ("text",)),
    Source("ticket", "tickets", ("subject", "place"), at_once=False),
)
CLASSIFIED = "id IN (SELECT ticket_id FROM events WHERE kind = 'Classified')"


def upgrade() -> None:
    _walks()
    _filters()
    _docs()
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for source in SOURCES:
        for moment in ("insert", "update", "delete"):
            place = "" if sqlite else f" ON {source.table}"
            op.execute(f"DROP TRIGGER IF EXISTS search_{source.name}_{moment}{place}")
        if not sqlite:
            op.execute(f"DROP FUNCTION search_{source.name}()")
    op.execute("DROP TABLE search_index" if sqlite else "DROP FUNCTION search_words(text)")
    op.drop_table("search_docs")
    op.drop_table("saved_filters")
    op.drop_index("ix_pauses_running", "pauses")
    op.drop_index("ix_outbox_undelivered", "outbox")


def _walks() -> None:
    running = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_pauses_running",
        "pauses",
        ["reason", "ticket_id"],
        sqlite_where=running,
        postgresql_where=running,
    )
    failed = sa.text("state IN ('held', 'dead') OR delivery = 'failed'")
    op.create_index(
        "ix_outbox_undelivered",
        "outbox",
        ["ticket_id"],
        sqlite_where=failed,
        postgresql_where=failed,
    )


def _filters() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("staff_id", BIG_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_saved_filters_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("staff_id", "name", name=op.f("uq_saved_filters_staff_id_name")),
    )


def _docs() -> None:
    op.create_table(
        "search_docs",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", BIG_ID, nullable=False),
        sa.Column("words", TSVECTOR().with_variant(sa.Text(), "sqlite")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_docs")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_search_docs_source_source_id")),
    )


# --- SQLite --------------------------------------------------------------------------------------

_SQLITE_TABLE = """CREATE VIRTUAL TABLE search_index USING fts5(
    words, content='', detail=none, columnsize=0,
    tokenize="unicode61 remove_diacritics 2 categories 'L*'"
)"""
_SQLITE_ROWS = (
    """INSERT INTO search_docs (source, source_id)
    SELECT '@name', t.id FROM @table t WHERE @wanted ORDER BY t.id""",
    """INSERT INTO search_index (rowid, words) SELECT d.id, @held
    FROM search_docs d JOIN @table t ON t.id = d.source_id WHERE d.source = '@name'""",
)
_SQLITE_INSERT = """CREATE TRIGGER search_@name_insert AFTER INSERT ON @table WHEN @fits BEGIN
    INSERT INTO search_docs (source, source_id) VALUES ('@name', NEW.id);
    INSERT INTO search_index (rowid, words) VALUES (last_insert_rowid(), @new);
END"""
_SQLITE_LATER = (
    """CREATE TRIGGER search_@name_update AFTER UPDATE OF @columns ON @table WHEN @changed BEGIN
    INSERT INTO search_index (search_index, rowid, words)
        SELECT 'delete', id, @old FROM search_docs
        WHERE source = '@name' AND source_id = OLD.id;
    INSERT OR IGNORE INTO search_docs (source, source_id) VALUES ('@name', NEW.id);
    INSERT INTO search_index (rowid, words)
        SELECT id, @new FROM search_docs WHERE source = '@name' AND source_id = NEW.id;
END""",
    """CREATE TRIGGER search_@name_delete AFTER DELETE ON @table BEGIN
    INSERT INTO search_index (search_index, rowid, words)
        SELECT 'delete', id, @old FROM search_docs
        WHERE source = '@name' AND source_id = OLD.id;
    DELETE FROM search_docs WHERE source = '@name' AND source_id = OLD.id;
END""",
)


def _sqlite() -> None:
    op.execute(_SQLITE_TABLE)
    for source in SOURCES:
        at_once = (_SQLITE_INSERT,) if source.at_once else ()
        for statement in (*_SQLITE_ROWS, *at_once, *_SQLITE_LATER):
            op.execute(source.fill(statement, "IS NOT"))


# --- PostgreSQL ----------------------------------------------------------------------------------

# Only ASCII is told apart by the expression: classes like [:alpha:] depend on the locale.
_POSTGRESQL_WORDS = """CREATE FUNCTION search_words(given text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT to_tsvector('pg_catalog.simple', regexp_replace(
        translate(lower(given), '@accented', '@plain'), '[^a-z@beyond]+', ' ', 'g'))
$$"""
_MARKS = {
    "@accented": "àáâãäåāçćčèéêëēėìíîïīñńòóôõöøōùúûüūýÿžšś０１２３４５６７８９٠١٢٣٤٥٦٧٨٩",
    "@plain": "aaaaaaaccceeeeeeiiiiinnooooooouuuuuyyzss00000000000000000000",
    "@beyond": "\u0080-\U0010ffff",
}
_POSTGRESQL_ROWS = """INSERT INTO search_docs (source, source_id, words)
    SELECT '@name', t.id, search_words(@held) FROM @table t WHERE @wanted ORDER BY t.id"""
_POSTGRESQL_KEEP = """CREATE FUNCTION search_@name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM search_docs WHERE source = '@name' AND source_id = OLD.id;
        RETURN NULL;
    END IF;
    INSERT INTO search_docs (source, source_id, words)
        VALUES ('@name', NEW.id, search_words(@new))
        ON CONFLICT (source, source_id) DO UPDATE SET words = excluded.words;
    RETURN NULL;
END $$"""
_POSTGRESQL_INSERT = """CREATE TRIGGER search_@name_insert AFTER INSERT ON @table
    FOR EACH ROW WHEN (@fits) EXECUTE FUNCTION search_@name()"""
_POSTGRESQL_LATER = (
    """CREATE TRIGGER search_@name_update AFTER UPDATE OF @columns ON @table
    FOR EACH ROW WHEN (@changed) EXECUTE FUNCTION search_@name()""",
    """CREATE TRIGGER search_@name_delete AFTER DELETE ON @table
    FOR EACH ROW EXECUTE FUNCTION search_@name()""",
)


def _postgresql() -> None:
    function = _POSTGRESQL_WORDS
    for mark, signs in _MARKS.items():
        function = function.replace(mark, signs)
    op.execute(function)
    for source in SOURCES:
        at_once = (_POSTGRESQL_INSERT,) if source.at_once else ()
        for statement in (_POSTGRESQL_ROWS, _POSTGRESQL_KEEP, *at_once, *_POSTGRESQL_LATER):
            op.execute(source.fill(statement, "IS DISTINCT FROM"))
    op.create_index("ix_search_docs_words", "search_docs", ["words"], postgresql_using="gin")
