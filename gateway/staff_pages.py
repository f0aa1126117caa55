"""Mounts the pages of staff on the process's web server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.citizen.limits import TEN_MINUTES, Visitors, Window
from console.session_cookies import SessionCookies
from console.staff.reception import Reception
from console.staff.routes import staff_routes
from gateway.desk_entries import DeskEntries, desk_channel
from gateway.file_plan import attachment_folder
from gateway.pages import prepare_pages

if TYPE_CHECKING:
    from aiohttp import web

    from config.settings import Settings
    from core.model.scene import WorkPolicy
    from core.services.house import House
    from gateway.server import Gateway


def mount_staff_pages(
    app: web.Application, gateway: Gateway, settings: Settings, house: House, work: WorkPolicy
) -> None:
    """Adds ``/console`` to a server that has not started.

    Args:
        app: the process's own.
        gateway: what was built.
        settings: the whole configuration.
        house: ports of the services about staff.
        work: what acts go by.
    """

    def committed() -> None:
        for wake in gateway.intake.on_commit:
            wake()

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
        committed=committed,
        visitors=Visitors(settings.api.proxies),
        logins=Window(settings.api.logins_per_address, TEN_MINUTES),
        path_of=folder.path_of,
        entries=DeskEntries(desk, gateway.hallway, gateway.plan.clock) if desk else None,
        public_url=settings.http.public_url,
        heartbeat=settings.api.heartbeat_seconds,
        streams=settings.api.streams,
    )
    app.router.add_routes(staff_routes(reception))
