"""Statements about clocks that are the same on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Boolean, DateTime, case, literal_column, update

from ticket_store.schema import sla_clocks

if TYPE_CHECKING:
    from sqlalchemy import CTE, ColumnElement, Subquery, Update

    from ticket_store.intake_rows import Sheet


def cleared(sheet: Sheet) -> dict[str, ColumnElement[object]]:
    """What a row that is there already loses when it is written anew."""
    columns = (sheet.table.c[name] for name in sheet.cleared)
    return {column.name: literal_column("NULL" if column.nullable else "0") for column in columns}


def ending(given: CTE | Subquery) -> Update:
    """Ends the open clocks of these tickets; the rows are as in ``intake_rows.ENDED``.

    A promise that is kept after its time is broken, though the watch has not looked yet; one that
    stands still is not late.
    """
    clocks, at, kept = sla_clocks.c, given.c.met_at, given.c.open
    late = kept & clocks.breached_at.is_(None) & clocks.look_at.is_not(None) & (clocks.due_at < at)
    return (
        update(sla_clocks)
        .where(clocks.ticket_id == given.c.ticket_id, clocks.open)
        .values(
            open=literal_column("false", Boolean),
            look_at=literal_column("NULL", DateTime),
            met_at=case((kept, at), else_=clocks.met_at),
            breached_at=case((late, at), else_=clocks.breached_at),
        )
    )
