"""Ticket numbers named in a text, and the subject a text gives itself (requirements §4)."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.model.cleaning import fold, origin
from core.model.masking import mask_identity
from core.model.numbers import TicketNumber, number_pattern, read_number

SUBJECT_LENGTH = 80
"""Characters of a subject at most (rule 12)."""

_SEARCHED = 20_000  # characters
_MOST = 20  # numbers
_REAL_DIGITS = 4  # below that O, I and l are just letters
_SENTENCE_WITHIN = 300
_SHORTEST_SENTENCE = 12
_SENTENCE_END = re.compile(r"[.!?\n](?:(?<=\n)|(?<=[^\s.]{4}[.!?])[.!?]*(?=\s|$))")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


class Named(NamedTuple):
    """Ticket numbers in a text.

    Attributes:
        numbers: well-formed ones, in order, without repeats.
        misread: pieces meant as one whose check digit disagrees, as written.
    """

    numbers: tuple[TicketNumber, ...] = ()
    misread: tuple[str, ...] = ()


NOBODY = Named()
"""No number at all."""


def numbers_in(text: str, prefix: str) -> Named:
    """The ticket numbers named in the first 20 000 characters of a text, at most 20."""
    head = text[:_SEARCHED]
    folded = fold(head)
    if prefix.lower() not in folded:
        return NOBODY
    numbers: dict[TicketNumber, None] = {}
    misread: dict[str, None] = {}
    for found in number_pattern(prefix).finditer(folded):
        if sum(map(str.isdigit, found.group())) < _REAL_DIGITS:
            continue
        if number := read_number(prefix, found):
            numbers[number] = None
        else:
            misread[head[origin(head, found.start()) : origin(head, found.end())]] = None
        if len(numbers) + len(misread) >= _MOST:
            break
    return Named(tuple(numbers), tuple(misread))


def without_numbers(folded: str, prefix: str) -> str:
    """The folded text with everything that looks like a ticket number taken out."""
    return number_pattern(prefix).sub(" ", folded)


def subject_of(content: str) -> str:
    """The first sentence, at most 80 characters, one line, identity numbers masked.

    A full stop after a short word (``kec.``, ``no.``, ``jl.``) ends no sentence.
    """
    head = content[:_SENTENCE_WITHIN].strip()
    if not head.isprintable():
        head = _UNSEEN.sub("", head)
    for end in _SENTENCE_END.finditer(head):
        if end.start() >= _SHORTEST_SENTENCE:
            head = head[: end.start()]
            break
    line = mask_identity(" ".join(head.split())).strip(" #:;,-")
    if len(line) <= SUBJECT_LENGTH:
        return line
    cut = line[: SUBJECT_LENGTH - 3]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[40:] else cut}..."
