"""The languages of the pages: Indonesian is what stands in the code, others are catalogues.

``console/locale/<language>.po`` holds the words of another language, as gettext keeps them and
translators know them; ``python scripts/translations.py`` brings it up to date with the code.
"""

from __future__ import annotations

import gettext
import re
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Final

from core.model.sentences import Sentence, made, term
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LOCALE: Final = Path(__file__).resolve().parent / "locale"

LANGUAGES: Final = ("id", "en")
"""What pages can be read in; the first is the default, and the language of the code."""


def N_(words: str) -> str:  # noqa: N802 - gettext's name for it, which extraction looks for
    """Marks words that are translated where they are shown."""
    return words


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The words of one language; of the default, and of any that is not ours, the code's."""
    path = LOCALE / f"{language}.po"
    if language not in LANGUAGES[1:] or not path.exists():
        return gettext.NullTranslations()
    # Loaded with the first reader of another language: most processes have none.
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - see above
    from babel.messages.pofile import read_po  # noqa: PLC0415 - see above

    with path.open("rb") as file:
        read = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def words_in(language: str) -> Callable[[str], str]:
    """What turns Indonesian words of the code into those of a language.

    Sentences with values (core/model/sentences.py) are made anew from their patterns; what was
    stored as a finished text is known again by its pattern. What is not ours stays as it is.
    """
    words = catalogue(language)
    kept = getattr(words, "_catalog", {})  # the standard library has no public way to ask
    recall = known_again(one for one in kept if isinstance(one, str) and "{" in one)

    def say(text: str) -> str:
        if isinstance(text, Sentence):
            return text.told(say)
        found = words.gettext(text)
        if found is not text:
            return found
        again = recall(text)
        return again.told(say) if again is not None else text

    return say


def known_again(patterns: Iterable[str]) -> Callable[[str], Sentence | None]:
    """What finds the pattern of a finished sentence; more of its own words come first."""
    told = sorted(filter(None, map(_finding, patterns)), key=lambda one: -one.own)

    @lru_cache(maxsize=1024)
    def recall(text: str) -> Sentence | None:
        if len(text) <= _LONGEST:
            for one in told:
                found = one.finds.fullmatch(text)
                if found:
                    return made(one.pattern, {n: _held(v) for n, v in found.groupdict().items()})
        return None

    return recall


_LONGEST: Final = 600
_LEAST: Final = 7
"""Letters of its own by which a pattern is known again; fewer stand in others, too."""
_A_SENTENCE: Final = 3
"""Words from which a value may be a sentence of ours; fewer are somebody's name."""


@value
class _Finding:
    """How the finished sentences of a pattern are known.

    Attributes:
        own: how many letters stand in the pattern itself.
    """

    pattern: str
    finds: re.Pattern[str]
    own: int


def _finding(pattern: str) -> _Finding | None:
    """None for what has too few words of its own, and for words that only look like a pattern."""
    seen: set[str] = set()
    finds, own = "", 0
    for text, name, _, _ in parts_of(pattern):
        finds, own = finds + re.escape(text), own + sum(map(str.isalpha, text))
        if name:
            finds += f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
            seen.add(name)
    if own < _LEAST:
        return None
    return _Finding(pattern, re.compile(finds, re.DOTALL), own)


def parts_of(pattern: str) -> list[tuple[str, str | None, str | None, str | None]]:
    """A pattern as ``string.Formatter`` cuts it; [] for words that only look like one."""
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        return []
    named = all(name is None or name.isidentifier() for _, name, _, _ in parts)
    return parts if named and "%(" not in pattern else []


def _held(text: str) -> str:
    return term(text) if len(text.split()) >= _A_SENTENCE else text


def language_of(asked: str, accepted: str) -> str:
    """The language of a visit.

    Args:
        asked: from the address, the form or a person's choice; wins when it is one of ours.
        accepted: the browser's ``Accept-Language``.
    """
    if asked in LANGUAGES:
        return asked
    for part in accepted[:200].split(","):
        name = part.partition(";")[0].strip().partition("-")[0].lower()
        if name in LANGUAGES:
            return name
    return LANGUAGES[0]
