from __future__ import annotations

from typing import Any

import pytest

from core.errors import SendError
from tests.channels.whatsapp.doors import HOOK, NUMBER_ID, door
from tests.channels.whatsapp.meta import Answer, meta

WELL = {"id": NUMBER_ID, "status": "CONNECTED", "quality_rating": "GREEN"}
APPS = Answer(200, {"data": [{"whatsapp_business_api_data": {"id": "1"}}]})
OTHER = "https://lain.example/hook"


async def examined(*answers: Any, **changes: Any) -> Any:
    async with meta() as graph:
        graph.will(*answers)
        opened = door(api_base_url=graph.base, timeout=2.0, **changes)
        try:
            return await opened.examine(), graph.asked
        finally:
            await opened.close()


@pytest.mark.parametrize(
    ("answer", "keys"),
    [
        (Answer(200, WELL), []),
        (Answer(200, {"id": NUMBER_ID}), []),
        (Answer(200, WELL | {"quality_rating": "RED"}), ["quality_low"]),
        (Answer(200, WELL | {"status": "DISCONNECTED"}), ["number_not_connected"]),
        (Answer(200, WELL | {"webhook_configuration": {"application": HOOK + "/"}}), []),
        (Answer(200, WELL | {"webhook_configuration": {}}), []),
        (Answer(200, WELL | {"webhook_configuration": {"application": OTHER}}), ["webhook_url"]),
        (
            Answer(
                200, WELL | {"webhook_configuration": {"application": OTHER, "phone_number": HOOK}}
            ),
            [],
        ),
        (Answer(401, {"error": {"code": 190}}), ["token_expired"]),
        (Answer(403, {"error": {"code": 10}}), ["account"]),
        (Answer(400, {"error": {"code": 100, "error_subcode": 33}}), ["account"]),
    ],
)
async def test_what_is_wrong_is_told_with_what_to_do(answer: Any, keys: Any) -> None:
    found, (asked,) = await examined(answer)
    assert [one.key for one in found] == keys
    assert asked.path == f"/v23.0/{NUMBER_ID}"
    assert all(one.sentence.endswith(".") and len(one.sentence) > 40 for one in found)


@pytest.mark.parametrize(
    ("answer", "keys"),
    [
        (APPS, []),
        (Answer(200, {"data": []}), ["not_subscribed"]),
        (Answer(401, {"error": {"code": 190}}), ["token_expired"]),
    ],
)
async def test_the_subscription_is_looked_after(answer: Any, keys: Any) -> None:
    found, asked = await examined(Answer(200, WELL), answer, business_account_id="102290")
    assert [one.key for one in found] == keys
    assert asked[1].path == "/v23.0/102290/subscribed_apps"


@pytest.mark.parametrize("answer", [Answer(500, ""), Answer(fault="drop"), Answer(200, "<html>")])
async def test_when_meta_cannot_be_asked_nothing_is_claimed(answer: Any) -> None:
    with pytest.raises(SendError) as caught:
        await examined(answer)
    assert caught.value.retryable
