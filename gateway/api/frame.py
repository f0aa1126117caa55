"""Around every handler: who calls, how often, what is asked, and how it is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from aiohttp import web

from config.logs import get_logger
from core.errors import GatewayError, StoreUnavailable
from gateway.api.callers import caller, key_of
from gateway.api.idempotency import Keyhole, replay, request_hash
from gateway.api.problems import BROKEN, NotDone, problem_of, too_many
from gateway.api.reading import (
    body_bytes,
    idempotency_key,
    if_match,
    read_body,
    read_query,
)
from gateway.api.table import Answer, Call, Keyed

if TYPE_CHECKING:
    from core.services.entry import Here
    from gateway.api.limits import Pace
    from gateway.api.parts import Parts
    from gateway.api.table import Endpoint

log = get_logger("api")

HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Frame:
    """One row as an HTTP handler."""

    def __init__(self, endpoint: Endpoint, parts: Parts, pace: Pace) -> None:
        self._row, self._parts, self._pace = endpoint, parts, pace

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Never shows an exception's text."""
        try:
            response = await self._answered(request)
        except NotDone as refused:
            response = refused.problem.answer()
        except GatewayError as error:
            response = self._told(error)
        except (web.HTTPException, ConnectionError):
            raise
        except Exception:
            log.exception("request failed", method=self._row.method, path=self._row.path)
            response = BROKEN.answer()
        if not response.prepared:
            for name, held in HEADERS.items():
                response.headers.setdefault(name, held)
        return response

    def _told(self, error: GatewayError) -> web.Response:
        if isinstance(error, StoreUnavailable):
            log.warning("not answered", path=self._row.path, why=str(error))
        return problem_of(error).answer()

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        here = await caller(self._parts, self._row, request)
        if here is not None and (wait := self._pace.wait(key_of(here))):
            raise NotDone(too_many(wait))
        call, body = await self._call(request, here)
        if self._row.keyed is Keyed.NO or not call.key:
            return _response(self._row, await self._row.handle(call))
        return await self._once(call, body)

    async def _call(self, request: web.Request, here: Here | None) -> tuple[Call, bytes]:
        row, parts = self._row, self._parts
        body = await body_bytes(request) if row.writes and not row.takes_files else b""
        query = read_query(row.query, request) if row.query else None
        call = Call(
            parts=parts,
            request=request,
            now=parts.now(),
            open_desk=parts.store.desk,
            here=here,
            path=request.match_info,
            query=query,
            body=read_body(row.asks, request, body) if row.asks else None,
            version=if_match(request) if row.versioned else None,
            key=(idempotency_key(request) or "") if row.writes else "",
        )
        return call, body

    async def _once(self, call: Call, body: bytes) -> web.StreamResponse:
        """A request with a key."""
        told = request_hash(call.request, body)
        hole = Keyhole(call.open_desk, call.staff.id, call.key, told, call.now)
        earlier = await hole.earlier()
        if earlier is not None:
            ready = replay(self._row, earlier)
            if ready is not None:
                return ready
        handle = self._row.handle
        if earlier is None and self._row.keyed is Keyed.IN_ONE:
            call = replace(call, open_desk=hole.claiming())
        elif earlier is None:
            await hole.claim_alone()
        else:
            handle = self._row.again or handle
        response = _response(self._row, await handle(call))
        if isinstance(response, web.Response):
            await hole.keep(response)
        return response


def _response(row: Endpoint, answer: Answer | web.StreamResponse) -> web.StreamResponse:
    if isinstance(answer, web.StreamResponse):
        return answer
    headers = dict(answer.headers)
    if answer.version is not None:
        headers["ETag"] = f'"{answer.version}"'
    if answer.body is None:
        response = web.Response(status=204, headers=headers)
    else:
        response = web.Response(
            status=row.status,
            body=answer.body.model_dump_json().encode("utf-8", "replace"),
            content_type="application/json",
            headers=headers,
        )
    if answer.cookies is not None:
        answer.cookies(response)
    return response
