"""Our updates look as Telegram's own description has them."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships no types

from core.model.messages import Ignored
from tests.channels.telegram.doors import SENT, blocked, message, update
from tests.channels.telegram.test_payload import seen
from tests.peers import contract

ORDINARY = {
    "text": update(),
    "reply": update(reply_to_message=message(message_id=3)),
    "edit": update("edited_message", edit_date=SENT),
    "blocked": blocked(),
    "unblocked": blocked("member"),
    "album": update(
        text=None,
        caption="HELPDESK",
        media_group_id="13",
        photo=[{"file_id": "A", "file_unique_id": "a", "width": 90, "height": 90}],
    ),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_our_updates_look_as_telegram_describes_them(name: str) -> None:
    document = json.loads(contract("telegram_openapi.json").read_text())
    schema = {"$ref": "#/components/schemas/Update", "components": document["components"]}
    Draft202012Validator(schema).validate(ORDINARY[name])
    assert not isinstance(seen(ORDINARY[name]), Ignored)
