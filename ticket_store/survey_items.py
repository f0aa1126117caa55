"""Statements of the survey as the office has changed them (LL-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, union

from core.model.servqual import Dimension
from core.model.survey_items import FIRST_OWN, SurveyItem
from ticket_store.failures import guarded
from ticket_store.schema import survey_answers, survey_items

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

_FIELDS = (*("id", "version", "dimension", "position", "words", "english", "retired", "at", "by"),)
_ALL = select(*(survey_items.c[name] for name in _FIELDS)).order_by(
    survey_items.c.id, survey_items.c.version
)
_NEWEST = select(survey_items.c.id, func.max(survey_items.c.version)).group_by(survey_items.c.id)


async def read_items(connection: AsyncConnection) -> list[SurveyItem]:
    """Every version, oldest first."""
    return [
        SurveyItem(
            id=row.id,
            version=row.version,
            dimension=Dimension(row.dimension),
            position=row.position,
            words=row.words,
            english=row.english,
            retired=row.retired,
            at=row.at,
            by=row.by,
        )
        for row in await connection.execute(_ALL)
    ]


async def newest_versions(connection: AsyncConnection) -> Mapping[int, int]:
    """The version in force of each item that was changed; all others stand as shipped, at 1."""
    found = await connection.execute(_NEWEST)
    return {int(row[0]): int(row[1]) for row in found}


class SurveyItemRows:
    """``core.ports.surveys.SurveyItemShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self) -> Sequence[SurveyItem]:
        """Every version, oldest first."""
        with guarded():
            return await read_items(self._connection)

    async def ids(self) -> Sequence[int]:
        """Of all that ever were, also of those that only answers still name."""
        answered = select(survey_answers.c.item).where(survey_answers.c.item >= FIRST_OWN)
        with guarded():
            found = await self._connection.execute(union(select(survey_items.c.id), answered))
            return list(found.scalars())

    async def put(self, item: SurveyItem) -> None:
        """Lays down one version."""
        row = {name: getattr(item, name) for name in _FIELDS}
        with guarded():
            await self._connection.execute(
                insert(survey_items).values({**row, "dimension": item.dimension.value})
            )

    async def answered(self, item: int) -> bool:
        """Whether anybody has answered it."""
        wanted = select(survey_answers.c.item).where(survey_answers.c.item == item).limit(1)
        with guarded():
            return (await self._connection.execute(wanted)).first() is not None

    async def drop(self, item: int) -> None:
        """All versions of one that nobody answered."""
        with guarded():
            await self._connection.execute(delete(survey_items).where(survey_items.c.id == item))
