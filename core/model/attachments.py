"""Files that came with messages: what is wanted, what was found (providers.md §2.5, §13.5)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

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


@value
class Finding:
    """What examining a file found.

    Attributes:
        content_type: ours; ``application/octet-stream`` when unknown or not to be shown.
        suspicion: why it is set apart, Indonesian; "" when nothing speaks against it.
        note: what staff should know besides, Indonesian.
    """

    content_type: str
    suspicion: str = ""
    note: str = ""


@value
class FetchResult:
    """What to write about one attempt at a file.

    Attributes:
        attempt: the claimed one; where a later claim came in between, nothing is written.
        counts: False gives the attempt back: it says nothing about this file.
        due_at: for ``waiting``: not before.
        stored_as: its path below the folder of attachments; the name is random.
        reason: Indonesian, for staff.
    """

    message_id: int
    position: int
    state: AttachmentState
    attempt: int
    counts: bool = True
    due_at: datetime | None = None
    stored_as: str | None = None
    found_type: str | None = None
    found_size: int | None = None
    sha256: str | None = None
    reason: str = ""


class FileSide(StrEnum):
    """What a file belongs to; also a part of its address."""

    IN = "in"  # a message that came
    OUT = "out"  # one of ours
    NOTE = "note"  # what stays in the house


@value
class FileView:
    """A file of a ticket as pages show it.

    Attributes:
        message_id: of the message in or out, or of the note, as ``side`` says.
        filename: cleaned, never empty.
        content_type: ours once stored; what the sender claims, before.
        size: bytes found; claimed, or None, before it is stored.
        stored_as: where it lies, None while it does not.
        inline: whether a page may show it; else it is offered for download only.
    """

    message_id: int
    position: int
    filename: str
    content_type: str
    size: int | None
    state: AttachmentState
    reason: str
    stored_as: str | None = None
    inline: bool = False
    side: FileSide = FileSide.IN
