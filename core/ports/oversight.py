"""What technicians, supervisors and leadership ask of the store besides lists.

Small Protocols like those of :mod:`core.ports`, which names them on the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.field import FieldTask
    from core.model.oversight import ToldView, UnitFigures, WaitingApproval
    from core.model.rights import Scope

RECENT: Final = 500
"""Notes of one kind that are looked at, however narrow the reach of who asks."""


MOST_RUNNING: Final = 100_000
"""Running tickets that figures count; of more they tell too few."""


class OversightReads(Protocol):
    """Outside any unit of work; what it costs does not grow with tickets that ended."""

    async def tasks(self, scope: Scope, staff_id: int, limit: int) -> Sequence[FieldTask]:
        """Running tickets that this person has, the oldest first."""
        ...

    async def approvals(self, scope: Scope, after: int, limit: int) -> Sequence[WaitingApproval]:
        """Tickets that wait for an approval which still fits, the oldest first.

        ``after``: the last ticket of the page before; 0: the first page.
        """
        ...

    async def approvals_waiting(self, scope: Scope, most: int) -> int:
        """How many there are, at most ``most``."""
        ...

    async def figures(self, scope: Scope) -> Sequence[UnitFigures]:
        """Running tickets counted by unit and priority; no line where there is nothing."""
        ...

    async def told(
        self, scope: Scope, kind: str, before: int | None, limit: int
    ) -> Sequence[ToldView]:
        """The last notes of a kind (``instruction``, ``question``), newest first.

        It looks at the last :data:`RECENT` of the house, whoever asks; with ``before``, a
        note's id, at the last of those before it.
        """
        ...
