"""Surveys, their answers and what the office expects (requirements §6).

Answers are only ever added; ``surveys`` holds when a survey was opened and answered, and whether
it counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, update

from core.model.servqual import Dimension
from core.model.survey import (
    PERCEPTION,
    SHORT,
    Score,
    Surveyed,
    SurveyState,
    whole,
)
from core.model.ticket import Status
from ticket_store.failures import guarded
from ticket_store.persons import PERSON
from ticket_store.schema import (
    UtcDateTime,
    expectations,
    outbox,
    survey_answers,
    surveys,
    ticket_work,
    tickets,
)
from ticket_store.standing import INSERT
from ticket_store.survey_items import newest_versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, RowMapping
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.survey import SurveyWrite

_TICKET: BindParameter[int] = bindparam("ticket")
_STATES = select(
    surveys.c.ticket_id, surveys.c.opened_at, surveys.c.answered_at, surveys.c.skipped_at
).where(surveys.c.ticket_id.in_(bindparam("ids", expanding=True)))
_ITEMS = select(survey_answers.c.ticket_id, survey_answers.c.item).where(
    survey_answers.c.ticket_id.in_(bindparam("ids", expanding=True)),
    survey_answers.c.entry == 1,
    survey_answers.c.half == PERCEPTION,
)
_PERCEIVED = select(survey_answers.c.item, survey_answers.c.score).where(
    survey_answers.c.ticket_id == _TICKET, survey_answers.c.half == PERCEPTION
).order_by(survey_answers.c.entry)  # fmt: skip
_ENTRIES = select(func.max(survey_answers.c.entry)).where(survey_answers.c.ticket_id == _TICKET)
_INVITED = select(func.max(outbox.c.created_at)).where(
    outbox.c.ticket_id == _TICKET, outbox.c.purpose == "resolved"
)
_ABOUT = (
    select(
        tickets.c.id,
        tickets.c.number,
        tickets.c.address_id,
        tickets.c.status,
        tickets.c.status_at,
        ticket_work.c.assignee_id,
        ticket_work.c.solution,
    )
    .join(ticket_work, ticket_work.c.ticket_id == tickets.c.id, isouter=True)
    .where(tickets.c.id == _TICKET)
)
_LOCK = select(tickets.c.id).where(tickets.c.id == _TICKET).with_for_update()
_COUNTED = (
    select(surveys.c.ticket_id)
    .where(
        surveys.c.answered_at >= bindparam("first", type_=UtcDateTime),
        surveys.c.answered_at < bindparam("following", type_=UtcDateTime),
        surveys.c.counted,
        surveys.c.address_id.in_(PERSON),
    )
    .limit(1)
)
_EXPECTED = (
    select(expectations.c.dimension, expectations.c.value)
    .where(expectations.c.period <= bindparam("period"))
    .order_by(expectations.c.period, expectations.c.entry)
)
_LAST_ENTRY = select(func.max(expectations.c.entry)).where(
    expectations.c.period == bindparam("period"),
    expectations.c.dimension == bindparam("dimension"),
)


async def read_states(
    connection: AsyncConnection, ticket_ids: Sequence[int]
) -> dict[int, SurveyState]:
    """The surveys of these tickets; those that nobody has opened are left out."""
    held = {"ids": list(ticket_ids)}
    found = (await connection.execute(_STATES, held)).all()
    if not found:
        return {}
    items: dict[int, set[int]] = {}
    for ticket_id, item in await connection.execute(_ITEMS, held):
        items.setdefault(ticket_id, set()).add(item)
    return {
        row.ticket_id: SurveyState(
            row.opened_at, row.answered_at, row.skipped_at, frozenset(items.get(row.ticket_id, ()))
        )
        for row in found
    }


async def read_about(connection: AsyncConnection, ticket_id: int) -> Surveyed | None:
    """The survey of a ticket as it stands; None when there is no such ticket."""
    held = {"ticket": ticket_id}
    row = (await connection.execute(_ABOUT, held)).mappings().one_or_none()
    if row is None:
        return None
    invited = (await connection.execute(_INVITED, held)).scalar_one_or_none()
    entry = (await connection.execute(_ENTRIES, held)).scalar_one_or_none()
    states = await read_states(connection, [ticket_id])
    return _surveyed(row, invited, entry or 0, states.get(ticket_id))


async def write_survey(connection: AsyncConnection, write: SurveyWrite) -> None:
    """Opens the survey where it is not open yet, and adds what is given."""
    adding = INSERT[connection.dialect.name]
    opening = adding(surveys).values(
        ticket_id=write.ticket_id,
        address_id=write.address_id,
        # The page finds a survey by what is written in its address, never by a stored token.
        token_hash=f"none:{write.ticket_id}",
        opened_at=write.opened_at or write.at,
    )
    await connection.execute(opening.on_conflict_do_nothing(index_elements=["ticket_id"]))
    if write.scores:
        answers = adding(survey_answers).on_conflict_do_nothing(
            index_elements=["ticket_id", "entry", "item", "half"]
        )
        versions = await newest_versions(connection)
        rows = [_answer(write, one, versions.get(one.item, 1)) for one in write.scores]
        await connection.execute(answers, rows)
    changed = await _changed(connection, write)
    if changed:
        here = update(surveys).where(surveys.c.ticket_id == write.ticket_id)
        await connection.execute(here.values(**changed))


def _answer(write: SurveyWrite, score: Score, newest: int) -> dict[str, object]:
    return {
        "ticket_id": write.ticket_id,
        "entry": write.entry,
        "item": score.item,
        "half": score.half,
        "score": score.score,
        "at": write.at,
        "by": write.by,
        # A page that lay open for long may ask in older words, never in words to come.
        "version": min(score.version, newest) or newest,
    }


async def _changed(connection: AsyncConnection, write: SurveyWrite) -> dict[str, object]:
    changed: dict[str, object] = {}
    if write.answered:
        changed |= {
            "answered_at": write.at,
            "late": write.late,
            "counted": write.counted,
            "source": write.source,
            "staff_id": write.staff_id,
        }
    if write.answered or write.entry > 1:
        found = await connection.execute(_PERCEIVED, {"ticket": write.ticket_id})
        newest = dict(found.all())
        changed["rating"] = whole(Score(item, score) for item, score in newest.items())
    if write.skipped:
        changed["skipped_at"] = write.at
    if write.comment is not None:
        changed["comment"] = write.comment
    return changed


class SurveyRows:
    """``core.ports.surveys.SurveyShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def about(self, ticket_id: int) -> Surveyed | None:
        """The survey of a ticket, locked until the end; None when there is no such ticket."""
        with guarded():
            await self._connection.execute(_LOCK, {"ticket": ticket_id})
            return await read_about(self._connection, ticket_id)

    async def write(self, write: SurveyWrite) -> None:
        """Opens the survey where it is not open yet, and adds what is given."""
        with guarded():
            await write_survey(self._connection, write)

    async def counted(self, address_id: int, first: datetime, following: datetime) -> bool:
        """Whether a survey of this person counts already between these two instants."""
        held = {"address": address_id, "first": first, "following": following}
        with guarded():
            found = (await self._connection.execute(_COUNTED, held)).first()
        return found is not None

    async def expect(
        self, period: str, values: Mapping[Dimension, int], at: datetime, by: str
    ) -> None:
        """Adds what is expected in a period; the newest entry counts, older ones stay."""
        with guarded():
            for dimension, wanted in values.items():
                named = {"period": period, "dimension": dimension.value}
                last = (await self._connection.execute(_LAST_ENTRY, named)).scalar_one_or_none()
                row = {**named, "entry": (last or 0) + 1, "value": wanted, "at": at, "by": by}
                await self._connection.execute(expectations.insert(), row)


def _surveyed(
    row: RowMapping, invited: datetime | None, entry: int, state: SurveyState | None
) -> Surveyed:
    solved = row["status"] in (Status.RESOLVED, Status.CLOSED) or bool(row["solution"])
    opened = state.opened_at if state else row["status_at"]
    return Surveyed(
        ticket_id=row["id"],
        number=row["number"],
        address_id=row["address_id"],
        invited_at=invited or opened,
        entry=entry,
        state=state,
        assignee_id=row["assignee_id"],
        solved=solved,
    )


async def read_expectations(connection: AsyncConnection, period: str) -> dict[Dimension, int]:
    """What is expected in a period: its own values, else those of the last period before it."""
    found = await connection.execute(_EXPECTED, {"period": period})
    return {Dimension(dimension): wanted for dimension, wanted in found}


SHORT_DIMENSIONS = dict(zip(SHORT, Dimension, strict=True))
"""Which dimension an item of the short form asks for."""
