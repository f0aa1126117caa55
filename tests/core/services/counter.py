"""The counter of an office: messages go in, and everything laid down can be looked at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from core.model.events import GENESIS, Event, intact
from core.model.messages import Address, AddressKind, InboundMessage
from core.services.intake import receive
from tests.core.fakes import NOON, SARI, SMS, office
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Executable, Table

    from core.model.messages import Receipt
    from core.model.policy import IntakePolicy
    from ticket_store.store import SqlStore

LAMP = "HELPDESK lampu ruang tunggu mati sejak kemarin sore"
PRINTER = "HELPDESK printer di loket dua macet kertas terus"
MINUTE = timedelta(minutes=1)


def person(last: int) -> Address:
    return Address(AddressKind.PHONE, f"+62813{last:08d}")


@dataclass
class Counter:
    """One office over one store; every message comes a minute after the one before."""

    store: SqlStore
    policy: IntakePolicy = field(default_factory=office)
    now: datetime = NOON
    count: int = 0

    def said(self, text: str, sender: Address = SARI, **changes: Any) -> InboundMessage:
        self.count += 1
        self.now += MINUTE
        plain = InboundMessage(SMS, f"SM{self.count}", sender, text, self.now)
        return replace(plain, **changes)

    async def take(self, *messages: InboundMessage) -> list[Receipt]:
        return await receive(self.store.desk, self.store.blocks, self.policy, messages)

    async def says(self, text: str, sender: Address = SARI, **changes: Any) -> Receipt:
        """One message in a batch of its own."""
        [receipt] = await self.take(self.said(text, sender, **changes))
        return receipt

    async def opens(self, text: str = LAMP, sender: Address = SARI) -> str:
        """The number of the ticket that it opens."""
        receipt = await self.says(text, sender)
        assert receipt.number
        return receipt.number

    async def rows(self, table: Table) -> Sequence[Any]:
        return await self.ask(select(table).order_by(*table.primary_key))

    async def ask(self, statement: Executable) -> Sequence[Any]:
        async with self.store._engines.reading.connect() as connection:
            return list((await connection.execute(statement)).all())

    async def tell(self, *statements: Executable) -> None:
        """As staff would, beside the shelves: the console is another room."""
        async with self.store._engines.writing.begin() as connection:
            for statement in statements:
                await connection.execute(statement)

    async def end(self, number: str, status: str, at: datetime | None = None) -> None:
        """Staff end a ticket."""
        at = at or self.now
        ended = {"status": status, "status_at": at, "ended_at": at}
        version = schema.tickets.c.version + 1
        here = schema.tickets.c.number == number
        await self.tell(update(schema.tickets).where(here).values(version=version, **ended))

    async def join(self, number: str, address: Address) -> None:
        """Somebody else takes part in a ticket."""
        async with self.store.desk() as desk:
            known = await desk.intake.senders([address], [], self.now, self.now)
            await desk.commit()
        here = select(schema.tickets.c.id).where(schema.tickets.c.number == number)
        row = {
            "address_id": known[address].address_id,
            "ticket_id": here.scalar_subquery(),
            "role": "unit",
        }
        await self.tell(insert(schema.participants).values(**row))

    async def texts(self) -> list[str]:
        """Everything promised, in order."""
        return [row.text for row in await self.rows(schema.outbox)]

    async def purposes(self) -> list[str]:
        return [row.purpose for row in await self.rows(schema.outbox)]

    async def history(self, number: str) -> list[Event]:
        """The events of a ticket, after a look at their chain and at the ticket's head."""
        events = list(await self.store.reads.history(number))
        previous = GENESIS
        for place, event in enumerate(events, start=1):
            assert (event.seq, event.previous) == (place, previous)
            assert intact(event)
            previous = event.hash
        here = schema.tickets.c.number == number
        [row] = await self.ask(select(schema.tickets).where(here))
        assert (row.event_seq, row.event_head) == (len(events), previous)
        return events

    async def kinds(self, number: str) -> list[str]:
        return [event.kind for event in await self.history(number)]
