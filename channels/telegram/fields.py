"""Fields of Telegram's JSON, read so that nothing surprising in them can raise."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from channels.telegram.keys import LARGEST
from core.model.cleaning import without_nul

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, Any]

LONGEST_NAME = 100
"""Characters of a person's name that are kept; Telegram allows 64 for each of its two parts."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def part(of: Mapping[str, Any], name: str) -> Json:
    """An object within an object, empty when there is none."""
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def parts(of: Mapping[str, Any], name: str) -> Sequence[Json]:
    """The objects of a list within an object."""
    found = of.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def words(of: Mapping[str, Any], name: str) -> str:
    """A text, whole, without what no store keeps; "" when there is none."""
    found = of.get(name)
    return without_nul(found) if isinstance(found, str) else ""


def whole(of: Mapping[str, Any], name: str) -> int | None:
    """A whole number of at most 53 bits; True, 1.0 and "1" are none."""
    found = of.get(name)
    fits = type(found) is int and -LARGEST <= found <= LARGEST
    return found if fits else None


def number(of: Mapping[str, Any], name: str) -> float | None:
    """A finite number such as a degree of latitude."""
    found = of.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return found if -LARGEST <= found <= LARGEST else None  # NaN fits nowhere


def instant(of: Mapping[str, Any], name: str) -> datetime | None:
    """A Unix time as aware UTC; None for 0, which Telegram writes where it knows none."""
    seconds = whole(of, name)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds and seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def person(*given: Mapping[str, Any]) -> str | None:
    """The first name that these objects give, on one line without direction marks, bounded."""
    for one in given:
        both = f"{words(one, 'first_name')[:1_000]} {words(one, 'last_name')[:1_000]}"
        seen = (" " if unicodedata.category(sign) in _UNSEEN else sign for sign in both)
        if name := " ".join("".join(seen).split())[:LONGEST_NAME].rstrip():
            return name
    return None
