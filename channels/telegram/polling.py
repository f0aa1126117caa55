"""Fetching updates, for a gateway without a public address.

Telegram keeps what was not confirmed, for 24 hours; asking with an ``offset`` confirms everything
before it for good. So an offset is sent only for updates that are on disk. It is taken from the
last answer and never from an earlier run: after a quiet week the next ``update_id`` is random and
may be lower than all before, and an old offset would confirm messages that nobody has seen.
https://core.telegram.org/bots/api#getupdates
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from channels.telegram.fields import whole
from channels.telegram.payload import Arrival, read_update
from config.logs import get_logger
from core.errors import MalformedMessage, SendError, SendFailure, StoreUnavailable
from core.model.messages import Bookmark, Inbound, Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from channels.telegram.api import BotApi
    from channels.telegram.keys import Bot
    from channels.telegram.settings import TelegramSettings
    from core.errors import SendProblem
    from core.ports import Bookmarks, Clock, Deliver

log = get_logger("telegram")

_CONFLICT = "http 409"


class Trouble(NamedTuple):
    """Why nothing can be fetched, and since when, aware UTC."""

    problem: SendProblem
    since: datetime


class Polling:
    """Fetches what one bot was sent, one answer after the other."""

    def __init__(self, api: BotApi, bot: Bot, settings: TelegramSettings, clock: Clock) -> None:
        self._api, self._bot, self._clock = api, bot, clock
        self._again, self._manage = settings.again, settings.manage
        self._failures = 0
        self.trouble: Trouble | None = None

    async def run(self, deliver: Deliver, bookmarks: Bookmarks) -> None:
        """Until cancelled; what cannot be stored or fetched is tried again."""
        mark = await bookmarks.read(self._bot.channel)
        taken = int(mark) - 1 if mark and mark.isascii() and mark.isdigit() else None
        offset: int | None = None
        freed = False
        while True:
            try:
                if self._manage and not freed:
                    await self._api.delete_webhook()
                freed = True
                updates = await self._api.updates(offset)
                self._failures, self.trouble = 0, None
                offset = await self._hand_over(_not_taken(updates, taken), deliver, updates)
                taken = None
            except SendError as error:
                freed = freed and error.problem.code != _CONFLICT
                await self._wait(error.problem)
            except StoreUnavailable as away:
                log.warning("not taken", channel=self._bot.channel, why=str(away))
                self._failures += 1
                await asyncio.sleep(self._again.pause(self._failures, 0.5).total_seconds())

    async def _hand_over(
        self, fresh: Sequence[Any], deliver: Deliver, updates: Sequence[Any]
    ) -> int | None:
        """Stores what was fetched; returns what confirms it, None when there is nothing to."""
        if fresh:
            await deliver([self._read(update) for update in fresh])
        ids = [found for update in updates if (found := _id(update)) is not None]
        if updates and not ids:
            # without an id they can never be confirmed and would come for ever
            log.error("updates without ids", channel=self._bot.channel, count=len(updates))
            await asyncio.sleep(self._again.ceiling.total_seconds())
        return max(ids) + 1 if ids else None

    def _read(self, update: Any) -> Inbound:  # noqa: ANN401 - JSON
        update_id = _id(update)
        raw = json.dumps(update).encode()
        mark = None
        if update_id is not None:
            mark = Bookmark(self._bot.channel, str(update_id + 1))
        try:
            found = read_update(self._bot, update, Arrival(raw, self._clock.now()))
        except MalformedMessage as problem:
            return Unreadable(self._bot.channel, raw, problem.sentence, mark)
        return replace(found, bookmark=mark)

    async def _wait(self, problem: SendProblem) -> None:
        self._failures += 1
        self.trouble = Trouble(problem, self.trouble.since if self.trouble else self._clock.now())
        pause = self._again.pause(self._failures, 0.5)
        if problem.failure is SendFailure.PAUSE:
            pause = self._again.ceiling
        pause = max(pause, problem.retry_after or pause)
        log.warning(
            "nothing can be fetched",
            channel=self._bot.channel,
            why=problem.reason,
            code=problem.code,
            seconds=pause.total_seconds(),
        )
        await asyncio.sleep(pause.total_seconds())


def _id(update: Any) -> int | None:  # noqa: ANN401 - JSON
    return whole(update, "update_id") if isinstance(update, dict) else None


def _not_taken(updates: Sequence[Any], taken: int | None) -> Sequence[Any]:
    """What follows the update that was stored last, if it is among these.

    Taken but not confirmed: the process ended in between. The message keys alone would do; this
    keeps an unreadable update from being put into quarantine twice.
    """
    for at, update in enumerate(updates):
        if taken is not None and _id(update) == taken:
            return updates[at + 1 :]
    return updates
