"""The header block: lines to fields, fields to text, parameters, ids and dates (RFC 5322, 2045).

Tolerant by design: a line that is no header belongs to the field above it when headers follow,
else it begins the body, so that nothing of a broken mail is lost.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import NamedTuple

from channels.email.charsets import header_text, one_line
from channels.email.limits import MAX_HEADER, MAX_HEADERS, MAX_HEADERS_SEEN
from channels.email.words import decode_words


class Field(NamedTuple):
    """One header: its name in lower case, its value as raw bytes, folds included."""

    name: str
    value: bytes


_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_KNOWN = re.compile(
    rb"(?i)(?:from|to|cc|bcc|subject|date|sender|received|references|precedence|organi[sz]ation|"
    rb"importance|priority|[a-z0-9]+(?:-[a-z0-9]+)+)[ \t]*:"
)
_NAMED = re.compile(
    rb"(?i)\s*(?:from|to|subject|date|received|return-path|message-id|mime-version"
    rb"|delivered-to|content-type|x-[!-9;-~]{1,60})[ \t]*:"
)
_ALWAYS = re.compile(
    rb"(?i)(?:from|to|cc|subject|date|message-id|in-reply-to|references|reply-to|return-path"
    rb"|content-[a-z-]{1,30}|auto-submitted|precedence|list-id|delivered-to)[ \t]*:"
)
_BEFORE = re.compile(rb"[\r\n]*(?:[ \t](?!\s*[!-9;-~]{1,200}[ \t]*:)[^\r\n]{0,998}[\r\n]+)?")
_MBOX = re.compile(rb">?From ")
_ANGLE = re.compile(rb"<[^<>\s]{1,320}@[^<>\s]{1,253}>\s*$")
_FOLD = re.compile(rb"[\r\n]+[ \t]?")
_IDS = re.compile(r"<\s*([^<>\s][^<>]{0,997})>")
_MAX_IDS = 500
_FAR = timedelta(hours=18)


def split_headers(raw: bytes, start: int, end: int, *, top: bool) -> tuple[list[Field], int]:
    """The fields between ``start`` and the first empty line, and where the body begins.

    Args:
        raw: the mail.
        start: where the block begins.
        end: where the mail or part ends.
        top: the mail itself: may begin with empty lines or an mbox line.
    """
    fields: list[Field] = []
    at = _past_start(raw, start, end) if top else start
    stop = min(end, at + MAX_HEADERS_SEEN)
    room = MAX_HEADERS
    while at < stop:
        line_end = raw.find(b"\n", at, end)
        next_at = end if line_end < 0 else line_end + 1
        line = raw[at : min(next_at, at + MAX_HEADER)]
        if not line.strip(b"\r\n"):
            return fields, next_at
        room -= len(line)
        if not _take(fields, line, room=room, top=top):
            if not (fields and _headers_follow(raw, at, end)):
                return fields, at
            _adopt(fields, line)
        at = next_at
    return fields, _past_block(raw, at, end)


def _take(fields: list[Field], line: bytes, *, room: int, top: bool) -> bool:
    """Whether the line is one of a header block; then it is among the fields, if there is room."""
    if line[:1] in b" \t" and fields:
        _add(fields, line)
        return True
    if top and not fields and _NAMED.match(line):
        line = line.lstrip()
    found = _FIELD.match(line)
    if found and (room > 0 or _ALWAYS.match(line)):
        fields.append(Field(found.group(1).decode().lower(), line[found.end() :]))
    return found is not None or (top and _MBOX.match(line) is not None)


def _past_start(raw: bytes, start: int, end: int) -> int:
    """Beyond empty lines and the rest of a line that was cut off, where headers follow them."""
    found = _BEFORE.match(raw, start, end)
    if found and (_NAMED.match(raw, found.end(), end) or _MBOX.match(raw, found.end(), end)):
        return found.end()
    return start


def _past_block(raw: bytes, at: int, end: int) -> int:
    """Beyond a header block that is too long to be read."""
    found = re.compile(rb"\n\r?\n").search(raw, max(0, at - 1), end)
    return found.end() if found and at < end else at


def _headers_follow(raw: bytes, at: int, end: int) -> bool:
    """Whether one of the three lines after this one is a header by name, before any empty line.

    A line that begins with two hyphens is no junk but the next boundary, of a part that has
    neither an empty line nor a body.
    """
    if raw.startswith(b"--", at):
        return False
    at = raw.find(b"\n", at, end) + 1 or end
    for _ in range(3):
        line_end = raw.find(b"\n", at, end)
        line = raw[at : end if line_end < 0 else line_end]
        if not line.strip():
            return False
        if _KNOWN.match(line):
            return True
        at = at + len(line) + 1
    return False


def _adopt(fields: list[Field], line: bytes) -> None:
    """A line without indent among headers: the rest of a subject, address or list, else junk."""
    last = fields[-1]
    rest = last.name == "subject" or last.value.rstrip().endswith((b";", b","))
    if rest or (last.name in ("from", "to", "cc", "reply-to") and _ANGLE.match(line)):
        _add(fields, b" " + line)


def _add(fields: list[Field], line: bytes) -> None:
    last = fields[-1]
    if len(last.value) + len(line) <= MAX_HEADER:
        fields[-1] = Field(last.name, last.value + line)


def unfold(value: bytes) -> bytes:
    """The value in one line, trimmed; a fold is one space, whatever it was written with."""
    if b"\n" in value or b"\r" in value:
        value = _FOLD.sub(b" ", value.strip())
    return value.strip()


def text_of(value: bytes, hint: str = "") -> str:
    """The value as text: unfolded, 8-bit bytes and encoded words decoded, clean, one line."""
    text = header_text(unfold(value), hint)
    return one_line(decode_words(text) if "=?" in text else text)


def ids_of(value: bytes) -> tuple[str, ...]:
    """Message ids without brackets, in order; a value of one bare word counts as an id."""
    text = one_line(header_text(unfold(value[:MAX_HEADER])))
    found = [part.replace(" ", "") for part in _IDS.findall(text)][:_MAX_IDS]
    if not found and text and " " not in text:
        found = [text.strip("<>")[:998]]
    return tuple(part for part in found if part)


def date_of(value: bytes) -> datetime | None:
    """Aware UTC; None for what is no date. Without a zone it counts as UTC (RFC 5322 §3.3)."""
    text = one_line(header_text(unfold(value)))[:200]
    try:
        parts = parsedate_tz(text)
        if parts is None:
            return None
        offset = timedelta(seconds=parts[9] or 0)
        if abs(offset) > _FAR:
            return None
        return datetime(*parts[:6], tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None  # parsedate_tz itself raises on some of what fuzzing finds
