"""What an audit asks, engine by engine, and with every text taken as the bytes that lie there.

A text that somebody has made unreadable must be named, not stumbled over: PostgreSQL's
``textsend`` and SQLite's BLOB check no encoding. Instants are spelled as they were hashed. What
is plain text here goes to the drivers themselves, which read in chunks; the rest to SQLAlchemy.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

_EVENTS_PG = """
SELECT e.ticket_id, e.seq, textsend(e.kind),
  textsend(coalesce(to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'), '')),
  textsend(e.actor), textsend(e.data), textsend(e.previous), textsend(e.hash),
  textsend(t.number), t.event_seq, textsend(t.event_head)
FROM events e LEFT JOIN tickets t ON t.id = e.ticket_id
"""
_EVENTS_LITE = """
SELECT CAST(e.ticket_id AS INTEGER), CAST(e.seq AS INTEGER), CAST(e.kind AS BLOB),
  CAST(CASE WHEN substr(e.at, 11, 1) = ' '
    THEN substr(e.at, 1, 10) || 'T' || substr(e.at, 12) || '+00:00' ELSE e.at END AS BLOB),
  CAST(e.actor AS BLOB), CAST(e.data AS BLOB), CAST(e.previous AS BLOB), CAST(e.hash AS BLOB),
  CAST(t.number AS BLOB), CAST(t.event_seq AS INTEGER), CAST(t.event_head AS BLOB)
FROM events e LEFT JOIN tickets t ON t.id = e.ticket_id
"""
_TOUCHED_PG = """
WHERE e.ticket_id IN (SELECT f.ticket_id FROM events f
  WHERE (f.tx, f.position) > ($1::bigint, $2::bigint))
"""
_TOUCHED_LITE = """
WHERE e.ticket_id IN (SELECT f.ticket_id FROM events f WHERE f.rowid > ?)
"""
_IN_ORDER = " ORDER BY e.ticket_id, e.seq"

EVENTS: Final = {
    "postgresql": _EVENTS_PG + _IN_ORDER,
    "sqlite": _EVENTS_LITE + _IN_ORDER,
}
"""All events with their ticket's row."""

TOUCHED: Final = {
    "postgresql": _EVENTS_PG + _TOUCHED_PG + _IN_ORDER,
    "sqlite": _EVENTS_LITE + _TOUCHED_LITE + _IN_ORDER,
}
"""The same of tickets with an event after a place of the stream."""

NEWS: Final = {
    "postgresql": """
SELECT ticket_id, seq, textsend(hash) FROM events
WHERE (tx, position) > ($1::bigint, $2::bigint) AND tx <= $3::bigint ORDER BY ticket_id, seq
""",
    "sqlite": """
SELECT ticket_id, seq, CAST(hash AS BLOB) FROM events
WHERE rowid > ? AND rowid <= ? ORDER BY ticket_id, seq
""",
}

HOUSE: Final = {
    "postgresql": """
SELECT textsend(subject), seq, textsend(kind),
  textsend(coalesce(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'), '')),
  textsend(actor), textsend(data), textsend(previous), textsend(hash)
FROM admin_events ORDER BY subject, seq
""",
    "sqlite": """
SELECT CAST(subject AS BLOB), CAST(seq AS INTEGER), CAST(kind AS BLOB),
  CAST(CASE WHEN substr(at, 11, 1) = ' '
    THEN substr(at, 1, 10) || 'T' || substr(at, 12) || '+00:00' ELSE at END AS BLOB),
  CAST(actor AS BLOB), CAST(data AS BLOB), CAST(previous AS BLOB), CAST(hash AS BLOB)
FROM admin_events ORDER BY subject, seq
""",
}

PARTS: Final = {
    "postgresql": """
SELECT day, bucket, entries, digest FROM anchor_parts
WHERE bucket BETWEEN $1::bigint AND $2::bigint AND day >= $3::date ORDER BY bucket, day
""",
    "sqlite": """
SELECT day, bucket, entries, digest FROM anchor_parts
WHERE bucket BETWEEN ? AND ? AND day >= ? ORDER BY bucket, day
""",
}

HOUSE_HEADS: Final = text("""
SELECT subject, seq, hash FROM admin_events a
WHERE seq = (SELECT max(seq) FROM admin_events b WHERE b.subject = a.subject) ORDER BY subject
""")

BARE: Final = text("""
SELECT number FROM tickets t
WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.ticket_id = t.id) ORDER BY id LIMIT :most
""")

MISSED: Final = text("""
SELECT ticket_id FROM (
  SELECT ticket_id FROM messages WHERE ticket_id IS NOT NULL
  UNION SELECT ticket_id FROM outbox WHERE ticket_id IS NOT NULL
  UNION SELECT ticket_id FROM sla_clocks
  UNION SELECT ticket_id FROM ticket_work
) r
WHERE NOT EXISTS (SELECT 1 FROM tickets t WHERE t.id = r.ticket_id) ORDER BY 1 LIMIT :most
""")
"""Tickets that other tables speak of: foreign keys hold only where nobody turned them off."""

GUARDED: Final = ("events", "admin_events", "anchors", "anchor_parts")
"""Tables that only grow."""

GUARDS: Final = {
    "postgresql": text("""
SELECT c.relname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
  JOIN pg_proc p ON p.oid = g.tgfoid
WHERE g.tgname = c.relname || '_no_change' AND g.tgenabled IN ('O', 'A')
  AND p.proname = 'refuse_change' AND p.prosrc LIKE '%RAISE EXCEPTION%'
"""),
    "sqlite": text("""
SELECT tbl_name FROM sqlite_master
WHERE type = 'trigger' AND name IN (tbl_name || '_no_update', tbl_name || '_no_delete')
  AND upper(sql) LIKE '%RAISE(ABORT%'
GROUP BY tbl_name HAVING count(*) = 2
"""),
}
"""Tables whose guard stands."""

LITE_SPAN: Final = text("SELECT count(*), coalesce(max(rowid), 0) FROM events")
LITE_GAPS: Final = text("""
SELECT g.missing, t.number, e.ticket_id, e.seq, e.at FROM (
  SELECT rowid - 1 - coalesce(lag(rowid) OVER w, 0) AS missing, lag(rowid) OVER w AS before
  FROM events WINDOW w AS (ORDER BY rowid)
) g
LEFT JOIN events e ON e.rowid = g.before LEFT JOIN tickets t ON t.id = e.ticket_id
WHERE g.missing > 0 LIMIT :most
""")
"""SQLite gives row ids without a gap, as long as nobody removes a row."""

LITE_CHECK: Final = text("PRAGMA integrity_check(events)")
