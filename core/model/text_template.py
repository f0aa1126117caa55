"""Templates of texts to citizens, and what an office may write in one (requirements §5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from core.model.gsm7 import ONE_SMS, foreign, septets
from core.model.text_defaults import DEFAULTS
from core.model.text_faults import TextFault, Wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_TEXT: Final = 3000
"""Characters of one text as an office may word it; chat providers take 4096 filled."""

_MAX_SMS: Final = 400  # characters of an SMS template; long names make it longer than its text

SMS: Final = "_sms"
"""Ends the key of an SMS text."""

LONGEST: Final[Mapping[str, int]] = MappingProxyType(
    {
        "tiket": 14, "masukan": 14, "jawab": 11, "selesai": 11, "mulai": 11, "kabar": 11,
        "batas": 11, "tutup": 11, "perkiraan": 5, "zona": 4, "status": 19, "alasan": 32,
        "aturan": 12, "barang": 18, "petugas": 14, "unit": 15, "jabatan": 25, "solusi": 30,
        "untuk": 20, "langkah": 40, "tiket_induk": 14, "waktu": 11, "sejak": 11, "lanjut": 11,
        "jam_hari_ini": 28, "nomor_soal": 1, "soal": 75, "tautan_daftar": 68,
    }
)  # fmt: skip
"""Septets of the longest usual value of each placeholder of an SMS."""

# What a text is for must stand in it (requirements §5: every status text carries a reason).
_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "ack": ("tiket",),
    "out_of_hours": ("tiket",),
    "life_danger": ("tiket",),
    "life_danger_alone": ("tiket",),
    "status": ("alasan",),
    "status_pending": ("alasan", "untuk", "lanjut"),
    "status_ended": ("alasan",),
    "pending": ("alasan",),
    "assigned_later": ("selesai", "alasan"),
    "due_later": ("selesai", "alasan"),
    "merged": ("tiket_induk",),
    "register": ("tautan_daftar",),
    "register_first": ("tiket", "tautan_daftar"),
}

_PLACE = re.compile(r"\{([a-z_]+)\}")
_BRACED = re.compile(r"\{([^{}]*)\}")
_GUESSES = re.compile(
    r"\b(?:mungkin|kayaknya|sepertinya|kira[- ]kira|barangkali)\b", re.IGNORECASE
)
# A question and its answer ("Masalah lain? Balas BARU") are one sentence.
BEFORE_LAST = re.compile(r"(.*[.!])\s+\S", re.DOTALL)
"""Group 1: a text without its last sentence."""

# Control characters, direction marks, byte-order mark, lone surrogates, odd line ends.
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
UNSEEN_BUT_LINES = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def guesses_in(text: str) -> tuple[str, ...]:
    """Words that tell an opinion in place of a fact (KM-19), as written, each once."""
    return tuple(dict.fromkeys(_GUESSES.findall(text)))


@dataclass(frozen=True, slots=True)
class Template:
    """One text, cut at its placeholders.

    Attributes:
        pieces: literal, placeholder, literal … literal.
        names: its placeholders, each once.
        shorter: the text without its last sentence; None when that would lose the number.
    """

    pieces: tuple[str, ...]
    names: tuple[str, ...]
    shorter: Template | None

    @property
    def text(self) -> str:
        """As it was written, placeholders in braces."""
        return self.fill({name: f"{{{name}}}" for name in self.names})

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with these values, in one pass."""
        filled = list(self.pieces)
        filled[1::2] = [values[name] for name in self.pieces[1::2]]
        return "".join(filled)


@lru_cache(maxsize=512)
def cut(text: str) -> Template:
    """The text as a template; braces around anything but a lower-case name stay literal."""
    pieces = tuple(_PLACE.split(text))
    found = BEFORE_LAST.match(text)
    shorter = None
    # A longer one is no SMS, and only an SMS ever gives up a sentence.
    if found and len(text) <= _MAX_SMS and ("{tiket}" in found[1] or "{tiket}" not in text):
        shorter = cut(found[1])
    return Template(pieces, tuple(dict.fromkeys(pieces[1::2])), shorter)


def _placeholders() -> Iterator[tuple[str, frozenset[str]]]:
    for key, text in DEFAULTS.items():
        allowed = frozenset(_PLACE.findall(text))
        yield key, allowed
        # An office may word a chat text where we only have the SMS.
        if key.removesuffix(SMS) not in DEFAULTS:
            yield key.removesuffix(SMS), allowed


PLACEHOLDERS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(dict(_placeholders()))
"""Every key that a text may have in the settings, and the placeholders that it may use."""


def check_text(key: str, text: str) -> list[str]:
    """:func:`wording_faults` as English sentences; [] if nothing is wrong."""
    return [fault.sentence for fault in wording_faults(key, text)]


def wording_faults(key: str, text: str) -> list[TextFault]:
    """What is wrong with a text as the office words it, each with what is expected.

    Args:
        key: as in the settings, with ``_sms`` for the SMS.
        text: the office's wording.
    """
    if key not in PLACEHOLDERS:
        return [TextFault(Wrong.UNKNOWN, key, ", ".join(sorted(PLACEHOLDERS)))]
    if not text.strip() or len(text) > MAX_TEXT:
        return [TextFault(Wrong.LENGTH, str(len(text)), str(MAX_TEXT))]
    names = set(_BRACED.findall(text))
    problems = text_faults(text, PLACEHOLDERS[key], lines=not key.endswith(SMS))
    problems += [
        TextFault(Wrong.MISSING, name)
        for name in _REQUIRED.get(key.removesuffix(SMS), ())
        if name not in names
    ]
    if key.endswith(SMS):
        problems += _sms_faults(text)
    return problems


def text_faults(text: str, allowed: frozenset[str], *, lines: bool = True) -> list[TextFault]:
    """What is wrong with any text of the office: placeholders, words that guess, unseen signs.

    Args:
        text: as it is worded.
        allowed: names of the placeholders that it may use.
        lines: it may have several lines; an SMS is checked for its own alphabet instead.
    """
    problems = [*_placeholder_faults(text, allowed)]
    problems += [TextFault(Wrong.GUESS, word) for word in guesses_in(text)]
    if lines and UNSEEN_BUT_LINES.search(text):
        problems.append(TextFault(Wrong.INVISIBLE))
    return problems


def longest_septets(text: str) -> int:
    """How long an SMS template is with the longest usual values of its placeholders."""
    template = cut(text)
    return septets(template.fill({name: "x" * LONGEST.get(name, 0) for name in template.names}))


def _placeholder_faults(text: str, allowed: frozenset[str]) -> Iterator[TextFault]:
    names = dict.fromkeys(_BRACED.findall(text))
    expected = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "none"
    for name in names:
        if name not in allowed:
            yield TextFault(Wrong.PLACEHOLDER, name[:40], expected)
    rest = _BRACED.sub("", text)
    if "{" in rest or "}" in rest:
        yield TextFault(Wrong.BRACE)


def _sms_faults(text: str) -> Iterator[TextFault]:
    odd = foreign(text)
    if odd:
        yield TextFault(Wrong.FOREIGN, odd[:20])
    length = longest_septets(text)
    if length > ONE_SMS:
        yield TextFault(Wrong.TOO_LONG, str(length), str(ONE_SMS))
