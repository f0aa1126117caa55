"""What the composer offers as text: canned replies and the service catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from console.staff.kept import Lately

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.staff.reception import Reception
    from core.model.canned import CannedReply
    from core.model.catalogue import Service

MOST_REPLIES: Final = 100
"""Of each kind, those that a page offers."""

MOST_KEPT: Final = 500
"""Canned replies among which the offered ones are chosen."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Those in force, of all units.

    Attributes:
        canned: by title.
        services: by name (LL-41).
    """

    canned: Sequence[CannedReply]
    services: Sequence[Service]


def phrases_of(reception: Reception) -> Lately[Phrases]:
    """Read once for all pages of the process; whoever changes them has them forgotten."""
    store = reception.store

    async def read() -> Phrases:
        return Phrases(
            await store.canned.find((), None, MOST_KEPT),
            await store.catalogue.find((), MOST_REPLIES),
        )

    return Lately(read, lambda: reception.news.version)
