"""``/layanan``: the service catalogue for everybody (LL-41, UU 25/2009)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from console.citizen import notices
from console.citizen.frame import shown
from core.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.citizen.counter import OfficeFacts
    from core.model.catalogue import Service


class CatalogueCounter(Protocol):
    """The hallway as this page sees it."""

    @property
    def office(self) -> OfficeFacts:
        """Whose services these are."""
        ...

    async def services(self) -> Sequence[tuple[str, Sequence[Service]]]:
        """By the name of the unit, the office's own first. Raises StoreUnavailable."""
        ...


def service_page_routes(counter: CatalogueCounter) -> list[web.RouteDef]:
    """The route of ``/layanan``; the application is prepared as for the other pages."""

    async def show(request: web.Request) -> web.Response:
        try:
            groups, notice = await counter.services(), None
        except StoreUnavailable:
            groups, notice = (), notices.PAUSE
        return shown(request, counter.office, "services", notice, groups=groups, here="/layanan")

    return [web.get("/layanan", show)]
