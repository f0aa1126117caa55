"""The stream: all tickets' events in one order, for live pages, programs and webhooks.

Whoever reads keeps a cursor and asks for what comes after it. The order is that of commits, as far
as the store can tell, so that no event ever appears behind a cursor that has passed its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.value import value

if TYPE_CHECKING:
    from core.model.events import Event
    from core.model.rights import Scope


@value
class StreamEvent:
    """One event on its place in the stream.

    Attributes:
        id: the cursor right after it; no secret, the same whoever reads.
        number: of its ticket.
    """

    id: str
    number: str
    event: Event


@value
class StreamPage:
    """Some events, in order.

    Attributes:
        events: those that were asked for; may be none although there is more.
        cursor: to go on from; it also passes what was left out.
        more: whether to ask on at once; False: the end was reached.
    """

    events: tuple[StreamEvent, ...]
    cursor: str
    more: bool


@value
class Only:
    """Which events somebody wants.

    Attributes:
        scope: of tickets that this person may see; None: the house itself, all of them.
        kinds: only these, such as ``Assigned``; empty: every kind.
        units: only of tickets that are with one of these units now; None: wherever they are.
    """

    scope: Scope | None = None
    kinds: frozenset[str] = frozenset()
    units: frozenset[int] | None = None

    def wants(self, kind: str, unit_id: int | None) -> bool:
        """Whether this kind of event of a ticket with this unit is among them."""
        right_kind = not self.kinds or kind in self.kinds
        return right_kind and (self.units is None or unit_id in self.units)


EVERYTHING = Only()
"""All events, for the house itself."""
