"""Files that came with messages: what is wanted, what was found (providers.md §2.5, §13.5)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from core.model.messages import ChannelId


class AttachmentState(StrEnum):
    """How far a file got. The message and its ticket never wait for it."""

    WAITING = "waiting"  # to be fetched
    STORED = "stored"  # in our folder, harmless as far as we know
    SUSPECT = "suspect"  # in our folder, but executable, macro, archive or found infected
    UNAVAILABLE = "unavailable"  # given up; staff may ask for it again


@value
class WantedFile:
    """One file to fetch.

    Attributes:
        message_id, position: which attachment of which message.
        reference: as in ``core.model.messages.Attachment``.
        raw: the payload it came with, for ``part:`` references; else empty.
        attempt: 1 for the first try.
    """

    message_id: int
    position: int
    channel: ChannelId
    reference: str
    content_type: str
    filename: str | None
    size: int | None
    attempt: int = 1
    raw: bytes = b""
