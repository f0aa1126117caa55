"""The parts of a Twilio message that are the same for every door: text, media, id, status."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING

from core.errors import MalformedMessage
from core.model.cleaning import without_nul
from core.model.messages import Attachment, DeliveryState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from channels.twilio.form import Form

# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
STATES: Mapping[str, DeliveryState] = {
    "accepted": DeliveryState.QUEUED,
    "scheduled": DeliveryState.QUEUED,
    "queued": DeliveryState.QUEUED,
    "sending": DeliveryState.QUEUED,
    "sent": DeliveryState.SENT,
    # a part is still missing, and a text has the rank of its worst part
    "partially_delivered": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "undelivered": DeliveryState.FAILED,
    "failed": DeliveryState.FAILED,
    "canceled": DeliveryState.FAILED,
    "read": DeliveryState.READ,
}

LONGEST_ID = 300
_LONGEST_URL = 2000
_LONGEST_TYPE = 200

_ID_FIELDS = ("MessageSid", "SmsSid", "SmsMessageSid")
_KIND = re.compile(r"[a-z]+:")
_MEDIA_FIELD = re.compile(r"MediaUrl(\d{1,3})")

_SHORTEST_BASE64 = 60
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_SAMPLE = 4096
_PRINTABLE_SHARE = 0.95


def is_foreign_kind(address: str) -> bool:
    """Whether an address belongs to another kind of channel at Twilio, as ``whatsapp:+62…``."""
    return _KIND.match(address) is not None


def is_sid(value: object) -> bool:
    """Whether a value can serve as a message's id: opaque, but storable."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isprintable()


def sid_of(form: Form) -> str:
    """The message's id, opaque. Raises MalformedMessage naming the field."""
    sid = next((value for name in _ID_FIELDS if (value := form.get(name))), "")
    if not sid:
        sentence = "The field MessageSid is missing."
        raise MalformedMessage(sentence)
    if not is_sid(sid):
        sentence = "The field MessageSid is not an id."
        raise MalformedMessage(sentence)
    return sid


def text_of(body: str) -> str:
    """The text of a message, cleaned for the store.

    Long texts have been seen base64-encoded as a whole (providers.md §3); only what is clearly
    such is decoded, the original stays in the raw payload.
    """
    return without_nul(_decoded(body) or body)


def _decoded(body: str) -> str | None:
    size = len(body)
    if size < _SHORTEST_BASE64 or size % 4 or not _BASE64.fullmatch(body):
        return None
    try:
        text = b64decode(body, validate=True).decode()
    except ValueError:
        return None
    sample = text[:_SAMPLE]
    printable = sum(letter.isprintable() or letter in "\r\n\t" for letter in sample)
    return text if printable >= _PRINTABLE_SHARE * len(sample) else None


def media_of(form: Form) -> tuple[Attachment, ...]:
    """The media really named, in the provider's order: NumMedia may lie or be absent."""
    numbers = sorted(
        int(match[1])
        for name, url in form.first.items()
        if name.startswith("MediaUrl") and url and (match := _MEDIA_FIELD.fullmatch(name))
    )
    return tuple(
        attachment(form.get(f"MediaUrl{number}"), form.get(f"MediaContentType{number}"))
        for number in numbers
    )


def attachment(url: str, content_type: object) -> Attachment:
    """A file at Twilio; the URL is checked by whoever fetches it, the type is only a claim."""
    claimed = content_type.strip() if isinstance(content_type, str) else ""
    return Attachment(
        without_nul(url)[:_LONGEST_URL],
        without_nul(claimed)[:_LONGEST_TYPE] or "application/octet-stream",
    )
