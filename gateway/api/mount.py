"""The API as a part of the process's web server, below ``/api``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from aiohttp import web

from console.session_cookies import SessionCookies
from gateway.api import (
    acts,
    answer_check,
    canned,
    catalogue,
    deadlines,
    documents,
    enclosing,
    entries,
    erasing,
    handling,
    letters,
    merging,
    operations,
    people,
    places,
    policies,
    respondents,
    sealed,
    searching,
    session,
    setting_versions,
    subscriptions,
    survey_items,
    surveys,
    tickets,
    unit_hours,
)
from gateway.api import stream as event_stream
from gateway.api.frame import HEADERS, Frame
from gateway.api.limits import Pace
from gateway.api.openapi import document
from gateway.api.parts import Parts
from gateway.api.problems import NOT_FOUND, Problem, method_not_allowed
from gateway.enclosures import staff_enclosures
from gateway.file_plan import attachment_folder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from config.settings import Settings
    from gateway.api.table import Endpoint
    from gateway.server import Gateway
    from gateway.staff_parts import StaffParts

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

V1: Final = "/v1"


PARTS: Final[Mapping[str, tuple[Endpoint, ...]]] = {
    "Coming in, and about oneself": session.ROUTES,
    "Tickets": (*tickets.ROUTES, *handling.ROUTES, *letters.ROUTES, *enclosing.ROUTES),
    "Search and kept lists": searching.ROUTES,
    "Why something is due then": deadlines.ROUTES,
    "Acts on a ticket": (*acts.ROUTES, *answer_check.ROUTES),
    "What staff enter": entries.ROUTES,
    "Restricted fields": sealed.ROUTES,
    "Personal data that goes": erasing.ROUTES,
    "The stream of events": event_stream.ROUTES,
    "Outgoing webhooks": subscriptions.ROUTES,
    "Surveys": (*surveys.ROUTES, *survey_items.ROUTES),
    "People who registered": respondents.ROUTES,
    "Units, regions, suggestions": (*places.ROUTES, *unit_hours.ROUTES, *merging.ROUTES),
    "Calendars and texts": documents.ROUTES,
    "Wordings that wait for their day": setting_versions.ROUTES,
    "Canned replies": canned.ROUTES,
    "The service catalogue": catalogue.ROUTES,
    "What is promised": policies.ROUTES,
    "Staff and tokens": people.ROUTES,
    "The process": operations.ROUTES,
}
"""The rows by what they are about."""

ENDPOINTS: Final = tuple(row for rows in PARTS.values() for row in rows)
"""Every row there is."""


def mount_api(
    app: web.Application, gateway: Gateway, settings: Settings, staff: StaffParts
) -> None:
    """Adds the API to an application that is not frozen.

    Args:
        app: what is looked up on demand.
        gateway: what handlers reach for.
        settings: the whole configuration.
        staff: shared with the pages of staff.
    """
    parts = Parts(
        gateway=gateway,
        settings=settings,
        house=staff.house,
        work=staff.work,
        cookies=SessionCookies(settings.http.public_url),
        folder=attachment_folder(settings.attachments, settings.store.data_dir),
        enclosures=staff_enclosures(gateway.plan.store, gateway.plan.clock, settings),
        doorkeeper=session.Doorkeeper(staff.attempts),
        streams=event_stream.Streams(settings.api.streams),
    )
    api = web.Application(middlewares=[_problems])
    pace = Pace(settings.api.requests_per_minute)
    for row in ENDPOINTS:
        api.router.add_route(row.method, V1 + row.path, Frame(row, parts, pace).handle)
    api.router.add_get("/openapi.json", _described(settings), allow_head=False)

    async def close(_: web.Application) -> None:
        parts.streams.close()

    api.on_shutdown.append(close)
    app.add_subapp("/api", api)


@web.middleware
async def _problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What the router itself refuses, in the same form as everything else."""
    try:
        return await handler(request)
    except web.HTTPMethodNotAllowed as refused:
        return _plain(method_not_allowed(", ".join(sorted(refused.allowed_methods))))
    except web.HTTPNotFound:
        return _plain(NOT_FOUND)


def _plain(problem: Problem) -> web.Response:
    response = problem.answer()
    response.headers.update(HEADERS)
    return response


def _described(settings: Settings) -> Handler:
    """Made with the first request: most processes are never asked."""
    made: list[bytes] = []

    async def describe(_: web.Request) -> web.Response:
        if not made:
            told = document(ENDPOINTS, settings.office.name, settings.http.public_url)
            made.append(json.dumps(told, ensure_ascii=False).encode())
        return web.Response(body=made[0], content_type="application/json", headers=HEADERS)

    return describe
