"""Phone numbers of SMS senders (requirements §4 "Phone numbers", providers.md §2.6).

A sender that is no number is kept as a label: its message counts, but nobody can be answered.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import phonenumbers

from core.model.messages import Address, AddressKind

MAX_LABEL: Final = 300
"""Characters kept of a sender that is not a number (identifiers are opaque, providers.md §2.2)."""

_MAX_WRITTEN = 64  # no written number is longer, separators included
_NORMAL = re.compile(r"\+628[0-9]{8,11}")
_MOBILE = re.compile(r"8[0-9]{8,11}")
# Area code (2 or 3 digits, never 1 or 8 first) and 5 to 8 digits of the line.
_LAND_LINE = re.compile(r"[2-79][0-9]{6,10}")
_ABROAD = re.compile(r"[1-9][0-9]{6,14}")
_DIGITS = re.compile(r"[0-9]+")
# Between digits: spaces, points, hyphens, dashes, brackets, slashes, invisible direction marks.
_BETWEEN = re.compile(
    "[\\s.()/\\-\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
)
_PLUS_SIGNS = "\uff0b\ufe62\u207a"  # full-width, small, superscript
_WITHHELD = "266696687"  # Twilio: the letters ANONYMOUS on a telephone's keys
_SHORTEST_GUESS = 10


def sms_sender(value: str) -> Address:
    """The address an SMS came from, as the provider wrote it. Never raises.

    08xx, 8xx, 628xx, +628xx, 00628xx and the slip 62 08xx become +628xx; land lines keep their
    area code; a foreign number with ``+`` or ``00`` stays; a number without either is taken as
    foreign only when it is a valid one. Everything else (3 to 6 digits, letters, withheld, empty)
    is a label with the original text, trimmed to 300 characters.
    """
    if _NORMAL.fullmatch(value):
        return Address(AddressKind.PHONE, value)
    number = _number(value)
    if number is None:
        return Address(AddressKind.SENDER_LABEL, value.strip()[:MAX_LABEL])
    return Address(AddressKind.PHONE, number)


def _number(value: str) -> str | None:
    written = value.strip()
    if len(written) > _MAX_WRITTEN:
        return None
    plain = _BETWEEN.sub("", "".join(map(_plain_digit, written)))
    digits = plain.removeprefix("+")
    if digits == _WITHHELD or not _DIGITS.fullmatch(digits):
        return None
    if digits == plain and not digits.startswith("00"):
        return _unmarked(digits)
    return _international(digits if digits != plain else digits[2:])


def _plain_digit(char: str) -> str:
    # Full-width and any other script's digits and plus sign.
    if char.isascii():
        return char
    value = unicodedata.decimal(char, None)
    if value is not None:
        return str(value)
    return "+" if char in _PLUS_SIGNS else char


def _international(digits: str) -> str | None:
    """What follows ``+`` or ``00``."""
    if digits.startswith("62"):
        return _indonesian(digits[2:].removeprefix("0"))
    if not _ABROAD.fullmatch(digits):
        return None
    return _tidy(digits) or f"+{digits}"


def _unmarked(digits: str) -> str | None:
    """Digits that do not say whether they are national or international."""
    if digits.startswith("0"):
        return _indonesian(digits[1:])
    if _MOBILE.fullmatch(digits):
        return f"+62{digits}"
    if digits.startswith("62"):
        return _indonesian(digits[2:].removeprefix("0"))
    if len(digits) >= _SHORTEST_GUESS and _ABROAD.fullmatch(digits):
        return _tidy(digits)
    return None


def _indonesian(national: str) -> str | None:
    if _MOBILE.fullmatch(national) or _LAND_LINE.fullmatch(national):
        return f"+62{national}"
    return None


def _tidy(digits: str) -> str | None:
    """A valid foreign number in E.164, a trunk zero slip such as +44 (0)20 removed; else None."""
    try:
        number = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
