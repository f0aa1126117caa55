"""What intake says to PostgreSQL: four questions and one writing statement per shape of a filing.

The questions are written out; the writing statement is put together by SQLAlchemy from
``schema`` once per shape and then kept as text.
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, asyncpg, insert

from ticket_store.clock_statements import cleared, ending
from ticket_store.intake_rows import CHANGED, ENDED, REMEMBERED, SHEETS, Sheet

RAW = "raw"
SENDERS = "senders"
CHANGES = "changes"
ENDINGS = "endings"

# Locks in one order, so that two groups with the same senders wait and never deadlock. A row that
# this statement made has no xmax: nobody can have a ticket for it yet.
GREET = """
INSERT INTO addresses (kind, value, first_seen_at, last_seen_at)
SELECT r->>0, r->>1, now(), now() FROM jsonb_array_elements($1::text::jsonb) r ORDER BY 1, 2
ON CONFLICT (kind, value) DO UPDATE SET last_seen_at = excluded.last_seen_at
RETURNING kind, value, xmax = 0 AS fresh, id, muted, unreachable, memory
"""
TICKETS = """
SELECT own.address_id, own.mine, t.id, t.number, t.status, t.priority, t.opened_at, t.status_at,
  t.version, t.event_seq, t.event_head,
  CASE WHEN t.opened_at > $3 THEN t.match_text ELSE '' END, t.channel, t.status_reason,
  c.target, c.due_at, c.provisional, c.open, c.met_at IS NOT NULL, t.category,
  t.contact_count
FROM (
  SELECT address_id, true AS mine, id FROM tickets
  WHERE address_id = ANY ($1::bigint[]) AND ended_at IS NULL
  UNION
  SELECT address_id, true, id FROM tickets
  WHERE address_id = ANY ($1::bigint[]) AND ended_at > $2
  UNION
  SELECT address_id, true, id FROM tickets
  WHERE number = ANY ($4::text[]) AND address_id = ANY ($1::bigint[])
  UNION
  SELECT p.address_id, false, p.ticket_id FROM participants p JOIN tickets q ON q.id = p.ticket_id
  WHERE p.address_id = ANY ($1::bigint[]) AND q.address_id <> p.address_id
    AND (q.ended_at IS NULL OR q.ended_at > $2 OR q.number = ANY ($4::text[]))
) own
JOIN tickets t ON t.id = own.id
LEFT JOIN sla_clocks c ON c.ticket_id = t.id
ORDER BY t.id, own.address_id, c.target
FOR UPDATE OF t
"""
GUESTS = """
SELECT 0, false, t.id, t.number, t.status, t.priority, t.opened_at, t.status_at,
  t.version, t.event_seq, t.event_head, '', t.channel, t.status_reason,
  c.target, c.due_at, c.provisional, c.open, c.met_at IS NOT NULL, t.category,
  t.contact_count
FROM tickets t LEFT JOIN sla_clocks c ON c.ticket_id = t.id
WHERE t.number = ANY ($1::text[])
ORDER BY t.id, c.target
FOR UPDATE OF t
"""
SEEN = """
SELECT m.channel, m.external_id, m.outcome, t.number
FROM jsonb_array_elements($1::text::jsonb) r
JOIN messages m ON m.channel = r->>0 AND m.external_id = r->>1
LEFT JOIN tickets t ON t.id = m.ticket_id
"""
THREADS = """
SELECT m.channel, m.external_id, t.number
FROM jsonb_array_elements($1::text::jsonb) r
JOIN messages m ON m.channel = r->>0 AND m.external_id = r->>1
JOIN tickets t ON t.id = m.ticket_id
UNION ALL
SELECT m.channel, m.thread_id, t.number
FROM jsonb_array_elements($1::text::jsonb) r
JOIN messages m ON m.channel = r->>0 AND m.thread_id = r->>1
JOIN tickets t ON t.id = m.ticket_id
UNION ALL
SELECT o.channel, o.provider_id, t.number
FROM jsonb_array_elements($1::text::jsonb) r
JOIN outbox o ON o.channel = r->>0 AND o.provider_id = r->>1
JOIN tickets t ON t.id = o.ticket_id
"""


def _taken_apart(
    sheet: Sheet, parameter: str, columns: tuple[str, ...]
) -> Select[*tuple[object, ...]]:
    """The JSON array of arrays in this parameter as typed columns, in the sheet's order."""
    given = cast(bindparam(parameter, type_=String()), JSONB)
    elements = func.jsonb_array_elements(given)
    rows = elements.table_valued("value", with_ordinality="place", name="r").render_derived()
    taken = [
        cast(rows.c.value.op("->>")(literal_column(str(at))), sheet.table.c[name].type).label(name)
        for at, name in enumerate(columns)
    ]
    if RAW not in sheet.columns:
        return select(*taken)
    payloads = (
        func.unnest(bindparam(RAW, type_=ARRAY(LargeBinary())))
        .table_valued("value", with_ordinality="place", name="payload")
        .render_derived()
    )
    return select(*taken, payloads.c.value.label(RAW)).join_from(
        rows, payloads, rows.c.place == payloads.c.place
    )


def _insert(sheet: Sheet) -> CTE:
    columns = tuple(name for name in sheet.columns if name != RAW)
    source = _taken_apart(sheet, sheet.name, columns)
    statement = insert(sheet.table).from_select(
        list(sheet.columns), source, include_defaults=False
    )
    if sheet.replaced:
        statement = statement.on_conflict_do_update(
            index_elements=sheet.key,
            set_={name: statement.excluded[name] for name in sheet.replaced} | cleared(sheet),
        )
    elif sheet.key:
        statement = statement.on_conflict_do_nothing(index_elements=sheet.key)
    return statement.cte(f"{sheet.name}_in")


def _remember() -> CTE:
    new = _taken_apart(REMEMBERED, SENDERS, REMEMBERED.columns).subquery("u")
    addresses = REMEMBERED.table
    return (
        update(addresses)
        .where(addresses.c.id == new.c.id)
        .values(muted=new.c.muted, unreachable=new.c.unreachable, memory=new.c.memory)
        .cte("remembered")
    )


def _change() -> CTE:
    new = _taken_apart(CHANGED, CHANGES, CHANGED.columns).subquery("u")
    tickets = CHANGED.table
    values: dict[str, ColumnElement[object]] = {name: new.c[name] for name in CHANGED.columns[2:]}
    values["version"] = new.c.version + literal_column("1", Integer)
    values["contact_count"] = tickets.c.contact_count + new.c.contact_count
    return (
        update(tickets)
        .where(tickets.c.id == new.c.id, tickets.c.version == new.c.version)
        .values(values)
        .returning(literal_column("1", Integer).label("one"))
        .cte("changed")
    )


@lru_cache(maxsize=64)
def lay_down_statement(parameters: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """One statement that writes everything and returns how many tickets it changed.

    Foreign keys are checked at its end, so the order of the parts does not matter.

    Args:
        parameters: names of the tables to insert into, ``RAW`` with messages, ``SENDERS``,
            ``CHANGES`` and ``ENDINGS`` where there are some.

    Returns:
        The text and the parameters' names in their order.
    """
    parts = [_insert(sheet) for sheet in SHEETS if sheet.name in parameters]
    if SENDERS in parameters:
        parts.append(_remember())
    if ENDINGS in parameters:
        parts.append(ending(_taken_apart(ENDED, ENDINGS, ENDED.columns).subquery("u")).cte("over"))
    count: Select[int] = select(literal_column("0", Integer))
    if CHANGES in parameters:
        changed = _change()
        count = select(func.count()).select_from(changed)
    statement = count.add_cte(*parts).compile(dialect=asyncpg.dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    return str(statement), tuple(statement.positiontup or ())
