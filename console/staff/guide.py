"""The guide of those who work here, as a page: nobody needs the repository for it (BW-15).

The text is ``console/panduan-operator.md``, which ``docs/`` shows as well. Of Markdown it uses
headings, paragraphs, lists, **names of the screen** and `keys`; nothing else is read.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiohttp import web

from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from console.staff.guard import Guard
    from console.staff.visit import Visit

GUIDE: Final = Path(__file__).resolve().parent.parent / "panduan-operator.md"

_LINE = re.compile(r"(?P<mark>#{1,2}|\*|[0-9]+\.) (?P<text>.+)")
_PIECE = re.compile(r"\*\*(?P<name>[^*]+)\*\*|`(?P<key>[^`]+)`")
_KINDS: Final = {"#": "title", "##": "heading", "*": "points"}
_NO_SLUG = re.compile(r"[^a-z0-9]+")


@value
class Piece:
    """A run of text; ``kind``: ``plain``, ``name`` of something on the screen, or ``key``."""

    text: str
    kind: str = "plain"


@value
class Block:
    """A part of the guide.

    Attributes:
        kind: ``title``, ``heading``, ``text``, ``points`` or ``steps``.
        lines: one of a heading or paragraph; of a list one for each item.
        slug: of a heading, for links to it.
    """

    kind: str
    lines: tuple[tuple[Piece, ...], ...]
    slug: str = ""


def read_guide(text: str) -> Sequence[Block]:
    """The guide in its parts, in order."""
    blocks: list[Block] = []
    for line in text.splitlines():
        if not line.strip():
            blocks.append(Block("", ()))
            continue
        found = _LINE.fullmatch(line)
        mark, said = (found["mark"], found["text"]) if found else ("", line)
        kind = _KINDS.get(mark, "steps" if mark else "text")
        if blocks and blocks[-1].kind == kind and kind in ("points", "steps"):
            blocks[-1] = Block(kind, (*blocks[-1].lines, _pieces(said)))
        else:
            slug = _NO_SLUG.sub("-", said.lower()) if kind == "heading" else ""
            blocks.append(Block(kind, (_pieces(said),), slug))
    return [one for one in blocks if one.kind]


def _pieces(text: str) -> tuple[Piece, ...]:
    return tuple(_cut(text))


def _cut(text: str) -> Iterator[Piece]:
    end = 0
    for found in _PIECE.finditer(text):
        if found.start() > end:
            yield Piece(text[end : found.start()])
        yield Piece(found["name"], "name") if found["name"] else Piece(found["key"], "key")
        end = found.end()
    if end < len(text):
        yield Piece(text[end:])


@cache
def guide() -> Sequence[Block]:
    """As it was when the process began."""
    return read_guide(GUIDE.read_text(encoding="utf-8"))


async def show(visit: Visit) -> web.StreamResponse:
    """For whoever is in."""
    return visit.page("guide.html", {"blocks": guide()})


def guide_routes(guard: Guard) -> list[web.RouteDef]:
    """Where it stands."""
    return [web.get("/console/panduan", guard.page(show))]
