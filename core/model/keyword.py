"""The announced keyword HELPDESK, what may stand before it and after it (requirements §4, 3 to 5).

All functions take and return positions in a folded text (:func:`core.model.cleaning.fold`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from core.model.cleaning import edits
from core.model.commands import COMPLAIN, SLASH

KEYWORD = "helpdesk"

NEVER = frozenset({"help", "helper", "helpers", "helpful", "helpline", "helpless", "desk"})
"""Words that are not the keyword, however near they are."""

_SLIPS = 2
_GREETINGS = (
    r"as+al+a+m+u?'?\s?'?a?la?ik?h?um", "asl?mkm", r"ass\.?", r"was+al+a+mu?'?\s?'?alaikum",
    r"wr\.?\s?wb", r"wr\.?", "wb", "wrwb", r"warr?[ao]h?matull?[ao]hi?", r"wa\s?bar[ao]k?[ao]tuh?",
    r"salam(?:\s(?:sejahtera|kebajikan|hormat|sehat))?", r"bagi kita semua", "untuk kita semua",
    "s[hy]?alom", r"om\s?swast[iy]+astu", r"namo\s?budd?haya", r"rahayu",
    r"(?:selamat|slamat|slmt|met|sugeng)\s(?:pagi|siang|sore|malam|enjing|siyang|sonten|dalu)",
    "pagi", "siang", "sore", "malam", "mlm", "hall?[ow]+", "hell?o", "ha+[iy]", "hi", "hey", "p",
    "permisi", "punten", r"(?:ny|n)uwun\s?sewu", r"kulo\s?nuwun", "sampurasun", "kepada", "kpd",
    "yth", "yang terhormat", r"(?:dengan|dgn) hormat", r"(?:mohon |mhn )?maaf", "sebelumnya",
    r"(?:mohon |mhn )?(?:izin|ijin)", r"mengganggu(?: waktunya)?", "ganggu",
    "bapak", "bpk", "pak", "ibu", "bu", "mimin", "admin", "min", "kakak", "kak", "mas", "mbak",
    "mba", "gan", "bang", "bos", "cak", "sdr", "saudara", "sekalian", "semua", "semuanya",
    r"good (?:morning|afternoon|evening|day)", "dear", "sir", "madam",
)  # fmt: skip
# "/" only between words of address, ">" never: it marks quoted text.
_NOISE = r"(?:[^\w/>]|_|/(?=i?bu\b|bapak\b|pak\b|sdr|saudara|mas\b|mbak\b|kak\b|madam\b|i\b))"
_GREETING = rf"(?:{'|'.join(_GREETINGS)})(?![a-z0-9])"
_OPENING = re.compile(rf"(?:{_NOISE}++|{_GREETING})*+")
_SIGNS = re.compile(rf"{_NOISE}*+")
_FILLER = re.compile(rf"(?:[^\w]|_|(?:dong|donk|ya|yaa|nih|{'|'.join(_GREETINGS)})(?![a-z0-9]))*+")

# "Helpdesknya lambat" speaks about us; glued text is accepted after the exact word only.
# A doubled last letter belongs to it all the same.
_EXACT = re.compile(rf"{KEYWORD}(?:[ks]{{1,2}}(?![a-z0-9])|(?!nya(?![a-z0-9])))")
_IN_PARTS = re.compile(
    r"help[ \t\-_]{1,3}(?:desk|deks|dsek|dessk|ddesk|deskk)(?![a-z0-9])"
    r"|(?:hlp|hepl|halp|h3lp|hellp|hhelp|heelp|helpp)[ \t\-_]{1,3}desk(?![a-z0-9])"
    rf"|{r'[ ._*-]{1,3}'.join(KEYWORD)}(?![a-z0-9])"
)
_NEAR = re.compile(r"h[a-z0-9]{5,9}(?![a-z0-9])")
_CLOSING = r"[*_~`\"')\]]++"
_NO_SLASH_COMMAND = rf"/(?!(?<=\s/)(?:{'|'.join((COMPLAIN, *SLASH))})(?![a-z]))"
_SEPARATORS = rf"(?:[\s:;,.\-#!>='|?]|{_NO_SLASH_COMMAND})"
_AFTER = re.compile(rf"(?:{_CLOSING}(?={_SEPARATORS}|\Z))?+{_SEPARATORS}*+")


def skip_greeting(folded: str, at: int = 0) -> int:
    """Where greetings, words of address, emojis and signs at the beginning end (rule 3)."""
    if folded.startswith(KEYWORD, at):
        return at
    return _end(_OPENING, folded, at)


def skip_signs(folded: str, at: int) -> int:
    """Where signs and spaces end."""
    return _end(_SIGNS, folded, at)


def skip_separators(folded: str, at: int) -> int:
    """Where the separators after the keyword end, closing markup included (rule 5)."""
    return _end(_AFTER, folded, at)


def is_hollow(folded: str) -> bool:
    """Whether there is nothing but signs, greetings and fillers: no complaint (rule 9)."""
    return _end(_FILLER, folded, 0) == len(folded)


def keyword_end(folded: str, at: int) -> int | None:
    """Where the keyword that begins at this place ends; None when none does (rule 4)."""
    found = _EXACT.match(folded, at) or _IN_PARTS.match(folded, at)
    if found is None:
        found = _NEAR.match(folded, at)
        if found is None or not is_slip(found.group()):
            return None
    return found.end()


@lru_cache(maxsize=4096)
def is_slip(word: str) -> bool:
    """Whether a folded word is the keyword with at most two slips (rule 4)."""
    return word.startswith("h") and word not in NEVER and edits(word, KEYWORD) <= _SLIPS


def _end(pattern: re.Pattern[str], folded: str, at: int) -> int:
    found = pattern.match(folded, at)
    return found.end() if found else at
