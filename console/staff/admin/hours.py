"""Hours of a calendar by form: windows per weekday, hours for a time, zone, what would change.

The set-up at the first start shows the same form for the office's own calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from config.calendar_files import CalendarFileError
from config.calendar_sheet import read_sheet, with_sheet
from config.calendars import preset_names
from console.language import N_
from console.staff.admin import hours_fields
from console.staff.admin.calendar_kept import PRESETS, Kept, doubtful, facts, keep, kept
from console.staff.admin.hours_fields import TypedHours, read, typed
from console.staff.admin.hours_preview import previewed
from console.staff.admin.hours_steps import step
from console.staff.admin.sheet import HOME, failed_of, options, saved, sheet, status_of
from console.staff.guard import AWAY
from core.errors import NotFound, StoreUnavailable
from core.model.calendar import local_day
from core.model.calendar_documents import good_name
from core.model.ticket import Priority
from core.model.week import DAY_NAMES
from core.model.work import Refusal, RefusalKind
from core.services.calendar_preview import CalendarQuestion, preview_calendar

if TYPE_CHECKING:
    from aiohttp import web

    from console.staff.visit import Visit
    from core.model.calendar_preview import CalendarPreview

PART: Final = "kalender"
FIRST: Final = "/console/mulai/kalender"
DOORS: Final = "/console/mulai/kanal"
ZONES: Final = (
    ("Asia/Jakarta", N_("WIB, Jakarta")),
    ("Asia/Pontianak", N_("WIB, Pontianak")),
    ("Asia/Makassar", N_("WITA, Makassar")),
    ("Asia/Jayapura", N_("WIT, Jayapura")),
)
CHECK: Final = N_("Ada isian yang belum benar. Perbaiki yang ditandai, lalu simpan lagi.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the form shows besides the calendar.

    Attributes:
        where: to go on within the page after a step.
        faults: sentences by field, Indonesian.
        preview: what would change.
        status: of the answer.
        why: the refusal as a whole.
    """

    where: str = ""
    faults: dict[str, str] | None = None
    preview: CalendarPreview | None = None
    why: Refusal | None = None
    status: int = 200


class HoursPages:
    """The form, in administration and at the first start."""

    # --- in administration ---------------------------------------------------------------------

    async def form(self, visit: Visit) -> web.StreamResponse:
        """The calendar that the address names."""
        found = await kept(visit, visit.request.match_info["nama"])
        return await self._begin(visit, found)

    async def save(self, visit: Visit) -> web.StreamResponse:
        """A step, a look at what would change, or the new hours."""
        return await self._posted(visit, visit.request.match_info["nama"])

    # --- at the first start --------------------------------------------------------------------

    async def first(self, visit: Visit) -> web.StreamResponse:
        """The office's own calendar; on to the channels where it is kept in a file."""
        name = visit.reception.back_office.office_calendar
        if not good_name(name):
            return visit.go(DOORS)
        return await self._begin(visit, await kept(visit, name))

    async def first_save(self, visit: Visit) -> web.StreamResponse:
        """As in administration, and on to the channels. NotFound for one kept in a file."""
        return await self._posted(visit, visit.reception.back_office.office_calendar)

    # --- both ----------------------------------------------------------------------------------

    async def _begin(self, visit: Visit, found: Kept) -> web.StreamResponse:
        try:
            given = hours_fields.shown(read_sheet(found.text, found.name))
        except CalendarFileError as error:
            why = doubtful(error)
            given = typed({}, str(visit.reception.zone))
            return await self._show(visit, found, given, Sheet(why=why))
        return await self._show(visit, found, given, Sheet())

    async def _posted(self, visit: Visit, name: str) -> web.StreamResponse:
        form = visit.form
        try:
            found = await kept(visit, name)
            given = typed(form, _zone(found))
            if form.get("langkah"):
                changed, where = step(given, form["langkah"], form.get("pola", ""))
                return await self._show(visit, found, changed, Sheet(where))
            return await self._read(visit, found, given)
        except StoreUnavailable:
            lost = Kept(name, None, "")
            why = Refusal(RefusalKind.INVALID, AWAY)
            return await self._show(visit, lost, typed(form, ""), Sheet(why=why, status=503))

    async def _read(self, visit: Visit, found: Kept, given: TypedHours) -> web.StreamResponse:
        wanted, faults = read(given)
        if faults:
            why = Refusal(RefusalKind.INVALID, CHECK)
            return await self._show(visit, found, given, Sheet(faults=faults, why=why))
        try:
            text = with_sheet(found.text, found.name, wanted)
            if visit.form.get("lihat"):
                preview = await self._preview(visit, found, text)
                return await self._show(visit, found, given, Sheet("pratinjau", preview=preview))
            # A preset that nobody changed goes on following the program.
            same = text == found.text and not found.fresh
            failed = None if same else await keep(visit, found.name, text)
        except CalendarFileError as error:
            failed = doubtful(error)
        if failed is not None:
            return await self._show(visit, found, given, Sheet(why=failed))
        if _first(visit):
            return visit.go(DOORS)
        return saved(visit, f"{PART}/{found.name}")

    async def _preview(self, visit: Visit, found: Kept, text: str) -> CalendarPreview:
        """Raises CalendarFileError: the document would be doubtful."""
        book, reception = visit.reception.back_office, visit.reception
        priority, received = asked(visit)
        question = CalendarQuestion(
            name=found.name,
            held=book.calendars.of("" if found.name == book.office_calendar else found.name),
            meant=book.calendars.meant(found.name, text),
            office=found.name == book.office_calendar,
            sla=reception.work.office.sla_now,
            priority=priority,
            received=received,
        )
        told = await preview_calendar(
            reception.store.desk, visit.staff, question, book.calendars.of, visit.now()
        )
        if isinstance(told, Refusal):
            raise NotFound(found.name)
        return told

    async def _show(
        self, visit: Visit, found: Kept, given: TypedHours, shown: Sheet
    ) -> web.StreamResponse:
        book = visit.reception.back_office
        office = found.name == book.office_calendar
        values: dict[str, Any] = {
            "calendar": facts(visit, found),
            "action": FIRST if _first(visit) else f"{HOME}/{PART}/{found.name}/jadwal",
            "onward": DOORS if _first(visit) else f"{HOME}/{PART}/{found.name}",
            "first": _first(visit),
            "hours": given,
            "day_names": DAY_NAMES,
            "zones": [] if office else _zones(visit, given.zone),
            "zone": str(visit.reception.zone),
            "patterns": options(
                (one, visit.words(PRESETS.get(one, one))) for one in preset_names()
            ),
            "priorities": options(
                (one.value, visit.words(one.word)) for one in reversed(Priority)
            ),
            "asked": _asked_as_typed(visit),
            "today": local_day(book.calendars.of(""), visit.now()).isoformat(),
            "faults": {
                name: visit.words(sentence) for name, sentence in (shown.faults or {}).items()
            },
            "where": shown.where,
            "preview": previewed(visit, shown.preview) if shown.preview else None,
        }
        status = shown.status
        if shown.why is not None:
            values["failed"] = await failed_of(visit, "jadwal", shown.why)
            status = status if status != 200 else status_of(shown.why)  # noqa: PLR2004 - as it begins
        if visit.form.get("version"):
            values["calendar"]["version"] = visit.form["version"]
        return sheet(visit, PART, "hours.html", values, status)


def asked(visit: Visit) -> tuple[Priority, datetime | None]:
    """The receipt that the form asks about: its priority, and when, aware; None: not said."""
    chosen = [one for one in Priority if one.value == visit.form.get("prioritas")]
    priority = chosen[0] if chosen else Priority.NORMAL
    try:
        written = datetime.fromisoformat(visit.form.get("diterima", "")[:16])
    except ValueError:
        return priority, None
    if written.tzinfo is None and 2000 <= written.year < 2199:  # noqa: PLR2004 - years of calendars
        return priority, written.replace(tzinfo=visit.reception.zone)
    return priority, None


def _asked_as_typed(visit: Visit) -> dict[str, str]:
    form = visit.form
    local = visit.now().astimezone(visit.reception.zone)
    return {
        "diterima": form.get("diterima", f"{local:%Y-%m-%dT%H:%M}"),
        "prioritas": form.get("prioritas", Priority.NORMAL.value),
    }


def _first(visit: Visit) -> bool:
    return visit.request.path == FIRST


def _zone(found: Kept) -> str:
    try:
        return read_sheet(found.text, found.name).zone
    except CalendarFileError:
        return ""


def _zones(visit: Visit, held: str) -> list[tuple[str, str]]:
    known = [(zone, visit.words(words)) for zone, words in ZONES]
    return known if held in dict(known) or not held else [*known, (held, held)]
