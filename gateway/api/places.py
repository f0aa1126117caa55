"""Units, regions, partners, and who should have a ticket (MB-16, DK-30, KM-25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime  # noqa: TC003 - pydantic reads them
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import StringConstraints

from core.model.masking import mask_address
from core.model.messages import AddressKind  # noqa: TC001 - pydantic reads it
from core.model.staff import Right
from core.model.units import RegionDraft, UnitDraft
from core.services.assigning import suggestion_for
from core.services.units import (
    NO_SUCH_REGION,
    NO_SUCH_UNIT,
    add_region,
    add_unit,
    change_region,
    change_unit,
    confirm_holidays,
    retire_unit,
)
from gateway.api.people import done, identity
from gateway.api.problems import NOT_FOUND, NotDone
from gateway.api.table import Answer, Asked, Call, Endpoint, Entry, Keyed, Shown
from gateway.api.ticket_models import Id  # noqa: TC001 - pydantic reads it
from gateway.unit_loading import unit_registry

if TYPE_CHECKING:
    from core.model.suggestion import RankedPerson, RankedUnit
    from core.model.units import Region, Unit
    from core.model.work import Refusal
    from core.services.units import Registry

Line = Annotated[str, StringConstraints(max_length=200)]


class UnitShown(Shown):
    """A unit, or a partner; the address of a partner is masked."""

    id: int
    code: str
    name: str
    level: str
    parent_id: int | None
    region_id: int | None
    partner: bool
    calendar: str
    categories: list[str]
    channel: str
    address_kind: AddressKind | None
    address: str
    holidays_confirmed_until: date | None
    retired_at: datetime | None
    version: int


_UNIT = (
    *("id", "code", "name", "level", "parent_id", "region_id", "partner", "calendar", "channel"),
    *("holidays_confirmed_until", "retired_at", "version"),
)


def unit_of(unit: Unit) -> UnitShown:
    """As it goes out."""
    return UnitShown(
        **{name: getattr(unit, name) for name in _UNIT},
        categories=sorted(unit.categories),
        address_kind=unit.address.kind if unit.address else None,
        address=mask_address(unit.address) if unit.address else "",
    )


class Units(Shown):
    """By name."""

    items: list[UnitShown]


class UnitsAsked(Asked):
    """Also those that nothing goes to any more."""

    retired: bool = False


class UnitAsked(Asked):
    """Everything of a unit but its code."""

    name: Line
    level: Line = ""
    parent_id: Id | None = None
    region_id: Id | None = None
    partner: bool = False
    calendar: Line = ""
    categories: frozenset[Line] = frozenset()
    channel: Line = ""
    address_kind: Line = ""
    address: Line = ""


class NewUnitAsked(UnitAsked):
    """A new one; the code never changes."""

    code: Line


class HolidaysAsked(Asked):
    """The last local day up to which a partner has told its hours on holidays."""

    until: date


class RegionShown(Shown):
    """A part of the land."""

    id: int
    code: str
    name: str
    level: str
    parent_id: int | None


def region_of(region: Region) -> RegionShown:
    """As it goes out."""
    return RegionShown(**{name: getattr(region, name) for name in RegionShown.model_fields})


class Regions(Shown):
    """By name."""

    items: list[RegionShown]


class RegionAsked(Asked):
    """Name, level and what it lies in."""

    name: Line
    level: Line = ""
    parent_id: Id | None = None


class NewRegionAsked(RegionAsked):
    """A new one; the code never changes."""

    code: Line


class PersonRanked(Shown):
    """A place in the list; assigning asks for what is marked as needed."""

    staff_id: int
    name: str
    unit_id: int | None
    load: int
    capacity: int
    present: bool
    reasons: list[str]
    needs_reason: bool
    needs_confirmation: bool
    ready: bool


class UnitRanked(Shown):
    """A unit to dispose to."""

    unit_id: int
    code: str
    name: str
    reasons: list[str]


class SuggestionShown(Shown):
    """Best first, with reasons in Indonesian."""

    people: list[PersonRanked]
    units: list[UnitRanked]


def _person(one: RankedPerson, now: datetime) -> PersonRanked:
    who = one.candidate
    return PersonRanked(
        staff_id=who.id,
        name=who.name,
        unit_id=who.unit_id,
        load=who.load,
        capacity=who.capacity,
        present=who.present(now),
        reasons=list(one.reasons),
        needs_reason=one.needs_reason,
        needs_confirmation=one.needs_confirmation,
        ready=one.ready,
    )


def _ranked(one: RankedUnit) -> UnitRanked:
    unit = one.unit
    return UnitRanked(unit_id=unit.id, code=unit.code, name=unit.name, reasons=list(one.reasons))


# --- handlers ------------------------------------------------------------------------------------


def _registry(call: Call) -> Registry:
    made = unit_registry(call.parts.settings, call.parts.store, call.parts.house.clock)
    return replace(made, open_desk=call.open_desk)


def _there(found: Unit | Region | Refusal) -> Unit | Region | Refusal:
    if found is NO_SUCH_UNIT or found is NO_SUCH_REGION:
        raise NotDone(NOT_FOUND)
    return found


def _unit(found: Unit | Refusal) -> Answer:
    _there(found)
    unit = done(found)
    return Answer(unit_of(unit), unit.version)


def _draft(asked: UnitAsked) -> UnitDraft:
    return UnitDraft(**{name: getattr(asked, name) for name in UnitAsked.model_fields})


async def units(call: Call) -> Answer:
    """All units, so that a client can draw the tree by ``parent_id``."""
    found = await call.parts.store.units.units(retired=call.query.retired)
    return Answer(Units(items=[unit_of(one) for one in found]))


async def new_unit(call: Call) -> Answer:
    """A new unit."""
    return _unit(await add_unit(_registry(call), call.staff, call.body.code, _draft(call.body)))


async def set_unit(call: Call) -> Answer:
    """Everything of a unit but its code."""
    which = identity(call, "unit")
    version = await unit_version(call, which)
    changed = await change_unit(_registry(call), call.staff, which, version, _draft(call.body))
    return _unit(changed)


async def retire(call: Call) -> Answer:
    """Nothing goes there any more."""
    which = identity(call, "unit")
    version = await unit_version(call, which)
    return _unit(await retire_unit(_registry(call), call.staff, which, version))


async def holidays(call: Call) -> Answer:
    """A partner has told its hours on holidays."""
    which = identity(call, "unit")
    version = await unit_version(call, which)
    until: date = call.body.until
    return _unit(await confirm_holidays(_registry(call), call.staff, which, version, until))


async def unit_version(call: Call, unit_id: int) -> int:
    """Of ``If-Match``; for ``*`` whatever it is now. Raises NotDone: no such unit."""
    if call.version is not None:
        return call.version
    async with call.parts.store.desk() as desk:
        found = await desk.units.unit(unit_id)
    if found is None:
        raise NotDone(NOT_FOUND)
    return found.version


async def one_unit(call: Call) -> Answer:
    """One of them."""
    async with call.parts.store.desk() as desk:
        found = await desk.units.unit(identity(call, "unit"))
    return _unit(found or NO_SUCH_UNIT)


async def regions(call: Call) -> Answer:
    """All regions."""
    found = await call.parts.store.units.regions()
    return Answer(Regions(items=[region_of(one) for one in found]))


def _region_draft(asked: RegionAsked) -> RegionDraft:
    return RegionDraft(asked.name, asked.level, asked.parent_id)


async def new_region(call: Call) -> Answer:
    """A new region."""
    draft = _region_draft(call.body)
    made = done(await add_region(_registry(call), call.staff, call.body.code, draft))
    return Answer(region_of(made))


async def set_region(call: Call) -> Answer:
    """Name, level and what it lies in."""
    which, draft = identity(call, "region"), _region_draft(call.body)
    changed = await change_region(_registry(call), call.staff, which, draft)
    _there(changed)
    return Answer(region_of(done(changed)))


async def suggestion(call: Call) -> Answer:
    """Who and which unit should have a ticket, and why."""
    number = call.parts.number(call.path["number"])
    found = done(await suggestion_for(call.parts.store, call.staff, number, call.now))
    people = [_person(one, call.now) for one in found.people]
    return Answer(SuggestionShown(people=people, units=[_ranked(one) for one in found.units]))


ADMIN: Final = Right.ADMIN_UNITS
ROUTES: Final = (
    Endpoint("GET", "/units", Entry.STAFF, units, "Units and partners", Units, query=UnitsAsked),
    Endpoint(
        "POST",
        "/units",
        ADMIN,
        new_unit,
        "A new unit",
        UnitShown,
        asks=NewUnitAsked,
        status=201,
        keyed=Keyed.IN_ONE,
    ),
    Endpoint("GET", "/units/{unit}", Entry.STAFF, one_unit, "One unit", UnitShown),
    Endpoint(
        "PUT",
        "/units/{unit}",
        ADMIN,
        set_unit,
        "Change a unit",
        UnitShown,
        asks=UnitAsked,
        versioned=True,
    ),
    Endpoint(
        "POST",
        "/units/{unit}/retire",
        ADMIN,
        retire,
        "Let nothing go to a unit any more",
        UnitShown,
        versioned=True,
        keyed=Keyed.IN_ONE,
        again=one_unit,
    ),
    Endpoint(
        "POST",
        "/units/{unit}/holiday-hours",
        ADMIN,
        holidays,
        "Note that a partner has told its hours on holidays",
        UnitShown,
        asks=HolidaysAsked,
        versioned=True,
        keyed=Keyed.IN_ONE,
        again=one_unit,
    ),
    Endpoint("GET", "/regions", Entry.STAFF, regions, "Regions", Regions),
    Endpoint(
        "POST",
        "/regions",
        ADMIN,
        new_region,
        "A new region",
        RegionShown,
        asks=NewRegionAsked,
        status=201,
        keyed=Keyed.IN_ONE,
    ),
    Endpoint(
        "PUT",
        "/regions/{region}",
        ADMIN,
        set_region,
        "Change a region",
        RegionShown,
        asks=RegionAsked,
    ),
    Endpoint(
        "GET",
        "/tickets/{number}/suggestion",
        Right.ASSIGN,
        suggestion,
        "Who should have a ticket, and why",
        SuggestionShown,
    ),
)
