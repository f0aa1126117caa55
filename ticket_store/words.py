"""The words of messages, gathered after intake has committed, so that no message waits for them.

Which tickets have new messages is told by the stream of events, which skips nothing; a message
that has its words already is left as it is, so that gathering twice does no harm. Two processes
that gather at the same time are told apart by the place that they began at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import String, bindparam, cast, func, insert, literal, select, text

from core.model.searching import sweep_place
from ticket_store.schema import FULL_TEXT, messages, search_docs, search_place, tickets
from ticket_store.standing import INSERT, padded

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.searching import Sweep

LONGEST: Final = 20_000
"""Characters of one text that are searched, as in migration 0015, which takes words back."""

_NUMBERS: Final = 100
"""Tickets looked at in one statement."""

_WORDS = func.substr(
    func.coalesce(messages.c.subject, "")
    + " "
    + func.coalesce(messages.c.text, "")
    + " "
    + func.coalesce(messages.c.sender_name, ""),
    1,
    LONGEST,
)
_KNOWN = (
    select(search_docs.c.id)
    .where(search_docs.c.source == "message", search_docs.c.source_id == messages.c.id)
    .exists()
)
_INDEX = text(
    f"INSERT INTO {FULL_TEXT} (rowid, words) "  # noqa: S608 - the table's own name
    "SELECT d.id, substr(coalesce(m.subject, '') || ' ' || coalesce(m.text, '') || ' ' || "
    f"coalesce(m.sender_name, ''), 1, {LONGEST}) FROM search_docs d JOIN messages m "
    "ON m.id = d.source_id WHERE d.source = 'message' AND d.id > :last"
)
_PLACE = 1
"""The one row of ``search_place``."""


class WordRows:
    """``core.ports.searching.WordShelf``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"

    async def gather_next(self, sweep: Sweep, limit: int, begun: str) -> bool:
        """As many rows as the limit are read and written, and no more locked."""
        beyond = messages.c.id > sweep.after
        some = select(messages.c.id).where(beyond).order_by(messages.c.id).limit(limit).subquery()
        last = (await self._connection.execute(select(func.max(some.c.id)))).scalar_one()
        place = sweep.reached if last is None else sweep_place(replace(sweep, after=last))
        if not await self._moved(begun, place):
            return False
        if last is not None:
            await self._keep(beyond & (messages.c.id <= last), {})
        return True

    async def gather(self, numbers: Collection[str], begun: str, reached: str) -> bool:
        """Three short statements for a hundred tickets."""
        if not await self._moved(begun, reached):
            return False
        among = tickets.c.number.in_(bindparam("numbers", expanding=True))
        asked = sorted(numbers)
        for at in range(0, len(asked), _NUMBERS):
            some = {"numbers": padded(asked[at : at + _NUMBERS])}
            await self._keep(messages.c.ticket_id.in_(select(tickets.c.id).where(among)), some)
        return True

    async def _moved(self, begun: str, reached: str) -> bool:
        place = INSERT[self._connection.dialect.name](search_place).values(
            id=_PLACE, cursor=reached
        )
        moved = place.on_conflict_do_update(
            index_elements=[search_place.c.id],
            set_={"cursor": place.excluded.cursor},
            where=search_place.c.cursor == begun,
        )
        done = await self._connection.execute(moved.returning(search_place.c.id))
        return done.first() is not None

    async def _keep(self, found: ColumnElement[bool], asked: dict[str, Any]) -> None:
        last = 0
        if self._sqlite:
            highest = select(func.coalesce(func.max(search_docs.c.id), 0))
            last = (await self._connection.execute(highest)).scalar_one()
        await self._connection.execute(self._inserted(found), asked)
        if self._sqlite:
            await self._connection.execute(_INDEX, {"last": last})

    def _inserted(self, found: ColumnElement[bool]) -> Any:  # noqa: ANN401 - SQLAlchemy's own
        columns = ["source", "source_id"]
        given: list[ColumnElement[Any]] = [cast(literal("message"), String), messages.c.id]
        if not self._sqlite:
            columns.append("words")
            given.append(func.search_words(_WORDS))
        rows = select(*given).where(found, ~_KNOWN).order_by(messages.c.id)
        return insert(search_docs).from_select(columns, rows)
