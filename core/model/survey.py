"""Surveys: which items there are, what one holds, what a message or a form adds (requirements §6).

The short form asks one question for each dimension; the long form is the 22 statement pairs.
Answers are never changed: a correction is a new entry, and the newest entry of an item counts.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from core.model.sentences import said
from core.model.servqual import HIGHEST, Dimension
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

SHORT_FIRST: Final = 101
"""Items 101 to 105 are the short form, in the order of the dimensions; 1 to 22 the long one."""

SHORT: Final = tuple(range(SHORT_FIRST, SHORT_FIRST + len(Dimension)))
LONG: Final = tuple(range(1, 23))

PERCEPTION, EXPECTATION = "perception", "expectation"
"""Halves of an item; the short form asks for the first only."""

CHANNEL, WEB, PAPER = "channel", "web", "paper"
"""Sources of an answer (MB-24)."""

LONGEST_COMMENT: Final = 2000

_PERIOD: Final = re.compile("20[0-9]{2}-(?:0[1-9]|1[0-2])")


@value
class Score:
    """One answer: an item, which half of it, 1 to 5.

    Attributes:
        version: of the item's wording as it was asked; 0: the one in force.
    """

    item: int
    score: int
    half: str = PERCEPTION
    version: int = 0


@value
class SurveyState:
    """A survey as it stands.

    Attributes:
        opened_at: when it was opened; the invitation may be older.
        items: answered so far in the first entry.
    """

    opened_at: datetime
    answered_at: datetime | None = None
    skipped_at: datetime | None = None
    items: frozenset[int] = frozenset()

    @property
    def over(self) -> bool:
        """One survey per ticket: answered once, it takes no more."""
        return self.answered_at is not None


@value
class SurveyWrite:
    """What is laid down about the survey of one ticket; opens it where it is not open yet.

    Attributes:
        address_id: the respondent, who is the reporter.
        by: ``reporter`` or ``staff:<id>``, who entered a paper form.
        entry: 1; higher for corrections.
        opened_at: where this opens the survey; None: now.
        answered, skipped: it is over with this.
        late: the answers came too late to count (§6).
        counted: they count in the report of the period.
        staff_id: the technician who is rated (DK-08).
        comment: the citizen's words; None: none.
    """

    ticket_id: int
    address_id: int
    at: datetime
    source: str = CHANNEL
    by: str = "reporter"
    scores: tuple[Score, ...] = ()
    entry: int = 1
    opened_at: datetime | None = None
    answered: bool = False
    skipped: bool = False
    late: bool = False
    counted: bool = False
    staff_id: int | None = None
    comment: str | None = None


@value
class Surveyed:
    """A survey as services and pages see it.

    Attributes:
        number: of its ticket.
        invited_at: when the solution was told, which asked for it; else when it was opened.
        entry: the highest one so far, 0 for none.
        state: None: nobody has opened it yet.
        assignee_id: the technician who would be rated.
        solved: the ticket's solution was told at some time; only then is there a survey.
    """

    ticket_id: int
    number: str
    address_id: int
    invited_at: datetime
    entry: int = 0
    state: SurveyState | None = None
    assignee_id: int | None = None
    solved: bool = False


def wrong_scores(scores: Iterable[Score], own: frozenset[int] = frozenset()) -> str:
    """What is wrong with answers, Indonesian; "" when nothing is.

    Args:
        scores: as given.
        own: ids of statements that the office has added.
    """
    seen: set[tuple[int, str]] = set()
    for one in scores:
        if one.item not in SHORT and one.item not in LONG and one.item not in own:
            return said(
                "Pernyataan {item} tidak ada. Yang ada: 1 sampai 22, atau 101 sampai 105.",
                item=one.item,
            )
        if not 1 <= one.score <= HIGHEST:
            return said("Nilai pernyataan {item} harus 1 sampai 5.", item=one.item)
        if one.half not in (PERCEPTION, EXPECTATION):
            return said(
                "Bagian {half} tidak dikenal: {perception} atau {expectation}.",
                half=repr(one.half),
                perception=PERCEPTION,
                expectation=EXPECTATION,
            )
        if (one.item, one.half) in seen:
            return f"Pernyataan {one.item} dijawab dua kali."
        seen.add((one.item, one.half))
    return "" if seen else said("Belum ada jawaban.")


def whole(scores: Iterable[Score]) -> int | None:
    """One rating of 1 to 5 for the technician (DK-08): the mean of what was perceived, rounded."""
    given = [one.score for one in scores if one.half == PERCEPTION]
    if not given:
        return None
    return int(Fraction(sum(given), len(given)) + Fraction(1, 2))


def is_late(invited_at: datetime, at: datetime, limit: timedelta) -> bool:
    """Kept, but not counted (§6: answers after 14 days)."""
    return at > invited_at + limit


def period_of(at: datetime, zone: ZoneInfo) -> str:
    """The calendar month of the office: ``2026-11``."""
    return f"{at.astimezone(zone):%Y-%m}"


def bounds(period: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First instant of a period and of the next one. Raises ValueError: not like ``2026-11``."""
    if not _PERIOD.fullmatch(period):
        raise ValueError(period)
    first = datetime(int(period[:4]), int(period[5:]), 1, tzinfo=zone)
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first, following
