"""Outgoing webhooks: how other programs are told of events (docs/webhooks.md)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from config import checks
from config.section import Seconds, Section
from core.model.subscription import HookRules

_PLACE: Final = re.compile(r"(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
MARGIN: Final = timedelta(seconds=30)
"""How much longer a claim lasts than an attempt: for reading and writing around it."""


def _place(value: str) -> str:
    value = value.strip().lower()
    checks.require(_PLACE.fullmatch(value), "host or host:port, such as aplikasi.dalam:8443")
    return value


class HookSettings(Section):
    """Programs that are told of events by POST. Who they are is set by administrators."""

    inside: Annotated[
        tuple[Annotated[str, AfterValidator(_place)], ...], Field(max_length=100)
    ] = ()
    """Receivers in the office's own network, as host or host:port. Only these may be called by
    plain http and at private addresses; all others must be https and on the open internet, so
    that nobody can make this machine knock at doors inside. Empty: none."""

    timeout_seconds: Seconds = 10.0
    """Seconds for one delivery, everything included. A receiver should take it and work later."""

    batch: Annotated[int, Field(ge=1, le=500)] = 50
    """Events in one delivery at most. More than one only where several wait."""

    backoff_seconds: Seconds = 5.0
    """Seconds before the second attempt; doubles with each further one."""

    backoff_max_seconds: Seconds = 3_600.0
    """Longest wait between two attempts, in seconds."""

    pause_days: Annotated[float, Field(gt=0, le=365)] = 3.0
    """Days of failing after which deliveries stop, with an alarm, until somebody resumes them;
    nothing is lost. Three, so that a weekend alone stops nothing."""

    @model_validator(mode="after")
    def _order(self) -> Self:
        checks.require(
            self.backoff_max_seconds >= self.backoff_seconds,
            "backoff_max_seconds: at least backoff_seconds",
        )
        return self

    def rules(self) -> HookRules:
        """As the one who delivers reads them."""
        return HookRules(
            base=timedelta(seconds=self.backoff_seconds),
            ceiling=timedelta(seconds=self.backoff_max_seconds),
            patience=timedelta(days=self.pause_days),
            lease=timedelta(seconds=self.timeout_seconds) + MARGIN,
            batch=self.batch,
        )
