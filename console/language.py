"""The languages of the pages: Indonesian is what stands in the code, others are catalogues.

``console/locale/<language>.po`` holds the words of another language, as gettext keeps them and
translators know them; ``python scripts/translations.py`` brings it up to date with the code.
"""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

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


def words_in(language: str) -> Callable[[str], str]:
    """What turns Indonesian words of the code into those of a language."""
    return catalogue(language).gettext


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
