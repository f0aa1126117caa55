"""Scheduled runs, claimed once among all processes; and old rows, thrown away in slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam, delete, literal_column, select, tuple_, update

from ticket_store.schema import (
    UtcDateTime,
    draft_files,
    drafts,
    idempotency_keys,
    job_runs,
    readings,
)
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Delete, Executable, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

_FINISH = (
    update(job_runs)
    .where(
        job_runs.c.job == bindparam("its_job"),
        job_runs.c.period == bindparam("its_period"),
        job_runs.c.claimed_by == bindparam("who"),
        job_runs.c.finished_at.is_(None),
    )
    .values(
        finished_at=bindparam("at", type_=UtcDateTime),
        outcome=bindparam("how"),
    )
)


class JobRows:
    """``core.ports.watch.JobShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(
        self, job: str, period: str, who: str, times: tuple[datetime, datetime]
    ) -> bool:
        """One statement: the row is laid down, or taken over from a dead claimant."""
        now, lease_until = times
        row = {
            "job": job,
            "period": period,
            "claimed_at": now,
            "claimed_by": who,
            "lease_until": lease_until,
        }
        new = INSERT[self._connection.dialect.name](job_runs).values(**row)
        taken: dict[str, object] = {
            name: new.excluded[name] for name in ("claimed_at", "claimed_by", "lease_until")
        }
        claim: Executable = new.on_conflict_do_update(
            index_elements=["job", "period"],
            set_=taken,
            where=job_runs.c.finished_at.is_(None) & (job_runs.c.lease_until < now),
        ).returning(literal_column("1"))
        return (await self._connection.execute(claim)).first() is not None

    async def finish(self, job: str, period: str, who: str, ended: tuple[datetime, str]) -> bool:
        """One statement."""
        at, how = ended
        values = {"its_job": job, "its_period": period, "who": who, "at": at, "how": how}
        return bool((await self._connection.execute(_FINISH, values)).rowcount)


def _older(table: Table, *key: str, at: str) -> Delete:
    """Deletes a slice of rows that are older than ``before``, the oldest first."""
    columns = [table.c[name] for name in key]
    slice_ = (
        select(*columns)
        .where(table.c[at] < bindparam("before", type_=UtcDateTime))
        .order_by(table.c[at])
        .limit(bindparam("limit", type_=Integer))
    )
    return delete(table).where(tuple_(*columns).in_(slice_))


_FORGET = {
    "idempotency_keys": _older(idempotency_keys, "staff_id", "key", at="created_at"),
    "draft_files": _older(draft_files, "id", at="saved_at"),
    "drafts": _older(drafts, "ticket_id", "staff_id", "kind", at="saved_at"),
    "readings": _older(readings, "ticket_id", "staff_id", at="at"),
    "job_runs": _older(job_runs, "job", "period", at="claimed_at"),
}
"""What may be thrown away, each by an index over its age."""


class RetentionRows:
    """``core.ports.watch.RetentionShelf`` over the rows of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def forget(self, what: str, before: datetime, limit: int) -> int:
        """One statement. Raises LookupError for anything that is kept for ever."""
        dropped = await self._connection.execute(_FORGET[what], {"before": before, "limit": limit})
        return dropped.rowcount
