"""One unit becomes part of another (DK-40)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from core.model.staff import Right
from core.services.unit_merging import merge_unit
from core.services.units import NO_SUCH_UNIT
from gateway.api.people import done, identity
from gateway.api.places import UnitShown, unit_of, unit_version
from gateway.api.problems import NOT_FOUND, NotDone
from gateway.api.table import Answer, Asked, Call, Endpoint, Keyed
from gateway.api.ticket_models import Id  # noqa: TC001 - pydantic reads it
from gateway.unit_loading import unit_registry


class MergeAsked(Asked):
    """The unit that goes on."""

    into: Id


async def merge(call: Call) -> Answer:
    """Retires a unit; its running tickets, people and units below are the other one's."""
    which = identity(call, "unit")
    made = unit_registry(call.parts.settings, call.parts.store, call.parts.house.clock)
    registry = replace(made, open_desk=call.open_desk)
    seen = (which, await unit_version(call, which))
    found = await merge_unit(registry, call.staff, seen, call.body.into)
    if found is NO_SUCH_UNIT:
        raise NotDone(NOT_FOUND)
    unit = done(found)
    call.parts.committed()
    return Answer(unit_of(unit), unit.version)


ROUTES: Final = (
    Endpoint(
        "POST",
        "/units/{unit}/merge",
        Right.ADMIN_UNITS,
        merge,
        "Make a unit part of another",
        UnitShown,
        asks=MergeAsked,
        versioned=True,
        keyed=Keyed.BY_ITSELF,
    ),
)
