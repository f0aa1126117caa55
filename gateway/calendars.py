"""The calendars of a running process: from presets, files and the store, changed while it runs.

Each process looks at the versions in the store every few seconds and reads anew what changed, so
that Ramadan hours that are set on the eve hold everywhere at once. A document in the store goes
before a preset of the same name.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Final

from config.calendar_files import CalendarFileError
from config.calendars import load_calendar, parse_calendar, preset_names
from config.holiday_lists import parse_holiday_list
from config.logs import get_logger
from core.errors import StoreUnavailable
from core.model.faults import fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from zoneinfo import ZoneInfo

    from config.holiday_lists import HolidayList
    from core.model.calendar import Calendar
    from core.model.calendar_documents import CalendarDocument
    from core.ports.units import CalendarReads

log = get_logger("calendars")

EVERY: Final = 5.0
"""Seconds between two looks."""


class Calendars:
    """One registry for a process.

    Attributes:
        on_change: called after documents were read that were not known before.
    """

    def __init__(self, reads: CalendarReads, office: str, zone: ZoneInfo) -> None:
        self._reads, self._office, self._zone = reads, office, zone
        self._versions: dict[str, int] | None = None
        self._known: dict[str, Calendar] = {"": load_calendar(office, zone)}
        self._lists: list[HolidayList] = []
        self._stopping = asyncio.Event()
        self.on_change: list[Callable[[], object]] = []

    def of(self, name: str) -> Calendar:
        """The calendar of this name; the office's for "" and for one that there is not."""
        return self._known.get(name) or self._preset(name)

    def names(self) -> frozenset[str]:
        """What a unit may be given."""
        return frozenset(preset_names()) | frozenset(self._known) - {""}

    def state(self) -> str:
        """Names the documents as they were read last; "" while there are none."""
        known = sorted((self._versions or {}).items())
        whole = "\n".join(f"{name} {version}" for name, version in known)
        return hashlib.sha256(whole.encode()).hexdigest()[:16] if known else ""

    def stop(self) -> None:
        """Ends after the look that is under way."""
        self._stopping.set()

    async def run(self) -> None:
        """Until stopped or cancelled; a look that fails is made up for by the next."""
        while not self._stopping.is_set():
            try:
                await self.refresh()
            except StoreUnavailable as away:
                log.warning("look skipped", why=str(away))
            try:
                await asyncio.wait_for(self._stopping.wait(), EVERY)
            except TimeoutError:
                continue

    async def refresh(self) -> bool:
        """Reads anew what changed; whether anything had. Raises StoreUnavailable."""
        versions = await self._reads.versions()
        if versions == self._versions:
            return False
        nothing = not (versions or self._versions)
        self._versions = versions
        self._known = self._read(await self._reads.documents())
        for told in () if nothing else self.on_change:
            told()
        return True

    def _preset(self, name: str) -> Calendar:
        if name not in preset_names():
            return self._known[""]
        # Kept: a calendar is compared by being the same one (core/model/calendar.py).
        return self._known.setdefault(name, load_calendar(name, None, self._lists))

    def _read(self, documents: Sequence[CalendarDocument]) -> dict[str, Calendar]:
        """A document that cannot be read any more leaves the calendar as it was."""
        lists = self._lists = reviewed_lists(documents)
        found: dict[str, Calendar] = {}
        for document in documents:
            if document.holidays:
                continue
            zone = self._zone if document.name == self._office else None
            try:
                found[document.name] = parse_calendar(
                    document.document, document.name, zone, lists
                )
            except CalendarFileError as error:
                log.error("calendar unreadable", name=document.name, why=str(error))  # noqa: TRY400 - the sentence says it
                if document.name in self._known:
                    found[document.name] = self._known[document.name]
        found[""] = found.get(self._office) or load_calendar(self._office, self._zone, lists)
        return found


def reviewed_lists(documents: Iterable[CalendarDocument]) -> list[HolidayList]:
    """The lists of holidays among documents that were reviewed, in the order of their names."""
    lists = (
        parse_holiday_list(one.document, one.name)
        for one in sorted(documents, key=lambda one: one.name)
        if one.holidays
    )
    return [one for one in lists if one.reviewed]


def check_document(document: CalendarDocument, documents: Sequence[CalendarDocument]) -> str:
    """For ``core.services.calendars.Almanac``: reads it beside the others; returns its source.

    Raises:
        CalendarFileError: it is doubtful; the sentence names the line.
    """
    if not document.holidays:
        parse_calendar(document.document, document.name, None, reviewed_lists(documents))
        return ""
    read = parse_holiday_list(document.document, document.name)
    if not read.reviewed:
        words = "%(document)s is a draft: check it against the decree and set reviewed = true"
        raise CalendarFileError(fault(words, document=document.name))
    lists = reviewed_lists(documents)
    for other in documents:
        if not other.holidays:  # a list must leave every calendar one that opens
            parse_calendar(other.document, other.name, None, lists)
    return read.source
