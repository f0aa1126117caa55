"""Units and partners: where work is done, when, and how a partner is reached."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from console.staff.admin.sheet import (
    chosen,
    failed_of,
    history_of,
    number_of,
    options,
    saved,
    sheet,
    status_of,
    there,
    tree,
    version_of,
)
from console.wording import moment
from core.errors import NotFound
from core.model.hints import CATEGORIES
from core.model.masking import mask_address
from core.model.partners import hours_of, unconfirmed
from core.model.suggestion import category_word
from core.model.units import UnitDraft
from core.model.work import Refusal, RefusalKind
from core.services.units import (
    add_unit,
    change_unit,
    confirm_holidays,
    retire_unit,
)

if TYPE_CHECKING:
    from aiohttp import web

    from console.staff.visit import Visit
    from core.model.units import Unit
    from core.services.units import Registry

PART: Final = "unit"
NO_DATE: Final = Refusal(
    RefusalKind.INVALID, "Tulis tanggal, misalnya 2026-12-31.", "holidays_confirmed_until"
)


class UnitPages:
    """The tree of units, one of them, a new one."""

    # --- looking -------------------------------------------------------------------------------

    async def units(self, visit: Visit) -> web.StreamResponse:
        """What is below stands below; with ``semua`` also those that are retired."""
        everything = visit.request.query.get("semua") == "1"
        found = await visit.reception.store.units.units(retired=everything)
        calendar_of, now = visit.reception.back_office.calendars.of, visit.now()
        waiting = {one.unit.id: one for one in unconfirmed(found, calendar_of, now)}
        lines = [
            {
                "id": unit.id,
                "code": unit.code,
                "name": unit.name,
                "level": unit.level,
                "depth": min(depth, 6),
                "partner": unit.partner,
                "retired": unit.retired,
                "hours": _hours(visit, unit),
                "holiday": _holiday(waiting.get(unit.id)),
            }
            for unit, depth in tree(found)
        ]
        return sheet(visit, PART, "units.html", {"units": lines, "everything": everything})

    async def blank(self, visit: Visit) -> web.StreamResponse:
        """The form for a new one."""
        return await self._unit(visit, None)

    async def unit(self, visit: Visit) -> web.StreamResponse:
        """One of them."""
        return await self._unit(visit, await _held(visit))

    async def _unit(
        self, visit: Visit, unit: Unit | None, why: Refusal | None = None, form: str = "unit"
    ) -> web.StreamResponse:
        values: dict[str, Any] = {
            "unit": _shown(visit, unit) if unit else None,
            "choices": await _choices(visit, unit),
            "history": await history_of(visit, unit.mark) if unit else [],
        }
        if why is not None:
            values["failed"] = await failed_of(visit, form, there(why))
        return sheet(visit, PART, "unit.html", values, status_of(why) if why else 200)

    # --- doing ---------------------------------------------------------------------------------

    async def add(self, visit: Visit) -> web.StreamResponse:
        """A new one; its code never changes."""
        code = visit.form.get("code", "")[:100].strip()
        added = await add_unit(_registry(visit), visit.staff, code, _draft(visit))
        if isinstance(added, Refusal):
            return await self._unit(visit, None, added)
        return saved(visit, f"{PART}/{added.id}", "ditambahkan")

    async def change(self, visit: Visit) -> web.StreamResponse:
        """Everything of a unit but its code; an address that is not typed anew stays."""
        held = await _held(visit)
        draft = _draft(visit, held)
        done = await change_unit(_registry(visit), visit.staff, held.id, version_of(visit), draft)
        return await self._done(visit, done, "tersimpan")

    async def retire(self, visit: Visit) -> web.StreamResponse:
        """Nothing goes there any more."""
        done = await retire_unit(
            _registry(visit), visit.staff, visit.identity(), version_of(visit)
        )
        return await self._done(visit, done, "dihentikan")

    async def confirm(self, visit: Visit) -> web.StreamResponse:
        """A partner has told its hours on holidays up to a day (KM-25)."""
        try:
            until = date.fromisoformat(visit.form.get("holidays_confirmed_until", "")[:20])
        except ValueError:
            return await self._done(visit, NO_DATE, "", "holidays")
        which, version = visit.identity(), version_of(visit)
        done = await confirm_holidays(_registry(visit), visit.staff, which, version, until)
        return await self._done(visit, done, "tersimpan", "holidays")

    async def _done(
        self, visit: Visit, done: Unit | Refusal, news: str, form: str = "unit"
    ) -> web.StreamResponse:
        if isinstance(done, Refusal):
            return await self._unit(visit, await _held(visit), done, form)
        return saved(visit, f"{PART}/{done.id}", news)


def _registry(visit: Visit) -> Registry:
    return visit.reception.back_office.registry


async def _held(visit: Visit) -> Unit:
    async with visit.reception.store.desk() as desk:
        found = await desk.units.unit(visit.identity())
    if found is None:
        raise NotFound(visit.request.path)
    return found


def _draft(visit: Visit, held: Unit | None = None) -> UnitDraft:
    """As typed; the kind of address is that of the chosen door."""
    form, channel = visit.form, visit.form.get("channel", "")[:100]
    typed = form.get("address", "")[:300].strip()
    kept = held.address if held is not None and held.channel == channel else None
    return UnitDraft(
        name=form.get("name", "")[:400],
        level=form.get("level", "")[:200],
        parent_id=number_of(form.get("parent_id", "")),
        region_id=number_of(form.get("region_id", "")),
        partner=bool(form.get("partner")),
        calendar=form.get("calendar", "")[:100],
        categories=frozenset(one for one in chosen(form, "categories") if one in CATEGORIES),
        channel=channel,
        address_kind=_registry(visit).channels.get(channel, ""),
        address=typed or (kept.value if kept else ""),
    )


def _hours(visit: Visit, unit: Unit) -> dict[str, Any]:
    told = hours_of(visit.reception.back_office.calendars.of(unit.calendar), visit.now())
    return {"open": told.open, "today": told.today}


def _holiday(near: Any) -> str:  # noqa: ANN401 - an Unconfirmed or None
    return f"{near.holiday}, {near.day:%d-%m-%Y}" if near else ""


def _shown(visit: Visit, unit: Unit) -> dict[str, Any]:
    address = unit.address
    return {
        "id": unit.id,
        "code": unit.code,
        "name": unit.name,
        "level": unit.level,
        "parent_id": str(unit.parent_id or ""),
        "region_id": str(unit.region_id or ""),
        "partner": unit.partner,
        "calendar": unit.calendar,
        "categories": unit.categories,
        "channel": unit.channel,
        "address": mask_address(address) if address else "",
        "until": unit.holidays_confirmed_until.isoformat()
        if unit.holidays_confirmed_until
        else "",
        "retired": moment(unit.retired_at, visit.reception.zone, visit.words)
        if unit.retired_at
        else "",
        "hours": _hours(visit, unit),
        "version": unit.version,
    }


async def _choices(visit: Visit, unit: Unit | None) -> dict[str, Any]:
    reception = visit.reception
    units = await reception.store.units.units()
    kept = [(one, one) for one in sorted(reception.back_office.calendars.names())]
    return {
        "parents": options((one.id, one.name) for one in units if not unit or one.id != unit.id),
        "regions": options((one.id, one.name) for one in await reception.store.units.regions()),
        "calendars": kept,
        "channels": [(one, one) for one in sorted(_registry(visit).channels)],
        "categories": sorted(
            ((key, visit.words(category_word(key))) for key in CATEGORIES),
            key=lambda pair: pair[1],
        ),
    }
