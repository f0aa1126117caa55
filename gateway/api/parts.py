"""What handlers of the API reach for: the running process as they see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.model.numbers import parse_number
from gateway.api.problems import NOT_FOUND, NotDone

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from config.settings import Settings
    from console.enclosures import Enclosures
    from console.session_cookies import SessionCookies
    from core.model.scene import WorkPolicy
    from core.ports import Store
    from core.services.house import House
    from gateway.api.session import Doorkeeper
    from gateway.api.stream import Streams
    from gateway.attachment_folder import AttachmentFolder
    from gateway.server import Gateway


@dataclass(frozen=True, slots=True)
class Parts:
    """One for the whole process.

    Attributes:
        house: ports of the services about staff.
        work: what acts go by.
        folder: where attachments lie.
        enclosures: takes files that go with answers and notes.
        doorkeeper: counts logins; streams: those that are open.
    """

    gateway: Gateway
    settings: Settings
    house: House
    work: WorkPolicy
    cookies: SessionCookies
    folder: AttachmentFolder
    enclosures: Enclosures
    doorkeeper: Doorkeeper
    streams: Streams

    @property
    def store(self) -> Store:
        """The store."""
        return self.gateway.plan.store

    @property
    def zone(self) -> ZoneInfo:
        """Of the office."""
        return self.work.office.zone

    def now(self) -> datetime:
        """Aware UTC."""
        return self.gateway.plan.clock.now()

    def number(self, written: str) -> str:
        """A ticket number as it is kept, read leniently. Raises NotDone for what is none."""
        found = parse_number(self.gateway.plan.policy.prefix, written[:40])
        if found is None:
            raise NotDone(NOT_FOUND)
        return str(found)

    def committed(self) -> None:
        """Something was written: live pages look again, and what was promised leaves now."""
        self.gateway.intake.committed()
