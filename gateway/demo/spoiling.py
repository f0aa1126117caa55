"""How a fault spoils the answer of a simulated provider that speaks HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from gateway.demo.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gateway.demo.faults import Faults

    Refuse = Callable[[Fault], web.Response]
    Take = Callable[[], Awaitable[web.Response]]

_CUT = frozenset({Fault.DROP, Fault.TAKEN_THEN_DROP})


async def met(request: web.Request, faults: Faults, take: Take, refuse: Refuse) -> web.Response:
    """The answer to one request for sending, under the fault whose turn it is.

    Args:
        request: whose connection may be cut.
        faults: of the provider.
        take: takes the message and answers as if all were well.
        refuse: the provider's own words for a fault.
    """
    fault = faults.next_send()
    answer = await take() if fault.takes else refuse(fault)
    return await spoiled(request, faults, fault, answer if fault.honest else refuse(fault))


async def spoiled(
    request: web.Request, faults: Faults, fault: Fault, answer: web.Response
) -> web.Response:
    """The answer as the fault leaves it: late, replaced, or cut off."""
    if fault in _CUT and request.transport is not None:
        request.transport.abort()
    if fault is Fault.GIBBERISH:
        return web.Response(text="<html>Bad Gateway</html>", content_type="text/html")
    if fault is Fault.SLOW:
        await asyncio.sleep(faults.slow)
    return answer
