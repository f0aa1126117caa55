"""A calendar's document as the pages of administration find it, and lay it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from config.calendar_text import preset_text
from config.calendars import preset_names
from console.language import N_
from console.staff.admin.sheet import version_of
from console.wording import moment
from core.errors import NotFound
from core.model.calendar_documents import good_name, is_holidays
from core.model.work import Refusal, RefusalKind
from core.services.calendars import put_calendar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.calendar_files import CalendarFileError
    from console.staff.visit import Visit
    from core.model.calendar_documents import CalendarDocument

PRESETS: Final[Mapping[str, str]] = {
    "pemerintah": N_("Lima hari kerja, 37,5 jam"),
    "banyuwangi": N_("Enam hari kerja, 43 jam"),
    "rs24": N_("Buka terus, siang dan malam"),
}
"""What the calendars are that come with the program."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A calendar's document.

    Attributes:
        held: what the store keeps; None: it keeps none.
        text: what the store keeps, else the preset's, else the beginning of a new one.
        fresh: there is no calendar of this name yet.
    """

    name: str
    held: CalendarDocument | None
    text: str
    fresh: bool = False

    @property
    def version(self) -> int:
        """Of what the store keeps; 0: it keeps none."""
        return self.held.version if self.held else 0


async def kept(visit: Visit, name: str) -> Kept:
    """The document of this name. Raises NotFound for a name that no calendar may have."""
    if not good_name(name) or is_holidays(name):
        raise NotFound(name)
    documents = await visit.reception.store.calendars.documents()
    held = next((one for one in documents if one.name == name), None)
    if held is not None:
        return Kept(name, held, held.document)
    if name in preset_names():
        return Kept(name, None, preset_text(name))
    return Kept(name, None, f'name = "{name}"\nextends = "pemerintah"\n', fresh=True)


def facts(visit: Visit, found: Kept) -> dict[str, Any]:
    """What the head of its pages tells."""
    held = found.held
    return {
        "name": found.name,
        "text": found.text,
        "version": found.version,
        "changed": moment(held.changed_at, visit.reception.zone, visit.words) if held else "",
        "office": found.name == visit.reception.back_office.office_calendar,
        "fresh": found.fresh,
    }


async def keep(visit: Visit, name: str, text: str) -> Refusal | None:
    """Lays the document down, against the version that the form's page showed."""
    book = visit.reception.back_office
    done = await put_calendar(book.almanac, visit.staff, name, version_of(visit), text)
    if isinstance(done, Refusal):
        return done
    await book.calendars.refresh()
    visit.reception.committed()
    return None


def doubtful(error: CalendarFileError, field: str = "") -> Refusal:
    """A refusal for what config/ says of a document."""
    return Refusal(RefusalKind.INVALID, f"{error}.", field, faults=error.faults)
