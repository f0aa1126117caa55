"""Every door against its captured payloads: rows of data in, what the house sees out.

A new door adds one entry to ``DOORS``; a new oddity of a provider adds one row to a file below
``tests/data/<folder>/``. A row holds name, body as sent, and what to expect; optionally method,
content type, query and purpose.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import MalformedMessage, RequestRejected
from core.model.messages import (
    DeliveryReport,
    Ignored,
    Inbound,
    Outcome,
    RawRequest,
    Reachability,
    Receipt,
    Unreadable,
)
from core.ports import Webhook
from tests.channels.desk.doors import door as desk
from tests.channels.desk.doors import request as desk_request
from tests.channels.jasmin.doors import door as jasmin
from tests.channels.kannel.doors import door as kannel
from tests.channels.local_sms.asking import BASE, SECRET
from tests.channels.sms.doors import door as twilio_sms
from tests.channels.telegram.doors import door as telegram
from tests.channels.telegram.doors import request as telegram_request
from tests.channels.twilio.signing import HOOK, NOW, STATUS, signature, signature_of_bytes
from tests.channels.twilio_whatsapp.doors import door as twilio_whatsapp
from tests.channels.whatsapp.doors import door as whatsapp_cloud
from tests.channels.whatsapp.doors import request as whatsapp_request

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).parent.parent / "data"

Row = dict[str, Any]


@dataclass(frozen=True)
class Door:
    """A door, the folder of its payloads, and how its provider seals a request."""

    folder: str
    open: Callable[[], Webhook]
    seal: Callable[[Row], RawRequest]


def _raw(row: Row, url: str, headers: dict[str, str]) -> RawRequest:
    method = row.get("method", "POST")
    return RawRequest(
        method=method,
        public_url=url,
        headers=headers,
        body=b"" if method == "GET" else row["body"].encode(),
        remote="203.0.113.9",
        received_at=NOW,
        purpose=row.get("purpose", "message"),
    )


def seal_by_twilio(row: Row) -> RawRequest:
    url = STATUS if row.get("purpose") == "status" else HOOK
    kind = row.get("content_type", "application/x-www-form-urlencoded")
    query = row.get("query", "")
    if row.get("method") == "GET":
        query = row["body"]
    elif kind == "application/json":
        query = f"bodySHA256={sha256(row['body'].encode()).hexdigest()}"
    full = f"{url}?{query}" if query else url
    covered = not row.get("method") and kind != "application/json"
    mark = signature_of_bytes(row["body"], full) if covered else signature((), full)
    return _raw(row, full, {"content-type": kind, "x-twilio-signature": mark})


def seal_by_telegram(row: Row) -> RawRequest:
    return telegram_request(row["body"].encode())


def seal_by_meta(row: Row) -> RawRequest:
    return whatsapp_request(row["body"].encode())


def seal_by_url(row: Row) -> RawRequest:
    """Kannel and Jasmin sign nothing: a secret stands in the URL."""
    tail = "/status" if row.get("purpose") == "status" else ""
    fields = [f"secret={SECRET}", row.get("query", "")]
    if row.get("method") == "GET":
        fields.append(row["body"])
    kind = row.get("content_type", "application/x-www-form-urlencoded")
    query = "&".join(filter(None, fields))
    return _raw(row, f"{BASE}{tail}?{query}", {"content-type": kind})


def seal_by_desk(row: Row) -> RawRequest:
    return desk_request(
        b"" if row.get("method") == "GET" else row["body"].encode(),
        method=row.get("method", "POST"),
        content_type=row.get("content_type", "application/json"),
    )


DOORS = [
    Door("desk", desk, seal_by_desk),
    Door("sms", twilio_sms, seal_by_twilio),
    Door("telegram", telegram, seal_by_telegram),
    Door("whatsapp", whatsapp_cloud, seal_by_meta),
    Door("whatsapp_twilio", twilio_whatsapp, seal_by_twilio),
    Door("kannel", kannel, seal_by_url),
    Door("jasmin", jasmin, seal_by_url),
]


ROWS = [
    pytest.param(door, row, id=f"{door.folder}-{file.stem}-{row['name']}")
    for door in DOORS
    for file in sorted((DATA / door.folder).glob("*.json"))
    for row in json.loads(file.read_text())
]


def seen(door: Webhook, raw: RawRequest) -> Row:
    """What the house sees of a request, in the words of the data files."""
    try:
        door.verify(raw)
        (found,) = door.parse(raw)
    except RequestRejected as error:
        return {"type": "foreign" if error.foreign else "rejected"}
    except MalformedMessage as error:
        return {"type": "malformed", "sentence": error.sentence}
    return told(found)


def told(found: Inbound) -> Row:
    if isinstance(found, Ignored):
        return {"type": "ignored", "reason": found.reason}
    if isinstance(found, DeliveryReport):
        return {
            "type": "report",
            "external_id": found.external_id,
            "state": found.state.value,
            "item_id": found.item_id,
            "code": found.code,
            "opted_out": found.opted_out,
        }
    if isinstance(found, Unreadable):
        return {"type": "unreadable", "sentence": found.sentence}
    if isinstance(found, Reachability):
        return {"type": "reachability", "sender": found.address.value, "reason": found.reason}
    return {
        "type": "message",
        "external_id": found.external_id,
        "text": found.text,
        "recipient": found.recipient,
        "sender": found.sender.value,
        "kind": found.sender.kind.value,
        "attachments": [[file.reference, file.content_type] for file in found.attachments],
    }


LOOSE = ("sentence", "reason")


@pytest.mark.parametrize(("door", "row"), ROWS)
def test_mb_14_a_captured_payload_is_seen_as_expected(door: Door, row: Row) -> None:
    raw = door.seal(row)
    found = seen(door.open(), raw)
    for name, expected in row["expect"].items():
        if name in LOOSE:
            assert expected in found[name]
        else:
            assert found[name] == expected


@pytest.mark.parametrize(("door", "row"), ROWS)
def test_the_same_payload_without_its_seal_is_rejected(door: Door, row: Row) -> None:
    raw = door.seal(row)
    bare = RawRequest(
        method=raw.method,
        public_url=re.sub(r"secret=[^&]*&?", "", raw.public_url),
        headers={"content-type": raw.headers["content-type"]},
        body=raw.body,
        remote=raw.remote,
        received_at=raw.received_at,
        purpose=raw.purpose,
    )
    assert seen(door.open(), bare) == {"type": "rejected"}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.folder)
def test_every_outcome_is_answered_with_success(door: Door) -> None:
    opened = door.open()
    assert isinstance(opened, Webhook)
    for outcome in Outcome:
        for receipts in ([Receipt(outcome)], [Receipt(outcome, repeated=True)], []):
            assert opened.answer(receipts).status == 200


def test_every_folder_of_payloads_has_a_door() -> None:
    assert {door.folder for door in DOORS} <= {path.name for path in DATA.iterdir()}
    assert all(list((DATA / door.folder).glob("*.json")) for door in DOORS)
