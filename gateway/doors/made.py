"""A door as the process holds it: what is mounted, and what intake needs to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.dispatcher import Pace
from gateway.webhooks import Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from config.settings import Settings
    from core.model.messages import Address, ChannelId
    from core.model.policy import ChannelTraits
    from core.ports import Clock
    from gateway.server import Gateway, MountedDoor


@dataclass(frozen=True, slots=True)
class Made:
    """A door with what intake needs to know of it.

    Attributes:
        own: addresses of ours on this channel; what comes from them is a loop.
        pages: mounts what citizens see of it in a browser; None: nothing.
        survey_link: the address of the survey about a ticket, by the ticket's id; None: it has no
            page for that.
        registration_link: likewise, of the page where the owner of an address registers.
        ticket_link: the same of the page of a ticket, by its number.
    """

    mounted: MountedDoor
    traits: ChannelTraits
    own: frozenset[Address]
    pages: Callable[[web.Application, Gateway], None] | None = None
    survey_link: Callable[[int], str] | None = None
    registration_link: Callable[[int], str] | None = None
    ticket_link: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a door is made: its name, and the whole configuration around it."""

    channel: ChannelId
    whole: Settings
    clock: Clock

    @property
    def path(self) -> str:
        """The path of its webhook."""
        return f"/hooks/{self.channel}"

    @property
    def url(self) -> str:
        """The same as entered at the provider."""
        return self.whole.http.public_url.rstrip("/") + self.path

    def route(self, purpose: str = "message") -> Route:
        """Its webhook; one that is not for messages lies below, under its purpose."""
        tail = "" if purpose == "message" else f"/{purpose}"
        return Route(self.path + tail, self.url + tail, purpose)

    def pace(self, per_second: float) -> Pace:
        """How fast it may send."""
        dispatch = self.whole.dispatch
        return Pace(per_second, dispatch.in_flight, dispatch.poll_seconds)
