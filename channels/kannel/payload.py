"""What a text and a receipt of Kannel say: bytes in, values out.

Kannel fills the escape codes of the URL that is entered there (user guide 1.4.5, "Parameters
(Escape Codes)"); docs/channels/sms-kannel.md names ours.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from channels.kannel.errors import REFUSED, UNDELIVERED
from channels.local_sms import coding
from channels.local_sms.fields import fields_of, is_form, is_id, item_of, raw_of, word
from core.model.messages import (
    ChannelId,
    DeliveryReport,
    DeliveryState,
    Ignored,
    Inbound,
    InboundMessage,
    RawRequest,
    Unreadable,
)
from core.model.phone import sms_sender

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.model.messages import Address

MASK = 31
"""The receipts that we ask for: all but the intermediate ones."""

STATES: Mapping[str, DeliveryState] = {
    "1": DeliveryState.DELIVERED,
    "2": DeliveryState.FAILED,
    "4": DeliveryState.QUEUED,
    "8": DeliveryState.SENT,  # taken by the operator: settles a send in doubt
    "16": DeliveryState.FAILED,
}
"""``%d`` of a receipt."""

_REASONS = {"2": UNDELIVERED, "16": REFUSED}
_LONGEST_CODE = 20
_EIGHT_BIT = "1"
_UCS2 = "2"
_EARLIEST = 946_684_800  # 2000; a modem without a clock says 1970 or nothing
_LATEST = 4_102_444_800  # 2100


def provider_id(item_id: int) -> str:
    """The name of a text of ours at Kannel, which gives none of its own."""
    return f"item:{item_id}"


def read(channel: ChannelId, request: RawRequest) -> Sequence[Inbound]:
    """The one text or receipt of a request. Never raises."""
    fields = fields_of(request)
    if request.purpose == "status":
        return [_report(channel, request, fields)]
    return [_message(channel, request, fields)]


def _message(
    channel: ChannelId, request: RawRequest, fields: Mapping[str, bytes]
) -> InboundMessage | Unreadable:
    content = fields.get("message")
    if content is None and request.body and not is_form(request):
        content = request.body  # post-url: the text alone is the body
    raw = raw_of(request)
    if content is None:
        return Unreadable(channel, raw, "The field message is missing.")
    sender = sms_sender(word(fields, "sender"))
    text = _text(content, word(fields, "coding"), word(fields, "charset"))
    external_id = _external_id(fields, sender, content)
    if external_id is None:
        return Unreadable(channel, raw, "The fields id and ts are missing or unreadable.")
    return InboundMessage(
        channel=channel,
        external_id=external_id,
        sender=sender,
        text=text,
        received_at=request.received_at,
        sent_at=_time(word(fields, "ts")),
        recipient=word(fields, "to")[:300],
        raw=raw,
    )


def _external_id(fields: Mapping[str, bytes], sender: Address, content: bytes) -> str | None:
    """Kannel's id of the text, which survives its crashes where it has a store.

    Without it: who wrote what in which second.
    """
    given = word(fields, "id")
    if is_id(given):
        return given
    stamp = word(fields, "ts")
    if _time(stamp) is None:
        return None
    seen = b"\0".join((sender.value.encode("utf-8", "replace"), stamp.encode(), content))
    return f"seen:{sha256(seen).hexdigest()}"


def _text(content: bytes, code: str, charset: str) -> str:
    if code == _EIGHT_BIT:
        return coding.binary(content)
    # with mo-recode Kannel says 0 and UTF-8 for what came as UCS-2
    return coding.by_charset(content, charset or ("UTF-16BE" if code == _UCS2 else "UTF-8"))


def _time(stamp: str) -> datetime | None:
    """``%T``, seconds since 1970; None when absent or no time of an SMS."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= len(str(_LATEST))):
        return None
    seconds = int(stamp)
    return datetime.fromtimestamp(seconds, UTC) if _EARLIEST <= seconds < _LATEST else None


def _report(
    channel: ChannelId, request: RawRequest, fields: Mapping[str, bytes]
) -> DeliveryReport | Ignored:
    item, value = item_of(fields), word(fields, "state")
    state = STATES.get(value)
    if item is None:
        return Ignored(channel, "receipt without our item")
    if state is None:
        return Ignored(channel, f"unknown receipt {value[:_LONGEST_CODE]!r}")
    failed = state is DeliveryState.FAILED
    return DeliveryReport(
        channel=channel,
        external_id=provider_id(item),
        state=state,
        at=request.received_at,
        item_id=item,
        code=f"dlr {value}" if failed else "",
        reason=_REASONS[value] if failed else "",
    )
