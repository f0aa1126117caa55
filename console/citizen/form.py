"""The form as typed: checked field by field, nothing thrown away, nothing raised."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.language import N_
from core.model.cleaning import HEAD, fold, without_nul
from core.model.contact import typed_email, typed_phone
from core.model.hints import CATEGORIES
from core.model.submission import LONGEST_LINE, LONGEST_TEXT, Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from core.model.messages import Attachment

TYPED = ("text", "category", "unit", "place", "name", "phone", "email")
"""Fields that a citizen fills in, in the order of the page."""

LABELS = {
    "text": N_("Apa yang terjadi?"),
    "category": N_("Jenis laporan"),
    "unit": N_("Unit atau instansi"),
    "place": N_("Lokasi"),
    "name": N_("Nama"),
    "phone": N_("Nomor telepon"),
    "email": N_("Alamat surel"),
    "files": N_("Lampiran"),
}
"""What stands above each field."""

TRAP = "website"
"""A field that people do not see; programs fill it in."""

TEXT_MISSING = N_("Ceritakan dulu apa yang terjadi.")
TEXT_LONG = N_("Isi laporan terlalu panjang; paling banyak %(most)s huruf.")
LINE_LONG = N_("Terlalu panjang; paling banyak %(most)s huruf.")
DOUBLED = N_("Isian ini terkirim lebih dari satu kali.")
CATEGORY_BAD = N_("Pilih jenis laporan dari daftar.")
PHONE_BAD = N_("Nomor telepon tidak terbaca. Contoh: 0812 3456 7890.")
EMAIL_BAD = N_("Alamat surel tidak terbaca. Contoh: nama@contoh.id.")

SHOWN_AGAIN = 100_000
"""Characters of a field that come back when the form is shown once more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field: the Indonesian sentence, and its values."""

    words: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Typed:
    """A form as it came back.

    Attributes:
        values: of the fields in :data:`TYPED`, as typed.
        faults: by field; of ``files`` too.
        mark: of the form, "" when it came without.
        trapped: the hidden field was filled in.
        language: as asked for in the form, "" when not.
    """

    values: dict[str, str]
    faults: dict[str, Fault]
    mark: str = ""
    trapped: bool = False
    language: str = ""

    def id(self, form: str, files: Sequence[str]) -> str:
        """Of this form with this content; ``files`` are the digests of its files."""
        return content_id(form, [self.values[name] for name in TYPED] + list(files))

    def submission(
        self, ids: tuple[str, str], at: datetime, files: Sequence[Attachment]
    ) -> Submission:
        """The complaint, only when there are no faults; ``ids`` of content and form."""
        values = self.values
        return Submission(
            id=ids[0],
            form=ids[1],
            text=values["text"].strip(),
            received_at=at,
            category=values["category"],
            unit=" ".join(values["unit"].split()),
            place=" ".join(values["place"].split()),
            name=" ".join(values["name"].split()),
            phone=typed_phone(values["phone"]),
            email=typed_email(values["email"]),
            files=tuple(files),
        )


def content_id(form: str, content: Sequence[str]) -> str:
    """Names a message of this form with this content: sent twice it is the same message."""
    digest = hashlib.sha256(json.dumps(list(content)).encode()).hexdigest()
    return f"{form}.{digest[:16]}"


def said(text: str) -> bool:
    """Whether there are words: invisible signs are none, though a text may begin with many."""
    return bool(fold(text[:HEAD]).strip() or fold(text[HEAD:]).strip())


def empty() -> Typed:
    """A form that nobody has touched."""
    return Typed(dict.fromkeys(TYPED, ""), {})


def read_typed(pairs: Sequence[tuple[str, str]]) -> Typed:
    """The form that these fields are; fields that are none of ours are left out.

    Args:
        pairs: names and values, in the order in which they came.
    """
    counts = Counter(name for name, _ in pairs)
    first: dict[str, str] = {}
    for name, text in pairs:
        first.setdefault(name, without_nul(text).replace("\r\n", "\n"))
    values = {name: first.get(name, "")[:SHOWN_AGAIN] for name in TYPED}
    faults = {name: Fault(DOUBLED) for name in TYPED if counts[name] > 1}
    for name, check in _CHECKS.items():
        fault = check(values[name])
        if fault and name not in faults:
            faults[name] = fault
    return Typed(
        values=values,
        faults=faults,
        mark=first.get("token", "") if counts["token"] == 1 else "",
        trapped=bool(first.get(TRAP, "").strip()),
        language=first.get("lang", ""),
    )


def _text(text: str) -> Fault | None:
    if not said(text):
        return Fault(TEXT_MISSING)
    if len(text.strip()) > LONGEST_TEXT:
        return Fault(TEXT_LONG, {"most": f"{LONGEST_TEXT:,}".replace(",", ".")})
    return None


def _category(text: str) -> Fault | None:
    return None if not text or text in CATEGORIES else Fault(CATEGORY_BAD)


def _line(text: str) -> Fault | None:
    return Fault(LINE_LONG, {"most": LONGEST_LINE}) if len(text) > LONGEST_LINE else None


def _phone(text: str) -> Fault | None:
    return Fault(PHONE_BAD) if text.strip() and typed_phone(text) is None else None


def _email(text: str) -> Fault | None:
    return Fault(EMAIL_BAD) if text.strip() and typed_email(text) is None else None


_CHECKS: dict[str, Callable[[str], Fault | None]] = {
    "text": _text,
    "category": _category,
    "unit": _line,
    "place": _line,
    "name": _line,
    "phone": _phone,
    "email": _email,
}
