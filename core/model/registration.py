"""Registration of reporters: asked for, never a gate before the number (LL-08, LL-09, LL-10).

Who registers gives a name and ways to be reached, each field for a reason that the page tells.
The identity number is checked here and kept as a restricted value (core/model/restricted.py).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from core.model.contact import typed_email, typed_phone
from core.model.masking import mask_address
from core.model.messages import Address, AddressKind
from core.model.nik import nik_fault
from core.model.sentences import said, term
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

LONGEST_NAME: Final = 100
LONGEST_AREA: Final = 200
"""Characters of a name and of where somebody lives."""

INVITED, REGISTERED = "invited", "registered"
"""What is remembered of an address: the one invitation has left; its owner has registered."""

AWAITED: Final = said("data diri Anda belum lengkap")
"""Why a ticket waits before work, as its reporter is told; fits the 32 signs of an SMS."""

OTHER_NIK: Final = said(
    "NIK ini tidak sama dengan yang terdaftar. Periksa kembali, atau hubungi petugas. Tiket Anda "
    "tetap berjalan."
)
KNOWN_NIK: Final = said(
    "NIK ini sudah terdaftar dengan kontak lain. Masuk dengan kontak itu lalu tambahkan kontak "
    "ini, atau hubungi petugas. Tiket Anda tetap berjalan."
)
"""A number that does not fit blocks the registration, not the ticket (LL-10)."""


class Registration(StrEnum):
    """When an office asks for a reporter's own data; the ticket has its number in all of them."""

    OFF = "off"
    AFTER_FIRST_MESSAGE = "after_first_message"
    BEFORE_WORK = "before_work"  # work waits for it, with the reason told


class NikRule(StrEnum):
    """Whether the identity number is asked for."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


@value
class PersonDraft:
    """A form as it was typed; every field may be empty."""

    name: str = ""
    nik: str = ""
    phone: str = ""
    email: str = ""
    area: str = ""


@value
class Person:
    """Somebody who registered: reporter and respondent are this one record (LL-01).

    Attributes:
        id: of the contact.
        phone: E.164; email: addr-spec; each "" where none was given.
        area: village and district as written.
        nik: as it may be shown, ``****0001``; "" without.
        by: ``reporter``, or the mark of the officer who entered it.
        version: grows with every change.
    """

    id: int
    name: str
    phone: str = ""
    email: str = ""
    area: str = ""
    nik: str = ""
    registered_at: datetime | None = None
    by: str = "reporter"
    version: int = 1

    @property
    def masked_phone(self) -> str:
        """As lists show it."""
        return mask_address(Address(AddressKind.PHONE, self.phone)) if self.phone else ""

    @property
    def masked_email(self) -> str:
        """As lists show it."""
        return mask_address(Address(AddressKind.EMAIL, self.email)) if self.email else ""

    @property
    def mark(self) -> str:
        """As the history of the house and sealed values name the person."""
        return f"contact:{self.id}"


def tidied(draft: PersonDraft) -> PersonDraft:
    """As it is kept: one space between words, numbers and addresses in their normal form.

    What cannot be read stays as typed, for :func:`person_faults` to tell.
    """
    phone, email = typed_phone(draft.phone), typed_email(draft.email)
    return PersonDraft(
        " ".join(draft.name.split()),
        draft.nik.strip(),
        phone.value if phone else draft.phone.strip(),
        email.value if email else draft.email.strip(),
        " ".join(draft.area.split()),
    )


def person_faults(draft: PersonDraft, rule: NikRule) -> Mapping[str, str]:
    """What is wrong, by field, in Indonesian sentences without what was typed; {} if nothing."""
    found = {
        "name": _line_fault(draft.name, LONGEST_NAME, term("Nama")),
        "area": _line_fault(draft.area, LONGEST_AREA, term("Alamat"))
        if draft.area.strip()
        else "",
        "phone": "" if not draft.phone.strip() or typed_phone(draft.phone) else _PHONE,
        "email": "" if not draft.email.strip() or typed_email(draft.email) else _EMAIL,
        "nik": _nik_fault(draft.nik, rule),
    }
    return {name: sentence for name, sentence in found.items() if sentence}


_PHONE: Final = said("Nomor ponsel ini belum dapat kami baca. Tulis seperti 0812 3456 7890.")
_EMAIL: Final = said("Alamat surel ini belum dapat kami baca. Tulis seperti nama@contoh.id.")


def _line_fault(text: str, most: int, label: str) -> str:
    if not text.strip():
        return said("{label} belum diisi.", label=label)
    if len(text) > most:
        return said("{label} paling banyak {most} karakter.", label=label, most=most)
    return (
        ""
        if text.isprintable()
        else said("{label} memuat tanda yang tidak terlihat. Tulis ulang.", label=label)
    )


def _nik_fault(typed: str, rule: NikRule) -> str:
    if rule is NikRule.OFF:
        return ""
    if not typed.strip():
        return said("NIK belum diisi.") if rule is NikRule.REQUIRED else ""
    return nik_fault(typed)
