"""The ticket number: ``HD26-004217-4`` (design.md §3, requirements §4).

Prefix, two-digit year, sequence of six digits or more, Damm check digit over year and sequence.
It is an identifier, no secret; the check digit catches a slip before it names another's ticket.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from stdnum import damm

from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LENGTH = 14
"""So that every text fits one SMS."""

_SLIPS = str.maketrans("oOiIlL|", "0011111")
_SEPARATOR = r"[\s\-\u2010-\u2014./_]*"
_DIGIT = r"[0-9oOiIlL|]"
_SEQUENCE = 6  # digits at least
_SEPARATORS = re.compile(r"[\-\u2010-\u2014./_ ]")
_USUAL = re.compile(rf"{_DIGIT}{{6,}}[\-\u2010-\u2014./_ ]{_DIGIT}(?![0-9a-zA-Z|])")


@value
class TicketNumber:
    """A well-formed ticket number.

    Attributes:
        prefix: two or three capital letters, the office's setting.
        year: two digits of the local year of receipt.
        sequence: counts within the year, never reused.
    """

    prefix: str
    year: int
    sequence: int

    @property
    def check(self) -> str:
        """The Damm digit over year and sequence."""
        return str(damm.calc_check_digit(f"{self.year:02d}{self.sequence:06d}"))

    def __str__(self) -> str:
        return f"{self.prefix}{self.year:02d}-{self.sequence:06d}-{self.check}"

    @property
    def ticket_id(self) -> int:
        """The store's key: one to one with year and sequence, whatever the prefix."""
        return self.year * 10**9 + self.sequence

    @classmethod
    def of_id(cls, prefix: str, ticket_id: int) -> TicketNumber:
        """The number of the ticket with this key, as the office writes it now."""
        return cls(prefix, *divmod(ticket_id, 10**9))


@lru_cache(maxsize=16)
def number_pattern(prefix: str) -> re.Pattern[str]:
    """Finds anything meant as a number of this prefix, well-formed or not.

    Case, separators (``-``, space, ``.``, ``/``, ``_`` or none) and O for 0, I or l for 1 do not
    matter. Groups: year, and the remaining digits with the check digit last.
    """
    letters = "".join(f"[{c.lower()}{c.upper()}]" for c in prefix)
    return re.compile(
        rf"(?<![0-9A-Za-z]){letters}{_SEPARATOR}({_DIGIT}{{2}}){_SEPARATOR}"
        rf"((?:{_DIGIT}[\-\u2010-\u2014./_ ]?){{5,11}}{_DIGIT})(?![0-9A-Za-z])"
    )


def read_number(prefix: str, found: re.Match[str]) -> TicketNumber | None:
    """The number a match of :func:`number_pattern` means; None when the check digit disagrees.

    Digits that merely follow ("HD26-004217-4 2 hari") do not spoil it.
    """
    year = int(found.group(1).translate(_SLIPS))
    for written in _readings(found.group(2)):
        digits = re.sub(r"\D", "", written.translate(_SLIPS))
        sequence, check = digits[:-1], digits[-1:]
        # A number is written in one way only: leading zeros up to six digits.
        if len(sequence) >= _SEQUENCE and f"{int(sequence):06d}" == sequence:
            number = TicketNumber(prefix, year, int(sequence))
            if number.check == check:
                return number
    return None


def _readings(digits: str) -> Iterator[str]:
    """The usual form; else everything; else the seven digits of a sequence with leading zeros.

    No more than these: each further reading is one more chance for a slip to name another ticket.
    """
    usual = _USUAL.match(digits)
    if usual:
        yield usual.group()
        if not usual.group()[-2].isspace():
            return
    yield digits
    if digits[0] in "0oO":
        for separator in _SEPARATORS.finditer(digits, _SEQUENCE + 1):
            yield digits[: separator.start()]


def parse_number(prefix: str, text: str) -> TicketNumber | None:
    """The number, if the whole text is one, read leniently; else None."""
    found = number_pattern(prefix).fullmatch(text.strip())
    number = read_number(prefix, found) if found else None
    if found is None or number is None:
        return None
    given = re.sub(r"\D", "", found.group(2).translate(_SLIPS))
    return number if given == f"{number.sequence:06d}{number.check}" else None
