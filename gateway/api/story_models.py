"""What lies beside a ticket and goes out: history, thread, notes, files, the unsorted tray."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from core.model.attachments import AttachmentState, FileSide  # noqa: TC001 - pydantic reads it
from core.model.masking import mask_identity
from core.model.messages import Outcome  # noqa: TC001 - pydantic reads it
from gateway.api.table import Asked, Shown
from gateway.api.ticket_models import After, Limit  # noqa: TC001 - pydantic reads them

if TYPE_CHECKING:
    from core.model.attachments import FileView
    from core.model.events import Event
    from core.model.listing import NoteView, UnsortedMessage
    from core.model.views import ThreadEntry


class EventsAsked(Asked):
    """From where in the chain."""

    after: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 200


class EventShown(Shown):
    """One fact of the history; ``data`` is JSON as it was hashed."""

    seq: int
    kind: str
    at: datetime
    actor: str
    data: str
    previous: str
    hash: str


def event_of(event: Event) -> EventShown:
    """As it goes out."""
    return EventShown(**{name: getattr(event, name) for name in EventShown.model_fields})


class History(Shown):
    """Facts in order; ``next`` is the place to go on from, null at the end."""

    items: list[EventShown]
    next: int | None


class ThreadLine(Shown):
    """One message, either way; ``held_until``: it has not left, and can be taken back."""

    id: int
    inbound: bool
    at: datetime
    text: str
    who: str
    channel: str
    outcome: Outcome | None
    purpose: str
    state: str
    reason: str
    segments: int
    silence: str
    held_until: datetime | None


def thread_line(entry: ThreadEntry) -> ThreadLine:
    """As it goes out."""
    names = frozenset(ThreadLine.model_fields) - {"text"}
    told = {name: getattr(entry, name) for name in names}
    return ThreadLine(text=mask_identity(entry.text), **told)


class Thread(Shown):
    """Both directions in time order."""

    items: list[ThreadLine]


class NoteShown(Shown):
    """What stays in the house."""

    id: int
    kind: str
    text: str
    by: str
    at: datetime


def note_of(note: NoteView) -> NoteShown:
    """As it goes out."""
    return NoteShown(
        id=note.id, kind=note.kind, text=mask_identity(note.text), by=note.by, at=note.at
    )


class Notes(Shown):
    """In time order."""

    items: list[NoteShown]


class FileShown(Shown):
    """A file of the ticket; ``side``, ``message`` and ``position`` name it.

    ``side``: ``in`` of a message that came, ``out`` of one of ours, ``note`` of an internal note.
    """

    side: FileSide
    message: int
    position: int
    filename: str
    content_type: str
    size: int | None
    state: AttachmentState
    reason: str


def file_of(view: FileView) -> FileShown:
    """As it goes out: never where it lies."""
    return FileShown(
        side=view.side,
        message=view.message_id,
        position=view.position,
        filename=view.filename,
        content_type=view.content_type,
        size=view.size,
        state=view.state,
        reason=view.reason,
    )


class Files(Shown):
    """In the order of their messages."""

    items: list[FileShown]


# --- the tray ------------------------------------------------------------------------------------


class TrayAsked(Asked):
    """From where."""

    limit: Limit = 50
    after: After | None = None


class TrayLine(Shown):
    """A message that opened no ticket (rule 10)."""

    id: int
    channel: str
    sender: str
    subject: str | None
    text: str
    received_at: datetime
    language: str


def tray_line(message: UnsortedMessage) -> TrayLine:
    """As it goes out."""
    subject = mask_identity(message.subject) if message.subject else message.subject
    return TrayLine(
        id=message.id,
        channel=message.channel,
        sender=message.sender,
        subject=subject,
        text=mask_identity(message.text),
        received_at=message.received_at,
        language=message.language,
    )


class Tray(Shown):
    """A page, newest first."""

    items: list[TrayLine]
    next: str | None
