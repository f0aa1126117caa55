"""A history with anchors, somebody who bends it past all guards, and the check of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from core.model.audit import Wrong
from core.model.events import Event, Fact, chain
from core.services.audit import AuditWish, anchor, verify
from tests.contracts.asking import rows
from tests.contracts.histories import YEAR, history, number_of, tell
from tests.contracts.planting import T0
from ticket_store import schema

if TYPE_CHECKING:
    from core.model.audit import Anchor, Verdict
    from ticket_store.store import SqlStore

MONDAY = date(2026, 11, 16)
WISH = AuditWish("HD")


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


async def lay(store: SqlStore, n: int) -> Anchor:
    made = await anchor(store, day(n), T0 + timedelta(days=n))
    assert made is not None
    return made


async def check(store: SqlStore, **changes: Any) -> Verdict:
    return await verify(store.audits, replace(WISH, **changes))


async def found(store: SqlStore, **changes: Any) -> list[str]:
    """Sentences, without those about guards and gaps that bending itself leaves behind."""
    verdict = await check(store, **changes)
    beside = (Wrong.UNGUARDED, Wrong.VANISHED)
    return [one.sentence for one in verdict.findings if one.kind not in beside]


async def bend(store: SqlStore, *statements: str, **values: object) -> None:
    """As somebody with the database's password would: past triggers and foreign keys."""
    engine = store._engines.writing
    if engine.dialect.name == "sqlite":
        triggers = await rows(
            store, text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        )
        async with engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await connection.rollback()
            await driver.execute("PRAGMA foreign_keys=OFF")
            for name, _ in triggers:
                await driver.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                await driver.execute(statement, _of(statement, values))
            for _, made in triggers:
                await driver.execute(made)
            await driver.commit()
            await driver.execute("PRAGMA foreign_keys=ON")
        return
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            await connection.execute(text(statement), _of(statement, values))


def _of(statement: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if f":{name}" in statement}


async def stored(store: SqlStore, sequence: int, seq: int) -> Event:
    [row] = await rows(
        store,
        schema.events.select()
        .where(schema.events.c.ticket_id == YEAR + sequence)
        .where(schema.events.c.seq == seq),
    )
    return Event(*row[: len(Event.__dataclass_fields__)])


async def forge(store: SqlStore, sequence: int, seq: int, *, onward: bool) -> None:
    """Writes an event anew with a right hash; onward: and all after it, and the ticket's row."""
    ticket, before = YEAR + sequence, await stored(store, sequence, seq)
    fact = Fact(before.kind, before.at, "staff:9", {"forged": True})
    previous = before.previous
    known = schema.tickets.select().where(schema.tickets.c.id == ticket)
    count = (await rows(store, known))[0].event_seq
    for place in range(seq, count + 1 if onward else seq + 1):
        if place > seq:
            later = await stored(store, sequence, place)
            fact = Fact(later.kind, later.at, later.actor, {"message": place, "é": "ü"})
        made = chain(ticket, place, previous, fact)
        previous = made.hash
        await bend(
            store,
            "UPDATE events SET actor = :actor, data = :data, previous = :previous, hash = :hash"
            " WHERE ticket_id = :ticket AND seq = :seq",
            actor=made.actor,
            data=made.data,
            previous=made.previous,
            hash=made.hash,
            ticket=ticket,
            seq=place,
        )
    if onward:
        await bend(
            store, "UPDATE tickets SET event_head = :head WHERE id = :id", head=previous, id=ticket
        )


async def keep(store: SqlStore) -> SqlStore:
    """Four tickets, anchored on Monday; two of them go on, anchored on Tuesday; one more event."""
    for sequence in (1, 2, 3, 1001):
        await history(store, sequence, 4)
    async with store.desk() as desk:
        await desk.admin_history.append("staff:1", [Fact("StaffAdded", T0, "system", {"a": 1})])
        await desk.admin_history.append("unit:1", [Fact("UnitAdded", T0, "staff:1", {})] * 3)
        await desk.commit()
    await lay(store, 0)
    async with store.desk() as desk:
        await tell(desk, 1, 2)
        await tell(desk, 1001)
        await desk.admin_history.append("staff:1", [Fact("StaffChanged", T0, "staff:1", {})])
        await desk.commit()
    await lay(store, 1)
    async with store.desk() as desk:
        await tell(desk, 2)
        await desk.commit()
    return store


SET = "UPDATE events SET {} WHERE ticket_id = 26000000001 AND seq = 3"
ONE, TWO, THREE, FAR = (number_of(n) for n in (1, 2, 3, 1001))
ALTERED = f"event 3 of {ONE} was altered: it no longer fits its hash."
GONE = (
    "DELETE FROM events WHERE ticket_id = 26000000001",
    "DELETE FROM tickets WHERE id = 26000000001",
)
