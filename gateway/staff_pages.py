"""Mounts the pages of staff on the process's web server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.citizen.limits import TEN_MINUTES, Visitors, Window
from console.session_cookies import SessionCookies
from console.staff.reception import Reception
from console.staff.routes import staff_routes
from gateway.back_office import back_office
from gateway.desk_entries import DeskEntries, desk_channel
from gateway.enclosures import staff_enclosures
from gateway.file_plan import attachment_folder
from gateway.pages import prepare_pages

if TYPE_CHECKING:
    from aiohttp import web

    from config.settings import Settings
    from core.model.scene import WorkPolicy
    from core.services.house import House
    from gateway.calendars import Calendars
    from gateway.server import Gateway


def mount_staff_pages(
    app: web.Application,
    gateway: Gateway,
    settings: Settings,
    parts: tuple[House, WorkPolicy, Calendars],
) -> None:
    """Adds ``/console`` to a server that has not started.

    Args:
        app: the process's own.
        gateway: what was built.
        settings: the whole configuration.
        parts: ports of the services about staff; what acts go by; the process's calendars.
    """
    house, work, calendars = parts

    prepare_pages(app)
    desk = desk_channel(settings)
    folder = attachment_folder(settings.attachments, settings.store.data_dir)
    reception = Reception(
        store=gateway.plan.store,
        house=house,
        work=work,
        clock=gateway.plan.clock,
        cookies=SessionCookies(settings.http.public_url),
        news=gateway.changes,
        committed=gateway.intake.committed,
        visitors=Visitors(settings.api.proxies),
        logins=Window(settings.api.logins_per_address, TEN_MINUTES),
        path_of=folder.path_of,
        back_office=back_office(gateway, settings, calendars),
        enclosures=staff_enclosures(gateway.plan.store, gateway.plan.clock, settings),
        entries=DeskEntries(desk, gateway.hallway, gateway.plan.clock) if desk else None,
        public_url=settings.http.public_url,
        heartbeat=settings.api.heartbeat_seconds,
        streams=settings.api.streams,
    )
    app.router.add_routes(staff_routes(reception))

    async def end(_: web.Application) -> None:
        await reception.back_office.checks.close()

    app.on_cleanup.append(end)
