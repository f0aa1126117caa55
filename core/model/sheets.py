"""Tables as text that spreadsheets open, in which no cell can act (threats.md, formula cells)."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ACTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What a spreadsheet may take for the begin of a formula (OWASP, CSV injection)."""

BOM: Final = "\ufeff"
"""Says UTF-8 to spreadsheets that would guess otherwise."""


def guarded_cell(text: str) -> str:
    """The text; behind an apostrophe where a spreadsheet would compute it."""
    return f"'{text}" if text.lstrip(" ").startswith(_ACTS) else text


def csv_text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with its head as RFC 4180 has it, every cell guarded."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([guarded_cell(cell) for cell in row] for row in rows)
    return BOM + out.getvalue()
