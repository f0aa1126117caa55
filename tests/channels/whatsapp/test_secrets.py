"""Neither secrets nor people reach the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.channels.whatsapp.doors import CITIZEN, TOKEN, outbound
from tests.channels.whatsapp.meta import Answer
from tests.channels.whatsapp.test_sending import TAKEN, fault, send

if TYPE_CHECKING:
    import pytest


async def test_nothing_of_a_send_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    for answer in (TAKEN, Answer(401, fault(190))):
        await send(answer)
    for secret in (TOKEN, CITIZEN, outbound().text):
        assert secret not in caplog.text
