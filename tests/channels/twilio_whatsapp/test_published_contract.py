"""Our calls against Twilio's own published description of its API, served by Prism."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from channels.whatsapp_rules.templates import Template, WindowRule
from tests.channels.twilio.signing import NOW
from tests.channels.twilio_whatsapp.doors import conversation, door, outbound
from tests.peers import prism

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def twilio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log: Path = tmp_path_factory.mktemp("prism") / "prism.log"
    with prism("twilio_api_v2010.json", log) as base:
        yield base


@pytest.mark.parametrize("hours", [0, 24])
async def test_text_and_template_are_taken(twilio: str, hours: int) -> None:
    rule = WindowRule({"*": Template("HX" + "c" * 32)})
    opened = door(rule, api_base_url=twilio, timeout=20.0)
    spoken = conversation(heard_at=NOW - timedelta(hours=hours))
    receipt = await opened.send(outbound(conversation=spoken))
    await opened.close()
    assert receipt.provider_id.startswith("SM")
