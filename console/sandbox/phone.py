"""What the sandbox page needs from the simulated providers and from the hallway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose phone or mail program a visitor may hold.

    Attributes:
        number: how the provider knows this person: E.164 with plus, a sender label such as
            ``INFO-BANK``, the id of a Telegram account, or a mail address.
        role: one or two words under the name.
    """

    name: str
    number: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that goes with a message.

    Attributes:
        name: as the visitor's file is called; never a path.
        content_type: as the browser claims.
    """

    name: str
    content_type: str
    data: bytes

    @property
    def is_photo(self) -> bool:
        """Whether phones show it as a picture; exactly these are shown on our page, too."""
        return self.content_type in ("image/jpeg", "image/png")


@dataclass(frozen=True, slots=True)
class SentText:
    """What became of a message sent from the simulated phone or mail program.

    Attributes:
        external_id: the provider's id.
        accepted: the gateway answered 2xx (SMTP 250), which means: it is on disk.
        status: the gateway's HTTP status or SMTP code, None when it did not answer.
    """

    external_id: str
    accepted: bool
    status: int | None = None


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that a phone has sent or got.

    Attributes:
        id: names it to ``SandboxPhone.file``.
        text: the words that went with it.
    """

    id: str
    text: str
    name: str
    is_photo: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """One thing that can go wrong at the provider, or on the phone.

    Attributes:
        key: names it to ``turn``.
        words: Indonesian, what happens while it is on.
    """

    key: str
    words: str
    on: bool


class Provider(Protocol):
    """What phones and mail program have in common."""

    @property
    def people(self) -> Sequence[Person]:
        """Whose phones can be picked, in the order shown."""
        ...

    @property
    def number(self) -> str:
        """The office as people reach it: E.164, a bot's name, a mail address."""
        ...

    def switches(self, holder: str) -> Sequence[Switch]:
        """What can go wrong, as it stands; some of it only for whoever holds the phone."""
        ...

    async def turn(self, key: str, holder: str) -> None:
        """Turns a switch over. Raises KeyError for an unknown one."""
        ...

    async def reset(self) -> None:
        """All switches as at first."""
        ...


class SandboxPhone(Provider, Protocol):
    """A simulated provider of short messages as the page sees it."""

    async def send(self, from_: str, body: str, file: Upload | None = None) -> SentText:
        """Delivers a message through the real webhook; SMS carries no file."""
        ...

    def files_of(self, holder: str) -> Sequence[SentFile]:
        """Files that this person sent, oldest first."""
        ...

    def files_to(self, holder: str) -> Sequence[SentFile]:
        """Files that reached this phone, oldest first, each with the words of its answer."""
        ...

    def file(self, file_id: str) -> Upload:
        """Raises KeyError."""
        ...

    def received(self, holder: str) -> Sequence[str]:
        """The words of everything that reached this phone, copies included, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in a mail program, received or sent.

    Attributes:
        id: within the mail program.
        mine: sent by the holder.
        writer: address, with the name where there is one.
        text: the plain form, "" without one.
        html: as it came, hostile until shown apart; "" without one.
        headers: all, in order, unfolded and decoded.
        answer_to: where an answer goes (Reply-To, else From).
    """

    id: int
    at: datetime
    mine: bool
    writer: str
    to: str
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    files: tuple[Upload, ...]
    answer_to: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail as written by the holder.

    Attributes:
        answers: id of the mail that it answers; None begins a conversation.
    """

    writer: str
    subject: str
    text: str
    answers: int | None = None
    file: Upload | None = None


class SandboxMail(Provider, Protocol):
    """The simulated mail program and its server as the page sees them."""

    async def send(self, draft: Draft) -> SentText:
        """Delivers a mail by SMTP. Raises KeyError when it answers an unknown mail."""
        ...

    def letters(self, holder: str) -> Sequence[Letter]:
        """What this person received and sent, newest first."""
        ...

    def letter(self, holder: str, letter_id: int) -> Letter:
        """Raises KeyError, also for a mail of somebody else."""
        ...


class Changes(Protocol):
    """A counter that grows with every commit."""

    async def wait(self, after: int, timeout: float) -> int:  # noqa: ASYNC109 - the caller's patience is part of the contract
        """The counter once it passed ``after``, or as it stands after ``timeout`` seconds."""
        ...

    def bump(self) -> None:
        """Something that pages show has changed."""
        ...
