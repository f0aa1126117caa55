"""Cleaning for matching only; the stored text stays untouched (requirements §4 rules 1 and 10).

Everything here is linear in the text and most of it looks at a bounded head, because a text may
have a million characters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

HEAD = 4_000
"""Characters at the beginning of a text that are matched against the grammar."""

MATCH_LENGTH = 500
"""Longest :func:`match_text`."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_WORD = re.compile(r"[^\W_]+")
_ASCII_SIGNS = {code: " " for code in range(128) if not chr(code).isalnum()}
_RESENT = re.compile(
    r"(?:(?:saya |kami |sy |mohon maaf |maaf )?(?:kirim|krm|dikirim|ngirim|lapor) (?:ulang|lagi) "
    r"|(?:ulang|resend|resent|mengulang) )+"
)

# Look-alikes of Latin capitals (rule 1), both cases because case is ignored afterwards.
_LOOK_ALIKES = (
    dict(
        zip(
            "авекмнорстухіјѕһԁԍԝүαβεζηικμνορτυχϲ",
            "abekmhopctyxijshdgwyabezhikmnoptyxc",
            strict=True,
        )
    )
    | dict.fromkeys(map(chr, (*range(0x2010, 0x2016), 0x2212)), "-")
    | dict.fromkeys("\u2018\u2019\u201a\u201b\u2032`\u00b4", "'")
    | dict.fromkeys("“”„‟«»", '"')
)
_DROPPED = frozenset({"Cf", "Cc", "Co", "Cs", "Me"})
_TABLE_LIMIT = 20_000


def terms(*lines: str) -> frozenset[str]:
    """The words of some lines as a set; ``_`` joins two words to one term."""
    return frozenset(term.replace("_", " ") for line in lines for term in line.split())


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    if character in "\x85\u2028\u2029":
        return "\n"
    kept = [
        part
        for part in unicodedata.normalize("NFKD", character).lower()
        if not (
            "\u0300" <= part <= "\u036f"  # accents
            or "\ufe00" <= part <= "\ufe0f"  # emoji variation selectors
            or unicodedata.category(part) in _DROPPED
        )
    ]
    return "".join(_LOOK_ALIKES.get(part, part) for part in kept)


class _FoldTable(dict[int, str]):
    """What each character folds to, worked out when first met; its size is bounded."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < _TABLE_LIMIT:
            self[code] = folded
        return folded


_TABLE = _FoldTable()


def fold(text: str) -> str:
    """The text as it is matched: compatibility forms, look-alikes and case folded.

    Works character by character, so that :func:`origin` can find the way back. Zero-width
    characters, byte-order and direction marks and accents disappear; hard spaces become spaces.
    """
    return text.lower() if text.isascii() else text.translate(_TABLE)


def origin(text: str, at: int) -> int:
    """The position in ``text`` whose fold begins at position ``at`` of ``fold(text)``."""
    if text.isascii() or (at <= len(text) and len(fold(text[:at])) == at):
        return at
    low, high = 0, len(text)
    while low < high:
        middle = (low + high) // 2
        if len(fold(text[:middle])) < at:
            low = middle + 1
        else:
            high = middle
    return low


def words(folded: str) -> list[str]:
    """The words of a folded text: letters and digits, without signs."""
    if folded.isascii():  # the same words, found several times faster
        return folded.translate(_ASCII_SIGNS).split()
    return _WORD.findall(folded)


def without_nul(text: str) -> str:
    """The text with NUL and lone surrogates, which no store keeps, as U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub(_REPLACEMENT, text)


def match_text(content: str) -> str:
    """The cleaned content for near-duplicates: folded words with single spaces, at most 500.

    The announcement of a repeat ("kirim ulang:") is dropped. A text without any letter or digit
    keeps its signs.
    """
    folded = fold(content[:HEAD])
    return joined(words(folded)) or " ".join(folded.split())[:MATCH_LENGTH]


def joined(found: list[str]) -> str:
    """Words of a folded text as match text."""
    text = " ".join(found)
    announced = _RESENT.match(text)
    return text[announced.end() if announced else 0 :][:MATCH_LENGTH].rstrip()


# --- near-duplicates -------------------------------------------------------------------------

_SHORT = 4  # words; shorter texts must be equal
_MANY = 6  # different words on one side; more is another text
_TYPO = 5  # letters; in shorter words one letter makes another word
_POLITE = terms(
    "mohon tolong tlg mhn segera sgr cepat ya yah dong donk pak bu bapak ibu kak mas mbak min "
    "admin gan lagi ulang ini itu nih sih kok lho ditangani dibantu bantuan bantuannya "
    "diperbaiki terima kasih makasih trims suwun nuwun matur selamat pagi siang sore malam "
    "assalamualaikum halo"
)
_NEGATIONS = terms(
    "tidak tdk tak gak ga gk nggak ngga enggak ndak bukan belum blm ora gaono boten durung "
    "jangan jgn sing not no"
)


def nearly_same(a: str, b: str) -> bool:
    """Whether two match texts are nearly the same (requirements §4 rule 10).

    Polite words, slips of one letter in longer words, and a few words more on one side do not
    matter. A different number ("loket 2", "loket 3"), a different negation, or one word in the
    place of another ("kemiren", "olehsari") make another complaint.
    """
    if a == b:
        return bool(a)
    left, right = a.split(" "), b.split(" ")
    if min(len(left), len(right)) < _SHORT or _marked(left) != _marked(right):
        return False
    return _same_words(set(left), set(right))


def _marked(found: list[str]) -> list[str]:
    """Words that decide alone: those with digits, and negations."""
    return [word for word in found if not word.isalpha() or word in _NEGATIONS]


def _same_words(left: set[str], right: set[str]) -> bool:
    only_left = [word for word in left - right if word not in _POLITE]
    only_right = [word for word in right - left if word not in _POLITE]
    if max(len(only_left), len(only_right)) > _MANY:
        return False
    fewer, more = sorted((sorted(only_left), sorted(only_right)), key=len)
    if len(more) - len(fewer) > min(len(left), len(right)) // _SHORT:
        return False
    for word in fewer:
        twin = next((other for other in more if _typo(word, other)), None)
        if twin is None:
            return False
        more.remove(twin)
    return True


def _typo(a: str, b: str) -> bool:
    """Whether two longer words differ by one wrong, missing, extra or swapped letter."""
    if min(len(a), len(b)) < _TYPO or abs(len(a) - len(b)) > 1:
        return False
    at = next(
        (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    left, right = a[at:], b[at:]
    if left[1:] == right[1:] or left == right[1:] or left[1:] == right:
        return True
    return left[2:] == right[2:] and left[:2] == right[1::-1]


@lru_cache(maxsize=4096)
def edits(a: str, b: str) -> int:
    """Wrong, missing, extra or swapped letters between two words (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row, last = row, [i], before
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
