"""How a form of an act is read: every field by its type, and a refusal that names what is odd."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, get_type_hints

from console.language import N_
from console.staff.deeds import DEEDS
from console.typed import instant, whole
from core.model import acts
from core.model.act_rules import NAMES
from core.model.ticket import Priority
from core.model.work import Refusal, RefusalKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

LONGEST: Final = 20_000
"""Characters of one field; the same as the API's."""

_UNREADABLE: Final = {
    "int": N_("Pilih salah satu."),
    "datetime": N_("Tulis tanggal dan jam, misalnya 2026-11-23 09:30."),
    "Priority": N_("Pilih salah satu prioritas."),
}
NO_COUNT: Final = N_("Tulis angka bulat, misalnya 50.")
_COUNTED: Final = frozenset(
    (deed.name, one.name) for deed in DEEDS for one in deed.fields if one.kind == "number"
)


def read_act(name: str, form: Mapping[str, str], zone: ZoneInfo) -> Any:  # noqa: ANN401 - any act
    """The act that a form asks for, or a Refusal that names the field.

    Empty fields of an act that may be None are None; other empty texts stay empty, and the rules
    say what is missing. Times are typed in the office's zone.
    """
    kind = NAMES[name]
    hints = get_type_hints(kind, {**vars(acts), "datetime": datetime, "Priority": Priority})
    given: dict[str, Any] = {}
    for one in fields(kind):
        typed = form.get(one.name, "")[:LONGEST]
        try:
            given[one.name] = _read(typed, str(hints[one.name]), zone)
        except ValueError:
            words = _UNREADABLE.get(_plain(str(hints[one.name])), N_("Isian tidak terbaca."))
            counted = (name, one.name) in _COUNTED
            return Refusal(RefusalKind.INVALID, NO_COUNT if counted else words, one.name)
    return kind(**given)


def _plain(hint: str) -> str:
    name = hint.partition(" | ")[0]
    for known in ("datetime", "Priority", "tuple", "int", "bool"):
        if known in name:
            return known
    return "str"


def _read(typed: str, hint: str, zone: ZoneInfo) -> object:
    optional, plain = "None" in hint, _plain(hint)
    if optional and not typed.strip():
        return None
    if plain == "tuple":
        return _numbers(typed)
    if plain in ("datetime", "int"):
        found = instant(typed, zone) if plain == "datetime" else whole(typed.strip())
        if found is None:
            raise ValueError(plain)
        return found
    if plain == "bool":
        return typed in ("1", "on", "ya")
    return Priority(typed) if plain == "Priority" else typed


def _numbers(typed: str) -> tuple[int, ...]:
    """Whole numbers with spaces between. Raises ValueError."""
    found = [whole(one) for one in typed.split()]
    if None in found:
        raise ValueError(typed)
    return tuple(one for one in found if one is not None)
