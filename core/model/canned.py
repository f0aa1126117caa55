"""Canned replies: answers that an office keeps, to be found and put into a reply (DK-38).

They hold facts (KM-19): words that guess are refused, as in the office's other texts.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, SOLUTION
from core.model.dates import long_due, zone_name
from core.model.masking import mask_identity
from core.model.sentences import said
from core.model.text_template import MAX_TEXT, cut, text_faults
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from core.model.work import WorkTicket

LONGEST_TITLE: Final = 120
"""Characters."""

PLACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "tiket": said("nomor tiket"),
        "perihal": said("perihal tiket"),
        "status": said("status tiket"),
        "jawab": said("batas jawaban berikutnya"),
        "selesai": said("batas penyelesaian"),
        "lanjut": said("perkiraan lanjut bila sedang menunggu"),
        "unit": said("unit yang menangani"),
        "petugas": said("petugas yang menangani"),
        "saya": said("nama Anda"),
        "kantor": said("nama kantor"),
    }
)
"""What is filled in from the ticket that is answered, with what each place stands for."""

PLACEHOLDERS: Final = frozenset(PLACES)


@value
class CannedReply:
    """One answer.

    Attributes:
        id: 0 for one that is not in the store yet.
        unit_id: whose it is; None: the whole office's.
        text: with placeholders such as ``{tiket}``.
        version: grows with every change; a stale writer gets a refusal.
        retired_at: offered no more since then, aware UTC.
    """

    id: int
    unit_id: int | None
    title: str
    text: str
    version: int = 1
    retired_at: datetime | None = None

    @property
    def mark(self) -> str:
        """The subject of its events: ``canned:3``."""
        return f"canned:{self.id}"


def canned_fault(title: str, text: str) -> tuple[str, str] | None:
    """The first thing wrong with an answer: the field, and an Indonesian sentence."""
    if not title.strip() or len(title) > LONGEST_TITLE:
        return "title", said("Isi judul, paling panjang {most} huruf.", most=LONGEST_TITLE)
    if not text.strip() or len(text) > MAX_TEXT:
        return "text", said("Isi jawaban, paling panjang {most} huruf.", most=MAX_TEXT)
    faults = text_faults(text, PLACEHOLDERS)
    return ("text", "; ".join(one.words for one in faults)) if faults else None


def offered(replies: Iterable[CannedReply], units: Iterable[int]) -> list[CannedReply]:
    """Those of the whole office and of these units, the units' own first."""
    own = frozenset(units)
    fit = [one for one in replies if one.unit_id is None or one.unit_id in own]
    return sorted(fit, key=lambda one: (one.unit_id is None, one.title.lower(), one.id))


def fill(reply: CannedReply, ticket: WorkTicket, names: tuple[str, str], zone: ZoneInfo) -> str:
    """The answer for this ticket, in one pass: what is filled in fills nothing in itself.

    Args:
        reply: as it is kept.
        ticket: that is answered.
        names: of the writer, and of the office, which also stands for no unit.
        zone: of the office.
    """
    writer, office = names
    waits = ticket.pause
    values = {
        "perihal": mask_identity(ticket.subject),
        "jawab": _due(ticket, zone, NEXT_ANSWER, FIRST_ANSWER),
        "lanjut": _told(waits.expected_at, zone) if waits else "-",
        "saya": writer,
        "tiket": ticket.number,
        "status": ticket.status.word,
        "unit": ticket.unit_name or office,
        "petugas": ticket.assignee_name or "petugas kami",
        "selesai": _due(ticket, zone, SOLUTION),
        "kantor": office,
    }
    return cut(reply.text).fill(values)


def _due(ticket: WorkTicket, zone: ZoneInfo, *targets: str) -> str:
    """When the first of these that is owed is due; else when the last of them was."""
    clocks = [clock for target in targets if (clock := ticket.clock(target))]
    found = next((clock for clock in clocks if clock.open), clocks[-1] if clocks else None)
    return _told(found.due_at, zone) if found else "-"


def _told(at: datetime, zone: ZoneInfo) -> str:
    return f"{long_due(at, zone)} {zone_name(zone, at)}"
