"""Restricted fields: what identifies a person beyond doubt, kept sealed (LL-10, threats row 68).

Such a value is stored encrypted, found again by a keyed hash only, shown by its last signs, and
opened for somebody who has the right and says why; each opening is an event on the ticket.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.model.nik import nik_fault, read_nik
from core.model.sentences import said, term
from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

KEPT: Final = 4
"""Signs of a value that stay readable."""

SHORTEST_REASON: Final = 5
LONGEST_VALUE: Final = 500
_DIGITS = re.compile(r"\D+")


class RestrictedField(StrEnum):
    """What may be kept so."""

    NIK = "nik"
    KK = "kk"
    PATIENT_NUMBER = "patient_number"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"

    @property
    def word(self) -> str:
        """The Indonesian word for screens and sentences."""
        return _WORDS[self]


_WORDS: Final = {
    RestrictedField.NIK: said("NIK"),
    RestrictedField.KK: said("nomor KK"),
    RestrictedField.PATIENT_NUMBER: said("nomor rekam medis"),
    RestrictedField.BIRTH_DATE: said("tanggal lahir"),
    RestrictedField.ADDRESS: said("alamat"),
}
_KK_DIGITS: Final = 16
_HIDDEN: Final = frozenset({RestrictedField.BIRTH_DATE, RestrictedField.ADDRESS})


@value
class Sealed:
    """Bytes that only the holder of the key can read.

    Attributes:
        key_id: which key; no secret.
    """

    key_id: str
    sealed: bytes


@value
class RestrictedValue:
    """One field as it is kept.

    Attributes:
        owner: ``ticket:<id>`` or ``contact:<id>``.
        digest: keyed hash of the normal form, for finding it again.
        tail: what may be shown of it, "" where nothing may.
    """

    owner: str
    field: RestrictedField
    sealed: Sealed
    digest: str
    tail: str
    created_at: datetime

    @property
    def shown(self) -> str:
        """As lists show it: stars and the tail."""
        return f"****{self.tail}"


def normal(field: RestrictedField, typed: str) -> str:
    """The form that is sealed and searched by: numbers without separators, one space in texts."""
    if field is RestrictedField.NIK:
        return read_nik(typed)
    if field is RestrictedField.KK:
        return _DIGITS.sub("", typed)
    return " ".join(typed.split()).casefold() if field not in _HIDDEN else " ".join(typed.split())


def restricted_fault(field: RestrictedField, typed: str) -> str:
    """What is wrong with a value, in one Indonesian sentence without it; "" when it will do."""
    if field is RestrictedField.NIK:
        return nik_fault(typed)
    if field is RestrictedField.KK and len(normal(field, typed)) != _KK_DIGITS:
        return said("Nomor KK terdiri dari 16 angka.")
    if not typed.strip():
        return said("Isi {field} belum ada.", field=term(field.word))
    if len(typed) > LONGEST_VALUE:
        return said(
            "Isi {field} paling banyak {most} karakter.",
            field=term(field.word),
            most=LONGEST_VALUE,
        )
    return ""


def tail_of(field: RestrictedField, text: str) -> str:
    """What may be shown of a normal form: of a number its last four signs, else nothing."""
    return "" if field in _HIDDEN or len(text) <= 2 * KEPT else text[-KEPT:]


def about(owner: str, field: RestrictedField) -> str:
    """What a sealed value is bound to: taken into another row it does not open."""
    return f"{owner} {field}"
