"""Canned replies: answers that an office keeps, to be found and put into a reply (DK-38).

They hold facts (KM-19): words that guess are refused, as in the office's other texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.clock import SOLUTION
from core.model.dates import long_time, zone_name
from core.model.text_template import MAX_TEXT, cut, text_faults
from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from core.model.work import WorkTicket

LONGEST_TITLE: Final = 120
"""Characters."""

PLACEHOLDERS: Final = frozenset({"tiket", "status", "unit", "petugas", "selesai", "kantor"})
"""What is filled in from the ticket that is answered."""


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
        return "title", f"Isi judul, paling panjang {LONGEST_TITLE} huruf."
    if not text.strip() or len(text) > MAX_TEXT:
        return "text", f"Isi jawaban, paling panjang {MAX_TEXT} huruf."
    faults = text_faults(text, PLACEHOLDERS)
    return ("text", "; ".join(faults)) if faults else None


def fill(reply: CannedReply, ticket: WorkTicket, office: str, zone: ZoneInfo) -> str:
    """The answer for this ticket, in one pass: what is filled in fills nothing in itself.

    Args:
        reply: as it is kept.
        ticket: that is answered.
        office: its name, for tickets that are with no unit.
        zone: of the office.
    """
    solution = ticket.clock(SOLUTION)
    due = f"{long_time(solution.due_at, zone)} {zone_name(zone)}" if solution else "-"
    values = {
        "tiket": ticket.number,
        "status": ticket.status.word,
        "unit": ticket.unit_name or office,
        "petugas": ticket.assignee_name or "petugas kami",
        "selesai": due,
        "kantor": office,
    }
    return cut(reply.text).fill(values)
