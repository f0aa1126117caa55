"""Running tickets by unit and channel, standing ones by reason: links with numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.language import N_
from console.staff.kept import Kept
from core.model.clock import PauseReason
from core.model.listing import Facet
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.staff.backdrop import Backdrop
    from console.staff.kept import Turns
    from console.staff.reception import Reception
    from console.staff.visit import Visit

MOST_LINKS: Final = 15
"""Of one group, the fullest first; others are reached by the filter of a list."""

_PLACES: Final = {
    Facet.PAUSE: (N_("Tertunda karena"), "/console/kotak/menunggu?sebab="),
    Facet.UNIT: (N_("Menurut unit"), "/console/kotak/berjalan?unit="),
    Facet.CHANNEL: (N_("Menurut kanal"), "/console/kotak/berjalan?kanal="),
}


@value
class Link:
    """One place with how many tickets are there."""

    href: str
    words: str
    count: int


@value
class Group:
    """Links of one kind."""

    key: str
    words: str
    links: tuple[Link, ...]


FRESH: Final = 30.0
"""Seconds for which the numbers are good, whatever is committed."""


class Groups:
    """Counted at most twice a minute for each person, however many pages they have open.

    Args:
        reception: where to count.
        backdrop: names of units.
        turns: of all that count.
    """

    def __init__(self, reception: Reception, backdrop: Backdrop, turns: Turns) -> None:
        self._reception, self._backdrop = reception, backdrop
        self._kept = Kept(self._counted, lambda: 0, (FRESH, FRESH), turns)

    async def of(self, visit: Visit) -> list[Group]:
        """Those that hold anything, in the visit's language; none while nothing is known yet."""
        counted = (await self._kept.glance(visit)).counted
        if counted is None:
            return []
        names: dict[Facet, Mapping[str, str]] = {
            Facet.PAUSE: {one.value: visit.words(one.word) for one in PauseReason},
            Facet.UNIT: {},
            Facet.CHANNEL: {},
        }
        if counted[Facet.UNIT]:
            staffing = (await self._backdrop.now()).staffing
            names[Facet.UNIT] = {str(one.id): one.name for one in staffing.units}
        made = []
        for facet, (words, place) in _PLACES.items():
            fullest = sorted(counted[facet].items(), key=lambda pair: (-pair[1], pair[0]))
            links = tuple(
                Link(f"{place}{key}", names[facet].get(key, key), count)
                for key, count in fullest[:MOST_LINKS]
            )
            if links:
                made.append(Group(facet.value, visit.words(words), links))
        return made

    async def _counted(self, visit: Visit) -> dict[Facet, Mapping[str, int]]:
        tally, scope = self._reception.store.lists.tally, visit.scope()
        return {facet: await tally(scope, facet) for facet in _PLACES}
