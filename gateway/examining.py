"""Asks doors how they are with their providers, and tells what changed (providers.md §2.8)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from config.logs import get_logger
from core.errors import GatewayError, SendError

if TYPE_CHECKING:
    from core.model.health import Symptom
    from core.ports import Examines
    from gateway.metrics import Metrics

log = get_logger("examining")

EVERY = 60.0
"""Seconds between two examinations of one door."""


class Examination:
    """One door, examined again and again.

    Attributes:
        symptoms: what was wrong at the last examination, by key.
    """

    def __init__(
        self, channel: str, door: Examines, metrics: Metrics, every: float = EVERY
    ) -> None:
        self.channel = channel
        self.symptoms: dict[str, Symptom] = {}
        self._door, self._metrics, self._every = door, metrics, every

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.once()
            except (GatewayError, OSError, TimeoutError) as error:
                why = error.problem.code if isinstance(error, SendError) else type(error).__name__
                log.warning("not examined", channel=self.channel, why=why)
            except Exception:
                log.exception("not examined", channel=self.channel)
            await asyncio.sleep(self._every)

    async def once(self) -> None:
        """One examination; tells only what is new and what is over."""
        found = {symptom.key: symptom for symptom in await self._door.examine()}
        for key, symptom in found.items():
            if key not in self.symptoms:
                self._metrics.alarms.labels(self.channel, key).inc()
                log.error("symptom", channel=self.channel, key=key, why=symptom.sentence)
        for key in self.symptoms.keys() - found.keys():
            log.warning("symptom is over", channel=self.channel, key=key)
            self._metrics.symptoms.labels(self.channel, key).set(0)
        for key in found:
            self._metrics.symptoms.labels(self.channel, key).set(1)
        self.symptoms = found
