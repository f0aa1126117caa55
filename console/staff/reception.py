"""What the pages of staff stand on: the ports of the services that the API uses as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from console.staff.presence import Presence
from core.model.numbers import parse_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from console.citizen.limits import Visitors, Window
    from console.enclosures import Enclosures
    from console.session_cookies import SessionCookies
    from console.staff.back_office import BackOffice
    from core.model.messages import Receipt
    from core.model.scene import WorkPolicy
    from core.model.staff import Staff
    from core.ports import Clock, Store
    from core.ports.sign_on import SignOnProvider
    from core.services.house import House


class News(Protocol):
    """The process's counter of commits."""

    @property
    def version(self) -> int:
        """Grows with every commit of this process."""
        ...

    async def wait(self, after: int, timeout: float) -> int:  # noqa: ASYNC109 - a long poll's own
        """The version once it is past ``after``, or as it is when the time is over."""
        ...


class Entries(Protocol):
    """Takes reports that staff write down for citizens."""

    async def enter(self, given: Mapping[str, object], officer: Staff, key: str) -> Receipt:
        """On disk, with its number.

        Args:
            given: the entry as docs/channels/desk.md describes it.
            officer: who took it.
            key: of this entry, so that a repeat is known.

        Raises:
            MalformedMessage: its sentence begins with the field that is wrong and a colon.
            StoreUnavailable: nothing is kept; a repeat does no harm.
        """
        ...


@dataclass(frozen=True, slots=True)
class Reception:
    """One for the whole process.

    Attributes:
        house: ports of the services about staff.
        work: what acts go by.
        committed: called after a page has written something: live pages look again, and what was
            promised leaves now.
        visitors, logins: attempts to log in, limited by address before any password is looked at.
        entries: None where the office has no channel for them.
        public_url: where citizens find the office's pages.
        path_of: where a stored attachment lies; None when it is gone.
        back_office: what administration stands on besides.
        enclosures: takes files that staff choose.
        heartbeat: seconds of silence after which a live stream shows that it lives.
        streams: live streams open at the same time.
        presence: who looks at which ticket.
        sign_on: the office's identity provider; None without one.
    """

    store: Store
    house: House
    work: WorkPolicy
    clock: Clock
    cookies: SessionCookies
    news: News
    committed: Callable[[], None]
    visitors: Visitors
    logins: Window
    path_of: Callable[[str], Path | None]
    back_office: BackOffice
    enclosures: Enclosures
    entries: Entries | None = None
    public_url: str = ""
    heartbeat: float = 15.0
    streams: int = 200
    presence: Presence = field(default_factory=Presence)
    sign_on: SignOnProvider | None = None

    @property
    def office(self) -> str:
        """The office's name."""
        return self.work.office.office

    @property
    def zone(self) -> ZoneInfo:
        """The office's zone: times on pages are in it."""
        return self.work.office.zone

    def now(self) -> datetime:
        """Aware UTC."""
        return self.clock.now()

    def number(self, written: str) -> str | None:
        """A ticket number as it is kept, read leniently; None for what is none."""
        found = parse_number(self.work.office.prefix, written[:40])
        return str(found) if found else None
