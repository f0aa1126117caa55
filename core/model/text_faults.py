"""What can be wrong with a text of the office, in words for whoever is told (requirements §5)."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from core.model.sentences import said, term
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping


class Wrong(StrEnum):
    """What can be wrong with a text as the office words it."""

    UNKNOWN = "unknown"
    LENGTH = "length"
    GUESS = "guess"
    INVISIBLE = "invisible"
    PLACEHOLDER = "placeholder"
    BRACE = "brace"
    MISSING = "missing"
    FOREIGN = "foreign"
    TOO_LONG = "too_long"


_SENTENCES: Final[Mapping[Wrong, str]] = MappingProxyType(
    {
        Wrong.UNKNOWN: "unknown text; expected one of {expected}",
        Wrong.LENGTH: "{found} characters; expected 1 to {expected}, not only spaces",
        Wrong.GUESS: "guess word {found!r}; expected facts only",
        Wrong.INVISIBLE: "invisible or control characters; expected none but line breaks",
        Wrong.PLACEHOLDER: "unknown placeholder {{{found}}}; expected {expected}",
        Wrong.BRACE: "a brace without its partner; expected placeholders written as {{tiket}}",
        Wrong.MISSING: "{{{found}}} is missing; expected it in this text",
        Wrong.FOREIGN: "{found!r} is not in the SMS alphabet (GSM-7); "
        "expected only its characters",
        Wrong.TOO_LONG: "{found} septets with the longest usual values; "
        "expected at most {expected}",
    }
)
_WORDS: Final[Mapping[Wrong, str]] = MappingProxyType(
    {
        Wrong.UNKNOWN: said("Teks ini tidak dikenal"),
        Wrong.LENGTH: said(
            "Teks {found} karakter; yang muat 1 sampai {expected}, bukan spasi saja"
        ),
        Wrong.GUESS: said("Kata \u201c{found}\u201d menduga-duga; tulis fakta saja"),
        Wrong.INVISIBLE: said("Ada karakter yang tidak tampak; hapus, kecuali baris baru"),
        Wrong.PLACEHOLDER: said("Isian {{{found}}} tidak dikenal; yang dapat dipakai: {expected}"),
        Wrong.BRACE: said("Ada kurung kurawal tanpa pasangan; isian ditulis seperti {{tiket}}"),
        Wrong.MISSING: said("Isian {{{found}}} wajib ada dalam teks ini"),
        Wrong.FOREIGN: said(
            "{found} tidak ada dalam abjad SMS; ganti dengan huruf atau tanda biasa"
        ),
        Wrong.TOO_LONG: said(
            "{found} huruf SMS dengan isian terpanjang; paling banyak {expected}"
        ),
    }
)


@value
class TextFault:
    """One thing wrong with a text.

    Attributes:
        found, expected: what stands there, and what could; "" where the kind says it all.
    """

    kind: Wrong
    found: str = ""
    expected: str = ""

    @property
    def sentence(self) -> str:
        """English, for whoever writes the configuration."""
        return _SENTENCES[self.kind].format(found=self.found, expected=self.expected)

    @property
    def words(self) -> str:
        """Indonesian, for staff."""
        expected = term("tidak ada") if self.expected == "none" else self.expected
        return said(_WORDS[self.kind], found=self.found, expected=expected)
