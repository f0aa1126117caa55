"""Rows of dispositions, assignments and visits of one ticket, with the names of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from core.model.handling import AssignmentView, DispositionView, Handling, VisitView
from ticket_store.schema import assignments, dispositions, staff, units, visits

if TYPE_CHECKING:
    from sqlalchemy import Select, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

_NAME = func.coalesce(staff.c.name, "").label("staff_name")


def _rows(table: Table, kind: type[Any]) -> Select[Any]:
    """The columns that this kind of view has, in its order."""
    named = {"staff_name": _NAME, "unit_name": units.c.name.label("unit_name")}
    columns = [named[one] if one in named else table.c[one] for one in kind.__dataclass_fields__]
    found = select(*columns).join(staff, staff.c.id == table.c.staff_id, isouter=True)
    if "unit_id" in table.c:
        found = found.join(units, units.c.id == table.c.unit_id)
    return found.where(table.c.ticket_id == bindparam("ticket_id")).order_by(table.c.id)


_DISPOSITIONS = _rows(dispositions, DispositionView)
_ASSIGNMENTS = _rows(assignments, AssignmentView)
_VISITS = _rows(visits, VisitView)


async def read_handling(connection: AsyncConnection, ticket_id: int) -> Handling:
    """Three short statements by an index."""
    which = {"ticket_id": ticket_id}
    return Handling(
        tuple(DispositionView(*row) for row in await connection.execute(_DISPOSITIONS, which)),
        tuple(AssignmentView(*row) for row in await connection.execute(_ASSIGNMENTS, which)),
        tuple(VisitView(*row) for row in await connection.execute(_VISITS, which)),
    )
