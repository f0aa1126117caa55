"""What intake reads and lays down beside tickets and messages: work and surveys.

Only commands and status texts ask for any of it, so these statements are the same plain ones on
both engines, inside the transaction that the desk began; plain complaints never come here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, literal, select, union_all, update

from core.model.brief import WorkBrief
from core.model.clock import Pause
from ticket_store.letters import TELLABLE
from ticket_store.schema import (
    UtcDateTime,
    assignments,
    notes,
    outbox,
    pauses,
    ticket_work,
)
from ticket_store.standing import INSERT
from ticket_store.surveys import read_states, write_survey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.filing import Filing, WorkChange
    from core.model.ticket import Status

SPOKEN = "spoken"
"""Kind of the note that keeps an answer given face to face or by phone."""

_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_WORK = select(
    ticket_work.c.ticket_id,
    ticket_work.c.unit_id,
    ticket_work.c.unit_name,
    ticket_work.c.assignee_id,
    ticket_work.c.substep,
    ticket_work.c.visit_at,
    ticket_work.c.objected,
    ticket_work.c.asked_escalation,
).where(ticket_work.c.ticket_id.in_(_IDS))
_PAUSE_FIELDS = tuple(Pause.__dataclass_fields__)
_PAUSES = select(pauses.c.ticket_id, *(pauses.c[name] for name in _PAUSE_FIELDS)).where(
    pauses.c.ticket_id.in_(_IDS), pauses.c.ended_at.is_(None)
)
_LAST = (
    select(func.max(outbox.c.id))
    .where(
        outbox.c.ticket_id.in_(_IDS),
        outbox.c.purpose.in_(("answer", "resolved")),
        outbox.c.state != "dead",
        TELLABLE,
    )
    .group_by(outbox.c.ticket_id, outbox.c.purpose)
)
_TOLD = union_all(
    select(outbox.c.ticket_id, outbox.c.purpose, outbox.c.text, outbox.c.created_at).where(
        outbox.c.id.in_(_LAST)
    ),
    select(notes.c.ticket_id, literal("answer"), notes.c.text, notes.c.at).where(
        notes.c.ticket_id.in_(_IDS), notes.c.kind == SPOKEN
    ),
)

_TICKET: BindParameter[int] = bindparam("ticket")
_AT = bindparam("moment", type_=UtcDateTime)
_END_PAUSE = (
    update(pauses)
    .where(pauses.c.ticket_id == _TICKET, pauses.c.ended_at.is_(None))
    .values(ended_at=_AT)
)
_END_ASSIGNMENT = (
    update(assignments)
    .where(assignments.c.ticket_id == _TICKET, assignments.c.ended_at.is_(None))
    .values(ended_at=_AT)
)
_RUNNING = select(assignments.c.id).where(
    assignments.c.ticket_id == _TICKET, assignments.c.ended_at.is_(None)
)
_BEGIN_ASSIGNMENT = insert(assignments).from_select(
    ["ticket_id", "staff_id", "at", "by", "reason", "equipment"],
    select(
        ticket_work.c.ticket_id,
        ticket_work.c.assignee_id,
        bindparam("moment", type_=UtcDateTime),
        literal("reporter"),
        literal(""),
        literal(""),
    ).where(
        ticket_work.c.ticket_id == _TICKET,
        ticket_work.c.assignee_id.is_not(None),
        ~_RUNNING.exists(),
    ),
)
_OVERTAKEN = (
    update(ticket_work)
    .where(ticket_work.c.ticket_id == _TICKET)
    .values(approval="", substep="", noticed_at=None, changed_at=_AT)
)


async def read_briefs(
    connection: AsyncConnection, ticket_ids: Sequence[int]
) -> Mapping[int, WorkBrief]:
    """What staff have done with each of these tickets; one that nobody touched is there too."""
    if not ticket_ids:
        return {}
    held = {"ids": list(ticket_ids)}
    found: dict[int, dict[str, Any]] = {ticket_id: {} for ticket_id in ticket_ids}
    for row in await connection.execute(_WORK, held):
        found[row.ticket_id] |= {
            "unit_id": row.unit_id,
            "unit": row.unit_name,
            "assignee_id": row.assignee_id,
            "substep": row.substep,
            "visit_at": row.visit_at,
            "objected": row.objected,
            "asked_escalation": row.asked_escalation,
        }
    for row in await connection.execute(_PAUSES, held):
        found[row.ticket_id]["pause"] = Pause(*row[1:])
    for ticket_id, purpose, text, at in (await connection.execute(_TOLD, held)).all():
        _told(found[ticket_id], purpose, text, at)
    for ticket_id, state in (await read_states(connection, ticket_ids)).items():
        found[ticket_id]["survey"] = state
    return {ticket_id: WorkBrief(**values) for ticket_id, values in found.items()}


def _told(values: dict[str, Any], purpose: str, text: str, at: datetime) -> None:
    if purpose == "resolved":
        values["invited_at"] = at
    elif "answered_at" not in values or values["answered_at"] < at:
        values |= {"answer": text, "answered_at": at}


async def lay_beside(connection: AsyncConnection, filing: Filing) -> None:
    """Writes what commands did to work and surveys; after everything else of the filing."""
    for change in filing.works:
        await _work(connection, change)
    for survey in filing.surveys:
        await write_survey(connection, survey)


async def _work(connection: AsyncConnection, change: WorkChange) -> None:
    marks: dict[str, object] = {}
    if change.asked_escalation:
        marks["asked_escalation"] = True
    if change.objected:
        marks["objected"] = True
    for name in ("linked_to", "created_by", "form", "form_label"):
        if getattr(change, name):
            marks[name] = getattr(change, name)
    if marks:
        marks["changed_at"] = change.at
        adding = INSERT[connection.dialect.name](ticket_work)
        await connection.execute(
            adding.values(ticket_id=change.ticket_id, **marks).on_conflict_do_update(
                index_elements=["ticket_id"], set_=marks
            )
        )
    if change.status is not None:
        await _moved(connection, change, change.status)


async def _moved(connection: AsyncConnection, change: WorkChange, status: Status) -> None:
    """Pauses end; an assignment ends with its ticket, and begins again with it."""
    held = {"ticket": change.ticket_id, "moment": change.at}
    await connection.execute(_END_PAUSE, held)
    if status.running:
        afresh = {"work_done": False, "idle_since": change.at}
        await connection.execute(_OVERTAKEN.values(**afresh), held)
        await connection.execute(_BEGIN_ASSIGNMENT, held)
    else:
        over = {"asked_escalation": False, "idle_since": None}
        await connection.execute(_OVERTAKEN.values(**over), held)
        await connection.execute(_END_ASSIGNMENT, held)
