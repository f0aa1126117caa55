"""What intake says to SQLite: the questions written out, the writing ones made from ``schema``."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import (
    CTE,
    ClauseElement,
    ColumnElement,
    Integer,
    bindparam,
    column,
    literal_column,
    update,
    values,
)
from sqlalchemy.dialects.sqlite import aiosqlite, insert

from ticket_store.clock_statements import cleared, ending
from ticket_store.intake_rows import CHANGED, ENDED, REMEMBERED, Sheet

# BEGIN IMMEDIATE made us the only writer: nothing needs locking, and what is missing stays so.
KNOWN = """
SELECT a.kind, a.value, a.id, a.muted, a.unreachable, a.memory
FROM json_each(?) r CROSS JOIN addresses a
  ON a.kind = json_extract(r.value, '$[0]') AND a.value = json_extract(r.value, '$[1]')
"""
NEW = """
INSERT INTO addresses (kind, value, first_seen_at, last_seen_at)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'),
  strftime('%Y-%m-%d %H:%M:%f000', 'now'), strftime('%Y-%m-%d %H:%M:%f000', 'now')
FROM json_each(?) WHERE true
RETURNING kind, value, id, muted, unreachable, memory
"""
TOUCH = """
UPDATE addresses SET last_seen_at = strftime('%Y-%m-%d %H:%M:%f000', 'now')
WHERE id IN (SELECT value FROM json_each(?))
"""
TICKETS = """
SELECT own.address_id, own.mine, t.id, t.number, t.status, t.priority, t.opened_at, t.status_at,
  t.version, t.event_seq, t.event_head,
  CASE WHEN t.opened_at > ?3 THEN t.match_text ELSE '' END, t.channel, t.status_reason,
  c.target, c.due_at, c.provisional, c.open, c.met_at IS NOT NULL, t.category,
  t.contact_count
FROM (
  SELECT address_id, 1 AS mine, id FROM tickets
  WHERE address_id IN (SELECT value FROM json_each(?1)) AND ended_at IS NULL
  UNION
  SELECT address_id, 1, id FROM tickets
  WHERE address_id IN (SELECT value FROM json_each(?1)) AND ended_at > ?2
  UNION
  SELECT address_id, 1, id FROM tickets
  WHERE number IN (SELECT value FROM json_each(?4))
    AND +address_id IN (SELECT value FROM json_each(?1))
  UNION
  SELECT p.address_id, 0, p.ticket_id FROM participants p JOIN tickets q ON q.id = p.ticket_id
  WHERE p.address_id IN (SELECT value FROM json_each(?1)) AND q.address_id <> p.address_id
    AND (q.ended_at IS NULL OR q.ended_at > ?2
      OR q.number IN (SELECT value FROM json_each(?4)))
) own
CROSS JOIN tickets t ON t.id = own.id
LEFT JOIN sla_clocks c ON c.ticket_id = t.id
ORDER BY t.id, own.address_id, c.target
"""
GUESTS = """
SELECT 0, 0, t.id, t.number, t.status, t.priority, t.opened_at, t.status_at,
  t.version, t.event_seq, t.event_head, '', t.channel, t.status_reason,
  c.target, c.due_at, c.provisional, c.open, c.met_at IS NOT NULL, t.category,
  t.contact_count
FROM tickets t LEFT JOIN sla_clocks c ON c.ticket_id = t.id
WHERE t.number IN (SELECT value FROM json_each(?))
ORDER BY t.id, c.target
"""
SEEN = """
SELECT m.channel, m.external_id, m.outcome, t.number
FROM json_each(?) r CROSS JOIN messages m
  ON m.channel = json_extract(r.value, '$[0]') AND m.external_id = json_extract(r.value, '$[1]')
LEFT JOIN tickets t ON t.id = m.ticket_id
"""
THREADS = """
SELECT m.channel, m.external_id, t.number
FROM json_each(?1) r CROSS JOIN messages m
  ON m.channel = json_extract(r.value, '$[0]') AND m.external_id = json_extract(r.value, '$[1]')
CROSS JOIN tickets t ON t.id = m.ticket_id
UNION ALL
SELECT m.channel, m.thread_id, t.number
FROM json_each(?1) r CROSS JOIN messages m
  ON m.channel = json_extract(r.value, '$[0]') AND m.thread_id = json_extract(r.value, '$[1]')
CROSS JOIN tickets t ON t.id = m.ticket_id
UNION ALL
SELECT o.channel, o.provider_id, t.number
FROM json_each(?1) r CROSS JOIN outbox o
  ON o.channel = json_extract(r.value, '$[0]') AND o.provider_id = json_extract(r.value, '$[1]')
CROSS JOIN tickets t ON t.id = o.ticket_id
"""


def _text(statement: ClauseElement) -> str:
    return str(statement.compile(dialect=aiosqlite.dialect()))


@lru_cache(maxsize=128)
def insert_statement(sheet: Sheet, rows: int) -> str:
    """Inserts so many rows; a row that is there already is treated as the sheet says."""
    line = dict.fromkeys(sheet.columns)
    statement = insert(sheet.table).values([line] * rows)
    if sheet.replaced:
        statement = statement.on_conflict_do_update(
            index_elements=sheet.key,
            set_={name: statement.excluded[name] for name in sheet.replaced} | cleared(sheet),
        )
    elif sheet.key:
        statement = statement.on_conflict_do_nothing(index_elements=sheet.key)
    return _text(statement)


def _given(sheet: Sheet, rows: int) -> CTE:
    columns = [column(name, sheet.table.c[name].type) for name in sheet.columns]
    lines: list[tuple[object, ...]] = [
        tuple(bindparam(f"{c.name}_{row}") for c in columns) for row in range(rows)
    ]
    return values(*columns, name="u").data(lines).cte("u")


@lru_cache(maxsize=16)
def remember_statement(rows: int) -> str:
    """Replaces what is remembered of so many senders."""
    new = _given(REMEMBERED, rows)
    addresses = REMEMBERED.table
    statement = update(addresses).where(addresses.c.id == new.c.id)
    return _text(
        statement.values(muted=new.c.muted, unreachable=new.c.unreachable, memory=new.c.memory)
    )


@lru_cache(maxsize=16)
def end_statement(rows: int) -> str:
    """Ends all promises of so many tickets."""
    return _text(ending(_given(ENDED, rows)))


@lru_cache(maxsize=16)
def change_statement(rows: int) -> str:
    """Changes those of so many tickets whose version is the expected one."""
    new = _given(CHANGED, rows)
    tickets = CHANGED.table
    changes: dict[str, ColumnElement[object]] = {name: new.c[name] for name in CHANGED.columns[2:]}
    changes["version"] = new.c.version + literal_column("1", Integer)
    changes["contact_count"] = tickets.c.contact_count + new.c.contact_count
    same = (tickets.c.id == new.c.id, tickets.c.version == new.c.version)
    return _text(update(tickets).where(*same).values(changes))
