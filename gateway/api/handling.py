"""To whom a ticket went, with which words, and who was on the spot (BW-22, BW-26, BW-47)."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Any, Final

from core.model.masking import mask_identity
from core.model.rights import scope
from core.model.staff import Right
from gateway.api.table import Answer, Call, Endpoint, Shown

if TYPE_CHECKING:
    from core.model.handling import AssignmentView, DispositionView, VisitView


class DispositionShown(Shown):
    """To a unit; ``answered_at`` is when a partner answered."""

    unit_id: int
    unit_name: str
    staff_id: int | None
    staff_name: str
    instruction: str
    due_at: datetime | None
    at: datetime
    by: str
    answered_at: datetime | None


class AssignmentShown(Shown):
    """To a person; ``ended_at`` null: it is theirs."""

    staff_id: int
    staff_name: str
    at: datetime
    by: str
    reason: str
    equipment: str
    ended_at: datetime | None


class VisitRecord(Shown):
    """On the spot; what has not happened is null."""

    staff_id: int
    staff_name: str
    planned_at: datetime | None
    left_at: datetime | None
    arrived_at: datetime | None
    finding: str
    departed_at: datetime | None


class HandlingShown(Shown):
    """Each list in the order in which it was written."""

    dispositions: list[DispositionShown]
    assignments: list[AssignmentShown]
    visits: list[VisitRecord]


_WORDS: Final = frozenset({"instruction", "reason", "equipment", "finding"})


def _told(kind: type[Shown], view: DispositionView | AssignmentView | VisitView) -> dict[str, Any]:
    """The fields as they go out; identity numbers in what people wrote are masked."""
    held = {name: getattr(view, name) for name in kind.model_fields}
    return held | {name: mask_identity(held[name]) for name in _WORDS & held.keys()}


async def handling(call: Call) -> Answer:
    """Dispositions, assignments and visits."""
    number = call.parts.number(call.path["number"])
    found = await call.parts.store.lists.handling(scope(call.staff), number)
    return Answer(
        HandlingShown(
            dispositions=[
                DispositionShown(**_told(DispositionShown, one)) for one in found.dispositions
            ],
            assignments=[
                AssignmentShown(**_told(AssignmentShown, one)) for one in found.assignments
            ],
            visits=[VisitRecord(**_told(VisitRecord, one)) for one in found.visits],
        )
    )


ROUTES: Final = (
    Endpoint(
        "GET",
        "/tickets/{number}/handling",
        Right.VIEW,
        handling,
        "Dispositions, assignments and visits, as they were written",
        HandlingShown,
    ),
)
