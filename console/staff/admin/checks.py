"""The audit that pages begin: one at a time, beside everything else, with how far it is."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from core.errors import GatewayError
from core.services.audit import AuditWish, verify

if TYPE_CHECKING:
    from datetime import date, datetime

    from core.model.audit import Verdict
    from core.ports import Clock
    from core.ports.audit import Audits


class Checks:
    """One for a process.

    Attributes:
        began, ended: of the check that runs or ran last, aware UTC; None: there was none.
        since: from which day on it looks; None: everything.
        events: how many have passed.
        verdict: what it saw; None while it runs, or when it could not be ended.
        broken: why it could not be ended; "" otherwise.
    """

    def __init__(self, audits: Audits, prefix: str, clock: Clock) -> None:
        self._audits, self._prefix, self._clock = audits, prefix, clock
        self._task: asyncio.Task[None] | None = None
        self.began: datetime | None = None
        self.ended: datetime | None = None
        self.since: date | None = None
        self.events = 0
        self.verdict: Verdict | None = None
        self.broken = ""

    @property
    def running(self) -> bool:
        """Whether one is under way."""
        return self._task is not None and not self._task.done()

    def begin(self, since: date | None) -> bool:
        """Begins one; False: one is under way already."""
        if self.running:
            return False
        self.began, self.ended, self.since = self._clock.now(), None, since
        self.events, self.verdict, self.broken = 0, None, ""
        self._task = asyncio.create_task(self._run(), name="audit from a page")
        return True

    async def _run(self) -> None:
        wish = AuditWish(self._prefix, self.since)
        try:
            self.verdict = await verify(self._audits, wish, self._passed)
        except GatewayError as error:
            self.broken = str(error)
        self.ended = self._clock.now()

    def _passed(self, events: int) -> None:
        self.events = events

    async def close(self) -> None:
        """Ends the one that runs. Idempotent."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
