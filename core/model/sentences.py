"""Sentences of ours that pages show: Indonesian as they stand, and ready for another language.

``said("Isi alasannya.")`` marks a sentence for the catalogues (console/locale) and is just that
sentence. ``said("Paling lama {days} hari.", days=7)`` is the finished Indonesian sentence too, a
text like any other in answers of the API, in events and in the store; but it keeps its pattern and
its values, so that a page can say it in the language of its reader (console/language.py).

Texts to citizens are none of these: they are worded by the office (core/model/texts.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Sentence(str):
    """A finished Indonesian sentence that knows how it was made; a text wherever texts go.

    Attributes:
        pattern: as it stands in the catalogues, with places in braces.
        values: what stands in each place; a value that is itself a Sentence is translated with it.
    """

    __slots__ = ("pattern", "values")

    pattern: str
    values: dict[str, object]

    def told(self, say: Callable[[str], str]) -> str:
        """The same in another language.

        Args:
            say: gives the words of that language for Indonesian ones, the same for unknown ones.
        """
        held = {
            name: one.told(say) if isinstance(one, Sentence) else one
            for name, one in self.values.items()
        }
        pattern = say(self.pattern)
        return pattern.format(**held) if held else pattern


class _Lowered(Sentence):
    __slots__ = ()

    def told(self, say: Callable[[str], str]) -> str:
        return super().told(say).lower()


def said(pattern: str, /, **values: object) -> str:
    """A sentence of ours, marked for the catalogues.

    Args:
        pattern: Indonesian, a literal; with places in braces where there are values.
        values: by the names of the places.
    """
    return made(pattern, values) if values else pattern


def term(word: str) -> str:
    """A word of the catalogues as a value of a sentence, translated with it.

    A value that is a plain text, such as a name that somebody typed, stays as it is.
    """
    return made(word, {})


def lowered(word: str) -> str:
    """A word of the catalogues as a value within a sentence, without a capital in any language."""
    sentence = _Lowered(word.lower())
    sentence.pattern, sentence.values = word, {}
    return sentence


def listed(words: Iterable[str], joint: str = ", ") -> str:
    """Words one behind the other, as a value of a sentence; each is translated if it can be."""
    values = {f"_{place}": word for place, word in enumerate(words)}
    return made(joint.join(f"{{{name}}}" for name in values), dict(values))


def made(pattern: str, values: dict[str, object]) -> Sentence:
    """A sentence of any pattern: for ``said`` and its kin, and for pages that know one again."""
    sentence = Sentence(pattern.format(**values) if values else pattern)
    sentence.pattern, sentence.values = pattern, values
    return sentence
