"""The part of a mail that is new: what the ticket shows unfolded (providers.md §13.6).

A view only: the whole text is stored and one click away. The patterns are those by which keywords
and commands are read (``core.model.mailtext``); here nothing may get lost to the eye, so answers
between quoted lines keep what they answer, and a forwarded mail stays whole.
"""

from __future__ import annotations

import re
from itertools import groupby

from core.model.mailtext import own_text

_LONGEST = 50_000  # characters; a longer text is shown as it is
_QUOTED = re.compile(r"^[ \t]*>", re.MULTILINE)
_SIGNATURE_LINES = 12


def own_part(text: str, subject: str = "") -> str:
    """What its writer added; never empty where there is any text.

    Args:
        text: of the mail, lines ending in LF.
        subject: tells a forwarded mail from an answer where the text does not.
    """
    whole = text.strip()
    if len(whole) > _LONGEST:
        return whole
    if _is_between_quotes(whole):
        return _unsigned(whole) or whole
    own = own_text(whole, subject or "Re:")
    if own.forwarded:
        return whole
    return own.body or whole


def _is_between_quotes(text: str) -> bool:
    """Whether own lines stand between quoted ones: a point-by-point answer."""
    if not _QUOTED.search(text):
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    runs = [quoted for quoted, _ in groupby(lines, key=_is_quoted)]
    return runs.count(True) > 1


def _unsigned(text: str) -> str:
    """Without the signature behind the last ``-- ``."""
    lines = text.split("\n")
    for at in range(len(lines) - 1, max(-1, len(lines) - _SIGNATURE_LINES), -1):
        if lines[at].rstrip() == "--":
            return "\n".join(lines[:at]).strip()
    return text


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")
