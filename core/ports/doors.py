"""What a door can do (design.md §5): the house asks for what it implements, and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from core.model.messages import Inbound, Receipt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from core.errors import MalformedMessage
    from core.model.attachments import WantedFile
    from core.model.health import Symptom
    from core.model.messages import (
        ChannelId,
        OutboundMessage,
        RawRequest,
        SendReceipt,
        SentCopy,
        WebReply,
    )


Deliver = Callable[[Sequence[Inbound]], Awaitable[Sequence[Receipt]]]
"""Hands what a listening door received to the house; returns once all of it is on disk.

One receipt per InboundMessage, in order; reports, unreadable and ignored items have none. The
bookmark of each item is kept with it. Raises StoreUnavailable (also as Busy): nothing was taken
for certain, the door leaves it where it is and tries again; a repeat is harmless.
"""


class Bookmarks(Protocol):
    """Reads how far a listening door had come; it writes by the bookmarks of what it delivers."""

    async def read(self, name: str) -> str | None:
        """The mark kept under this name; None before the first. Raises StoreUnavailable."""
        ...


class Clock(Protocol):
    """The one source of wall-clock time."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...


class Door(Protocol):
    """Any door; what it can do besides is told by the Protocols below."""

    id: ChannelId


@runtime_checkable
class Sends(Protocol):
    """A door that carries messages out."""

    id: ChannelId

    async def send(self, message: OutboundMessage) -> SendReceipt:
        """One call, one timeout, no retry of its own. Raises SendError."""
        ...


@runtime_checkable
class Webhook(Protocol):
    """A door that providers call over HTTP."""

    id: ChannelId

    def verify(self, request: RawRequest) -> None:
        """Raises RequestRejected. Constant time, before any parsing, over the raw bytes."""
        ...

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        """Pure: bytes in, values out. Raises MalformedMessage."""
        ...

    def answer(self, receipts: Sequence[Receipt]) -> WebReply:
        """What this provider wants to hear."""
        ...

    def malformed(self, problem: MalformedMessage) -> WebReply:
        """The answer to an authentic but unreadable request; keeps it from coming again."""
        ...


@runtime_checkable
class Handshakes(Protocol):
    """A door whose provider checks the URL first, by GET."""

    def is_handshake(self, request: RawRequest) -> bool:
        """Whether the request is such a check; then ``verify`` and ``parse`` are not called."""
        ...

    def handshake(self, request: RawRequest) -> WebReply:
        """The subscription challenge. Raises RequestRejected."""
        ...


@runtime_checkable
class Listens(Protocol):
    """A door that waits on a connection of its own (SMTP, IMAP, polling)."""

    id: ChannelId

    async def listen(self, deliver: Deliver, bookmarks: Bookmarks) -> None:
        """Runs until cancelled; loses no connection for good. An exception restarts it later."""
        ...


@runtime_checkable
class Recovers(Protocol):
    """A door whose provider keeps a list of what it sent us."""

    id: ChannelId

    def missed_since(self, when: datetime) -> AsyncIterator[Inbound]:
        """Everything received at the provider since then; repeats are expected and harmless."""
        ...


@runtime_checkable
class FindsCopies(Protocol):
    """A door whose provider keeps a list of what we sent."""

    async def copies_of(self, message: OutboundMessage, since: datetime) -> Sequence[SentCopy]:
        """Messages in the provider's list equal to this one, not older than ``since``.

        Raises SendError when the list cannot be read.
        """
        ...


@runtime_checkable
class Converses(Protocol):
    """A door that needs to know what a message stands in: threads, windows, files."""

    converses: bool
    """True; without it ``OutboundMessage.conversation`` is None and costs nothing."""


@runtime_checkable
class Fetches(Protocol):
    """A door whose messages refer to files that are to be had from its provider or payload."""

    async def fetch(self, wanted: WantedFile, into: Sink) -> str | None:
        """Writes the file's bytes; returns the content type that the provider names, if any.

        One attempt, no redirect to hosts not listed, no private address. Raises SendError, or
        what the sink raises when the file grows too large.
        """
        ...


class Sink(Protocol):
    """Takes a file's bytes as they come."""

    def write(self, data: bytes) -> None:
        """Raises TooLarge beyond the limit."""
        ...


@runtime_checkable
class Examines(Protocol):
    """A door that can tell how it is with its provider: pending updates, a dead modem."""

    async def examine(self) -> Sequence[Symptom]:
        """What is wrong now, nothing when all is well. Raises SendError: it cannot be asked."""
        ...


@runtime_checkable
class Closes(Protocol):
    """A door with connections to close at the end."""

    async def close(self) -> None:
        """Idempotent."""
        ...
