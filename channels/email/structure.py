"""The tree of a mail: which bytes are which part (RFC 2046), in one pass and within bounds.

Written by hand because the standard library's parser takes seconds for what 50 KB can express
(providers.md §13.9) and stops at the first odd line; here every part is a slice of the raw bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from channels.email.headers import Field, split_headers
from channels.email.limits import MAX_DEPTH, MAX_PARTS
from channels.email.parameters import Parameters, parameters_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_GUESS = re.compile(rb"(?:\A|\n)--([^\r\n]{1,200})\r?\n(?=(?i:content-))")
_MAX_TYPES = 5
_PLAIN = Parameters("text/plain", {})


@dataclass(slots=True)
class Entity:
    """A mail or a part of one.

    Attributes:
        raw: the whole mail; ``start`` and ``end`` cut the body out of it.
        fields: its headers, as they stand.
        type: the declared type with its parameters; ``text/plain`` where there is none.
        children: of a multipart, in order; empty for a leaf.
        content: the decoded body once somebody asked for it (``bodies.content_of``).
    """

    raw: bytes
    fields: list[Field]
    start: int
    end: int
    type: Parameters = _PLAIN
    children: list[Entity] = field(default_factory=list)
    content: bytes | None = None

    def first(self, name: str) -> bytes | None:
        """The first header of this name (lower case), raw; None if there is none."""
        return next((one.value for one in self.fields if one.name == name), None)

    def all(self, name: str) -> list[bytes]:
        """All headers of this name, top to bottom."""
        return [one.value for one in self.fields if one.name == name]

    def body(self) -> bytes:
        """The bytes after the headers, still encoded."""
        return self.raw[self.start : self.end]

    @property
    def disposition(self) -> Parameters:
        """Content-Disposition; an empty kind where there is none."""
        return parameters_of(self.first("content-disposition") or b"")

    def leaves(self) -> Iterator[Entity]:
        """Itself, or the leaves of its children, in order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


class _Count:
    """What one reading may still take up."""

    __slots__ = ("defects", "parts")

    def __init__(self) -> None:
        self.parts = MAX_PARTS
        self.defects: list[str] = []

    def note(self, defect: str) -> None:
        if defect not in self.defects:
            self.defects.append(defect)


def tree_of(raw: bytes) -> tuple[Entity, list[str]]:
    """The mail as a tree, and what was wrong with it; never raises."""
    count = _Count()
    return _entity(raw, (0, len(raw)), 0, count), count.defects


def _entity(raw: bytes, span: tuple[int, int], depth: int, count: _Count) -> Entity:
    fields, body = split_headers(raw, *span, top=not depth)
    entity = Entity(raw, fields, body, span[1])
    entity.type = _type(entity)
    if entity.type.kind.startswith("multipart/"):
        if depth >= MAX_DEPTH:
            count.note("nested too deep")
        else:
            _divide(entity, depth, count)
    return entity


def _type(entity: Entity) -> Parameters:
    """The first Content-Type that means something; of several the one that divides the body."""
    values = entity.all("content-type")[:_MAX_TYPES]
    types = [found for value in values if (found := _meant(parameters_of(value))) is not None]
    for one in types[1:]:
        if one.kind.startswith("multipart/") and _divides(one, entity):
            return one if not _divides(types[0], entity) else types[0]
    return types[0] if types else _PLAIN


def _divides(found: Parameters, entity: Entity) -> bool:
    """Whether a part of that multipart begins in the body."""
    boundary = found.raw("boundary")
    return bool(boundary) and entity.raw.find(b"--" + boundary, entity.start, entity.end) >= 0


def _meant(found: Parameters) -> Parameters | None:
    """``text`` alone is from before MIME; other words are no type, but may name a file."""
    if "/" in found.kind:
        return found
    if not found.kind and not found.values:
        return None
    named = found.kind != "text" and bool(found.text("name"))
    return Parameters("application/octet-stream" if named else "text/plain", found.values)


def _divide(entity: Entity, depth: int, count: _Count) -> None:
    boundary = entity.type.raw("boundary").rstrip()
    spans = list(_spans(entity, boundary, count)) if boundary else []
    if not spans:
        guess = _GUESS.search(entity.raw, max(0, entity.start - 1), entity.end)
        if guess:
            spans = list(_spans(entity, guess.group(1).rstrip(), count))
        count.note("boundary missing")
    digest = entity.type.kind == "multipart/digest"
    for span in spans:
        child = _entity(entity.raw, span, depth + 1, count)
        if digest and child.first("content-type") is None:
            child.type = Parameters("message/rfc822", {})
        entity.children.append(child)


def _spans(entity: Entity, boundary: bytes, count: _Count) -> Iterator[tuple[int, int]]:
    """Where the parts lie; what follows a closing line is none, until a part opens again."""
    begin = -1
    for at, after, closing in _delimiters(entity, b"--" + boundary):
        if begin >= 0:
            if not count.parts:
                count.note("too many parts")
                return
            count.parts -= 1
            yield begin, max(begin, at)
        begin = -1 if closing else after
    if 0 <= begin < entity.end:
        count.note("end of multipart missing")
        if count.parts:
            count.parts -= 1
            yield begin, entity.end


def _delimiters(entity: Entity, line: bytes) -> Iterator[tuple[int, int, bool]]:
    """End of the text before it, begin of what follows, whether it closes, for each one."""
    raw, at, end = entity.raw, entity.start, entity.end
    while (at := raw.find(line, at, end)) >= 0:
        if at > entity.start and raw[at - 1 : at] != b"\n":
            at += len(line)
            continue
        newline = raw.find(b"\n", at, end)
        after = end if newline < 0 else newline + 1
        rest = raw[at + len(line) : min(after, at + len(line) + 200)].strip()
        if rest in (b"", b"--"):
            before = at - 1 - (raw[at - 2 : at - 1] == b"\r") if at > entity.start else at
            yield max(before, entity.start), after, rest == b"--"
        at = after
