"""Brings console/locale/*.po up to date with the words of the code.

``python scripts/translations.py`` extracts every ``_("…")``, ``ngettext`` and ``N_("…")`` of
console/ and its templates and every ``said("…")`` of all rooms (core/model/sentences.py), adds
what is new with an empty translation and drops what is gone. A test fails while a translation is
empty, out of date, or has other places.
"""

from __future__ import annotations

import sys
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from console.language import LANGUAGES, LOCALE  # noqa: E402 - the path comes first

if TYPE_CHECKING:
    from collections.abc import Iterator

METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "encoding": "utf-8"}}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "N_": None,
    "said": None,
}
ROOMS = ("core", "config", "ticket_store", "channels", "gateway")
"""Whose sentences pages show, besides those of the console itself."""


@cache
def found() -> Catalog:
    """All words of the code, each with the files that say it."""
    words = Catalog(fuzzy=False)
    for path, line, message, _, _ in _extracted():
        words.add(message, locations=[(path, line)], flags=())
    return words


def _extracted() -> Iterator[Any]:
    told = extract_from_dir(
        str(ROOT / "console"), METHODS, OPTIONS, KEYWORDS, comment_tags=(), strip_comment_tags=True
    )
    yield from ((f"console/{path}", *rest) for path, *rest in told)
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if b"said(" in path.read_bytes():
                name = str(path.relative_to(ROOT))
                yield from (
                    (name, *rest) for rest in extract_from_file("python", path, {"said": None})
                )


def current(language: str) -> Catalog:
    """What is translated now."""
    path = LOCALE / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def written(language: str) -> bytes:
    """The catalogue as it should stand: what is translated is kept, by its exact words."""
    words, known = found(), current(language)
    made = Catalog(locale=language, fuzzy=False)
    for message in words:
        if message.id:
            had = known.get(message.id)
            made.add(
                message.id,
                had.string if had else None,
                sorted({(p, None) for p, _ in message.locations}),
            )
    out = BytesIO()
    write_po(out, made, omit_header=True, sort_output=True, width=99, include_lineno=False)
    return out.getvalue()


def untranslated(language: str) -> list[str]:
    """Words without a translation."""
    known = current(language)
    return [str(one.id) for one in found() if one.id and not (known.get(one.id) or one).string]


def main() -> int:
    """Writes every catalogue; says how many words wait for a translation."""
    for language in LANGUAGES[1:]:
        (LOCALE / f"{language}.po").write_bytes(written(language))
        waiting = untranslated(language)
        sys.stdout.write(f"{language}: {len(waiting)} untranslated\n")
        sys.stdout.writelines(f"  {words}\n" for words in waiting[:20])
    return 0


if __name__ == "__main__":
    sys.exit(main())
