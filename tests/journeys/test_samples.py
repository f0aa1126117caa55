"""Every sample message of requirements §4 walks through the real intake into a real store."""

from __future__ import annotations

import io
import logging
import shutil
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from sqlalchemy import insert, select, update

from config.logs import get_logger, set_up_logs
from config.settings import LogSettings
from core.model.messages import Address, ChannelId, InboundMessage
from core.model.numbers import TicketNumber
from core.model.outbox import OutboxState, SendResult
from core.services.intake import receive
from tests.contracts.conftest import sqlite_template  # noqa: F401 - a fixture
from tests.core.fakes import NOON, office
from tests.postgres import missing
from tests.samples import Sample, address, filled, load_samples, samples_file
from ticket_store import schema
from ticket_store.store import SqlStore, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Executable

    from core.model.policy import IntakePolicy

SAMPLES = load_samples()
BY_ID = {sample.id: sample for sample in SAMPLES}
COMPLAINT = "HELPDESK printer ruang rapat lantai dua rusak sejak kemarin"
MINUTE = timedelta(minutes=1)
UNKNOWN = str(TicketNumber("HD", 26, 999_999))
STRANGERS = {
    "sms": "+6281299990000",
    "whatsapp": "+6281299990000",
    "telegram": "tg:99999",
    "email": "orang.lain@mail.example",
}


@dataclass
class Desk:
    """A store, an office, and what time it is."""

    store: SqlStore
    policy: IntakePolicy = field(default_factory=office)
    minutes: int = 0
    numbers: dict[str, str] = field(default_factory=lambda: {"U": UNKNOWN})
    message_ids: dict[str, str] = field(default_factory=dict)

    async def take(self, sender: Address, channel: ChannelId, text: str, **more: Any) -> str:
        """One message through intake, a minute after the one before; its ticket's number or ""."""
        self.minutes += 1
        at = NOON + self.minutes * MINUTE
        external_id = f"<{self.minutes}@in.example>"
        message = replace(InboundMessage(channel, external_id, sender, text, at), **more)
        [receipt] = await receive(self.store.desk, self.store.blocks, self.policy, [message])
        return receipt.number or ""

    async def ask(self, statement: Executable) -> Sequence[Any]:
        async with self.store._engines.reading.connect() as connection:
            return list((await connection.execute(statement)).all())

    async def tell(self, *statements: Executable) -> None:
        """As staff would, beside the shelves: the console is another room."""
        async with self.store._engines.writing.begin() as connection:
            for statement in statements:
                await connection.execute(statement)

    async def end(self, number: str, status: str) -> None:
        at = NOON + self.minutes * MINUTE
        ended = {"status": status, "status_at": at, "ended_at": at}
        version = schema.tickets.c.version + 1
        here = schema.tickets.c.number == number
        await self.tell(update(schema.tickets).where(here).values(version=version, **ended))

    async def hand_over(self, channel: ChannelId) -> None:
        """The acknowledgement of T goes out and gets the provider's id."""
        later = NOON + self.minutes * MINUTE
        async with self.store.desk() as desk:
            [item] = await desk.outbox.claim(channel, later, later + MINUTE, 9)
            told = "<ack@out.example>"
            state = OutboxState.HANDED_OVER
            await desk.outbox.record([SendResult(item.id, state, later, provider_id=told)])
            await desk.commit()
        self.message_ids["T"] = told


async def _own(desk: Desk, sample: Sample) -> None:
    desk.numbers["T"] = await desk.take(sample.address, sample.channel, COMPLAINT)
    await desk.hand_over(sample.channel)


async def _ended(desk: Desk, sample: Sample, status: str = "closed") -> None:
    number = await desk.take(sample.address, sample.channel, COMPLAINT)
    desk.numbers |= {"T": number, "C": number}
    await desk.end(number, status)


async def _resolved(desk: Desk, sample: Sample) -> None:
    await _ended(desk, sample, "resolved")


async def _survey(desk: Desk, sample: Sample) -> None:
    await _resolved(desk, sample)
    await desk.take(sample.address, sample.channel, "NILAI")


async def _strangers(desk: Desk, sample: Sample) -> None:
    stranger = address(sample.channel, STRANGERS[sample.channel])
    desk.numbers["O"] = await desk.take(stranger, sample.channel, COMPLAINT)


async def _assigned(desk: Desk, sample: Sample) -> None:
    await _strangers(desk, sample)
    desk.numbers["T"] = number = desk.numbers["O"]
    async with desk.store.desk() as work:
        known = await work.intake.senders([sample.address], [], NOON, NOON)
        await work.commit()
    here = select(schema.tickets.c.id).where(schema.tickets.c.number == number)
    row = {
        "address_id": known[sample.address].address_id,
        "ticket_id": here.scalar_subquery(),
        "role": "unit",
    }
    await desk.tell(insert(schema.participants).values(**row))


async def _after(desk: Desk, sample: Sample) -> None:
    first = BY_ID[sample.requires.partition(":")[2]]
    desk.numbers["T"] = await desk.take(sample.address, first.channel, first.text)


STATES = {
    "own_open_ticket": _own,
    "own_closed_ticket": _ended,
    "own_resolved_ticket": _resolved,
    "other_senders_ticket": _strangers,
    "open_survey": _survey,
    "open_ticket_from": _after,
    "assigned_unit_thread": _assigned,
}


async def walk(desk: Desk, sample: Sample) -> Any:
    """Sets the scene, sends the sample, and returns its row in ``messages``."""
    if sample.requires:
        await STATES[sample.requires.partition(":")[0]](desk, sample)
        assert all(desk.numbers.values()), "a ticket of the scene was not opened"
    headers = {
        name: filled(value, desk.numbers, desk.message_ids)
        for name, value in sample.headers.items()
    }
    subject = sample.subject and filled(sample.subject, desk.numbers, desk.message_ids)
    await desk.take(
        sample.address,
        sample.channel,
        filled(sample.text, desk.numbers, desk.message_ids),
        subject=subject,
        headers=headers,
        references=(headers["in-reply-to"],) if "in-reply-to" in headers else (),
        attachments=sample.attachments,
    )
    rows = await desk.ask(select(schema.messages).order_by(schema.messages.c.id))
    return rows[-1]


@pytest.fixture
async def store(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[SqlStore]:  # noqa: F811 - pytest's way to ask
    shutil.copy(sqlite_template, tmp_path / "helpdesk.db")
    opened = await open_store(f"sqlite+aiosqlite:///{tmp_path}/helpdesk.db")
    yield opened
    await opened.close()


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """What the house writes to its log, from info on."""
    root = logging.getLogger()
    kept = (root.level, list(root.handlers))
    stream = io.StringIO()
    set_up_logs(LogSettings.model_validate({"level": "info", "format": "console"}), [], stream)
    yield stream
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.setLevel(kept[0])
    root.handlers[:] = kept[1]


def test_the_samples_are_here() -> None:
    if samples_file() is None:
        missing("the sample messages are not here: set HELPDESK_SAMPLES to their folder")
    assert len(SAMPLES) >= 120


def named(samples: list[Sample]) -> list[Any]:
    return [pytest.param(sample, id=sample.id) for sample in samples]


@pytest.mark.parametrize("sample", named(SAMPLES))
async def test_a_sample_is_taken_for_what_it_is(store: SqlStore, sample: Sample) -> None:
    row = await walk(Desk(store), sample)
    assert row.kind in sample.kinds, (row.kind, row.outcome, row.note)
    await follow(Desk(store), sample, row)


async def follow(desk: Desk, sample: Sample, row: Any) -> None:
    """What every kind means for the store."""
    opened = (row.outcome, row.kind) == ("opened", "new_ticket")
    assert opened == (row.kind == "new_ticket")
    if row.kind == "follow_up":
        assert (row.ticket_id is None) == (sample.requires == "other_senders_ticket")
    if row.kind in ("auto_reply", "ignored"):
        answers = await desk.ask(
            select(schema.outbox.c.id).where(schema.outbox.c.key.endswith(f":{row.id}"))
        )
        assert answers == []
        assert row.silence


LENIENT = [sample for sample in SAMPLES if sample.expected.get("kind_lenient")]


@pytest.mark.parametrize("sample", named(LENIENT))
async def test_without_the_keyword_rule_more_is_taken(store: SqlStore, sample: Sample) -> None:
    row = await walk(Desk(store, office(require_keyword=False)), sample)
    assert row.kind == sample.expected["kind_lenient"]


MASKED = [sample for sample in SAMPLES if sample.expected.get("must_mask")]


@pytest.mark.parametrize("sample", named(MASKED))
async def test_identity_numbers_are_shown_nowhere(
    store: SqlStore, sample: Sample, log_lines: io.StringIO
) -> None:
    desk = Desk(store)
    row = await walk(desk, sample)
    log = get_logger("tests")
    log.info("message taken", text=row.text, row=tuple(row))
    logging.getLogger("some.library").info("a careless call: %s", row.text)
    places = [
        *(await desk.ask(select(schema.outbox.c.text))),
        *(await desk.ask(select(schema.events.c.data))),
        *(await desk.ask(select(schema.tickets.c.subject))),
        *(await store.reads.tickets(None, 50)),
        log_lines.getvalue(),
    ]
    shown = " ".join(str(place) for place in places)
    assert sample.expected["kind"] != "new_ticket" or "tiket" in shown
    assert log_lines.getvalue().count("\n") >= 2
    for secret in sample.expected["must_mask"]:
        assert secret in row.text or secret in row.text.replace(" ", "").replace("-", "")
        assert secret not in shown
