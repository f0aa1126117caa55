"""What staff reach over HTTP, on one application: the REST API and the pages of the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from gateway.api.mount import mount_api
from gateway.staff_pages import mount_staff_pages
from gateway.staff_parts import StaffParts, attempts_of

if TYPE_CHECKING:
    from config.settings import Settings
    from core.model.scene import WorkPolicy
    from core.services.house import House
    from gateway.calendars import Calendars
    from gateway.server import Gateway


def staff_application(
    gateway: Gateway, settings: Settings, parts: tuple[House, WorkPolicy, Calendars]
) -> web.Application:
    """Loaded with the first request (``gateway.on_demand``); not started.

    Args:
        gateway: what was built.
        settings: the whole configuration.
        parts: ports of the services about staff; what acts go by; the process's calendars.
    """
    shared = StaffParts(*parts, attempts_of(settings.api))
    app = web.Application()
    mount_api(app, gateway, settings, shared)
    mount_staff_pages(app, gateway, settings, shared)
    return app
