"""Hints from words: urgency, medical danger, category, language (requirements §4).

Hints propose, people decide. One pass over the words of a bounded head.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from core.model.hint_words import (
    CALM_WHEN_NEGATED,
    CATEGORY_WORDS,
    EMERGENCY,
    HIGH,
    LANGUAGE_WORDS,
    LOW,
    MEDICAL,
    NEGATIONS,
    OSING_NEGATION,
    RANKED,
)
from core.model.hint_words import CATEGORY_NAMES as CATEGORY_NAMES  # noqa: PLC0414 - re-exported
from core.model.ticket import Priority

CATEGORIES: frozenset[str] = frozenset(RANKED) | {"other"}
"""The keys of the category list (requirements §4)."""

_LOOKED_AT = 400  # words
_NEAR = 2  # words between a negation and what it negates
_SERVER_NEAR = 4
_ENOUGH = {"en": 3}
_ENOUGH_BY_DEFAULT = 2
_DOWN = frozenset({"mati", "down", "hang", "padam"})
_URGENT = EMERGENCY | HIGH | LOW | {"server"}
_FIRST_OF_PAIRS = frozenset(
    first
    for term in (*_URGENT, *MEDICAL, *CATEGORY_WORDS)
    for first, space, _ in (term.partition(" "),)
    if space
)
"""Where a term of two words can begin."""


class Hints(NamedTuple):
    """What the words propose.

    Attributes:
        priority: None when nothing speaks for another than the usual.
        medical: danger for life or limb is named: the text with 112 and 119 is due.
        category: a key of the category list, "" when no word points to one.
        language: id, jv, osi, mad, su, en.
    """

    priority: Priority | None
    medical: bool
    category: str
    language: str


def read_hints(found: list[str]) -> Hints:
    """The hints in the words of a folded text."""
    near = found[:_LOOKED_AT]
    pairs = {f"{a} {b}" for a, b in pairwise(near) if a in _FIRST_OF_PAIRS}
    language = language_of(near)
    priority, medical = _urgency(near, pairs, language)
    return Hints(priority, medical, category_of(near, pairs), language)


def language_of(found: list[str]) -> str:
    """The language most marker words belong to; Indonesian unless there are enough of them."""
    counts: dict[str, int] = {}
    for word in LANGUAGE_WORDS.keys() & set(found):
        for language in LANGUAGE_WORDS[word]:
            counts[language] = counts.get(language, 0) + 1
    best, most = "id", 0
    for language, count in sorted(counts.items()):
        if count >= _ENOUGH.get(language, _ENOUGH_BY_DEFAULT) and count > most:
            best, most = language, count
    return best


def category_of(found: list[str], pairs: set[str]) -> str:
    """The category with most weight in words and word pairs; "" when none is named."""
    weights: dict[str, int] = {}
    for term in CATEGORY_WORDS.keys() & {*found, *pairs}:
        for category, weight in CATEGORY_WORDS[term]:
            weights[category] = weights.get(category, 0) + weight
    if not weights:
        return ""
    return max(weights, key=lambda category: (weights[category], -RANKED.index(category)))


def _urgency(found: list[str], pairs: set[str], language: str) -> tuple[Priority | None, bool]:
    best: Priority | None = None
    medical = False
    if _URGENT.isdisjoint(found) and _URGENT.isdisjoint(pairs):
        return best, medical
    negations = NEGATIONS | OSING_NEGATION if language == "osi" else NEGATIONS
    for at, word in enumerate(found):
        pair = " ".join(found[at : at + 2])
        hint = _hint_of(word, pair) or _server_down(found, at)
        if hint is None:
            continue
        if not negations.isdisjoint(found[max(0, at - _NEAR) : at]):
            hint = Priority.LOW if word in CALM_WHEN_NEGATED else None
        elif word in MEDICAL or pair in MEDICAL:
            medical = True
        best = _stronger(best, hint)
    return best, medical


def _hint_of(word: str, pair: str) -> Priority | None:
    if word in EMERGENCY or pair in EMERGENCY:
        return Priority.EMERGENCY
    if word in HIGH or pair in HIGH:
        return Priority.HIGH
    return Priority.LOW if word in LOW or pair in LOW else None


def _server_down(found: list[str], at: int) -> Priority | None:
    """In "server aplikasi antrean RSUD down": the words need not touch."""
    if found[at] in _DOWN and "server" in found[max(0, at - _SERVER_NEAR) : at]:
        return Priority.EMERGENCY
    return None


_STRENGTH = {None: 0, Priority.LOW: 1, Priority.NORMAL: 2, Priority.HIGH: 3, Priority.EMERGENCY: 4}


def _stronger(a: Priority | None, b: Priority | None) -> Priority | None:
    return a if _STRENGTH[a] >= _STRENGTH[b] else b
