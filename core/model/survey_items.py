"""The statements and questions of the survey as the office words them (LL-25).

What is shipped is version 1 of each; a change is a new version beside the old ones, so that
answers keep the wording and the dimension that they were asked with. The five questions of the
short form belong to the dimensions: they are reworded, never moved or taken away, for a message
answers all five with five digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.sentences import said
from core.model.servqual import Dimension
from core.model.servqual_items import ITEMS, STATEMENTS
from core.model.survey import LONG, SHORT
from core.model.text_defaults import SURVEY_QUESTIONS
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

FIRST_OWN: Final = 1001
"""Ids of statements that the office has added begin here."""

LAST: Final = 32_000
LONGEST_WORDS: Final = 200
"""Characters of a statement: read on a small telephone, and on paper in one or two lines."""

MOST: Final = 60
"""Statements of a form: whoever is asked more gives up."""


@value
class SurveyItem:
    """One version of a statement or question.

    Attributes:
        id: 1 to 22 and 101 to 105 as shipped, from 1001 on the office's own.
        position: place within its dimension, smaller first.
        words: Indonesian. english: "" where the office has none; a shipped one has ours.
        retired: asked no more; answers stay and count in their periods.
        at, by: who wrote this version; None: as shipped.
    """

    id: int
    version: int
    dimension: Dimension
    position: int
    words: str
    english: str = ""
    retired: bool = False
    at: datetime | None = None
    by: str = "system"

    @property
    def short(self) -> bool:
        """Whether it is one of the five questions."""
        return self.id in SHORT

    @property
    def shipped(self) -> bool:
        """Whether it came with the system and was not changed."""
        return self.at is None


@value
class ItemDraft:
    """A statement as somebody writes it."""

    dimension: Dimension
    words: str
    english: str = ""
    position: int = 0


SEED: Final = (
    *(
        SurveyItem(item, 1, of, place * 10, words)
        for place, (item, of, words) in enumerate(zip(LONG, ITEMS, STATEMENTS, strict=True), 1)
    ),
    *(
        SurveyItem(item, 1, of, 0, words)
        for item, of, words in zip(SHORT, Dimension, SURVEY_QUESTIONS, strict=True)
    ),
)
"""As shipped: the 22 statements, ten apart so that others fit between, and the five questions."""


def newest(stored: Iterable[SurveyItem]) -> Mapping[int, SurveyItem]:
    """The version in force of each item; what was never changed is as shipped."""
    found = {one.id: one for one in SEED}
    for one in stored:
        if one.id not in found or one.version >= found[one.id].version:
            found[one.id] = one
    return found


def dimensions_of(stored: Iterable[SurveyItem]) -> Mapping[tuple[int, int], Dimension]:
    """The dimension of every version of every item: an answer counts where it was asked."""
    return {(one.id, one.version): one.dimension for one in (*SEED, *stored)}


def statements(items: Mapping[int, SurveyItem]) -> Sequence[SurveyItem]:
    """The long form as it is asked now, by dimension and place."""
    order = list(Dimension)
    asked = [one for one in items.values() if not one.short and not one.retired]
    return sorted(asked, key=lambda one: (order.index(one.dimension), one.position, one.id))


def questions(items: Mapping[int, SurveyItem]) -> Sequence[SurveyItem]:
    """The short form, in the order of the dimensions."""
    return [items[one] for one in SHORT]


def item_fault(draft: ItemDraft) -> tuple[str, str]:
    """Field and Indonesian sentence of what is wrong; two empty texts if nothing is."""
    for field, text in (("words", draft.words), ("english", draft.english)):
        if len(text) > LONGEST_WORDS:
            return field, said("Paling banyak {most} karakter.", most=LONGEST_WORDS)
        if not text.isprintable():
            return field, said(
                "Teks memuat tanda yang tidak terlihat. Tulis ulang dalam satu baris."
            )
    if not draft.words.strip():
        return "words", said("Isi pernyataannya.")
    if not 0 <= draft.position <= LAST:
        return "position", f"Urutan diisi 0 sampai {LAST}."
    return "", ""
