"""Who calls: a program with a token, or a browser with a session (threats.md rows 45 to 58)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.rights import may
from core.model.staff import Right
from core.services.entry import who, who_by_token
from gateway.api.problems import (
    FORBIDDEN,
    FOREIGN_PAGE,
    UNAUTHORIZED,
    UNFINISHED_LOGIN,
    NotDone,
    malformed,
)
from gateway.api.table import Entry

if TYPE_CHECKING:
    from aiohttp import web

    from core.services.entry import Here
    from gateway.api.parts import Parts
    from gateway.api.table import Endpoint

_LONGEST_TOKEN: Final = 200


async def caller(parts: Parts, endpoint: Endpoint, request: web.Request) -> Here | None:
    """Who asks for this row; None where anybody may. Raises NotDone: 401 or 403.

    A token counts before a cookie: a program that sends both means the token.
    """
    if endpoint.needs is Entry.ANYBODY:
        return None
    authorizations = request.headers.getall("Authorization", [])
    if authorizations:
        here = await _by_token(parts, authorizations)
    else:
        here = await who(parts.house, parts.cookies.read(request)[:_LONGEST_TOKEN])
        if here is not None and endpoint.writes and not parts.cookies.ours(request):
            raise NotDone(FOREIGN_PAGE)
    if here is None:
        raise NotDone(UNAUTHORIZED)
    _admit(endpoint, here)
    return here


async def _by_token(parts: Parts, authorizations: list[str]) -> Here | None:
    if len(authorizations) > 1:
        raise NotDone(malformed("Tajuk ini tertulis lebih dari sekali.", "Authorization"))
    scheme, _, token = authorizations[0].partition(" ")
    if scheme.lower() != "bearer":
        return None
    return await who_by_token(parts.house, token.strip()[:_LONGEST_TOKEN])


def _admit(endpoint: Endpoint, here: Here) -> None:
    if endpoint.needs is Entry.COMING_IN:
        return
    if here.wanting:
        raise NotDone(UNFINISHED_LOGIN)
    if isinstance(endpoint.needs, Right) and not may(here.staff, endpoint.needs):
        raise NotDone(FORBIDDEN)


def key_of(here: Here) -> str:
    """What the limit of requests counts by."""
    if here.token is not None:
        return f"token {here.token.id}"
    return f"session {here.session.mark}" if here.session else f"staff {here.staff.id}"
