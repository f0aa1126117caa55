"""However a sequence of messages falls into batches, the office looks the same afterwards."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.model.ticket import Status
from tests.core.services.counter import LAMP, PRINTER, Counter, person
from ticket_store import schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.model.messages import Address, InboundMessage, Outcome
    from ticket_store.store import SqlStore

GAPS = (1, 11, 180)
"""Minutes between messages: limits of ten minutes, an hour and a day all come and go."""

TEXTS = (
    LAMP,
    f"{LAMP} tolong segera",
    PRINTER,
    "HELPDESK",
    "BARU",
    "STATUS",
    "STATUS {own}",
    "STATUS {own} {other}",
    "{own} masih belum beres",
    "{other} masih belum beres",
    "HELPDESK seperti {other} di kantor kami juga",
    "BATAL",
    "BATAL {own}",
    "BUKA",
    "BUKA {own} masih rusak",
    "SELESAI {own}",
    "KEBERATAN {own} tidak benar",
    "terima kasih",
    "kapan petugas datang",
    "NILAI",
    "5 4 3 4 5",
    "3",
    "LEWATI",
    "STOP",
    "MULAI",
    "INFO",
)
PEOPLE = 3
"""The first has a running ticket, the second a resolved one, the third takes part in the first."""

DIGITS = re.compile(r"\d")

_people = itertools.count()


@dataclass(frozen=True, slots=True)
class Step:
    """One message.

    Attributes:
        who: 0, 1 or 2.
        gap: minutes after the one before.
        again: a repeat of the step so many before, as the provider sends it.
        answers: replies to the step so many before.
        ends: the last message of its batch.
    """

    who: int
    text: str
    gap: int
    again: int
    answers: int
    ends: bool


STEPS = st.lists(
    st.builds(
        Step,
        who=st.integers(0, PEOPLE - 1),
        text=st.sampled_from(TEXTS),
        gap=st.sampled_from(GAPS),
        again=st.sampled_from((0, 0, 0, 0, 1, 2)),
        answers=st.sampled_from((0, 0, 0, 1, 3)),
        ends=st.booleans(),
    ),
    min_size=2,
    max_size=12,
)


@dataclass
class Run:
    """One telling of the same story, with people of its own."""

    counter: Counter
    people: list[Address] = field(default_factory=lambda: [person(next(_people)) for _ in "123"])
    numbers: list[str] = field(default_factory=list)
    name: str = field(default_factory=lambda: f"run{next(_people)}")

    async def set_scene(self) -> None:
        first, second, partner = self.people
        scene = [
            self.counter.said(LAMP, first, external_id=f"{self.name}-a"),
            self.counter.said(PRINTER, second, external_id=f"{self.name}-b"),
        ]
        for message in scene:
            [receipt] = await self.counter.take(message)
            assert receipt.number
            self.numbers.append(receipt.number)
        await self.counter.end(self.numbers[1], Status.RESOLVED)
        await self.counter.join(self.numbers[0], partner)

    def messages(self, steps: Sequence[Step]) -> Iterator[InboundMessage]:
        for place, step in enumerate(steps):
            own = self.numbers[1 if step.who == 1 else 0]
            other = self.numbers[0 if step.who == 1 else 1]
            self.counter.now += timedelta(minutes=step.gap - 1)
            earlier = place - step.answers
            references = (f"{self.name}-{earlier}",) if step.answers and earlier >= 0 else ()
            yield self.counter.said(
                step.text.format(own=own, other=other),
                self.people[step.who],
                external_id=f"{self.name}-{max(0, place - step.again)}",
                references=references,
            )

    async def tell(self, steps: Sequence[Step], *, one_by_one: bool) -> list[Outcome]:
        await self.set_scene()
        receipts, batch = [], []
        for step, message in zip(steps, self.messages(steps), strict=True):
            batch.append(message)
            if one_by_one or step.ends:
                receipts += await self.counter.take(*batch)
                batch = []
        if batch:
            receipts += await self.counter.take(*batch)
        return [receipt.outcome for receipt in receipts]

    def named(self, text: str) -> str:
        """A text with this run's numbers replaced by their order."""
        for place, number in enumerate(self.numbers):
            text = text.replace(number, f"<{place}>")
        return text

    async def picture(self) -> dict[str, Any]:
        """All that is left of it, without ids."""
        ask = self.counter.rows
        people = {
            row.id: self.people.index(who)
            for row in await ask(schema.addresses)
            if (who := person(int(row.value[-8:]))) in self.people
        }
        tickets = [row for row in await ask(schema.tickets) if row.address_id in people]
        self.numbers = [ticket.number for ticket in tickets]
        places = {ticket.id: place for place, ticket in enumerate(tickets)}
        messages = [row for row in await ask(schema.messages) if row.address_id in people]
        replies = [row for row in await ask(schema.outbox) if row.address_id in people]
        return {
            "tickets": [
                (
                    *(t.status, t.status_at, t.status_reason, t.ended_at, t.opened_at),
                    *(self.named(t.subject), self.named(t.description), t.contact_count),
                    people[t.address_id],
                )
                for t in tickets
            ],
            "clocks": [
                (places[c.ticket_id], c.target, c.due_at)
                for c in await ask(schema.sla_clocks)
                if c.ticket_id in places
            ],
            "messages": [
                (
                    *(m.outcome, m.kind, places.get(m.ticket_id), self.named(m.note)),
                    *(m.silence, people[m.address_id]),
                )
                for m in messages
            ],
            "events": [
                [(event.kind, event.actor, event.at) for event in await self.counter.history(n)]
                for n in self.numbers
            ],
            "replies": [
                (
                    *(r.purpose, places.get(r.ticket_id), self.named(r.text)),
                    *(r.created_at, people[r.address_id]),
                )
                for r in replies
            ],
            "remembered": [row.muted for row in await ask(schema.addresses) if row.id in people],
        }


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_any_split_into_batches_tells_the_same_story(
    store: SqlStore, steps: list[Step]
) -> None:
    single, batched = Run(Counter(store)), Run(Counter(store))
    one_by_one = await single.tell(steps, one_by_one=True)
    assert await batched.tell(steps, one_by_one=False) == one_by_one
    assert await batched.picture() == await single.picture()
