"""Units and regions: adding, changing, retiring; what tickets keep of them stays (DK-40, MB-16).

Every change is an event on the unit's chain, with the old and the new value; of an address only
that it changed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

from core.model.events import Fact, Json
from core.model.sentences import said
from core.model.staff import Right
from core.model.units import (
    Places,
    Region,
    RegionDraft,
    Unit,
    UnitDraft,
    address_of,
    code_fault,
    region_fault,
    unit_fault,
)
from core.model.work import Refusal, RefusalKind
from core.services.house import actor, overtaken, refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from core.model.messages import AddressKind
    from core.model.staff import Staff
    from core.model.units import Fault
    from core.ports import Clock, Desk, OpenDesk

_TOLD: Final = (
    *("name", "level", "parent_id", "region_id", "partner", "calendar", "categories", "channel"),
)
"""Fields whose values the history tells."""

NO_SUCH_UNIT: Final = Refusal(
    RefusalKind.INVALID, said("Unit ini tidak ada. Periksa daftar unit."), ""
)
NO_SUCH_REGION: Final = Refusal(
    RefusalKind.INVALID, said("Wilayah ini tidak ada. Periksa daftar wilayah."), ""
)


@dataclass(frozen=True, slots=True)
class Registry:
    """What the services about units are handed.

    Attributes:
        calendars: names of the calendars there are.
        channels: doors that send, with the kind of address each takes.
    """

    open_desk: OpenDesk
    clock: Clock
    calendars: frozenset[str]
    channels: Mapping[str, AddressKind]


# --- units ------------------------------------------------------------------------------------


async def add_unit(
    registry: Registry, by: Staff | None, code: str, draft: UnitDraft
) -> Unit | Refusal:
    """A new one; its code never changes. ``by`` None is the command line."""
    if refusal := refused(by, Right.ADMIN_UNITS):
        return refusal
    if fault := code_fault(code):
        return _refusal(fault)
    async with registry.open_desk() as desk:
        await desk.units.lock()
        if fault := unit_fault(0, draft, await _places(registry, desk)):
            return _refusal(fault)
        if await desk.units.unit(code) is not None:
            return _taken(said("Kode unit ini sudah dipakai. Pilih kode lain."))
        added = await desk.units.add(_drafted(Unit(0, code, ""), draft))
        await note_unit(registry, desk, (added.mark, by), "UnitAdded", _values(added))
        await desk.commit()
    return added


async def change_unit(
    registry: Registry, by: Staff | None, unit_id: int, version: int, draft: UnitDraft
) -> Unit | Refusal:
    """Everything of a unit but its code. Tickets that went there keep the name of their time.

    Args:
        registry: the ports.
        by: who does it.
        unit_id: which.
        version: of the unit as ``by`` saw it.
        draft: all fields as they are to be.
    """
    async with registry.open_desk() as desk:
        before = await held_unit(desk, by, unit_id, version)
        if isinstance(before, Refusal):
            return before
        if fault := unit_fault(unit_id, draft, await _places(registry, desk)):
            return _refusal(fault)
        after = _drafted(before, draft)
        changes = unit_changes(before, after)
        if not changes:
            return before
        after = replace(after, version=version + 1)
        await desk.units.save(after)
        await note_unit(registry, desk, (after.mark, by), "UnitChanged", changes)
        await desk.commit()
    return after


async def retire_unit(
    registry: Registry, by: Staff | None, unit_id: int, version: int
) -> Unit | Refusal:
    """Nothing goes there any more. Refused while units below it or running tickets are there."""
    async with registry.open_desk() as desk:
        before = await held_unit(desk, by, unit_id, version)
        if isinstance(before, Refusal) or before.retired:
            return before
        if any(unit.parent_id == unit_id for unit in await desk.units.units()):
            return _kept(said("Masih ada unit di bawahnya. Pindahkan atau hentikan dahulu."))
        if await desk.units.busy(unit_id):
            return _kept(said("Masih ada tiket berjalan di unit ini. Alihkan dahulu."))
        after = replace(before, retired_at=registry.clock.now(), version=version + 1)
        await desk.units.save(after)
        await note_unit(registry, desk, (after.mark, by), "UnitRetired", {})
        await desk.commit()
    return after


async def confirm_holidays(
    registry: Registry, by: Staff | None, unit_id: int, version: int, until: date
) -> Unit | Refusal:
    """A partner has told its hours on holidays up to this local day (KM-25)."""
    async with registry.open_desk() as desk:
        before = await held_unit(desk, by, unit_id, version)
        if isinstance(before, Refusal):
            return before
        if not before.partner:
            sentence = said("Hanya unit mitra yang memberi konfirmasi jam libur.")
            return Refusal(RefusalKind.NOT_ALLOWED, sentence, "unit_id")
        after = replace(before, holidays_confirmed_until=until, version=version + 1)
        await desk.units.save(after)
        told: dict[str, Json] = {"until": until.isoformat()}
        await note_unit(registry, desk, (after.mark, by), "HolidayHoursConfirmed", told)
        await desk.commit()
    return after


# --- regions ----------------------------------------------------------------------------------


async def add_region(
    registry: Registry, by: Staff | None, code: str, draft: RegionDraft
) -> Region | Refusal:
    """A new one; its code never changes."""
    if refusal := refused(by, Right.ADMIN_UNITS):
        return refusal
    if fault := code_fault(code):
        return _refusal(fault)
    async with registry.open_desk() as desk:
        await desk.units.lock()
        if fault := region_fault(0, draft, await _region_parents(desk)):
            return _refusal(fault)
        if await desk.units.region(code) is not None:
            return _taken(said("Kode wilayah ini sudah dipakai. Pilih kode lain."))
        added = await desk.units.add_region(_region(Region(0, code, ""), draft))
        await note_unit(registry, desk, (f"region:{added.id}", by), "RegionAdded", _facts(added))
        await desk.commit()
    return added


async def change_region(
    registry: Registry,
    by: Staff | None,
    region_id: int,
    draft: RegionDraft,
    seen: RegionDraft | None = None,
) -> Region | Refusal:
    """Name, level and what it lies in.

    Args:
        registry: the ports.
        by: who does it.
        region_id: which.
        draft: all fields as they are to be.
        seen: as ``by`` saw them; None: whatever stands there.
    """
    if refusal := refused(by, Right.ADMIN_UNITS):
        return refusal
    async with registry.open_desk() as desk:
        await desk.units.lock()
        before = await desk.units.region(region_id)
        if before is None:
            return NO_SUCH_REGION
        if wrong := await _unfit(desk, before, draft, seen):
            return wrong
        after = _region(before, draft)
        if after == before:
            return before
        await desk.units.save_region(after)
        told: dict[str, Json] = {"old": _facts(before), "new": _facts(after)}
        await note_unit(registry, desk, (f"region:{region_id}", by), "RegionChanged", told)
        await desk.commit()
    return after


async def _unfit(
    desk: Desk, before: Region, draft: RegionDraft, seen: RegionDraft | None
) -> Refusal | None:
    """Why a region cannot be changed so; None: it can."""
    if seen is not None and _region(before, seen) != before:
        sentence = said("Wilayah ini baru saja diubah orang lain. Muat ulang, lalu coba lagi.")
        return Refusal(RefusalKind.STALE, sentence)
    fault = region_fault(before.id, draft, await _region_parents(desk))
    return _refusal(fault) if fault else None


# --- rules ------------------------------------------------------------------------------------


async def held_unit(desk: Desk, by: Staff | None, unit_id: int, version: int) -> Unit | Refusal:
    """The unit to be changed as ``by`` saw it, all units locked."""
    if refusal := refused(by, Right.ADMIN_UNITS):
        return refusal
    await desk.units.lock()
    unit = await desk.units.unit(unit_id)
    if unit is None:
        return NO_SUCH_UNIT
    if unit.version == version:
        return unit
    sentence = said("Data unit ini baru saja diubah orang lain. Muat ulang, lalu coba lagi.")
    return await overtaken(desk, unit.mark, sentence, unit.version, version)


async def _places(registry: Registry, desk: Desk) -> Places:
    units = await desk.units.units(retired=True)
    kept = {document.name for document in await desk.calendars.documents()}
    return Places(
        parents={unit.id: unit.parent_id for unit in units},
        retired=frozenset(unit.id for unit in units if unit.retired),
        regions=frozenset(await _region_parents(desk)),
        calendars=registry.calendars | kept,
        channels=registry.channels,
    )


async def _region_parents(desk: Desk) -> dict[int, int | None]:
    return {region.id: region.parent_id for region in await desk.units.regions()}


async def note_unit(
    registry: Registry,
    desk: Desk,
    whose: tuple[str, Staff | None],
    kind: str,
    data: Mapping[str, Json],
) -> None:
    """An event on the chain of a unit or a region; ``whose``: its mark, and who did it."""
    subject, by = whose
    fact = Fact(kind, registry.clock.now(), actor(by), data)
    await desk.admin_history.append(subject, [fact])


def _drafted(unit: Unit, draft: UnitDraft) -> Unit:
    return replace(
        unit,
        name=" ".join(draft.name.split()),
        level=" ".join(draft.level.split()),
        parent_id=draft.parent_id,
        region_id=draft.region_id,
        partner=draft.partner,
        calendar=draft.calendar,
        categories=draft.categories,
        channel=draft.channel,
        address=address_of(draft.address_kind, draft.address) if draft.channel else None,
    )


def _region(region: Region, draft: RegionDraft) -> Region:
    return replace(
        region,
        name=" ".join(draft.name.split()),
        level=" ".join(draft.level.split()),
        parent_id=draft.parent_id,
    )


def _facts(region: Region) -> dict[str, Json]:
    told = (field.name for field in fields(region) if field.name != "id")
    return {name: getattr(region, name) for name in told}


def _values(unit: Unit) -> dict[str, Json]:
    return {name: _told(getattr(unit, name)) for name in _TOLD}


def unit_changes(before: Unit, after: Unit) -> dict[str, Json]:
    """Old and new value of each field that differs, as the history tells them."""
    changes: dict[str, Json] = {}
    for name in _TOLD:
        old, new = _told(getattr(before, name)), _told(getattr(after, name))
        if old != new:
            changes[name] = {"old": old, "new": new}
    return changes | ({"changed": ["address"]} if before.address != after.address else {})


def _told(held: str | int | bool | frozenset[str] | None) -> Json:  # noqa: FBT001 - any field
    return list[Json](sorted(held)) if isinstance(held, frozenset) else held


def _refusal(fault: Fault) -> Refusal:
    return Refusal(RefusalKind.INVALID, fault.sentence, fault.field)


def _taken(sentence: str) -> Refusal:
    return Refusal(RefusalKind.ALREADY, sentence, "code")


def _kept(sentence: str) -> Refusal:
    return Refusal(RefusalKind.NOT_ALLOWED, sentence)
