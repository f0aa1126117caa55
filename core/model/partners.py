"""Partner units: what they are told, whether they are open, how they answer (KM-17, KM-18, KM-24).

Nothing of the citizen goes to a partner but what the instruction says.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from core.model.calendar import (
    HolidayKind,
    closed_because,
    is_open,
    local_day,
    next_opening,
    today_text,
)
from core.model.dates import long_due, sms_due, zone_name
from core.model.gsm7 import to_gsm7
from core.model.texts import TextForm
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from core.model.calendar import Calendar
    from core.model.units import Unit
    from core.model.work import Disposed, WorkTicket

PARTNER: Final = "partner"
"""The role of a partner among the people of a ticket."""

AHEAD: Final = timedelta(days=7)
"""How long before a national holiday its hours must be confirmed (KM-25)."""


@value
class OpenDisposition:
    """A disposition to a partner whose answer has come."""

    id: int
    ticket_id: int
    number: str
    unit_id: int
    message_id: int
    answered_at: datetime


@value
class PartnerFigures:
    """How a partner answered the dispositions of some time.

    Attributes:
        dispositions: how many there were.
        answered: of these, answered by now.
        breached: answered after their due time, or due and not answered.
        mean: from disposition to answer, by the wall clock; None: nothing was answered.
    """

    unit_id: int
    name: str
    dispositions: int
    answered: int
    breached: int
    mean: timedelta | None

    @property
    def unanswered(self) -> int:
        """Still waiting."""
        return self.dispositions - self.answered


@value
class Hours:
    """Whether somebody works there now, for the page of a ticket (KM-17).

    Attributes:
        opens_at: when next, aware UTC; now when open.
        today: the hours of the local day, Indonesian, or why it is closed.
        why: why it is closed now, "" when open or merely outside the hours.
    """

    open: bool
    opens_at: datetime
    today: str
    why: str = ""


@value
class Unconfirmed:
    """A partner that has not told its hours for a holiday that is near."""

    unit: Unit
    day: date
    holiday: str


def hours_of(calendar: Calendar, now: datetime) -> Hours:
    """Open or closed, and when next. Raises ValueError for a naive time."""
    return Hours(
        is_open(calendar, now),
        next_opening(calendar, now),
        today_text(calendar, now),
        closed_because(calendar, now).strip(" ()"),
    )


def unconfirmed(
    units: Iterable[Unit], calendar_of: Callable[[str], Calendar], now: datetime
) -> list[Unconfirmed]:
    """Partners to ask: a national holiday within a week, and their hours then are not known.

    A partner that works on holidays must confirm that too: citizens pay for the way (KM-25).
    """
    found = []
    for unit in units:
        if not unit.partner or unit.retired:
            continue
        near = _next_holiday(calendar_of(unit.calendar), now)
        told = unit.holidays_confirmed_until
        if near and (told is None or told < near[0]):
            found.append(Unconfirmed(unit, *near))
    return found


def _next_holiday(calendar: Calendar, now: datetime) -> tuple[date, str] | None:
    today = local_day(calendar, now)
    for ahead in range(AHEAD.days + 1):
        day = today + timedelta(days=ahead)
        off = calendar.holidays.get(day)
        if off is None and day.year not in calendar.loaded_years:
            off = calendar.yearly.get((day.month, day.day))
        if off is not None and off.kind is HolidayKind.NATIONAL:
            return day, off.name
    return None


def disposition_text(
    ticket: WorkTicket, laid: Disposed, due_at: datetime | None, form: TextForm, zone: ZoneInfo
) -> str:
    """What a partner is told: number, instruction, by when, how to answer."""
    when = sms_due if form is TextForm.SMS else long_due
    due = f" paling lambat {when(due_at, zone)} {zone_name(zone)}" if due_at else ""
    text = (
        f"Disposisi tiket {ticket.number}: {laid.instruction.strip()}\n"
        f"Mohon dijawab{due}. Balas pesan ini dengan menyebut nomor {ticket.number}."
    )
    return to_gsm7(text) if form is TextForm.SMS else text


def holiday_text(near: Unconfirmed, form: TextForm) -> str:
    """Asks a partner for its hours on a holiday."""
    text = (
        f"{near.unit.name}: {near.day:%d-%m-%Y} adalah {near.holiday}. "
        "Mohon beri tahu kami jam layanan pada hari itu, atau bahwa Anda tutup."
    )
    return to_gsm7(text) if form is TextForm.SMS else text
