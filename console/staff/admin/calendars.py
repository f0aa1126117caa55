"""Calendars: a year at a glance, days off and hours for a time, and the document behind it."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from config.calendar_files import CalendarFileError, parse_toml
from config.calendar_text import with_day, without_day
from config.calendars import preset_names
from config.holiday_lists import read_days
from console.language import N_
from console.staff.admin.calendar_kept import PRESETS, doubtful, facts, keep, kept
from console.staff.admin.sheet import (
    as_file,
    failed_of,
    given_document,
    history_of,
    options,
    saved,
    sheet,
    status_of,
)
from console.staff.admin.words import DAYS_OFF
from console.staff.admin.year import days_off, hours, months, year_of
from core.model.calendar import Holiday, HolidayKind, local_day
from core.model.calendar_documents import good_name, is_holidays
from core.model.week import DAY_NAMES
from core.model.work import Refusal, RefusalKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from console.staff.visit import Visit

PART: Final = "kalender"
NO_DATE: Final = N_("Tulis tanggal, misalnya 2026-12-31.")
NO_NAME: Final = N_("Tulis nama hari liburnya.")
NO_CALENDAR_NAME: Final = N_("Tulis nama kalender, paling banyak 40 huruf, misalnya Loket Pagi.")
NAME_TAKEN: Final = N_(
    "Kalender dengan nama ini sudah ada. Pilih nama lain, atau buka kalender itu."
)
_LONGEST: Final = 120


class CalendarPages:
    """All calendars, one of them as a year, its document."""

    # --- looking -------------------------------------------------------------------------------

    async def calendars(self, visit: Visit) -> web.StreamResponse:
        """Those of the office and those that come with the program, and who keeps them."""
        return await self._calendars(visit)

    async def _calendars(self, visit: Visit, why: Refusal | None = None) -> web.StreamResponse:
        book = visit.reception.back_office
        stored = {one.name for one in await visit.reception.store.calendars.documents()}
        units = await visit.reception.store.units.units()
        names = set(preset_names()) | {one for one in stored if not is_holidays(one)}
        if good_name(book.office_calendar):
            names.add(book.office_calendar)
        shown = [
            {
                "name": name,
                "words": visit.words(PRESETS.get(name, "")),
                "office": name == book.office_calendar,
                "stored": name in stored,
                "units": [one.name for one in units if one.calendar == name],
                "hours": hours(book.calendars.of(name), visit.now().date())[0].words,
            }
            for name in sorted(names, key=lambda one: (one != book.office_calendar, one))
        ]
        values: dict[str, Any] = {"calendars": shown}
        if why is not None:
            values["failed"] = await failed_of(visit, "baru", why)
        return sheet(visit, PART, "calendars.html", values, status_of(why) if why else 200)

    async def year(self, visit: Visit) -> web.StreamResponse:
        """One of them, with the forms that change it."""
        return await self._year(visit)

    async def _year(
        self, visit: Visit, form: str = "", why: Refusal | None = None
    ) -> web.StreamResponse:
        found = await kept(visit, visit.request.match_info["nama"])
        name = found.name
        calendar = visit.reception.back_office.calendars.of(name)
        today = local_day(calendar, visit.now())
        year = year_of(visit.form.get("tahun") or visit.request.query.get("tahun", ""), today)
        own: frozenset[date] = frozenset()
        with suppress(CalendarFileError):
            own = frozenset(read_days(parse_toml(found.text, name)))
        values: dict[str, Any] = {
            "calendar": {"zone": str(calendar.zone), **facts(visit, found)},
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

    async def _document(
        self, visit: Visit, why: Refusal | None = None, text: str = ""
    ) -> web.StreamResponse:
        found = await kept(visit, visit.request.match_info["nama"])
        values: dict[str, Any] = {
            "calendar": facts(visit, found),
            "history": await history_of(visit, f"calendar:{found.name}"),
        }
        if why is not None:
            failed = await failed_of(visit, "document", why)
            values["failed"] = failed | {"typed": {"document": text}}
        return sheet(visit, PART, "document.html", values, status_of(why) if why else 200)

    async def download(self, visit: Visit) -> web.StreamResponse:
        """The document as a file."""
        found = await kept(visit, visit.request.match_info["nama"])
        return as_file(found.text, f"{found.name}.toml")

    # --- doing ---------------------------------------------------------------------------------

    async def put(self, visit: Visit) -> web.StreamResponse:
        """The document as it was typed; what is doubtful is told with its line."""
        name = visit.request.match_info["nama"]
        text = await given_document(visit)
        why = await keep(visit, name, text)
        return await self._document(visit, why, text) if why else saved(visit, f"{PART}/{name}")

    async def begin(self, visit: Visit) -> web.StreamResponse:
        """On to the hours of a new calendar; it is there once it is saved."""
        name = re.sub(r"[^a-z0-9]+", "-", visit.form.get("name", "").lower()).strip("-")
        stored = {one.name for one in await visit.reception.store.calendars.documents()}
        if not good_name(name) or is_holidays(name):
            return await self._calendars(visit, _invalid(NO_CALENDAR_NAME, "name"))
        if name in stored or name in preset_names():
            return await self._calendars(visit, _invalid(NAME_TAKEN, "name"))
        return visit.go(f"/console/admin/{PART}/{name}/jadwal")

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

    async def _changed(
        self, visit: Visit, form: str, change: Callable[[str, str], str], news: str
    ) -> web.StreamResponse:
        found = await kept(visit, visit.request.match_info["nama"])
        name = found.name
        try:
            why = await keep(visit, name, change(found.text, name))
        except CalendarFileError as error:
            why = doubtful(error, "day" if form == "day" else "")
        if why is not None:
            return await self._year(visit, form, why)
        year = year_of(visit.form.get("tahun", ""), visit.now().date())
        return saved(visit, f"{PART}/{name}?tahun={year}", news)


def _invalid(sentence: str, field: str) -> Refusal:
    return Refusal(RefusalKind.INVALID, sentence, field)


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:20])
    except ValueError:
        return None
