"""Bad weather at the providers that keep no list (threats.md F20, F21, F25, F39).

The sides of the kill test play the providers; here they do what a test says, without kills.
"""

from __future__ import annotations

import asyncio
import random
import time
import tomllib
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.gateway.gateway_kit import Office, Options, office, until
from tests.journeys.catalogue import spoken
from tests.journeys.kill_mail import SmtpSide
from tests.journeys.kill_side import Cues
from tests.journeys.kill_telegram import RETRY_AFTER, TelegramSide
from tests.journeys.kill_whatsapp import WhatsAppSide

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.journeys.kill_side import Deck, Letter, Side

pytestmark = pytest.mark.journey

WORDS = "HELPDESK lampu jalan padam"
CHATS: dict[str, tuple[str, Callable[[Cues], Side]]] = {
    "whatsapp": ("wa", WhatsAppSide),
    "telegram": ("tg", partial(TelegramSide, polls=False)),
}


@dataclass(frozen=True, slots=True)
class Forecast(Cues):
    """No chance in it: every call has the outcome at the end of the list."""

    outcomes: tuple[list[str], ...] = ()

    def draw(self, deck: Deck) -> str:
        del deck
        return self.outcomes[0][-1]


class Scene(NamedTuple):
    """A whole gateway, the provider, and what the provider does with each call."""

    office: Office
    side: Side
    outcomes: list[str]
    channel: str

    async def write(self, count: int) -> list[Letter]:
        letters = [self.side.letter(number, f"{WORDS} {number}") for number in range(count)]
        for letter in letters:
            while not await self.side.deliver(letter):
                await asyncio.sleep(0.05)
        return letters

    def will(self, outcome: str) -> None:
        self.outcomes.append(outcome)

    def seen(self, outcome: str) -> int:
        return self.side.outcomes.get(outcome, 0)

    async def each_has_one(self, letters: list[Letter]) -> None:
        await self.office.quiet()
        assert sorted(text.to for text in self.side.texts) == sorted(one.sender for one in letters)
        assert self.side.violations == []


@asynccontextmanager
async def scene(
    folder: Path, channel: str, make: Callable[[Cues], Side], **dispatch: float
) -> AsyncIterator[Scene]:
    base, outcomes = [""], ["taken"]
    chance = random.Random(7)  # noqa: S311 - a repeatable run, no secret
    side = make(Forecast(chance, lambda: base[0], lambda _: None, (outcomes,)))
    async with side:
        doors = tomllib.loads(side.section())["channels"]
        patient = {"send_timeout_seconds": 3.0, "lease_seconds": 9.0} | dispatch
        async with office(folder, Options(doors=doors, sections={"dispatch": patient})) as made:
            base[0] = made.base
            yield Scene(made, side, outcomes, channel)


@pytest.mark.parametrize(("channel", "make"), CHATS.values(), ids=list(CHATS))
async def test_nothing_goes_before_the_time_that_the_provider_names(
    tmp_path: Path, channel: str, make: Callable[[Cues], Side]
) -> None:
    """F20: the door stands still, the others do not; then all goes out, once each."""
    async with scene(tmp_path, channel, make) as at:
        at.will("too many requests")
        await at.write(1)
        await until(lambda: at.office.count("helpdesk_channel_paused", channel=channel) == 1)
        refused = time.monotonic()
        at.will("taken")
        letters = await at.write(4)  # the first of them once more
        await spoken(at.office)
        await until(lambda: len(at.office.texts()) == 1)
        await at.each_has_one(letters)
        assert at.seen("too many requests") == 1
        assert all(text.taken_at - refused > RETRY_AFTER - 0.2 for text in at.side.texts)


@pytest.mark.parametrize(("channel", "make"), CHATS.values(), ids=list(CHATS))
async def test_revoked_credentials_drop_nothing_and_hurt_no_other_door(
    tmp_path: Path, channel: str, make: Callable[[Cues], Side]
) -> None:
    """F25: paused with an alarm; by itself all goes out once the provider lets us in again."""
    async with scene(tmp_path, channel, make) as at:
        at.will("revoked")
        letters = await at.write(4)
        await until(lambda: at.office.count("helpdesk_channel_paused", channel=channel) == 1)
        assert at.office.count("helpdesk_alarms_total", channel=channel, kind="paused") >= 1
        await spoken(at.office)
        await until(lambda: len(at.office.texts()) == 1)
        states = await at.office.rows(
            "SELECT DISTINCT state FROM outbox WHERE channel = ?", channel
        )
        assert ("dead",) not in [tuple(row) for row in states]
        assert at.side.texts == []
        at.will("taken")
        await at.each_has_one(letters)
        assert at.office.count("helpdesk_channel_paused", channel=channel) == 0


STORMS = {
    "whatsapp": ("wa", WhatsAppSide, "refused with 503"),
    "telegram": ("tg", partial(TelegramSide, polls=False), "dropped"),
    "mail": ("surel", SmtpSide, "refused with 451"),
}


@pytest.mark.parametrize(("channel", "make", "outcome"), STORMS.values(), ids=list(STORMS))
async def test_a_storm_slows_the_door_down_and_loses_nothing(
    tmp_path: Path, channel: str, make: Callable[[Cues], Side], outcome: str
) -> None:
    """F21: fewer and fewer calls, however many wait; the neighbour's door is unhurt."""
    async with scene(tmp_path, channel, make, backoff_max_seconds=0.8) as at:
        at.will(outcome)
        letters = await at.write(12)
        await until(lambda: at.office.count("helpdesk_channel_paused", channel=channel) == 1)
        before = at.seen(outcome)
        await spoken(at.office)
        await until(lambda: len(at.office.texts()) == 1)
        await asyncio.sleep(1)
        assert at.seen(outcome) - before <= 12
        at.will("taken")
        await at.each_has_one(letters)


WAITING = 500


async def test_what_waited_at_telegram_comes_in_and_is_answered_oldest_first(
    tmp_path: Path,
) -> None:
    """F39, the first part of its figure: nothing is lost or doubled, answers are paced."""
    channel, make = "tg", partial(TelegramSide, polls=True)
    async with scene(tmp_path, channel, make) as at:
        waiting = [at.side.letter(number, f"{WORDS} {number}") for number in range(WAITING)]
        bringing = [asyncio.create_task(at.side.deliver(letter)) for letter in waiting]
        async with asyncio.timeout(40):
            await asyncio.gather(*bringing)
        assert await at.office.rows("SELECT count(*) FROM tickets") == [(WAITING,)]
        await at.office.quiet()
        order = [int(text.to) for text in at.side.texts]
        assert sorted(order) == [int(letter.sender) for letter in waiting]
        # as many fly at one time as may; apart from those, in the order they came in
        assert all(abs(place - (chat - order[0])) < 150 for place, chat in enumerate(order))
