"""Keeping Telegram's webhook as it must be, and telling what is wrong with it.

What waits at Telegram is never dropped. https://core.telegram.org/bots/api#getwebhookinfo
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from channels.telegram.fields import instant, whole, words
from channels.telegram.payload import READ
from config.logs import get_logger
from core.errors import SendError
from core.model.health import Symptom
from core.model.sentences import listed, said, term

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from channels.telegram.api import BotApi
    from channels.telegram.settings import TelegramSettings
    from core.errors import SendProblem
    from core.ports import Clock

log = get_logger("telegram")

MANY_WAITING = 100
"""Updates waiting at Telegram from which on we do not keep up; normally there is none."""

FRESH = timedelta(minutes=15)
"""Telegram keeps the last error for ever; one older than this is history once nothing waits."""

_LONGEST_WORDS = 200


class WebhookKeeper:
    """Sets the webhook at the start, and anew whenever it is found to differ."""

    def __init__(self, api: BotApi, settings: TelegramSettings, clock: Clock) -> None:
        self._api, self._settings, self._clock = api, settings, clock
        self._set = not settings.manage
        self._refused: SendProblem | None = None

    async def keep(self) -> None:
        """Until cancelled. Does nothing where the administrator sets the webhook."""
        failures = 0
        # the secret cannot be asked for, so it is set anew at each start
        while not self._set:
            try:
                await self._api.set_webhook()
            except SendError as error:
                failures += 1
                await self._wait(error.problem, failures)
            else:
                self._set = True
                log.info("webhook set", channel=self._settings.id, url=self._settings.webhook_url)
        await asyncio.Event().wait()

    async def _wait(self, problem: SendProblem, failures: int) -> None:
        self._refused = problem
        log.warning(
            "webhook not set",
            channel=self._settings.id,
            why=problem.reason,
            code=problem.code,
        )
        pause = self._settings.again.pause(failures, 0.5)
        await asyncio.sleep(max(pause, problem.retry_after or pause).total_seconds())

    async def examine(self) -> Sequence[Symptom]:
        """What is wrong; a webhook that differs from ours is set anew. Raises SendError."""
        if not self._set:
            refused = self._refused
            return [Symptom("webhook_url", refused.reason)] if refused else []
        found = await self._api.webhook_info()
        symptoms = symptoms_of(found, self._settings, self._clock.now())
        if self._settings.manage and any(one.key == "webhook_url" for one in symptoms):
            await self._api.set_webhook()
            log.warning("webhook set anew", channel=self._settings.id)
        return symptoms


def symptoms_of(
    info: Mapping[str, Any], settings: TelegramSettings, now: datetime
) -> list[Symptom]:
    """What Telegram's account of our webhook says is wrong."""
    found = []
    asked_for = info.get("allowed_updates")
    if words(info, "url") != settings.webhook_url:
        sentence = said("Alamat webhook di Telegram bukan alamat kanal ini.")
        found.append(Symptom("webhook_url", listed((sentence, _next_step(settings)), " ")))
    elif not isinstance(asked_for, list) or set(map(str, asked_for)) != set(READ):
        sentence = said("Telegram tidak mengirim semua jenis pesan yang dibaca kanal ini.")
        found.append(Symptom("webhook_url", listed((sentence, _next_step(settings)), " ")))
    waiting = whole(info, "pending_update_count") or 0
    if waiting > MANY_WAITING:
        sentence = said(
            "{waiting} pesan menunggu di Telegram dan hilang setelah 24 jam.", waiting=waiting
        )
        found.append(Symptom("webhook_pending", sentence))
    failed_at = instant(info, "last_error_date")
    if failed_at and (waiting or failed_at > now - FRESH):
        why = " ".join(words(info, "last_error_message")[:_LONGEST_WORDS].split())
        sentence = said(
            "Telegram gagal mengantar pesan ke alamat kanal ini: {why}.",
            why=f"\u201c{why}\u201d" if why else term("tanpa sebab"),
        )
        found.append(Symptom("webhook_error", sentence, failed_at))
    return found


def _next_step(settings: TelegramSettings) -> str:
    if settings.manage:
        return said("Sudah diatur ulang; bila terulang, program lain memakai bot yang sama.")
    return said("Atur ulang dengan setWebhook (lihat panduan kanal Telegram).")
