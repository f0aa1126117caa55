"""How the simulated provider counts a text: GSM-7 septets or UTF-16 units (providers.md §2.4).

Written apart from our own counter on purpose: a mistake shared by both would be invisible.
"""

from __future__ import annotations

from functools import lru_cache

_ESCAPED = frozenset("^{}\\[]~|€\f")
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM = (160, 153)
_UCS2 = (70, 67)


@lru_cache(maxsize=1024)
def segments(text: str) -> int:
    """How many parts go over the air; an empty text is one."""
    if set(text) <= _BASIC | _ESCAPED:
        return _parts([2 if letter in _ESCAPED else 1 for letter in text], _GSM)
    return _parts([2 if ord(letter) > 0xFFFF else 1 for letter in text], _UCS2)  # noqa: PLR2004 - a surrogate pair


def _parts(costs: list[int], limits: tuple[int, int]) -> int:
    alone, part = limits
    if sum(costs) <= alone:
        return 1
    count, room = 1, part
    for cost in costs:
        # An escape or a surrogate pair never straddles two parts.
        if cost > room:
            count, room = count + 1, part
        room -= cost
    return count
