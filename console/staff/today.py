"""What somebody who comes in wants to know first (LL-23): what runs, what is due, what is late.

The figures are those of the boxes, counted once for all pages of a person; each leads to its list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.language import N_
from console.staff.boxes import TRAY, TRAY_WORDS, sorts_tray
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.staff.visit import Visit

_SHOWN: Final = (
    ("berjalan", N_("Berjalan"), "plain"),
    ("hari-ini", N_("Jatuh tempo hari ini"), "near"),
    ("lewat", N_("Melewati batas"), "late"),
    ("diam", N_("Tanpa tindakan"), "late"),
    (TRAY, TRAY_WORDS, "near"),
    ("belum-dibaca", N_("Belum dibaca"), "near"),
)
"""Box, words, and how it looks while there is anything."""

COUNTING: Final = "…"
"""Stands where a number is not known yet."""


@value
class Figure:
    """One number with where it leads; ``tone``: ``calm`` while there is nothing to look at."""

    key: str
    words: str
    count: str
    href: str
    tone: str


def figures(counts: Mapping[str, str] | None, visit: Visit) -> list[Figure]:
    """Those that the visitor may see, by the counts of the boxes; None: they are being counted."""
    known = counts or {}
    made = []
    for key, words, tone in _SHOWN:
        if key != TRAY or sorts_tray(visit.staff):
            count = known.get(key, COUNTING)
            calm = count in ("0", COUNTING)
            href = f"/console/kotak/{key}"
            made.append(Figure(key, visit.words(words), count, href, "calm" if calm else tone))
    return made
