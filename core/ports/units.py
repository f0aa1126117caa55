"""What units, suggestions and calendars ask of the store.

Small Protocols like those of :mod:`core.ports`, which names them on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.calendar_documents import CalendarDocument
    from core.model.partners import OpenDisposition, PartnerFigures
    from core.model.suggestion import Candidate, Unassigned
    from core.model.units import Region, Unit


class UnitReads(Protocol):
    """Units and regions, outside any unit of work and within one."""

    async def units(self, *, retired: bool = False) -> Sequence[Unit]:
        """By name."""
        ...

    async def regions(self) -> Sequence[Region]:
        """By name."""
        ...

    async def candidates(self) -> Sequence[Candidate]:
        """Technicians and officers who may come in, with what they hold now, by id.

        Costs the same however many tickets have ended.
        """
        ...


class PartnerReads(Protocol):
    """How partners answer."""

    async def figures(
        self, since: datetime, until: datetime, now: datetime
    ) -> Sequence[PartnerFigures]:
        """One line for each partner unit with dispositions in this time, by name (KM-24).

        What is due at ``now`` and not answered counts as breached.
        """
        ...


class UnitShelf(UnitReads, Protocol):
    """Units and regions while they are changed; candidates while one is chosen."""

    async def lock(self) -> None:
        """Makes everybody else who changes units or regions wait until the end."""
        ...

    async def unit(self, who: int | str) -> Unit | None:
        """By id or code, retired too."""
        ...

    async def add(self, unit: Unit) -> Unit:
        """Returns it with its id. Raises Conflict: the code is taken."""
        ...

    async def save(self, unit: Unit) -> None:
        """Writes everything of it but id and code."""
        ...

    async def region(self, who: int | str) -> Region | None:
        """By id or code."""
        ...

    async def add_region(self, region: Region) -> Region:
        """Returns it with its id. Raises Conflict: the code is taken."""
        ...

    async def save_region(self, region: Region) -> None:
        """Writes everything of it but id and code."""
        ...

    async def busy(self, unit_id: int) -> bool:
        """Whether a ticket that runs is with this unit."""
        ...

    async def running(self, unit_id: int, limit: int) -> Sequence[str]:
        """Numbers of tickets that run and are with this unit, the oldest first."""
        ...

    async def adopt(self, unit_id: int, into: int) -> Sequence[int]:
        """The people of one unit work in another from now on; their ids, in order."""
        ...

    async def lock_candidates(self) -> None:
        """Makes everybody else who chooses among them wait until the end."""
        ...

    async def unassigned(self, limit: int) -> Sequence[Unassigned]:
        """Running tickets that nobody has, nor a partner, emergencies first, then the oldest."""
        ...


class PartnerShelf(Protocol):
    """Dispositions that wait for a partner's answer."""

    async def answered(self, limit: int) -> Sequence[OpenDisposition]:
        """Those that a message of the partner has come to since, in order of time."""
        ...

    async def settle(self, disposition_id: int, at: datetime) -> bool:
        """Notes when it was answered; False: somebody has noted it already."""
        ...

    async def waiting(self, ticket_id: int) -> int:
        """How many dispositions of a ticket to partners are not answered."""
        ...


class CalendarReads(Protocol):
    """Calendars and lists of holidays as documents."""

    async def versions(self) -> dict[str, int]:
        """Name → version of every document: cheap enough to be asked every few seconds."""
        ...

    async def documents(self) -> Sequence[CalendarDocument]:
        """All of them, by name."""
        ...


class CalendarShelf(Protocol):
    """The same while one is changed."""

    async def document(self, name: str) -> CalendarDocument | None:
        """Locked until the end; None: there is none of this name."""
        ...

    async def documents(self) -> Sequence[CalendarDocument]:
        """All of them, by name."""
        ...

    async def put(self, document: CalendarDocument) -> None:
        """Lays it down, or over the one of this name."""
        ...
