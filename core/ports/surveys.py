"""What surveys ask of the store.

Small Protocols like those of :mod:`core.ports`, which names them on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.model.servqual_items import FORM, Column
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.model.servqual import Counts, Dimension
    from core.model.servqual_items import Respondent
    from core.model.survey import Surveyed, SurveyWrite
    from core.model.survey_items import SurveyItem


class SurveyShelf(Protocol):
    """The surveys of tickets, and what the office expects."""

    async def about(self, ticket_id: int) -> Surveyed | None:
        """The survey of a ticket, locked until the end; None when there is no such ticket."""
        ...

    async def write(self, write: SurveyWrite) -> None:
        """Opens the survey where it is not open yet, and adds what is given.

        An answer that is there already stays as it was.
        """
        ...

    async def counted(self, address_id: int, first: datetime, following: datetime) -> bool:
        """Whether a survey of this person counts already between these two instants."""
        ...

    async def expect(
        self, period: str, values: Mapping[Dimension, int], at: datetime, by: str
    ) -> None:
        """Adds what is expected in a period; the newest entry counts, older ones stay."""
        ...


class SurveyItemShelf(Protocol):
    """Statements and questions as the office has changed them; what is shipped is in no row."""

    async def all(self) -> Sequence[SurveyItem]:
        """Every version, oldest first."""
        ...

    async def ids(self) -> Sequence[int]:
        """Of all that ever were, also of those that only answers still name."""
        ...

    async def put(self, item: SurveyItem) -> None:
        """Lays down one version. Raises Conflict: two wrote the same."""
        ...

    async def answered(self, item: int) -> bool:
        """Whether anybody has answered it."""
        ...

    async def drop(self, item: int) -> None:
        """All versions of one that nobody answered."""
        ...


@value
class SurveyQuery:
    """Which answers a report is about.

    Attributes:
        first, following: of the period, aware: answered from the one, before the other.
        period: its name, for what was expected.
        unit_id, category, channel: of the tickets; None: all.
    """

    first: datetime
    following: datetime
    period: str
    unit_id: int | None = None
    category: str | None = None
    channel: str | None = None


@value
class SurveyFigures:
    """The counted answers of a period.

    Attributes:
        surveys: counted ones. late, uncounted: kept without counting.
        perception: of the short form, counts of 1 to 5 for each dimension.
        expected: one value for each dimension, as the office set it.
        respondents: those who answered the statements.
        form: which statements, each in the dimension that it was asked in.
    """

    surveys: int
    late: int
    uncounted: int
    perception: Mapping[Dimension, Counts]
    expected: Mapping[Dimension, int]
    respondents: Sequence[Respondent] = ()
    form: Sequence[Column] = FORM


class SurveyReads(Protocol):
    """Surveys and their figures, outside any unit of work."""

    async def items(self) -> Sequence[SurveyItem]:
        """Every version that the office has written, oldest first."""
        ...

    async def about(self, ticket_id: int) -> Surveyed | None:
        """The survey of a ticket; None when there is no such ticket."""
        ...

    async def figures(self, query: SurveyQuery) -> SurveyFigures:
        """The counted answers, the newest entry of each item."""
        ...

    async def comments(self, query: SurveyQuery, limit: int) -> Sequence[tuple[str, str]]:
        """Ticket numbers and remarks of citizens, newest first."""
        ...
