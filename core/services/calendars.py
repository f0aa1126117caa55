"""Calendars and lists of holidays that the office changes while it works (requirements §3).

What was checked is what is kept; every change is an event with its version. Due times of running
tickets are computed anew afterwards (core/services/recompute.py).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.model.calendar_documents import (
    LONGEST_DOCUMENT,
    CalendarDocument,
    good_name,
)
from core.model.events import Fact
from core.model.faults import DocumentError
from core.model.sentences import said
from core.model.staff import Right
from core.model.work import Refusal, RefusalKind
from core.services.house import actor, overtaken, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.model.events import Json
    from core.model.staff import Staff
    from core.ports import Clock, Desk, OpenDesk


@dataclass(frozen=True, slots=True)
class Almanac:
    """What the services about calendars are handed.

    Attributes:
        check: reads a document beside all others as they will be; raises DocumentError
            whose sentence names its line. Returns its source, "" for a calendar.
    """

    open_desk: OpenDesk
    clock: Clock
    check: Callable[[CalendarDocument, Sequence[CalendarDocument]], str]


async def put_calendar(
    almanac: Almanac, by: Staff | None, name: str, version: int, text: str
) -> CalendarDocument | Refusal:
    """Lays down a calendar or a list of holidays, or a new version of it.

    Args:
        almanac: the ports.
        by: who does it; None is the command line.
        name: of the document; ``holidays-2028`` for a list.
        version: of the document as ``by`` saw it; 0: there is none yet.
        text: TOML.
    """
    if refusal := refused(by, Right.ADMIN_CALENDARS) or _fault(name, text):
        return refusal
    now = almanac.clock.now()
    async with almanac.open_desk() as desk:
        before = await desk.calendars.document(name)
        held = before.version if before else 0
        if held != version:
            sentence = said(
                "Kalender ini baru saja diubah orang lain. Muat ulang, lalu coba lagi."
            )
            return await overtaken(desk, f"calendar:{name}", sentence, held, version)
        if before and before.document == text:
            return before
        made = CalendarDocument(name, text, held + 1, now, actor(by))
        others = [one for one in await desk.calendars.documents() if one.name != name]
        try:
            source = almanac.check(made, [*others, made])
        except DocumentError as error:
            return Refusal(RefusalKind.INVALID, f"{error}.", "document", faults=error.faults)
        await desk.calendars.put(made)
        await _note(desk, made, source)
        await desk.commit()
    return made


def _fault(name: str, text: str) -> Refusal | None:
    if not good_name(name):
        sentence = said("Nama memakai huruf kecil a-z, angka, atau garis, paling banyak 40.")
        return Refusal(RefusalKind.INVALID, sentence, "name")
    if len(text) > LONGEST_DOCUMENT:
        sentence = said("Dokumen paling banyak {most} karakter.", most=LONGEST_DOCUMENT)
        return Refusal(RefusalKind.INVALID, sentence, "document")
    return None


async def _note(desk: Desk, made: CalendarDocument, source: str) -> None:
    digest = hashlib.sha256(made.document.encode("utf-8", "surrogatepass")).hexdigest()
    kind = "HolidaysLoaded" if made.holidays else "CalendarChanged"
    told: dict[str, Json] = {"version": made.version, "sha256": digest}
    told |= {"source": source} if source else {}
    fact = Fact(kind, made.changed_at, made.changed_by, told)
    await desk.admin_history.append(made.mark, [fact])
