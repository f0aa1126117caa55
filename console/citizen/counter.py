"""What the citizens' pages need from the hallway: the counter behind the window."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from core.model.survey_items import newest
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from core.model.events import Event
    from core.model.intent import Command
    from core.model.messages import Address
    from core.model.submission import Accepted, Said, Submission
    from core.model.survey import Score, SurveyState
    from core.model.survey_items import SurveyItem
    from core.model.views import Side, Spoken
    from core.model.work import WorkTicket


SHIPPED = newest(())
"""Statements and questions as they come with the system."""


@value
class Progress:
    """A ticket as its page shows it.

    Attributes:
        talk: between reporter and office, oldest first.
        offers: commands that would do something now.
        words: whether plain words belong here now.
        until: how long an ended ticket can be taken up again, aware UTC.
        survey: path of the page where it can be rated, "" while there is nothing to rate.
    """

    ticket: WorkTicket
    history: Sequence[Event]
    talk: Sequence[Spoken]
    offers: tuple[Command, ...]
    words: bool
    until: datetime
    survey: str = ""


@value
class Download:
    """A file of a ticket, as it lies here."""

    path: Path
    filename: str


@value
class OfficeFacts:
    """What the pages say of the office.

    Attributes:
        prefix: of ticket numbers.
        confirms: whether a typed mail address is asked to confirm.
        secure: reached by https, so that cookies may demand it.
        example: a well-formed ticket number.
        address: of these pages, without a last slash.
        channel: id of their door.
        reopening: how long an ended ticket can be taken up again.
    """

    name: str
    prefix: str
    zone: ZoneInfo
    confirms: bool
    secure: bool
    example: str
    address: str
    channel: str
    reopening: timedelta


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

    async def sender(self, number: str) -> Address:
        """Whose words those on the page of this ticket are. Raises NotFound."""
        ...

    async def say(self, said: Said) -> Accepted:
        """Takes words on a ticket; another number when they opened a ticket that goes on from it.

        Returns once it is on disk.
        """
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

    def seen(self, talk: Sequence[Spoken]) -> None:
        """The reporter has these lines before the eyes; noted later."""
        ...

    async def file(self, number: str, side: Side, line: int, position: int) -> Download:
        """A file of the conversation. Raises NotFound, also for one that is not given out."""
        ...

    async def claimed(self, number: str, token: str) -> Address | None:
        """The typed address that the token of a link is about, while it works."""
        ...

    async def confirm(self, number: str, token: str) -> bool:
        """The owner of the address says yes; False when the link does not work any more."""
        ...


@value
class Rating:
    """What the page of a survey shows.

    Attributes:
        number: of the ticket.
        solved: only then is there anything to rate.
        state: None: nobody has opened it yet.
        late: an answer would not count any more.
        items: the statements and questions in force.
    """

    number: str
    solved: bool
    state: SurveyState | None = None
    late: bool = False
    items: Mapping[int, SurveyItem] = field(default_factory=lambda: SHIPPED)


class SurveyCounter(Protocol):
    """The hallway as the survey sees it. Everything that is awaited may raise StoreUnavailable."""

    @property
    def office(self) -> OfficeFacts:
        """Who asks."""
        ...

    async def rating(self, token: str) -> Rating:
        """Raises NotFound for what we have not given out."""
        ...

    async def rate(self, token: str, scores: Sequence[Score], comment: str) -> None:
        """Keeps them, once for each ticket; the rating tells afterwards. Raises NotFound."""
        ...

    async def skip(self, token: str) -> None:
        """No answers now; they may still come later. Raises NotFound."""
        ...
