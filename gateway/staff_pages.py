"""Mounts the pages of staff on the process's web server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.session_cookies import SessionCookies
from console.staff.reception import Reception
from console.staff.routes import staff_routes
from console.staff.sign_on.pages import BACK
from gateway.back_office import back_office
from gateway.desk_entries import DeskEntries, desk_channel
from gateway.enclosures import staff_enclosures
from gateway.file_plan import attachment_folder

if TYPE_CHECKING:
    from aiohttp import web

    from config.settings import Settings
    from core.ports import Clock
    from gateway.server import Gateway
    from gateway.sign_on import OpenIdProvider
    from gateway.staff_parts import StaffParts


def mount_staff_pages(
    app: web.Application,
    gateway: Gateway,
    settings: Settings,
    parts: StaffParts,
) -> None:
    """Adds ``/console`` to an application that is not frozen.

    Args:
        app: what is looked up on demand; the server's own gives headers and static files.
        gateway: what was built.
        settings: the whole configuration.
        parts: shared with the API.
    """
    house, work, calendars = parts.house, parts.work, parts.calendars
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
        visitors=parts.attempts.visitors,
        logins=parts.attempts.logins,
        path_of=folder.path_of,
        back_office=back_office(gateway, settings, calendars),
        enclosures=staff_enclosures(gateway.plan.store, gateway.plan.clock, settings),
        entries=DeskEntries(desk, gateway.hallway, gateway.plan.clock) if desk else None,
        public_url=settings.http.public_url,
        heartbeat=settings.api.heartbeat_seconds,
        streams=settings.api.streams,
        sign_on=sign_on_provider(settings, gateway.plan.clock),
        presence=gateway.presence,
    )
    app.router.add_routes(staff_routes(reception))

    async def end(_: web.Application) -> None:
        await reception.back_office.checks.close()

    app.on_cleanup.append(end)


def sign_on_provider(settings: Settings, clock: Clock) -> OpenIdProvider | None:
    """The office's identity provider; None without one."""
    if settings.sso.issuer is None:
        return None
    from gateway.sign_on import OpenIdProvider  # noqa: PLC0415 - its library is an extra

    ours = settings.http.public_url.rstrip("/")
    return OpenIdProvider(settings.sso, f"{ours}{BACK}", f"{ours}/console/masuk", clock)
