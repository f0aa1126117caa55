"""What the simulated Meta writes: webhook bodies and answers of the Graph API.

Shapes: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from console.sandbox.phone import Upload
    from gateway.demo.chats import Said

Json = dict[str, Any]

ERRORS: Mapping[int, tuple[int, str]] = {
    2: (500, "An unexpected error has occurred. Please retry your request later."),
    100: (400, "Invalid parameter"),
    190: (401, "Error validating access token"),
    130429: (429, "Rate limit hit"),
    131008: (400, "Required parameter is missing"),
    131047: (400, "Re-engagement message"),
}
"""Meta's code → HTTP status and title."""


def seal(secret: str, body: bytes) -> str:
    """``X-Hub-Signature-256``: HMAC-SHA256 over the raw body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def envelope(account: str, number_id: str, number: str, value: Json) -> bytes:
    """One change as a webhook body; letters beyond ASCII are escaped, as Meta does."""
    metadata = {
        "display_phone_number": number.removeprefix("+"),
        "phone_number_id": number_id,
    }
    inner = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    change = {"value": inner, "field": "messages"}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": account, "changes": [change]}]},
        separators=(",", ":"),
    ).encode("ascii")


def message(said: Said, name: str, file: Upload | None, at: datetime) -> Json:
    """A person's message with its contact.

    Args:
        said: from which phone, which words.
        name: as the person's profile shows it.
        file: what it carries.
        at: its time stamp at Meta.
    """
    digits = said.holder.removeprefix("+")
    item: Json = {"from": digits, "id": said.id, "timestamp": str(int(at.timestamp()))}
    if file is None:
        item |= {"type": "text", "text": {"body": said.text}}
    else:
        kind = "image" if file.is_photo else "document"
        told = {
            "id": said.file_id,
            "mime_type": file.content_type,
            "sha256": hashlib.sha256(file.data).hexdigest(),
        }
        told |= {"caption": said.text} if said.text else {}
        told |= {} if file.is_photo else {"filename": file.name}
        item |= {"type": kind, kind: told}
    contact = {"profile": {"name": name}, "wa_id": digits}
    return {"contacts": [contact], "messages": [item]}


def status(said: Said, state: str, at: datetime, more: Json) -> Json:
    """What became of a message of the office's.

    Args:
        said: the message.
        state: sent, delivered, read or failed.
        at: when.
        more: errors of a failed one; the office's own id where it gave one.
    """
    item = {
        "id": said.id,
        "status": state,
        "timestamp": str(int(at.timestamp())),
        "recipient_id": said.holder.removeprefix("+"),
    }
    return {"statuses": [item | more]}


def failure(code: int) -> Json:
    """The errors of a failed message."""
    title = ERRORS[code][1]
    return {"errors": [{"code": code, "title": title, "message": title}]}


def text_of(body: Json) -> str:
    """The words that a phone shows of a message to be sent."""
    kind, told = _content(body)
    if kind == "template":
        places = [
            str(one.get("text", ""))
            for component in told.get("components", [])
            for one in component.get("parameters", [])
        ]
        return ": ".join([f"[Templat {told.get('name')}]", *places])
    return str(told.get("body") or told.get("caption") or "")


def file_in(body: Json) -> str:
    """The id of the file that a message to be sent carries, "" for none."""
    return str(_content(body)[1].get("id", ""))


def _content(body: Json) -> tuple[str, Json]:
    kind = str(body.get("type", "text"))
    told = body.get(kind)
    return kind, told if isinstance(told, dict) else {}
