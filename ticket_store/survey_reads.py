"""Figures of surveys for reports, outside any unit of work.

Only counted surveys of the period are read, by the index over when they were answered; the newest
entry of an item counts, so that a correction never counts twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.model.servqual import HIGHEST, Dimension
from core.model.servqual_items import FORM, Column, Respondent
from core.model.survey import EXPECTATION, PERCEPTION
from core.model.survey_items import dimensions_of
from core.ports.surveys import SurveyFigures, SurveyQuery
from ticket_store.failures import guarded
from ticket_store.schema import survey_answers, surveys, ticket_work, tickets
from ticket_store.survey_items import read_items
from ticket_store.surveys import SHORT_DIMENSIONS, read_about, read_expectations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from core.model.survey import Surveyed
    from core.model.survey_items import SurveyItem

Answered = tuple[int, int, str, int, int]
"""Ticket, item, half, score, and the version of the item that was asked."""

AskedIn = Mapping[tuple[int, int], Dimension]
"""The dimension of each version of each item."""


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
                asked_in = dimensions_of(await read_items(connection))
        tally = {(row.counted, row.late): row.many for row in kept}
        return SurveyFigures(
            surveys=sum(many for (counted, _), many in tally.items() if counted),
            late=sum(many for (_, late), many in tally.items() if late),
            uncounted=tally.get((False, False), 0),
            perception=_counts(answers),
            expected=expected,
            respondents=_respondents(answers, form := _form(answers, asked_in), asked_in),
            form=form,
        )

    async def items(self) -> Sequence[SurveyItem]:
        """Every version that the office has written, oldest first."""
        with guarded():
            async with self._engine.connect() as connection:
                return await read_items(connection)

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
        select(
            *(one.c.ticket_id, one.c.item, one.c.half, one.c.score, one.c.version),
            place.label("place"),
        )
        .select_from(_joined().join(one, one.c.ticket_id == surveys.c.ticket_id))
        .where(*_meant(query), surveys.c.counted)
        .subquery()
    )
    statement = select(
        ranked.c.ticket_id, ranked.c.item, ranked.c.half, ranked.c.score, ranked.c.version
    ).where(ranked.c.place == 1)  # fmt: skip
    found = (await connection.execute(statement)).all()
    return [tuple(row) for row in found]


def _counts(answers: Iterable[Answered]) -> dict[Dimension, list[int]]:
    counts = {dimension: [0] * HIGHEST for dimension in Dimension}
    for _, item, half, score, _ in answers:
        dimension = SHORT_DIMENSIONS.get(item)
        if dimension and half == PERCEPTION:
            counts[dimension][score - 1] += 1
    return {dimension: own for dimension, own in counts.items() if any(own)}


def _form(answers: Iterable[Answered], asked_in: AskedIn) -> list[Column]:
    """The statements that were answered, each in the dimension that it was asked in; the 22 too.

    One that was moved to another dimension within the period stands in both.
    """
    asked = {
        (item, asked_in[item, version])
        for _, item, _, _, version in answers
        if item not in SHORT_DIMENSIONS and (item, version) in asked_in
    }
    order = list(Dimension)
    more = sorted(asked - set(FORM), key=lambda one: (order.index(one[1]), one[0]))
    return [*FORM, *more]


def _respondents(
    answers: Iterable[Answered], form: Sequence[Column], asked_in: AskedIn
) -> list[Respondent]:
    people: dict[int, dict[tuple[Column, str], int]] = {}
    for ticket_id, item, half, score, version in answers:
        dimension = asked_in.get((item, version))
        if dimension and item not in SHORT_DIMENSIONS:
            people.setdefault(ticket_id, {})[(item, dimension), half] = score
    return [
        Respondent(
            [given.get((column, EXPECTATION)) for column in form],
            [given.get((column, PERCEPTION)) for column in form],
        )
        for given in people.values()
    ]
