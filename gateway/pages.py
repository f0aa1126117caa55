"""What all pages of a process stand on; each part asks for it, the first one makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.pages import CLOSING, protect, static_routes

if TYPE_CHECKING:
    from aiohttp import web


def prepare_pages(app: web.Application) -> None:
    """Security headers and own files, once however many parts ask."""
    if CLOSING not in app:
        protect(app)
        app.router.add_routes(static_routes())
