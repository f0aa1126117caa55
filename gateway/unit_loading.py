"""From a file of units to the store, code by code; loading it twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from config.calendars import preset_names
from config.schedules import TELLS_BY
from core.model.sentences import said
from core.model.work import Refusal, RefusalKind
from core.services.units import (
    Registry,
    add_region,
    add_unit,
    change_region,
    change_unit,
)
from gateway.clock import SystemClock

if TYPE_CHECKING:
    from config.settings import Settings
    from config.unit_files import Listed, ListedRegion, UnitFile
    from core.model.units import Region, Unit
    from core.ports import Clock, Store


@dataclass(slots=True)
class Loaded:
    """What became of a file.

    Attributes:
        refusal: why it ended early, at the entry of this code (``at``); what was before is kept.
    """

    added: int = 0
    changed: int = 0
    same: int = 0
    at: str = ""
    refusal: Refusal | None = None


def unit_registry(settings: Settings, store: Store, clock: Clock | None = None) -> Registry:
    """The ports of the services about units, from the settings."""
    kinds = {name: channel.kind for name, channel in settings.channels.items()}
    return Registry(
        store.desk,
        clock or SystemClock(),
        frozenset(preset_names()) | {settings.office.calendar},
        {name: TELLS_BY[kind] for name, kind in kinds.items() if kind in TELLS_BY},
    )


async def load_units(settings: Settings, store: Store, listed: UnitFile) -> Loaded:
    """Regions first, then units, what is above before what is below."""
    registry, loaded = unit_registry(settings, store), Loaded()
    regions = {region.code: region for region in await store.units.regions()}
    units = {unit.code: unit for unit in await store.units.units(retired=True)}
    for entry in listed.regions:
        region = await _region(registry, regions, entry)
        if not _counted(loaded, entry.code, regions.get(entry.code), region):
            return loaded
        if not isinstance(region, Refusal):
            regions[entry.code] = region
    for one in listed.units:
        unit = await _unit(registry, units, regions, one)
        if not _counted(loaded, one.code, units.get(one.code), unit):
            return loaded
        if not isinstance(unit, Refusal):
            units[one.code] = unit
    return loaded


async def _region(
    registry: Registry, known: dict[str, Region], entry: ListedRegion
) -> Region | Refusal:
    if entry.parent and entry.parent not in known:
        return _lost("parent", entry.parent)
    parent = known[entry.parent].id if entry.parent else None
    draft = replace(entry.draft, parent_id=parent)
    here = known.get(entry.code)
    if here is None:
        return await add_region(registry, None, entry.code, draft)
    return await change_region(registry, None, here.id, draft)


async def _unit(
    registry: Registry, known: dict[str, Unit], regions: dict[str, Region], entry: Listed
) -> Unit | Refusal:
    if entry.parent and entry.parent not in known:
        return _lost("parent", entry.parent)
    if entry.region and entry.region not in regions:
        return _lost("region", entry.region)
    draft = replace(
        entry.draft,
        parent_id=known[entry.parent].id if entry.parent else None,
        region_id=regions[entry.region].id if entry.region else None,
    )
    here = known.get(entry.code)
    if here is None:
        return await add_unit(registry, None, entry.code, draft)
    return await change_unit(registry, None, here.id, here.version, draft)


def _lost(field: str, code: str) -> Refusal:
    return Refusal(RefusalKind.INVALID, said("{code} tidak dikenal.", code=code), field)


def _counted(loaded: Loaded, code: str, before: object, after: object) -> bool:
    if isinstance(after, Refusal):
        loaded.at, loaded.refusal = code, after
        return False
    if before is None:
        loaded.added += 1
    elif before == after:
        loaded.same += 1
    else:
        loaded.changed += 1
    return True
