"""The API as a part of the process's web server, below ``/api``."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

from aiohttp import web

from gateway.api import acts, deadlines, entries, operations, people, sealed, session, tickets
from gateway.api import stream as event_stream
from gateway.api.frame import HEADERS, Frame
from gateway.api.limits import Pace
from gateway.api.openapi import document
from gateway.api.parts import Parts
from gateway.api.problems import NOT_FOUND, Problem, method_not_allowed
from gateway.file_plan import attachment_folder
from gateway.session_cookies import SessionCookies
from gateway.work_policy import work_policy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from config.settings import Settings
    from core.model.scene import WorkPolicy
    from core.services.house import House
    from gateway.api.table import Endpoint
    from gateway.server import Gateway

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

V1: Final = "/v1"


def all_endpoints(parts: Parts, closing: asyncio.Event) -> tuple[Endpoint, ...]:
    """Every row there is."""
    return (
        *session.routes(parts),
        *event_stream.routes(parts, closing),
        *tickets.ROUTES,
        *acts.ROUTES,
        *entries.ROUTES,
        *sealed.ROUTES,
        *deadlines.ROUTES,
        *people.ROUTES,
        *operations.ROUTES,
    )


def mount_api(
    app: web.Application,
    gateway: Gateway,
    settings: Settings,
    house: House,
    work: WorkPolicy | None = None,
) -> tuple[Endpoint, ...]:
    """Adds the API to a server that has not started; returns its rows.

    Args:
        app: the process's own.
        gateway: what handlers reach for.
        settings: the whole configuration.
        house: ports of the services about staff.
        work: what acts go by; None: from the settings.
    """
    parts = Parts(
        gateway=gateway,
        settings=settings,
        house=house,
        work=work or work_policy(settings.work, gateway.plan.policy),
        cookies=SessionCookies(settings.http.public_url),
        folder=attachment_folder(settings.attachments, settings.store.data_dir),
    )
    closing = asyncio.Event()
    api = web.Application(middlewares=[_problems])
    rows = all_endpoints(parts, closing)
    pace = Pace(settings.api.requests_per_minute)
    for row in rows:
        api.router.add_route(row.method, V1 + row.path, Frame(row, parts, pace).handle)
    described = _described(rows, settings)
    api.router.add_get("/openapi.json", described, allow_head=False)

    async def close(_: web.Application) -> None:
        closing.set()

    api.on_shutdown.append(close)
    app.add_subapp("/api", api)
    return rows


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


def _described(rows: tuple[Endpoint, ...], settings: Settings) -> Handler:
    """Made with the first request: most processes are never asked."""
    made: list[bytes] = []

    async def describe(_: web.Request) -> web.Response:
        if not made:
            told = document(rows, settings.office.name, settings.http.public_url)
            made.append(json.dumps(told, ensure_ascii=False).encode())
        return web.Response(body=made[0], content_type="application/json", headers=HEADERS)

    return describe
