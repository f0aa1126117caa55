"""What administration stands on besides what all pages of staff do: calendars, doors, quarantine.

The hallway fills it (gateway/back_office.py); nothing here knows how a door is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence
    from datetime import datetime

    from console.staff.admin.checks import Checks
    from core.model.calendar import Calendar
    from core.model.health import Symptom
    from core.model.messages import AddressKind, ChannelId
    from core.model.quarantine import Parked
    from core.model.staff import Staff
    from core.services.calendars import Almanac
    from core.services.erasing import Eraser
    from core.services.policies import Rulebook
    from core.services.units import Registry


class CalendarBook(Protocol):
    """The calendars of the running process."""

    def of(self, name: str) -> Calendar:
        """The one of this name; the office's for "" and for one that there is not."""
        ...

    def names(self) -> Collection[str]:
        """All that a unit may be given."""
        ...

    def meant(self, name: str, text: str) -> Calendar:
        """What a document of this name would make, with the holidays that hold.

        Raises:
            ValueError: it is doubtful; one sentence that names its line.
        """
        ...

    async def refresh(self) -> bool:
        """Reads anew what changed in the store, now. Raises StoreUnavailable."""
        ...


@value
class DoorState:
    """A configured door and how it is at this moment, in this process.

    Attributes:
        kind: as in the settings: ``twilio_sms``, ``gammu`` …
        address: what kind of address it writes to; None for one that does not send.
        hook: where its provider calls us; "" for a door without webhook.
        paused_until: sending stands still until then, for ``reason``; None: it does not.
        symptoms: what its last examination found wrong.
    """

    id: ChannelId
    kind: str
    address: AddressKind | None
    hook: str
    paused_until: datetime | None
    reason: str
    symptoms: tuple[Symptom, ...]


class Doors(Protocol):
    """The doors of the running process."""

    def states(self) -> Sequence[DoorState]:
        """In the order of the configuration."""
        ...

    def try_now(self, channel: ChannelId) -> bool:
        """Ends a pause, so that one message is tried at once; False: it is not paused."""
        ...


@value
class Reread:
    """What became of a payload that was read anew.

    Attributes:
        taken: it waits no more: it was taken in, or is understood and asks for nothing.
        result: ``taken``, ``ignored``, ``unreadable``, ``failed`` or ``no_door``.
        detail: what happened, or what is wrong with it; for technicians.
        numbers: tickets that it is now part of.
    """

    taken: bool
    result: str
    detail: str
    numbers: tuple[str, ...]


@value
class Keeping:
    """How long what is personal stays, by the settings.

    Attributes:
        months: after which an ended ticket says no more who reported it; 0: never by itself.
        draft_days: of what was begun and never sent.
        answer_hours: of answers of the API that are kept for a repeated request.
    """

    months: int
    draft_days: int
    answer_hours: int


@dataclass(frozen=True, slots=True)
class BackOffice:
    """One for the whole process.

    Attributes:
        eraser: takes persons out of the records.
        office_calendar: the name of the office's own calendar.
        reread: reads one row of the quarantine anew, with today's code, for this person.
        checks: the audit that runs, or ran last.
    """

    registry: Registry
    almanac: Almanac
    calendars: CalendarBook
    office_calendar: str
    doors: Doors
    reread: Callable[[Parked, Staff], Awaitable[Reread]]
    checks: Checks
    rulebook: Rulebook
    eraser: Eraser
    keeping: Keeping
