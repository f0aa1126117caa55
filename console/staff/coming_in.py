"""Who is in the office: one comes in until a time of the day, or goes (BW-45)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from console.language import N_
from core.model.work import Refusal, RefusalKind
from core.services.staff import come_in

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from console.staff.visit import Visit
    from core.model.staff import Staff

USUAL_END: Final = "16:00"
"""What the form offers."""

UNREADABLE: Final = Refusal(RefusalKind.INVALID, N_("Tulis jam pulang, misalnya 16:00."), "sampai")


def until(now: datetime, typed: str, zone: ZoneInfo) -> datetime | None:
    """The next time that the office's clocks show this; None for what is no time."""
    try:
        at = time.fromisoformat(typed.strip().replace(".", ":"))
    except ValueError:
        return None
    here = now.astimezone(zone)
    today = datetime.combine(here.date(), at.replace(tzinfo=None), zone)
    return today if today > here else today + timedelta(days=1)


async def note_presence(visit: Visit, staff_id: int) -> Staff | Refusal:
    """Reads the form (``sampai``, or ``pulang``) and notes it for this person."""
    if visit.form.get("pulang"):
        made = await come_in(visit.reception.house, visit.staff, staff_id, None)
    else:
        at = until(visit.now(), visit.form.get("sampai", ""), visit.reception.zone)
        if at is None:
            return UNREADABLE
        made = await come_in(visit.reception.house, visit.staff, staff_id, at)
    if not isinstance(made, Refusal):
        visit.reception.committed()
    return made
