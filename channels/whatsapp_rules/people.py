"""Who writes on WhatsApp, and what they say without words."""

from __future__ import annotations

import re

from core.model.cleaning import without_nul
from core.model.messages import Address, AddressKind

LONGEST_ID = 300

_DIGITS = re.compile(r"\+?([1-9][0-9]{5,17})")


def person(given: object) -> Address | None:
    """The address of a WhatsApp user: ``+62…``, or the id of one who shows no number.

    WhatsApp writes numbers without plus (``6281…``); since 2026 a person may be known by a
    business-scoped id alone (``ID.1349…``), which is kept as it is. None: no identity.
    """
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str):
        return None
    name = given.strip()
    number = _DIGITS.fullmatch(name)
    if number:
        return Address(AddressKind.WHATSAPP, f"+{number[1]}")
    if not name or len(name) > LONGEST_ID or not name.isprintable():
        return None
    return Address(AddressKind.WHATSAPP, without_nul(name))


def number_of(address: Address) -> str | None:
    """The digits of a person's number as WhatsApp writes them; None for one without."""
    found = _DIGITS.fullmatch(address.value)
    return found[1] if found and address.value.startswith("+") else None


def place(name: str, address: str, latitude: object, longitude: object) -> str:
    """A shared location in words, and as a link when its coordinates are numbers on earth."""
    title = ", ".join(part for part in (name.strip(), address.strip()) if part)
    lines = [f"[Lokasi] {title}".rstrip()]
    north, east = _degrees(latitude, 90), _degrees(longitude, 180)
    if north is not None and east is not None:
        lines.append(f"Koordinat: {north}, {east}")
        lines.append(f"https://maps.google.com/?q={north},{east}")
    return without_nul("\n".join(lines))


def _degrees(given: object, most: int) -> str | None:
    try:
        found = float(given)  # type: ignore[arg-type] # whatever it is, it may not be a number
    except (TypeError, ValueError, OverflowError):
        return None
    # not a number is less than nothing and is left out here, too
    return f"{found:.6f}".rstrip("0").rstrip(".") if -most <= found <= most else None
