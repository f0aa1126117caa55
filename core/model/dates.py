"""Times as citizens read them (requirements §4 "Wording, time, numbers").

Input is always an aware instant and a zone; output is Indonesian with a point in the time. The
zone's abbreviation is a text of its own, ``{zona}``, so that two times may share it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from core.model.sentences import listed, said, term

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAYS: Final = (
    said("Sen"),
    said("Sel"),
    said("Rab"),
    said("Kam"),
    said("Jum"),
    said("Sab"),
    said("Min"),
)
MONTHS: Final = (
    said("Januari"),
    said("Februari"),
    said("Maret"),
    said("April"),
    said("Mei"),
    said("Juni"),
    said("Juli"),
    said("Agustus"),
    said("September"),
    said("Oktober"),
    said("November"),
    said("Desember"),
)
_NAMES: Final = {
    timedelta(hours=7): "WIB",
    timedelta(hours=8): "WITA",
    timedelta(hours=9): "WIT",
}
_MIDNIGHT: Final = time()
_BEFORE: Final = timedelta(minutes=1)
# Indonesia has no summer time, so any recent instant tells the offset of its zones.
_ANY_RECENT: Final = datetime(2026, 1, 1, tzinfo=UTC)


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    if at.tzinfo is None:
        msg = "an instant without zone"
        raise ValueError(msg)
    return at.astimezone(zone)


def sms_time(at: datetime, zone: ZoneInfo) -> str:
    """``14/07 10.30`` in that zone: 11 characters. Raises ValueError for a naive instant."""
    local = _local(at, zone)
    return f"{local.day:02d}/{local.month:02d} {local.hour:02d}.{local.minute:02d}"


def sms_due(at: datetime, zone: ZoneInfo) -> str:
    """As :func:`sms_time`, of a limit: midnight ends a day, ``28/11 24.00``.

    "29/11 00.00" is read by many as the end of the 29th. Raises ValueError for a naive instant.
    """
    local = _local(at, zone)
    if local.time() != _MIDNIGHT:
        return sms_time(at, zone)
    return f"{sms_day(at - _BEFORE, zone)} 24.00"


def sms_day(at: datetime, zone: ZoneInfo) -> str:
    """``14/07`` in that zone: 5 characters. Raises ValueError for a naive instant."""
    local = _local(at, zone)
    return f"{local.day:02d}/{local.month:02d}"


def long_time(at: datetime, zone: ZoneInfo) -> str:
    """``Sel 14 Juli 2026 pukul 10.30`` in that zone. Raises ValueError for a naive instant."""
    local = _local(at, zone)
    return (
        f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"
        f" pukul {local.hour:02d}.{local.minute:02d}"
    )


def long_due(at: datetime, zone: ZoneInfo) -> str:
    """As :func:`long_time`, of a limit: midnight ends a day (:func:`sms_due`)."""
    if _local(at, zone).time() != _MIDNIGHT:
        return long_time(at, zone)
    return f"{long_time(at - _BEFORE, zone).rpartition(' ')[0]} 24.00"


def told_time(at: datetime, zone: ZoneInfo) -> str:
    """As :func:`long_time` with the zone, as a value of a sentence that has several languages."""
    return _told(f"{long_time(at, zone)} {zone_name(zone, at)}")


def told_due(at: datetime, zone: ZoneInfo) -> str:
    """As :func:`long_due` with the zone, as a value of a sentence that has several languages."""
    return _told(f"{long_due(at, zone)} {zone_name(zone, at)}")


def _told(words: str) -> str:
    return listed(map(term, words.split(" ")), " ")


@lru_cache(maxsize=64)
def zone_name(zone: ZoneInfo, at: datetime = _ANY_RECENT) -> str:
    """WIB, WITA or WIT by the offset from UTC, else the offset itself: ``UTC+5.30``, ``UTC-3``.

    Args:
        zone: the office's zone.
        at: an aware instant; matters only where there is summer time.
    """
    offset = _local(at, zone).utcoffset() or timedelta()
    return _NAMES.get(offset) or _offset_text(offset)


def _offset_text(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f".{rest:02d}" if rest else "")
