"""Words and files of a rich message: blocks within blocks (Bot API 10, RichMessage).

Read by the shape of the JSON instead of by the names of its forty types: whatever a block is
called, its words are in ``text`` and a few more fields, and a file has a ``file_id``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from channels.telegram.fields import Json, parts, whole
from core.model.cleaning import without_nul

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_STEPS = 50_000
"""Values looked at; a message has 4,096 characters."""

_SAID = ("label", "summary", "text", "alternative_text", "expression", "caption", "credit")
_WITHIN = ("blocks", "items", "cells")


def rich_words(rich: Json) -> str:
    """The words, each block in a line of its own."""
    said = "".join(found for found in _values(rich) if isinstance(found, str))
    return without_nul("\n".join(line for line in said.splitlines() if line.strip()))


def rich_files(rich: Json) -> list[Json]:
    """The files; of each photo the largest size."""
    return [found for found in _values(rich) if isinstance(found, dict) and "file_id" in found]


def _values(rich: Json) -> Iterator[Any]:
    """Every text and every object of a message, in reading order, without recursion."""
    waiting: list[Any] = [rich]
    for _ in range(MOST_STEPS):
        if not waiting:
            return
        found = waiting.pop()
        if isinstance(found, list):
            waiting += reversed(found)
            continue
        yield found
        if isinstance(found, dict):
            waiting += reversed(list(_inner(found)))


def _inner(block: Json) -> Iterator[Any]:
    yield from (block[name] for name in _SAID if name in block)
    for name in _WITHIN:
        for one in block[name] if isinstance(block.get(name), list) else ():
            yield one
            yield "\n"
    if sizes := parts(block, "photo"):
        yield max(sizes, key=lambda size: whole(size, "width") or 0)
    yield from (one for one in block.values() if isinstance(one, dict) and "file_id" in one)
