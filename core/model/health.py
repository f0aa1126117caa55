"""What a door says about itself (providers.md §2.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime


@value
class Symptom:
    """Something wrong at a provider or on the way to it.

    Attributes:
        key: short and stable, for metrics and alarms: ``modem_dead``, ``webhook_url`` …
        sentence: Indonesian, for staff: what is wrong and what to do next; no personal data.
        since: since when, aware UTC, where it is known.
    """

    key: str
    sentence: str
    since: datetime | None = None
