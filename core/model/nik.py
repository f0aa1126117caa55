"""The population identity number (requirements §4 "Identity numbers", LL-10).

Sixteen digits: six of the region, six of the birth date as DDMMYY (women: day + 40), four of the
serial. Regions are not looked up: provinces are founded, and a table of last year would refuse the
people of a new one.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from core.model.sentences import said

DIGITS: Final = 16
_BETWEEN: Final = re.compile(r"[ .\-]+")
_WOMEN: Final = 40
_LAST_DAY: Final = 31


def read_nik(typed: str) -> str:
    """The sixteen digits of what was typed, in groups or not; "" when it can be none."""
    digits = _BETWEEN.sub("", typed.strip())
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else ""


def nik_fault(typed: str) -> str:
    """What is wrong with a number, in one Indonesian sentence without the number; "" if nothing.

    The century of a birth year is not in the number: a date counts as right when it is one in
    either.
    """
    digits = read_nik(typed)
    if not digits:
        return said("NIK terdiri dari 16 angka.")
    if digits[:2] == "00":
        return said("Kode wilayah pada NIK tidak benar. Periksa enam angka pertama.")
    if not _is_birth_date(int(digits[6:8]), int(digits[8:10]), int(digits[10:12])):
        return said("Tanggal lahir pada NIK tidak benar. Periksa angka ke-7 sampai ke-12.")
    if digits[12:] == "0000":
        return said("Nomor urut pada NIK tidak benar. Periksa empat angka terakhir.")
    return ""


def _is_birth_date(day: int, month: int, year: int) -> bool:
    if day > _LAST_DAY:
        day -= _WOMEN
    return any(_exists(century + year, month, day) for century in (1900, 2000))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
