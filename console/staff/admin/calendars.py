"""Calendars: a year at a glance, days off and hours for a time, and the document behind it."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from config.calendar_files import CalendarFileError, parse_toml
from config.calendar_text import (
    Period,
    base_of,
    preset_text,
    with_day,
    with_period,
    without_day,
    without_period,
)
from config.calendars import preset_names
from config.holiday_lists import read_days
from console.staff.admin.sheet import (
    failed_of,
    history_of,
    options,
    saved,
    sheet,
    status_of,
    version_of,
)
from console.staff.admin.words import DAYS_OFF
from console.staff.admin.year import days_off, hours, months, year_of
from console.wording import moment
from core.errors import NotFound
from core.model.calendar import Holiday, HolidayKind, local_day
from core.model.calendar_documents import good_name, is_holidays
from core.model.week import DAY_MINUTES, DAY_NAMES
from core.model.work import Refusal, RefusalKind
from core.services.calendars import put_calendar

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from console.staff.visit import Visit
    from core.model.calendar_documents import CalendarDocument
    from core.model.week import Window

PART: Final = "kalender"
NO_DATE: Final = "Tulis tanggal, misalnya 2026-12-31."
NO_NAME: Final = "Tulis nama hari liburnya."
NO_HOURS: Final = "Tulis jam seperti 08.00-12.00, 13.00-16.00; kosong berarti tutup."
BACKWARDS: Final = "Hari terakhir tidak boleh sebelum hari pertama."
_WINDOW: Final = re.compile(r"\s*(\d{1,2})[.:](\d{2})\s*[-\u2013]\s*(\d{1,2})[.:](\d{2})\s*")
_LONGEST: Final = 120


class CalendarPages:
    """All calendars, one of them as a year, its document."""

    # --- looking -------------------------------------------------------------------------------

    async def calendars(self, visit: Visit) -> web.StreamResponse:
        """Those of the office and those that come with the program, and who keeps them."""
        book = visit.reception.back_office
        stored = {one.name for one in await visit.reception.store.calendars.documents()}
        units = await visit.reception.store.units.units()
        names = set(preset_names()) | {one for one in stored if not is_holidays(one)}
        if good_name(book.office_calendar):
            names.add(book.office_calendar)
        shown = [
            {
                "name": name,
                "office": name == book.office_calendar,
                "stored": name in stored,
                "units": [one.name for one in units if one.calendar == name],
                "hours": hours(book.calendars.of(name), visit.now().date())[0].words,
            }
            for name in sorted(names, key=lambda one: (one != book.office_calendar, one))
        ]
        return sheet(visit, PART, "calendars.html", {"calendars": shown})

    async def year(self, visit: Visit) -> web.StreamResponse:
        """One of them, with the forms that change it."""
        return await self._year(visit)

    async def _year(
        self, visit: Visit, form: str = "", why: Refusal | None = None
    ) -> web.StreamResponse:
        name, held, text = await _held(visit)
        calendar = visit.reception.back_office.calendars.of(name)
        today = local_day(calendar, visit.now())
        year = year_of(visit.form.get("tahun") or visit.request.query.get("tahun", ""), today)
        own: frozenset[date] = frozenset()
        with suppress(CalendarFileError):
            own = frozenset(read_days(parse_toml(text, name)))
        values: dict[str, Any] = {
            "calendar": {"name": name, "zone": str(calendar.zone), **_kept(visit, held)},
            "year": year,
            "months": months(calendar, year, today, visit.words),
            "days_off": days_off(calendar, year, own, visit.words),
            "hours": hours(calendar, today),
            "known": year in calendar.loaded_years or not calendar.observes_national,
            "kinds": options((kind, visit.words(words)) for kind, words in DAYS_OFF.items()),
            "day_names": DAY_NAMES,
            "history": await history_of(visit, f"calendar:{name}"),
        }
        if why is not None:
            values["failed"] = await failed_of(visit, form, why)
        return sheet(visit, PART, "year.html", values, status_of(why) if why else 200)

    async def document(self, visit: Visit) -> web.StreamResponse:
        """The whole document, for what has no form."""
        return await self._document(visit)

    async def _document(self, visit: Visit, why: Refusal | None = None) -> web.StreamResponse:
        name, held, text = await _held(visit)
        values: dict[str, Any] = {
            "calendar": {"name": name, "text": text, **_kept(visit, held)},
            "history": await history_of(visit, f"calendar:{name}"),
        }
        if why is not None:
            values["failed"] = await failed_of(visit, "document", why)
        return sheet(visit, PART, "document.html", values, status_of(why) if why else 200)

    # --- doing ---------------------------------------------------------------------------------

    async def put(self, visit: Visit) -> web.StreamResponse:
        """The document as it was typed; what is doubtful is told with its line."""
        name = visit.request.match_info["nama"]
        text = visit.form.get("document", "").replace("\r\n", "\n")
        why = await _put(visit, name, text)
        return await self._document(visit, why) if why else saved(visit, f"{PART}/{name}")

    async def begin(self, visit: Visit) -> web.StreamResponse:
        """On to the document of a new calendar; it is there once it is saved."""
        name = visit.form.get("name", "").strip()
        if not good_name(name) or is_holidays(name):
            raise NotFound(name)
        return visit.go(f"/console/admin/{PART}/{name}/dokumen")

    async def add_day(self, visit: Visit) -> web.StreamResponse:
        """A day off of this calendar alone."""
        form = visit.form
        name, day = " ".join(form.get("day_name", "").split()), _date(form.get("day", ""))
        kinds = [kind for kind in HolidayKind if kind.value == form.get("kind")]
        if day is None:
            return await self._year(visit, "day", _invalid(NO_DATE, "day"))
        if not name or len(name) > _LONGEST:
            return await self._year(visit, "day", _invalid(NO_NAME, "day_name"))
        holiday = Holiday(name, kinds[0] if kinds else HolidayKind.UNIT)
        return await self._changed(
            visit, "day", lambda text, whose: with_day(text, whose, day, holiday), "libur-ditambah"
        )

    async def drop_day(self, visit: Visit) -> web.StreamResponse:
        """Takes out a day off that this calendar's document lists."""
        day = _date(visit.form.get("day", ""))
        if day is None:
            return await self._year(visit, "day", _invalid(NO_DATE, "day"))
        return await self._changed(
            visit, "drop", lambda text, whose: without_day(text, whose, day), "libur-dihapus"
        )

    async def add_period(self, visit: Visit) -> web.StreamResponse:
        """Hours for a time, such as Ramadan."""
        form = visit.form
        first, last = _date(form.get("first", "")), _date(form.get("last", ""))
        if first is None or last is None:
            field = "first" if first is None else "last"
            return await self._year(visit, "period", _invalid(NO_DATE, field))
        if last < first:
            return await self._year(visit, "period", _invalid(BACKWARDS, "last"))
        windows = [_windows(form.get(f"hours-{place}", "")) for place in range(len(DAY_NAMES))]
        if None in windows:
            why = _invalid(NO_HOURS, f"hours-{windows.index(None)}")
            return await self._year(visit, "period", why)
        period = Period(first, last, tuple(one or () for one in windows))
        return await self._changed(
            visit,
            "period",
            lambda text, whose: with_period(base_of(text, whose), whose, period),
            "jam-ditambah",
        )

    async def drop_period(self, visit: Visit) -> web.StreamResponse:
        """Takes out hours that hold for a time."""
        first, last = _date(visit.form.get("first", "")), _date(visit.form.get("last", ""))
        if first is None or last is None:
            return await self._year(visit, "period", _invalid(NO_DATE, "first"))
        return await self._changed(
            visit,
            "drop",
            lambda text, whose: without_period(text, whose, first, last),
            "jam-dihapus",
        )

    async def _changed(
        self, visit: Visit, form: str, change: Callable[[str, str], str], news: str
    ) -> web.StreamResponse:
        name, _, text = await _held(visit)
        try:
            why = await _put(visit, name, change(text, name))
        except CalendarFileError as error:
            field = "day" if form == "day" else ""
            why = Refusal(RefusalKind.INVALID, f"{error}.", field, faults=error.faults)
        if why is not None:
            return await self._year(visit, form, why)
        year = year_of(visit.form.get("tahun", ""), visit.now().date())
        return saved(visit, f"{PART}/{name}?tahun={year}", news)


async def _held(visit: Visit) -> tuple[str, CalendarDocument | None, str]:
    """The name, what the store keeps under it, and its text: the preset's where it keeps none."""
    name = visit.request.match_info["nama"]
    if not good_name(name) or is_holidays(name):
        raise NotFound(name)
    documents = await visit.reception.store.calendars.documents()
    held = next((one for one in documents if one.name == name), None)
    if held is not None:
        return name, held, held.document
    if name in preset_names():
        return name, None, preset_text(name)
    return name, None, f'name = "{name}"\nextends = "pemerintah"\n'


def _kept(visit: Visit, held: CalendarDocument | None) -> dict[str, Any]:
    return {
        "version": held.version if held else 0,
        "changed": moment(held.changed_at, visit.reception.zone) if held else "",
        "office": visit.request.match_info["nama"] == visit.reception.back_office.office_calendar,
    }


async def _put(visit: Visit, name: str, text: str) -> Refusal | None:
    book = visit.reception.back_office
    done = await put_calendar(book.almanac, visit.staff, name, version_of(visit), text)
    if isinstance(done, Refusal):
        return done
    await book.calendars.refresh()
    visit.reception.committed()
    return None


def _invalid(sentence: str, field: str) -> Refusal:
    return Refusal(RefusalKind.INVALID, sentence, field)


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:20])
    except ValueError:
        return None


def _windows(written: str) -> tuple[Window, ...] | None:
    """``08.00-12.00, 13.00-16.00`` as minutes; None for what is none."""
    windows = []
    for part in re.split(r",|\bdan\b|;", written[:200]) if written.strip() else ():
        found = _WINDOW.fullmatch(part)
        if not found:
            return None
        hour, minute, until, last = map(int, found.groups())
        opens, closes = hour * 60 + minute, until * 60 + last
        if max(minute, last) >= 60 or not opens < closes <= DAY_MINUTES:  # noqa: PLR2004 - minutes of an hour
            return None
        windows.append((opens, closes))
    return tuple(sorted(windows))
