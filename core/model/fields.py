"""``#`` fields and labelled lines of a complaint (requirements §4 rules 6 and 7)."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.model.cleaning import HEAD, fold
from core.model.hints import CATEGORY_NAMES

_LONGEST_FIELD = 60
_LONGEST_VALUE = 200
_LABEL = re.compile(
    r"^[ \t*_~\-•]{0,8}(instansi|unit|nama|masalah|keluhan|lokasi|alamat|sejak|kontak"
    r"|hp)[ \t*_~]{0,8}[:=]"
    r"[ \t*_~]{0,8}(\S[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)


class Fields(NamedTuple):
    """What ``unit#category#text`` says; "" for what is not given."""

    unit: str
    category: str
    text: str


def read_fields(rest: str) -> Fields:
    """The fields of what follows ``HELPDESK#``; never an error.

    Two fields are unit and text, three are unit, category and text; further ``#`` belong to the
    text. An unknown category becomes part of the text. A known category in the place of the unit
    is taken as the category.
    """
    first, hash_, after = rest.partition("#")
    unit = first.strip()
    if not hash_ or not unit or len(unit) > _LONGEST_FIELD or "\n" in unit:
        return Fields("", "", rest)
    if category := category_named(unit):
        return Fields("", category, after.strip())
    second, hash_, text = after.partition("#")
    if hash_ and (category := category_named(second)):
        return Fields(unit, category, text.strip())
    return Fields(unit, "", after.strip())


def category_named(field: str) -> str:
    """The key of the category that a field names by key or Indonesian name; "" when unknown."""
    if len(field) > _LONGEST_FIELD:
        return ""
    return CATEGORY_NAMES.get(" ".join(fold(field).replace("_", " ").split()), "")


def read_labels(content: str) -> dict[str, str]:
    """Labelled lines as written, keys in lower case; the first of a label counts."""
    head = content[:HEAD]
    labels: dict[str, str] = {}
    if ":" in head or "=" in head:
        for found in _LABEL.finditer(head):
            labels.setdefault(
                found.group(1).lower(), found.group(2).strip(" \t\r*_~")[:_LONGEST_VALUE]
            )
    return labels
