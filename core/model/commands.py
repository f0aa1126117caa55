"""Command words, slash commands, survey digits, questions that count as STATUS.

Requirements §4.

All texts here are folded (:func:`core.model.cleaning.fold`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from core.model.cleaning import terms, words
from core.model.intent import Command
from core.model.numbers import number_pattern, parse_number

COMPLAIN = "lapor"
"""The slash command that stands for the keyword."""

SLASH: dict[str, Command] = {
    "start": Command.INFO, "help": Command.INFO, "bantuan": Command.INFO, "menu": Command.INFO,
    "info": Command.INFO, "status": Command.STATUS, "cek": Command.STATUS,
    "selesai": Command.CONFIRM, "tutup": Command.CONFIRM, "buka": Command.REOPEN,
    "batal": Command.CANCEL, "baru": Command.SPLIT, "eskalasi": Command.ESCALATE,
    "keberatan": Command.OBJECT, "nilai": Command.RATE, "lewati": Command.SKIP,
    "stop": Command.STOP, "berhenti": Command.STOP, "mulai": Command.START,
}  # fmt: skip

_WORDS: dict[str, Command] = {
    **SLASH, "start": Command.START, "cek status": Command.STATUS, "check": Command.STATUS,
    "buka kembali": Command.REOPEN, "bukakembali": Command.REOPEN, "batalkan": Command.CANCEL,
}  # fmt: skip
_ALONE = frozenset({Command.SPLIT, Command.SKIP, Command.STOP, Command.START, Command.INFO})

_SLASH = re.compile(r"/([a-z]{2,12})(?:@[a-z0-9_]{1,64})?(?![\w@])")
_WORD = re.compile(
    rf"({'|'.join(sorted((w.replace(' ', r'[ ]{1,3}') for w in _WORDS), key=len, reverse=True))})"
    r"(?![a-z0-9])[\s:;,.\-/#!>='*_~`\")\]]*+"
)
_LABEL = (
    r"(?:(?:tiket|ticket|no|nomor|nomer|nmr|laporan|aduan|pengaduan)(?:nya)?(?![a-z0-9])[\W_]*)*+"
)

FILLERS = terms(
    "dong donk dunk min mimin admin pak bu bapak ibu kak kakak mas mbak mba gan bang bos ya yah "
    "yaa nih sih tolong tlg mohon mhn please pls tiket tiketku tiketnya laporan laporannya aduan "
    "pengaduan keluhan saya sy aku kami no nomor nomer nmr itu ini nya aja saja dulu info minta "
    "cek status sekarang skrg bagaimana gimana gmn apa the my ticket"
)
"""Words that add nothing to a command."""

_THANKS = terms(
    "terimakasih trimakasih trmksh trmkasih makasih makasi mksh mkasih maksih mksih trims trim "
    "tks thx thanks thank thankyou tengkyu tq ty suwun nuwun sakalangkong nuhun kesuwun ok oke "
    "okay okey okee sip siip siap noted baik alhamdulillah jazakallah kasih "
    "mantap mantab mantul keren hebat bagus jos joss"
)
_THANKS_WITH = FILLERS | terms(
    "terima trima banyak byk sangat sekali sngt atas bantuan bantuannya respon responnya "
    "responsnya pelayanan pelayanannya layanannya perhatian perhatiannya kerjasama kerjasamanya "
    "infonya informasinya jawabannya matur hatur sanget nggih njih inggih you very much so untuk "
    "utk kembali sama pagi siang sore malam salam semua tim petugas helpdesk sudah udah sdh"
) - frozenset({"cek", "status", "apa", "bagaimana", "gimana", "gmn", "minta"})  # fmt: skip
_CLOSING_WORDS = FILLERS | _THANKS | _THANKS_WITH
_MANY_WORDS = 12
_DISAPPROVAL = frozenset("👎😡😠🤬😭😢😞😤🖕💩😩🙄")

_FIVE = re.compile(r"(?:[1-5][\s,;./\-]*+){5}")
_ONE = re.compile(r"([1-5])[\s.!]*+")
_LETTERED = re.compile(r"(?:[trdje]\s?[:=.\-]?\s?[1-5][\s,;./\-]*+){5}")
_FIVE_LAST = re.compile(rf"(?<=[\s:;,])(?:{_FIVE.pattern})$")
_LETTERED_LAST = re.compile(rf"(?<=[\s:;,])(?:{_LETTERED.pattern})$")
_LETTER_AND_DIGIT = re.compile(r"([trdje])\s?[:=.\-]?\s?([1-5])")
_ORDER = "trdje"
_SURVEY_LENGTH = 60
_FEW = 3
"""Digits from which on something was meant as scores: "nilai 6" is about something else."""

_PROGRESS = re.compile(
    r"\b(?:status(?:nya)?|progres+(?:nya)?|perkembangan(?:nya)?|(?<!sejak )kapan"
    r"|(?:sampai|sampe|smpai|smpe|smp|nyampe) ?(?:di ?)?mana)\b"
)
_DONE = re.compile(r"\b(?:sudah|sdh|udah|dah|apa|apakah) selesai(?:kah)?\b")
_CHECK = re.compile(r"\bcek\b")
# "sudah saya cek", "barusan di cek": told, not asked.
_TOLD = re.compile(
    r"\b(?:sudah|sdh|udah|dah|telah|barusan|habis|abis|pas|waktu|setelah|stlh|tadi|saya|sy|kami"
    r"|di) "
    r"(?:saya |sy |kami |coba |di )?cek\b"
)
_TICKET_NUMBER = (
    r"(?:no|nomor|nomer|nomr|nmr|number)\b\.? ?"
    r"(?:tiket|ticket|laporan|lapor|aduan|pengaduan|registrasi)(?:an)?(?:nya|ku)?\b"
)
_ASKS_NUMBER = re.compile(
    rf"{_TICKET_NUMBER}.{{0,30}}(?:\bberapa|\bbrp|\bapa\b|\bmana|\bbelum|\bblm|\bblom|\?)"
    rf"|(?:berapa|brp|minta|mnta|lupa|tolong|mohon|kirim\w*|tanya|dapat|dpt|terima|tahu|tau"
    rf"|kehilangan|mana|butuh|perlu|cari\w*|sebut\w*)"
    rf"\b.{{0,30}}{_TICKET_NUMBER}"
    r"|what(?:'s| is) (?:my|the) (?:ticket|report|complaint|case) number"
)
_QUESTION_LENGTH = 120
_TICKET_NOUNS = ("tiket", "ticket", "lapor", "aduan", "registrasi", "number")


class Found(NamedTuple):
    """A command at the beginning of a text, and where what follows it begins."""

    command: Command
    end: int


@dataclass(frozen=True, slots=True)
class Slash:
    """A slash command: its name and where what follows it begins."""

    name: str
    end: int


def slash_at(folded: str, at: int) -> Slash | None:
    """The known slash command at this place, a bot's name after ``@`` ignored."""
    found = _SLASH.match(folded, at)
    if found is None or (found.group(1) != COMPLAIN and found.group(1) not in SLASH):
        return None
    return Slash(found.group(1), found.end())


def command_at(folded: str, at: int, prefix: str) -> Found | None:
    """The command word at this place, if what follows allows it to count.

    Those without arguments count alone; STATUS with a number, or with fillers only; the others
    with a number directly behind, or with fillers only.
    """
    found = _WORD.match(folded, at)
    if found is None:
        return None
    command = _WORDS[" ".join(found.group(1).split())]
    return Found(command, found.end()) if _counts(command, folded[found.end() :], prefix) else None


def after_numbers(folded: str, at: int, prefix: str) -> int:
    """Where the ticket numbers that stand directly at this place end."""
    pattern = _numbers_at_start(prefix)
    found = pattern.match(folded, at)
    return found.end() if found else at


def _counts(command: Command, rest: str, prefix: str) -> bool:
    if command in _ALONE:
        return not words(rest[:200])
    if command is Command.RATE:
        rest = rest[after_numbers(rest, 0, prefix) :]
        return bool(scores_in(rest)) or not words(rest[:200]) or _is_slip(rest)
    if command is Command.STATUS and number_pattern(prefix).search(rest):
        return True
    if _numbers_at_start(prefix).match(rest):
        return True
    return is_filling(rest, FILLERS if command is Command.STATUS else _CLOSING_WORDS)


def _is_slip(rest: str) -> bool:
    """Too few digits for a survey, or too many: the question comes again, not the help text."""
    given = [sign for sign in rest if sign.isalnum()]
    few = _FEW <= len(given) <= _SURVEY_LENGTH and len(rest) <= _SURVEY_LENGTH
    return few and all(sign.isdigit() for sign in given)


def is_filling(rest: str, allowed: frozenset[str] = FILLERS) -> bool:
    """Whether a rest is short and has no words but the allowed ones."""
    found = words(rest[:200])
    return len(found) <= _MANY_WORDS and len(rest) <= 200 and allowed.issuperset(found)  # noqa: PLR2004 - far above any real one


@lru_cache(maxsize=16)
def _numbers_at_start(prefix: str) -> re.Pattern[str]:
    number = number_pattern(prefix).pattern.replace(r"(?<![0-9A-Za-z])", "", 1)
    number = re.sub(r"\((?!\?)", "(?:", number)
    between = r"(?:[\W_]|dan\b|and\b)*+"
    return re.compile(rf"[\W_]*+{_LABEL}(?:{number}{between}){{1,10}}+")


# --- digits of the survey ---------------------------------------------------------------------


def scores_in(folded: str) -> tuple[int, ...]:
    """The survey digits that make up the whole text: five, one, or none at all.

    ``T4 R5 D3 J4 E4`` may come in any order and is returned in the order of the questions.
    """
    text = folded[: _SURVEY_LENGTH + 1].strip(" \n\t*_~`\"'()[]#:=.!-")
    if (
        not text
        or len(text) > _SURVEY_LENGTH
        or (text[0] not in "12345" and text[0] not in _ORDER)
    ):
        return ()
    if one := _ONE.fullmatch(text):
        return (int(one.group(1)),)
    if _FIVE.fullmatch(text):
        return tuple(int(digit) for digit in text if digit.isdigit())
    if _LETTERED.fullmatch(text):
        given = dict(_LETTER_AND_DIGIT.findall(text))
        return tuple(int(given[letter]) for letter in _ORDER) if len(given) == len(_ORDER) else ()
    return ()


def rating_in(folded: str, prefix: str) -> tuple[int, ...]:
    """The survey digits behind NILAI, alone or behind the ticket number they are about.

    What stands before them must be a whole number, so that no digit of it is taken for a score.
    """
    if scores := scores_in(folded):
        return scores
    text = folded[: 2 * _SURVEY_LENGTH].strip()
    found = _FIVE_LAST.search(text) or _LETTERED_LAST.search(text)
    if found is None or parse_number(prefix, text[: found.start()].strip(" \n\t:;,.-")) is None:
        return ()
    return scores_in(found.group())


# --- questions and thanks ----------------------------------------------------------------------


def asks_progress(folded: str) -> bool:
    """Whether words ask how far it is; only of weight beside a ticket number."""
    if _PROGRESS.search(folded):
        return True
    if _CHECK.search(folded) and not _TOLD.search(folded):
        return True
    return bool(_DONE.search(folded)) and ("?" in folded or _THANKS.isdisjoint(words(folded)))


def asks_number(folded: str) -> bool:
    """Whether a short text is the bare question for the ticket's number."""
    if len(folded) > _QUESTION_LENGTH or not any(noun in folded for noun in _TICKET_NOUNS):
        return False
    return bool(_ASKS_NUMBER.search(" ".join(folded.split())))


def is_thanks(folded: str) -> bool:
    """Whether a text, ticket numbers taken out, is plain thanks, a nod or approval."""
    if len(folded) > _QUESTION_LENGTH or "?" in folded:
        return False
    found = words(folded)
    if not found:
        return not folded.isascii() and _DISAPPROVAL.isdisjoint(folded) and _has_emoji(folded)
    return (
        len(found) <= _MANY_WORDS
        and not _THANKS.isdisjoint(found)
        and all(word in _THANKS or word in _THANKS_WITH for word in found)
    )


def _has_emoji(folded: str) -> bool:
    return any("\u2600" <= sign <= "\u27bf" or sign >= "\U0001f000" for sign in folded[:200])
