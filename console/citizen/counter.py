"""What the citizens' pages need from the hallway: the counter behind the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from core.model.events import Event
    from core.model.messages import Address
    from core.model.submission import Accepted, Submission
    from core.model.views import TicketRow


@value
class Progress:
    """A ticket as its page shows it.

    Attributes:
        files: names of the reporter's own files.
    """

    row: TicketRow
    history: Sequence[Event]
    files: Sequence[str]


@value
class OfficeFacts:
    """What the pages say of the office.

    Attributes:
        prefix: of ticket numbers.
        confirms: whether a typed mail address is asked to confirm.
        secure: reached by https, so that cookies may demand it.
        example: a well-formed ticket number.
    """

    name: str
    prefix: str
    zone: ZoneInfo
    confirms: bool
    secure: bool
    example: str


class Counter(Protocol):
    """The hallway as the pages see it. Everything that is awaited may raise StoreUnavailable."""

    @property
    def office(self) -> OfficeFacts:
        """Who answers here."""
        ...

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    async def take(self, submission: Submission) -> Accepted:
        """Returns once it is on disk; ``number`` is "" when intake could not make sense of it."""
        ...

    async def opens(self, number: str, typed: str) -> bool:
        """Whether this code opens this ticket; the same time for every answer."""
        ...

    def guessed_wrong(self, number: str) -> None:
        """Counts a wrong code, later: the answer must not wait for it."""
        ...

    def send_code(self, number: str) -> None:
        """Sends a code to the reporter if that can be, later: the answer must not tell."""
        ...

    async def progress(self, number: str) -> Progress:
        """Raises NotFound."""
        ...

    async def claimed(self, number: str, token: str) -> Address | None:
        """The typed address that the token of a link is about, while it works."""
        ...

    async def confirm(self, number: str, token: str) -> bool:
        """The owner of the address says yes; False when the link does not work any more."""
        ...
