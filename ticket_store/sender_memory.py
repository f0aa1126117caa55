"""What intake remembers of a sender, as the JSON text of ``addresses.memory``.

Only what differs from nothing is written. Reading is lenient: a field that an older version wrote
otherwise counts as forgotten, for a lost memory costs one reply too many and never a message.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.model.ticket import ReplyMark

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.model.filing import SenderChange

NOTHING = "{}"

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Memory:
    """Fields as in ``core.model.ticket.Sender``."""

    replies: tuple[ReplyMark, ...] = ()
    untold: tuple[str, ...] = ()
    helped_on: str = ""
    joined: tuple[int, int] | None = None
    opened: tuple[datetime, ...] = ()
    survey: int | None = None
    question: int = 0
    feedback: int | None = None
    registration: str = ""


BLANK = Memory()


def written(change: SenderChange | Memory) -> str:
    """The text to store."""
    kept: dict[str, object] = {
        "replies": [(mark.at.isoformat(), mark.purpose) for mark in change.replies],
        "untold": change.untold,
        "helped_on": change.helped_on,
        "joined": change.joined,
        "opened": [at.isoformat() for at in change.opened],
        "survey": change.survey,
        "question": change.question,
        "feedback": change.feedback,
        "registration": change.registration,
    }
    kept = {
        name: one for name, one in kept.items() if getattr(change, name) != getattr(BLANK, name)
    }
    return _encode(kept) if kept else NOTHING


def recalled(text: str) -> Memory:
    """What the stored text says; never raises."""
    if text == NOTHING:
        return BLANK
    try:
        kept = json.loads(text)
    except (ValueError, RecursionError):
        return BLANK
    if not isinstance(kept, dict):
        return BLANK
    fields = {name: _field(_READERS[name], kept[name]) for name in kept.keys() & _READERS.keys()}
    return Memory(**{name: value for name, value in fields.items() if value is not None})


def _field(reader: Callable[[Any], Any], value: object) -> Any:  # noqa: ANN401 - any of Memory's
    try:
        return reader(value)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def _replies(marks: list[list[str]]) -> tuple[ReplyMark, ...]:
    return tuple(ReplyMark(_moment(at), str(purpose)) for at, purpose in marks)


def _joined(pair: list[int]) -> tuple[int, int]:
    message, ticket = pair
    return (int(message), int(ticket))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "replies": _replies,
    "untold": lambda numbers: tuple(_text(number) for number in numbers),
    "helped_on": _text,
    "joined": _joined,
    "opened": lambda moments: tuple(_moment(at) for at in moments),
    "survey": _number,
    "question": _number,
    "feedback": _number,
    "registration": _text,
}
