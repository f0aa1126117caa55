"""What the sandbox page needs from the simulated provider and from the hallway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose phone a visitor may hold.

    Attributes:
        number: E.164 with plus, or a sender label such as ``INFO-BANK``.
        role: one or two words under the name.
    """

    name: str
    number: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class SentText:
    """What became of a text sent from the simulated phone.

    Attributes:
        external_id: the provider's id.
        accepted: the gateway answered 2xx, which means: it is on disk.
        status: the gateway's HTTP status, None when it did not answer.
    """

    external_id: str
    accepted: bool
    status: int | None = None


class SandboxPhone(Protocol):
    """The simulated provider as the page sees it."""

    @property
    def number(self) -> str:
        """The office's number, E.164."""
        ...

    @property
    def people(self) -> Sequence[Person]:
        """Whose phones can be picked, in the order shown."""
        ...

    async def send(self, from_: str, body: str) -> SentText:
        """Delivers a text through the real webhook."""
        ...


class Changes(Protocol):
    """A counter that grows with every commit."""

    async def wait(self, after: int, timeout: float) -> int:  # noqa: ASYNC109 - the caller's patience is part of the contract
        """The counter once it passed ``after``, or as it stands after ``timeout`` seconds."""
        ...
