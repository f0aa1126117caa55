"""What a text and a receipt of Jasmin say: bytes in, values out.

Fields: https://docs.jasminsms.com, "Receiving SMS-MO" and "Receiving DLR". ``content`` is not
transcoded and ``binary`` is the same in hexadecimal digits, so ``binary`` is read by ``coding``.
"""

from __future__ import annotations

from binascii import Error, unhexlify
from typing import TYPE_CHECKING

from channels.jasmin.errors import reason_of
from channels.local_sms import coding
from channels.local_sms.fields import fields_of, is_id, item_of, raw_of, word
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

    from channels.jasmin.settings import Alphabet

_LEVEL_ONE = {"ESME_ROK": DeliveryState.SENT}

STATES: Mapping[str, DeliveryState] = _LEVEL_ONE | {
    "DELIVRD": DeliveryState.DELIVERED,
    "ACCEPTD": DeliveryState.SENT,
    "ENROUTE": DeliveryState.SENT,
    "UNDELIV": DeliveryState.FAILED,
    "EXPIRED": DeliveryState.FAILED,
    "REJECTD": DeliveryState.FAILED,
    "DELETED": DeliveryState.FAILED,
}
"""``message_status`` (SMPP 3.4 §5.2.28); of level 1 it is the answer to submit_sm, ``ESME_…``.
UNKNOWN says nothing and is left out."""

_LONGEST_CODE = 20


def read(channel: ChannelId, request: RawRequest, alphabet: Alphabet) -> Sequence[Inbound]:
    """The one text or receipt of a request. Never raises."""
    fields = fields_of(request)
    if request.purpose == "status":
        return [_report(channel, request, fields)]
    return [_message(channel, request, fields, alphabet)]


def _message(
    channel: ChannelId, request: RawRequest, fields: Mapping[str, bytes], alphabet: Alphabet
) -> InboundMessage | Unreadable:
    external_id, raw = word(fields, "id"), raw_of(request)
    if not is_id(external_id):
        return Unreadable(channel, raw, "The field id is missing or no id.")
    content = _content(fields)
    if content is None:
        return Unreadable(channel, raw, "The fields binary and content are missing.")
    return InboundMessage(
        channel=channel,
        external_id=external_id,
        sender=sms_sender(word(fields, "from")),
        text=_text(content, word(fields, "coding"), alphabet),
        received_at=request.received_at,
        recipient=word(fields, "to")[:300],
        raw=raw,
    )


def _content(fields: Mapping[str, bytes]) -> bytes | None:
    digits = fields.get("binary")
    if digits:
        try:
            return unhexlify(digits.strip())
        except (Error, ValueError):
            pass  # then what stands beside it in plain
    plain = fields.get("content")
    return b"" if plain is None and digits == b"" else plain


def _text(content: bytes, code: str, alphabet: Alphabet) -> str:
    match code:
        case "" | "0":
            return coding.gsm7(content) if alphabet == "gsm7" else _latin(content)
        case "1":
            return coding.by_charset(content, "ASCII")
        case "3":
            return coding.by_charset(content, "ISO-8859-1")
        case "8":
            return coding.utf16(content)
        case _:
            return coding.hexadecimal(content)


def _latin(content: bytes) -> str:
    # an operator whose alphabet is not the network's sends UTF-8 or Latin-1, and says neither
    return coding.by_charset(content, "unnamed")


def _report(
    channel: ChannelId, request: RawRequest, fields: Mapping[str, bytes]
) -> DeliveryReport | Ignored:
    external_id, status = word(fields, "id"), word(fields, "message_status").upper()
    state = STATES.get(status)
    if state is None and status.startswith("ESME_"):
        state = DeliveryState.FAILED
    if not is_id(external_id):
        return Ignored(channel, "receipt without id")
    if state is None:
        return Ignored(channel, f"unknown receipt {status[:_LONGEST_CODE]!r}")
    failed = state is DeliveryState.FAILED
    return DeliveryReport(
        channel=channel,
        external_id=external_id,
        state=state,
        at=request.received_at,
        item_id=item_of(fields),
        code=status[:_LONGEST_CODE] if failed else "",
        reason=reason_of(status) if failed else "",
    )
