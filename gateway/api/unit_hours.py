"""Whether somebody works at a unit or a partner now, and when next (KM-17)."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import Final

from core.model.partners import hours_of
from gateway.api.people import identity
from gateway.api.problems import NOT_FOUND, NotDone
from gateway.api.table import Answer, Call, Endpoint, Entry, Shown


class UnitHours(Shown):
    """Open or closed by its own calendar.

    ``opens_at``: now when open; ``today``: the hours of its local day or why it is closed,
    Indonesian; ``why``: why it is closed now, such as a holiday, "" merely outside the hours.
    """

    open: bool
    opens_at: datetime
    today: str
    why: str


async def hours(call: Call) -> Answer:
    """Of one unit."""
    async with call.parts.store.desk() as desk:
        found = await desk.units.unit(identity(call, "unit"))
    if found is None:
        raise NotDone(NOT_FOUND)
    told = hours_of(call.parts.work.calendar(found.calendar), call.now)
    return Answer(UnitHours(**{name: getattr(told, name) for name in UnitHours.model_fields}))


ROUTES: Final = (
    Endpoint(
        "GET",
        "/units/{unit}/hours",
        Entry.STAFF,
        hours,
        "Whether somebody works there now, and when next",
        UnitHours,
    ),
)
