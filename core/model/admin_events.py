"""The history of the house itself: staff, units, calendars, texts, reveals.

Like a ticket's (core/model/events.py): append-only and chained, one chain per subject. Data holds
no name, number or text of a person; what may not be told is told by the name of its field.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Final

from core.model.events import GENESIS, Fact, canonical
from core.model.value import value

DELEGATION: Final = "delegation:customer_care"
"""The subject whose last event says whether leadership's watch is delegated (MB-08)."""

DELEGATED_BY: Final = "WatchDelegated"
WITHDRAWN_BY: Final = "WatchTakenBack"
"""The kinds of its events."""


@value
class AdminEvent:
    """One fact about the house, in the past tense.

    Attributes:
        subject: ``staff:7``, ``unit:3``, ``calendar:banyuwangi`` …
        seq … hash: as in ``core.model.events.Event``.
    """

    subject: str
    seq: int
    kind: str
    at: datetime
    actor: str
    data: str
    previous: str
    hash: str


def chain_admin(subject: str, last: AdminEvent | None, fact: Fact) -> AdminEvent:
    """The fact as the next event of this subject's chain; ``last`` None: it is the first."""
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    data = canonical(fact.data)
    draft = AdminEvent(subject, seq, fact.kind, fact.at, fact.actor, data, previous, "")
    return AdminEvent(subject, seq, fact.kind, fact.at, fact.actor, data, previous, _digest(draft))


def intact_admin(event: AdminEvent) -> bool:
    """Whether the stored hash fits the stored fields."""
    return _digest(event) == event.hash


def _digest(event: AdminEvent) -> str:
    at = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    lines = (event.previous, event.subject, str(event.seq), event.kind, at, event.actor)
    whole = "\n".join((*lines, event.data))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
