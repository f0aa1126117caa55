"""Regions: parts of the land that technicians work in (DK-30)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from console.staff.admin.sheet import (
    failed_of,
    history_of,
    number_of,
    options,
    saved,
    sheet,
    status_of,
    there,
    tree,
)
from core.errors import NotFound
from core.model.units import RegionDraft
from core.model.work import Refusal
from core.services.units import add_region, change_region

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from console.staff.visit import Visit

PART: Final = "wilayah"


class RegionPages:
    """The list with a form for a new one, and one of them."""

    async def regions(self, visit: Visit) -> web.StreamResponse:
        """What lies within stands below."""
        return await self._regions(visit)

    async def _regions(self, visit: Visit, why: Refusal | None = None) -> web.StreamResponse:
        found = await visit.reception.store.units.regions()
        lines = [{"region": one, "depth": min(depth, 6)} for one, depth in tree(found)]
        values: dict[str, Any] = {
            "regions": lines,
            "parents": options((one.id, one.name) for one in found),
        }
        if why is not None:
            values["failed"] = await failed_of(visit, "region", why)
        return sheet(visit, PART, "regions.html", values, status_of(why) if why else 200)

    async def region(self, visit: Visit) -> web.StreamResponse:
        """One of them."""
        return await self._region(visit)

    async def _region(self, visit: Visit, why: Refusal | None = None) -> web.StreamResponse:
        which = visit.identity()
        found = await visit.reception.store.units.regions()
        one = next((region for region in found if region.id == which), None)
        if one is None:
            raise NotFound(visit.request.path)
        values: dict[str, Any] = {
            "region": one,
            "parents": options((other.id, other.name) for other in found if other.id != which),
            "history": await history_of(visit, f"region:{which}"),
        }
        if why is not None:
            values["failed"] = await failed_of(visit, "region", there(why))
        return sheet(visit, PART, "region.html", values, status_of(why) if why else 200)

    async def add(self, visit: Visit) -> web.StreamResponse:
        """A new one; its code never changes."""
        registry, code = visit.reception.back_office.registry, visit.form.get("code", "")[:100]
        added = await add_region(registry, visit.staff, code.strip(), _draft(visit.form))
        if isinstance(added, Refusal):
            return await self._regions(visit, added)
        return saved(visit, PART, "ditambahkan")

    async def change(self, visit: Visit) -> web.StreamResponse:
        """Name, level and what it lies in, unless somebody else changed them meanwhile."""
        registry, which = visit.reception.back_office.registry, visit.identity()
        seen = _draft(visit.form, "seen_")
        done = await change_region(registry, visit.staff, which, _draft(visit.form), seen)
        if isinstance(done, Refusal):
            return await self._region(visit, done)
        return saved(visit, f"{PART}/{which}")


def _draft(form: Mapping[str, str], mark: str = "") -> RegionDraft:
    return RegionDraft(
        form.get(f"{mark}name", "")[:400],
        form.get(f"{mark}level", "")[:200],
        number_of(form.get(f"{mark}parent_id", "")),
    )
