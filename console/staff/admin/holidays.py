"""Lists of holidays and joint leave: brought in by file or by paste, looked at, then in force."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from config.calendar_files import CalendarFileError
from config.holiday_import import as_document, is_document
from config.holiday_lists import (
    HolidayList,
    doubts,
    parse_holiday_list,
    reviewed_presets,
)
from console.language import N_
from console.staff.admin.faults import bare
from console.staff.admin.sheet import (
    failed_of,
    given_document,
    history_of,
    saved,
    sheet,
    status_of,
    version_of,
)
from console.staff.admin.words import DAYS_OFF
from console.staff.admin.year import year_of
from console.wording import moment
from core.model.calendar_documents import HOLIDAYS
from core.model.week import DAY_NAMES
from core.model.work import Refusal, RefusalKind
from core.services.calendars import put_calendar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from aiohttp import web

    from console.staff.visit import Visit
    from core.model.calendar import Holiday
    from core.model.calendar_documents import CalendarDocument
    from core.model.faults import Fault

PART: Final = "kalender"
PATH: Final = "hari-libur"
EMPTY: Final = Refusal(
    RefusalKind.MISSING, N_("Pilih berkas atau tempelkan isinya terlebih dahulu."), "document"
)
UNREVIEWED: Final = Refusal(
    RefusalKind.MISSING,
    N_("Cocokkan setiap tanggal dengan keputusannya, lalu beri tanda bahwa sudah dicocokkan."),
    "reviewed",
)
_REVIEWED: Final = re.compile(r"^reviewed[ \t]*=[ \t]*false\b", re.MULTILINE)
_SOURCE: Final = re.compile(r'^source[ \t]*=[ \t]*"-?"', re.MULTILINE)


class HolidayPages:
    """The years that are loaded, the form, and the look before it counts."""

    async def lists(self, visit: Visit) -> web.StreamResponse:
        """Which years are loaded, from where."""
        return await self._lists(visit)

    async def _lists(self, visit: Visit, why: Refusal | None = None) -> web.StreamResponse:
        stored = await _stored(visit)
        shown = [_line(one, visit.words(N_("bawaan program"))) for one in reviewed_presets()]
        for held in stored:
            when = moment(held.changed_at, visit.reception.zone, visit.words)
            shown.append(_line(parse_holiday_list(held.document, held.name), when, held))
        today = visit.now().astimezone(visit.reception.zone).date()
        values: dict[str, Any] = {
            "lists": sorted(shown, key=lambda one: -one["year"]),
            "year": year_of(visit.request.query.get("tahun", ""), today),
        }
        if why is not None:
            values["failed"] = await failed_of(visit, "import", why)
        return sheet(visit, PART, "holidays.html", values, status_of(why) if why else 200)

    async def preview(self, visit: Visit) -> web.StreamResponse:
        """What a file or a paste would bring; nothing is kept yet."""
        text = await given_document(visit)
        if not text.strip():
            return await self._lists(visit, EMPTY)
        return await self._preview(visit, text)

    async def _preview(
        self, visit: Visit, text: str, why: Refusal | None = None
    ) -> web.StreamResponse:
        today = visit.now().astimezone(visit.reception.zone).date()
        year = year_of(visit.form.get("year", ""), today)
        left_out: tuple[tuple[int, Fault], ...] = ()
        if not is_document(text):
            made = as_document(text, year)
            text, left_out = made.text, made.left_out
        name = f"{HOLIDAYS}{year}"
        doubtful = [*left_out, *doubts(text, name)]
        read = _read(text, name)
        year = read.year if read else year
        name = f"{HOLIDAYS}{year}"
        held = next((one for one in await _stored(visit) if one.name == name), None)
        values: dict[str, Any] = {
            "name": name,
            "year": year,
            "text": text,
            "version": held.version if held else 0,
            "reviewed": bool(read and read.reviewed),
            "source": read.source if read and read.source != "-" else "",
            "doubts": [
                {"line": line, "words": bare(wrong, visit.words)} for line, wrong in doubtful
            ],
            "days": _compared(visit, read, _before(held, year)) if read else [],
            "history": await history_of(visit, f"calendar:{name}"),
        }
        if why is not None:
            values["failed"] = await failed_of(visit, "import", why)
        return sheet(visit, PART, "holiday_preview.html", values, status_of(why) if why else 200)

    async def keep(self, visit: Visit) -> web.StreamResponse:
        """In force from now on: calendars and due times of running tickets follow."""
        form, text = visit.form, visit.form.get("document", "").replace("\r\n", "\n")
        if not is_document(text) or form.get("again"):
            return await self._preview(visit, text)
        source = " ".join(form.get("source", "").split())[:200].replace("\\", "").replace('"', "'")
        if source:
            text = _SOURCE.sub(lambda _: f'source = "{source}"', text, count=1)
        if form.get("reviewed"):
            text = _REVIEWED.sub("reviewed = true", text, count=1)
        elif _REVIEWED.search(text):
            return await self._preview(visit, text, UNREVIEWED)
        read = _read(text, HOLIDAYS)
        book = visit.reception.back_office
        name = f"{HOLIDAYS}{read.year if read else form.get('year', '')}"
        done = await put_calendar(book.almanac, visit.staff, name, version_of(visit), text)
        if isinstance(done, Refusal):
            return await self._preview(visit, text, done)
        await book.calendars.refresh()
        visit.reception.committed()
        return saved(visit, PATH)


async def _stored(visit: Visit) -> list[CalendarDocument]:
    return [one for one in await visit.reception.store.calendars.documents() if one.holidays]


def _line(read: HolidayList, origin: str, held: CalendarDocument | None = None) -> dict[str, Any]:
    return {
        "year": read.year,
        "source": read.source,
        "days": len(read.days),
        "complete": read.complete,
        "origin": origin,
        "text": held.document if held else "",
        "name": held.name if held else "",
    }


def _read(text: str, name: str) -> HolidayList | None:
    try:
        return parse_holiday_list(text, name)
    except CalendarFileError:
        return None


def _before(held: CalendarDocument | None, year: int) -> Mapping[date, Holiday]:
    """The days of this year that are in force now."""
    days: dict[date, Holiday] = {}
    for one in reviewed_presets():
        days |= one.days if one.year == year else {}
    read = _read(held.document, held.name) if held else None
    return days | dict(read.days if read else {})


def _compared(
    visit: Visit, read: HolidayList, before: Mapping[date, Holiday]
) -> list[dict[str, Any]]:
    """Each day of the list beside what is in force, and what is in force and not in the list."""
    days: Iterable[date] = sorted({*read.days, *before})
    shown = []
    for day in days:
        new, old = read.days.get(day), before.get(day)
        held = new or old
        if held is None:
            continue
        state = "same" if new == old else "new" if old is None else "changed"
        shown.append(
            {
                "day": day,
                "weekday": DAY_NAMES[day.weekday()],
                "name": held.name,
                "kind": visit.words(DAYS_OFF[held.kind]),
                "state": state if new else "gone",
            }
        )
    return shown
