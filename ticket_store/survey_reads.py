"""Figures of surveys for reports, outside any unit of work.

Only counted surveys of the period are read, by the index over when they were answered; the newest
entry of an item counts, so that a correction never counts twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.model.servqual import HIGHEST, Dimension
from core.model.servqual_items import Respondent
from core.model.survey import EXPECTATION, LONG, PERCEPTION
from core.ports.surveys import SurveyFigures, SurveyQuery
from ticket_store.failures import guarded
from ticket_store.schema import survey_answers, surveys, ticket_work, tickets
from ticket_store.surveys import SHORT_DIMENSIONS, read_about, read_expectations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from core.model.survey import Surveyed

Answered = tuple[int, int, str, int]
"""Ticket, item, half, score."""


class StoreSurveyReads:
    """``core.ports.surveys.SurveyReads`` over an engine that only reads."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def about(self, ticket_id: int) -> Surveyed | None:
        """The survey of a ticket; None when there is no such ticket."""
        with guarded():
            async with self._engine.connect() as connection:
                return await read_about(connection, ticket_id)

    async def figures(self, query: SurveyQuery) -> SurveyFigures:
        """The counted answers, the newest entry of each item."""
        with guarded():
            async with self._engine.connect() as connection:
                kept = (await connection.execute(_kept(query))).all()
                answers = await _newest(connection, query)
                expected = await read_expectations(connection, query.period)
        tally = {(row.counted, row.late): row.many for row in kept}
        return SurveyFigures(
            surveys=sum(many for (counted, _), many in tally.items() if counted),
            late=sum(many for (_, late), many in tally.items() if late),
            uncounted=tally.get((False, False), 0),
            perception=_counts(answers),
            expected=expected,
            respondents=_respondents(answers),
        )

    async def comments(self, query: SurveyQuery, limit: int) -> Sequence[tuple[str, str]]:
        """Ticket numbers and remarks of citizens, newest first."""
        statement = (
            select(tickets.c.number, surveys.c.comment)
            .where(*_meant(query), surveys.c.comment != "")
            .select_from(_joined())
            .order_by(surveys.c.answered_at.desc())
            .limit(limit)
        )
        with guarded():
            async with self._engine.connect() as connection:
                found = (await connection.execute(statement)).all()
        return [(number, comment) for number, comment in found]


def _joined() -> Any:  # noqa: ANN401 - SQLAlchemy's join has no narrower name
    return surveys.join(tickets, tickets.c.id == surveys.c.ticket_id).join(
        ticket_work, ticket_work.c.ticket_id == tickets.c.id, isouter=True
    )


def _meant(query: SurveyQuery) -> Iterable[ColumnElement[bool]]:
    yield surveys.c.answered_at >= query.first
    yield surveys.c.answered_at < query.following
    if query.unit_id is not None:
        yield ticket_work.c.unit_id == query.unit_id
    if query.category is not None:
        yield tickets.c.category == query.category
    if query.channel is not None:
        yield tickets.c.channel == query.channel


def _kept(query: SurveyQuery) -> Select[tuple[bool, bool, int]]:
    return (
        select(surveys.c.counted, surveys.c.late, func.count().label("many"))
        .select_from(_joined())
        .where(*_meant(query))
        .group_by(surveys.c.counted, surveys.c.late)
    )


async def _newest(connection: AsyncConnection, query: SurveyQuery) -> list[Answered]:
    """The newest answer of each item and half of every counted survey."""
    one = survey_answers
    place = func.row_number().over(
        partition_by=(one.c.ticket_id, one.c.item, one.c.half), order_by=one.c.entry.desc()
    )
    ranked = (
        select(one.c.ticket_id, one.c.item, one.c.half, one.c.score, place.label("place"))
        .select_from(_joined().join(one, one.c.ticket_id == surveys.c.ticket_id))
        .where(*_meant(query), surveys.c.counted)
        .subquery()
    )
    statement = select(
        ranked.c.ticket_id, ranked.c.item, ranked.c.half, ranked.c.score
    ).where(ranked.c.place == 1)  # fmt: skip
    found = (await connection.execute(statement)).all()
    return [(row.ticket_id, row.item, row.half, row.score) for row in found]


def _counts(answers: Iterable[Answered]) -> dict[Dimension, list[int]]:
    counts = {dimension: [0] * HIGHEST for dimension in Dimension}
    for _, item, half, score in answers:
        dimension = SHORT_DIMENSIONS.get(item)
        if dimension and half == PERCEPTION:
            counts[dimension][score - 1] += 1
    return {dimension: own for dimension, own in counts.items() if any(own)}


def _respondents(answers: Iterable[Answered]) -> list[Respondent]:
    people: dict[int, dict[tuple[int, str], int]] = {}
    for ticket_id, item, half, score in answers:
        if item in LONG:
            people.setdefault(ticket_id, {})[item, half] = score
    return [
        Respondent(
            [given.get((item, EXPECTATION)) for item in LONG],
            [given.get((item, PERCEPTION)) for item in LONG],
        )
        for given in people.values()
    ]
