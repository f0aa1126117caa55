"""The list of people who registered: searched, and handed out without identity numbers (LL-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.dates import long_time
from core.model.nik import read_nik
from core.model.restricted import RestrictedField
from core.model.sheets import csv_text
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from core.model.registration import Person
    from core.ports.people import PersonReads
    from core.ports.staff import Vault

MOST_WORDS: Final = 10
BATCH: Final = 500

HEAD: Final = ("id", "nama", "ponsel", "surel", "alamat", "terdaftar")
"""Columns of the export: none of them is the identity number (LL-26)."""


@value
class PersonQuery:
    """What is looked for.

    Attributes:
        text: words of name, phone, email or area; a whole identity number finds its owner by its
            keyed hash and is never looked for in any text.
        after: id of the last one seen.
    """

    text: str = ""
    after: int | None = None
    limit: int = 50


async def find_people(reads: PersonReads, vault: Vault, query: PersonQuery) -> Sequence[Person]:
    """Newest first. Raises StoreUnavailable."""
    nik = read_nik(query.text)
    if nik:
        ids = await reads.with_nik(vault.digests(nik, RestrictedField.NIK))
        return await reads.find((), query.after, query.limit, ids)
    words = [_as_kept(word) for word in query.text.lower().split()[:MOST_WORDS]]
    return await reads.find(words, query.after, query.limit)


def _as_kept(word: str) -> str:
    """A phone number as people write it is kept with its country."""
    digits = word.replace("-", "")
    local = digits.startswith("0") and digits.isascii() and digits.isdigit()
    return f"+62{digits[1:]}" if local and len(digits) > 1 else word


async def export_people(reads: PersonReads, zone: ZoneInfo) -> str:
    """Everybody as CSV, newest first. Raises StoreUnavailable."""
    rows: list[tuple[str, ...]] = []
    after: int | None = None
    while True:
        found = await reads.find((), after, BATCH)
        rows += [_row(person, zone) for person in found]
        if len(found) < BATCH:
            return csv_text(HEAD, rows)
        after = found[-1].id


def _row(person: Person, zone: ZoneInfo) -> tuple[str, ...]:
    # As written inland, so that no sign before the digits needs a guard.
    phone = f"0{person.phone[3:]}" if person.phone.startswith("+62") else person.phone
    at = long_time(person.registered_at, zone) if person.registered_at else ""
    return (str(person.id), person.name, phone, person.email, person.area, at)
