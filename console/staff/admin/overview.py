"""The first page of administration: what wants attention now, each with where to go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from console.language import N_
from console.staff.admin.sheet import PARTS, sheet
from console.wording import kept_words
from core.errors import NotFound
from core.model.calendar import local_day, missing_year
from core.model.outbox import OutboxState
from core.model.partners import unconfirmed
from core.model.staff import Right

if TYPE_CHECKING:
    from aiohttp import web

    from console.staff.visit import Visit

PAUSED: Final = N_("Pengiriman berhenti sementara: %(reason)s")
PARKED: Final = N_("%(count)s muatan tidak terbaca menunggu di karantina")
DEAD: Final = N_("%(count)s pesan tidak terkirim dan tidak dicoba lagi")
NO_HOLIDAYS: Final = N_("Hari libur dan cuti bersama tahun %(year)s belum dimuat")
NO_HOURS: Final = N_("Jam libur belum dikonfirmasi: %(holiday)s")
ALONE: Final = N_("Baru Anda yang terdaftar; tambahkan petugas dan kirimkan undangannya")
NO_UNITS: Final = N_("Belum ada unit; tiket tidak dapat didisposisikan")


async def overview(visit: Visit) -> web.StreamResponse:
    """What wants attention, of the parts that the person sees. NotFound for whoever sees none."""
    mine = [part for part in PARTS if visit.may(part.right)]
    if not mine:
        raise NotFound(visit.request.path)
    found: list[dict[str, Any]] = []
    if visit.may(Right.ADMIN_CHANNELS):
        found += await _of_channels(visit)
    if visit.may(Right.ADMIN_CALENDARS):
        found += _of_calendars(visit)
    if visit.may(Right.ADMIN_UNITS):
        found += await _of_units(visit)
    if visit.may(Right.ADMIN_STAFF):
        found += await _of_staff(visit)
    return sheet(visit, "", "overview.html", {"notes": found})


def _note(visit: Visit, part: str, what: str, words: str, /, **values: object) -> dict[str, Any]:
    return {"to": part, "what": what, "words": visit.words(words) % values if values else words}


async def _of_channels(visit: Visit) -> list[dict[str, Any]]:
    notes = []
    for door in visit.reception.back_office.doors.states():
        to = f"kanal/{door.id}"
        if door.paused_until is not None:
            notes.append(
                _note(visit, to, door.id, PAUSED, reason=kept_words(door.reason, visit.words))
            )
        notes += [_note(visit, to, door.id, visit.words(one.sentence)) for one in door.symptoms]
    async with visit.reception.store.desk() as desk:
        parked = len(await desk.parked.parked())
        loads = await desk.outbox.load()
    if parked:
        notes.append(_note(visit, "karantina", visit.words(N_("Karantina")), PARKED, count=parked))
    for load in loads:
        if load.state is OutboxState.DEAD:
            notes.append(_note(visit, "tidak-terkirim", load.channel, DEAD, count=load.count))
    return notes


def _of_calendars(visit: Visit) -> list[dict[str, Any]]:
    book = visit.reception.back_office
    calendar = book.calendars.of("")
    year = missing_year(calendar, local_day(calendar, visit.now()))
    if year is None:
        return []
    to = f"hari-libur?tahun={year}"
    return [_note(visit, to, visit.words(N_("Kalender")), NO_HOLIDAYS, year=year)]


async def _of_staff(visit: Visit) -> list[dict[str, Any]]:
    people = await visit.reception.store.staff.staff()
    if len(people) > 1:
        return []
    return [_note(visit, "petugas/baru", visit.words(N_("Petugas")), visit.words(ALONE))]


async def _of_units(visit: Visit) -> list[dict[str, Any]]:
    units = await visit.reception.store.units.units()
    if not units:
        return [_note(visit, "unit", visit.words(N_("Unit dan mitra")), visit.words(NO_UNITS))]
    waiting = unconfirmed(units, visit.reception.back_office.calendars.of, visit.now())
    return [
        _note(visit, f"unit/{one.unit.id}", one.unit.name, NO_HOURS, holiday=one.holiday)
        for one in waiting
    ]
