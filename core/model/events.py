"""The tamper-evident history: append-only events, hash-chained per ticket (design.md §3)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

GENESIS = ""
"""The hash before a ticket's first event."""


@value
class Event:
    """One fact about a ticket, in the past tense.

    Attributes:
        ticket_id: whose history it is.
        seq: 1, 2, 3 … without gaps within the ticket.
        kind: ``TicketOpened``, ``MessageJoined``, ``StatusChanged`` …
        at: aware UTC.
        actor: ``system``, ``reporter`` or ``staff:<id>``.
        data: canonical JSON text, exactly as hashed; holds no phone number, name or NIK.
        previous: hash of the event before, hex; empty for the first.
        hash: SHA-256 over all of the above, hex.
    """

    ticket_id: int
    seq: int
    kind: str
    at: datetime
    actor: str
    data: str
    previous: str
    hash: str


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def canonical(data: Mapping[str, Json]) -> str:
    """JSON text with sorted keys and no spaces: the form that is hashed and stored."""
    return _encode(data)


@value
class Fact:
    """What happened, before it is chained."""

    kind: str
    at: datetime
    actor: str
    data: Mapping[str, Json]


def chain(ticket_id: int, seq: int, previous: str, fact: Fact) -> Event:
    """The fact as the next event of this ticket's chain."""
    data = canonical(fact.data)
    digest = digest_of(ticket_id, seq, previous, fact, data)
    return Event(ticket_id, seq, fact.kind, fact.at, fact.actor, data, previous, digest)


def digest_of(ticket_id: int, seq: int, previous: str, fact: Fact, data: str) -> str:
    """SHA-256, hex, over the fields one per line; ``fact.data`` is ignored for the stored text."""
    at = fact.at.astimezone(UTC).isoformat(timespec="microseconds")
    line = f"{previous}\n{ticket_id}\n{seq}\n{fact.kind}\n{at}\n{fact.actor}\n{data}"
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()


def intact(event: Event) -> bool:
    """Whether the stored hash fits the stored fields."""
    fact = Fact(event.kind, event.at, event.actor, {})
    expected = digest_of(event.ticket_id, event.seq, event.previous, fact, event.data)
    return expected == event.hash
