"""What the rows of the bad-input catalogue share."""

from __future__ import annotations

import asyncio
import hashlib
from itertools import count
from typing import Any, NamedTuple

from tests.gateway.gateway_kit import (
    EMPTY,
    PUBLIC,
    Office,
    Reply,
    message,
    phone,
    sign,
)

HOOK = PUBLIC + "/hooks/sms"
STORED = "SELECT text, outcome FROM messages WHERE external_id = ?"
PHONES = count(1)


async def stored(hall: Office, own: str) -> list[tuple[str, str]]:
    """Text and outcome of the message with that id."""
    return [(row[0], row[1]) for row in await hall.rows(STORED, own)]


class Found(NamedTuple):
    """What stands in the store."""

    messages: int
    quarantined: int


async def found(hall: Office) -> Found:
    counted = "SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM quarantine)"
    [(messages, quarantined)] = await hall.rows(counted)
    return Found(messages, quarantined)


async def since(hall: Office, before: Found) -> Found:
    """What has come to it."""
    now = await found(hall)
    return Found(now.messages - before.messages, now.quarantined - before.quarantined)


async def spoken(hall: Office) -> int:
    """A neighbour's good text always gets a ticket; how many messages that is."""
    good = message("HELPDESK tetangga baik", From=phone(next(PHONES)))
    fine = await hall.post(good)
    assert (fine.status, fine.body) == (200, EMPTY)
    [(_text, outcome)] = await stored(hall, good["MessageSid"])
    assert outcome == "opened"
    return 1


async def beside_a_neighbour(hall: Office, bad: Any) -> Reply:
    """The answer to the bad one; the neighbour always gets a ticket."""
    reply, _ = await asyncio.gather(bad, spoken(hall))
    assert isinstance(reply, Reply)
    assert reply.status < 500
    assert "Traceback" not in reply.body
    return reply


def signed_json(hall: Office, body: bytes) -> Any:
    path = "/hooks/sms?bodySHA256=" + hashlib.sha256(body).hexdigest()
    head = {"X-Twilio-Signature": sign(PUBLIC + path, ()), "Content-Type": "application/json"}
    return hall.call(body, path, head)
