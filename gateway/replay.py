"""Reads anew what lies in quarantine, with today's code, and feeds it to the same intake.

The keys are those of the first time, so that nothing is taken twice, however often this runs. A
row whose payload still cannot be read, or that intake still cannot take, stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from config.logs import get_logger
from config.promises import load_seed
from core.errors import GatewayError, MalformedMessage, StoreUnavailable
from core.model.messages import (
    ChannelId,
    DeliveryReport,
    Ignored,
    InboundMessage,
    Outcome,
    Reachability,
    Unreadable,
)
from core.model.quarantine import request_of
from core.ports import Closes, Webhook
from core.services.delivery import take_reports
from core.services.intake import receive
from gateway.doors.made import Place
from gateway.promises import Promises
from gateway.readers.requests import first_readable, requests_of
from gateway.wiring import intake_policy, make_door

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from config.doors.email import EmailSettings
    from config.settings import Settings
    from core.model.messages import Inbound, Receipt
    from core.model.quarantine import Parked
    from core.ports import Clock, Store
    from gateway.doors.made import Made
    from gateway.readers.email import MailReader

log = get_logger("replay")


class Result(StrEnum):
    """What became of one row."""

    TAKEN = "taken"
    IGNORED = "ignored"  # understood by now: nothing to do
    UNREADABLE = "unreadable"
    FAILED = "failed"  # read, but intake could not take it
    NO_DOOR = "no_door"


DONE = (Result.TAKEN, Result.IGNORED)
"""Results that end a row's waiting."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one row, and the tickets that it is now part of.

    Attributes:
        detail: what happened, or what is wrong with it.
    """

    row: int
    channel: ChannelId
    result: Result
    detail: str
    numbers: tuple[str, ...] = ()


class Replay:
    """Doors, policy and store of one run; nothing listens, nothing is sent."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self._settings, self._store, self._clock = settings, store, clock
        places = [Place(ChannelId(name), settings, clock) for name in settings.channels]
        self._places = {place.channel: place for place in places}
        self._made: dict[ChannelId, Made] = {place.channel: make_door(place) for place in places}
        self._promises = Promises(store, load_seed(settings.watch.promises), clock)
        policy = intake_policy(settings, list(self._made.values()))
        self._policy = replace(policy, promising=self._promises)
        self._mail: dict[ChannelId, MailReader] = {}

    async def rows(
        self, channel: ChannelId | None = None, ids: Collection[int] = ()
    ) -> Sequence[Parked]:
        """What waits, oldest first. Raises StoreUnavailable."""
        async with self._store.desk() as desk:
            return await desk.parked.parked(channel, ids)

    async def one(self, parked: Parked) -> Fate:
        """Reads one row anew and takes it in. Raises StoreUnavailable: nothing was kept."""
        try:
            inbound = await self._read(parked)
        except MalformedMessage as problem:
            return self._fate(parked, Result.UNREADABLE, problem.sentence)
        except NoDoorError as missing:
            return self._fate(parked, Result.NO_DOOR, str(missing))
        wrong = [item.sentence for item in inbound if isinstance(item, Unreadable)]
        if wrong:
            return self._fate(parked, Result.UNREADABLE, wrong[0])
        try:
            return await self._take(parked, inbound)
        except StoreUnavailable:
            raise
        except Exception as error:
            log.exception("replay failed", row=parked.id, channel=parked.channel)
            return self._fate(parked, Result.FAILED, f"intake failed: {type(error).__name__}")

    async def close(self) -> None:
        """Idempotent."""
        for reader in self._mail.values():
            await reader.close()
        self._mail.clear()
        for made in self._made.values():
            if isinstance(made.mounted.door, Closes):
                await made.mounted.door.close()

    async def _read(self, parked: Parked) -> Sequence[Inbound]:
        """Raises MalformedMessage, NoDoorError."""
        made = self._made.get(parked.channel)
        if made is None:
            sentence = "The configuration has no such channel."
            raise NoDoorError(sentence)
        async with self._store.desk() as desk:
            raw = await desk.parked.raw(parked.id)
        kind, door = self._settings.channels[parked.channel].kind, made.mounted.door
        if kind == "email":
            return [event.inbound for event in await self._mails(parked).read(raw, parked.at)]
        if not isinstance(door, Webhook):
            sentence = f"A channel of kind {kind} cannot read its payloads again."
            raise NoDoorError(sentence)
        url = self._places[parked.channel].url
        if parked.frame:
            return door.parse(request_of(parked.frame, raw, parked, url))
        return first_readable(requests_of(raw, parked.at, url=url), door.parse)

    def _mails(self, parked: Parked) -> MailReader:
        # Loads the readers of mail, and nobody else's.
        from gateway.readers.email import MailReader, desk_of  # noqa: PLC0415 - most replays read no mail

        if parked.channel not in self._mail:
            settings = cast("EmailSettings", self._settings.channels[parked.channel])
            prefix = self._settings.office.ticket_prefix
            self._mail[parked.channel] = MailReader(desk_of(parked.channel, settings, prefix))
        return self._mail[parked.channel]

    async def _take(self, parked: Parked, inbound: Sequence[Inbound]) -> Fate:
        """Intake first, then the mark: killed in between, a second run finds duplicates only."""
        messages = [replace(one, late=True) for one in inbound if isinstance(one, InboundMessage)]
        receipts: list[Receipt] = []
        await self._promises.refresh()
        for message in messages:
            receipts += await receive(
                self._store.desk, self._store.blocks, self._policy, [message]
            )
        if reports := [one for one in inbound if isinstance(one, DeliveryReport)]:
            await take_reports(self._store.desk, reports)
        async with self._store.desk() as desk:
            if news := [one for one in inbound if isinstance(one, Reachability)]:
                await desk.outbox.mark_reachable(news)
            await desk.parked.replayed(parked.id, self._clock.now())
            await desk.commit()
        numbers = tuple(dict.fromkeys(one.number for one in receipts if one.number))
        result = Result.TAKEN if messages or reports or news else Result.IGNORED
        return self._fate(parked, result, _said(inbound, receipts), numbers)

    def _fate(
        self, parked: Parked, result: Result, detail: str, numbers: tuple[str, ...] = ()
    ) -> Fate:
        log.info("replayed", row=parked.id, channel=parked.channel, result=result, why=detail)
        return Fate(parked.id, parked.channel, result, detail, numbers)


class NoDoorError(GatewayError):
    """Nobody here can read this row."""


def _said(inbound: Sequence[Inbound], receipts: Sequence[Receipt]) -> str:
    """In one line: ``opened``, ``duplicate, opened``, ``2 reports``, or why there is nothing."""
    words = [Outcome.DUPLICATE.value if one.repeated else one.outcome.value for one in receipts]
    reports = sum(isinstance(one, DeliveryReport) for one in inbound)
    if reports:
        words.append("1 report" if reports == 1 else f"{reports} reports")
    reasons = [one.reason for one in inbound if isinstance(one, Ignored | Reachability)]
    return ", ".join([*words, *reasons]) or "nothing in it"
