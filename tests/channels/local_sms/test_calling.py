"""One call is one request: what may have been taken is never asked a second time unseen."""

from __future__ import annotations

import pytest

from channels.local_sms.outgoing import Caller
from core.errors import SendError, SendFailure
from tests.channels.local_sms.gateway import Scripted, scripted

FIELDS = {"to": "+6281234567890", "text": "halo"}


@pytest.mark.parametrize("method", ["get", "post"])
async def test_a_line_that_breaks_leaves_a_doubt_and_one_request(method: str) -> None:
    caller = Caller("Kannel", 2.0)
    async with scripted(Scripted()) as gateway:
        call = getattr(caller, method)
        assert (await call(f"{gateway.base}/sendsms", FIELDS)).status == 202
        gateway.hang_up = True
        # on a new connection, then, and on one that had served before
        for requests in (2, 3):
            with pytest.raises(SendError) as raised:
                await call(f"{gateway.base}/sendsms", FIELDS)
            assert raised.value.problem.failure is SendFailure.DOUBT
            assert raised.value.problem.code == "disconnected"
            assert len(gateway.asked) == requests
    await caller.close()


@pytest.mark.parametrize("method", ["get", "post"])
async def test_nobody_there_is_no_doubt(method: str) -> None:
    caller = Caller("Kannel", 2.0)
    with pytest.raises(SendError) as raised:
        await getattr(caller, method)("http://127.0.0.1:1/sendsms", FIELDS)
    assert raised.value.problem.failure is SendFailure.RETRY
    await caller.close()
