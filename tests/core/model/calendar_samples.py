"""Calendars for the tests of this folder, made by hand: no file is read."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.model.calendar import Calendar, Holiday, HolidayKind
from core.model.week import Week

WIB = ZoneInfo("Asia/Jakarta")
WITA = ZoneInfo("Asia/Makassar")
WIT = ZoneInfo("Asia/Jayapura")

LONG_DAY = ((480, 720), (780, 1020))
DESK = Week((LONG_DAY, LONG_DAY, LONG_DAY, LONG_DAY, ((480, 660), (780, 1020)), ((480, 720),), ()))
ROUND_THE_CLOCK = Week((((0, 1440),),) * 7)
CLOSED = ((),) * 7

HOLIDAYS = {
    date(2026, 3, 18): Holiday("Cuti Bersama Nyepi", HolidayKind.JOINT_LEAVE),
    date(2026, 3, 19): Holiday("Nyepi", HolidayKind.NATIONAL),
    date(2026, 3, 20): Holiday("Cuti Bersama Idul Fitri 1447 H", HolidayKind.JOINT_LEAVE),
    date(2026, 3, 21): Holiday("Idul Fitri 1447 H", HolidayKind.NATIONAL),
    date(2026, 7, 15): Holiday("Hari Jadi Kabupaten", HolidayKind.REGIONAL),
    date(2026, 7, 16): Holiday("Pindah kantor", HolidayKind.UNIT),
}


def desk(
    *,
    zone: ZoneInfo = WIB,
    weeks: tuple[Week, ...] = (DESK,),
    joint_leave: bool = True,
    national: bool = True,
) -> Calendar:
    """Six days as in Banyuwangi, with a few holidays of 2026."""
    return Calendar(
        name="meja",
        zone=zone,
        weeks=weeks,
        holidays=HOLIDAYS,
        loaded_years=frozenset({2026}),
        observes_joint_leave=joint_leave,
        observes_national=national,
    )


def local(text: str, zone: ZoneInfo = WIB) -> datetime:
    """``2026-07-14 10:00`` in that zone."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)
