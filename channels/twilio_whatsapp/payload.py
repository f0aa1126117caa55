"""What a WhatsApp message carried by Twilio says: bytes in, values out.

Fields: https://www.twilio.com/docs/messaging/guides/webhook-request (WhatsApp parameters).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.twilio import payload
from channels.twilio.parts import is_sid, text_of
from channels.twilio.payload import Said
from channels.whatsapp_rules.people import person, place
from core.errors import MalformedMessage
from core.model.cleaning import without_nul
from core.model.messages import Address, AddressKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from channels.twilio.form import Form
    from core.model.messages import ChannelId, Inbound, RawRequest

PREFIX = "whatsapp:"

_NOBODY = Address(AddressKind.SENDER_LABEL, "")
_LONGEST_NAME = 200


def read(channel: ChannelId, request: RawRequest) -> Sequence[Inbound]:
    """The one message or report of a request. Raises MalformedMessage."""
    return payload.read(channel, request, _said_by_somebody)


def _said_by_somebody(form: Form) -> Said:
    found = said(form)
    if found.sender is _NOBODY:
        sentence = "The fields From, WaId and ExternalUserId name no sender."
        raise MalformedMessage(sentence)
    return found


def said(form: Form) -> Said:
    """What the fields of a message mean. Never raises."""
    name = without_nul(form.get("ProfileName")).strip()[:_LONGEST_NAME]
    replied = form.get("OriginalRepliedMessageSid")
    return Said(
        sender=_sender(form),
        text=_text(form),
        recipient=without_nul(form.get("To").removeprefix(PREFIX)),
        sender_name=name or None,
        references=(replied,) if is_sid(replied) else (),
    )


def belongs(form: Form) -> bool:
    """Whether a message or report is WhatsApp's; the prefix has been seen to be missing."""
    ends = (form.get("From"), form.get("To"))
    if any(end.startswith(PREFIX) for end in ends):
        return all(":" not in end or end.startswith(PREFIX) for end in ends)
    whatsapp = form.get("WaId") or form.get("ChannelPrefix") == PREFIX.rstrip(":")
    return bool(whatsapp) and not any(":" in end for end in ends)


def _sender(form: Form) -> Address:
    """The number where there is one: a person keeps it when the id of the business changes."""
    names = (form.get("From").removeprefix(PREFIX), form.get("WaId"), form.get("ExternalUserId"))
    people = [found for name in names if (found := person(name))]
    numbers = [found for found in people if found.value.startswith("+")]
    return next(iter(numbers or people), _NOBODY)


def _text(form: Form) -> str:
    body = text_of(form.get("Body")) or without_nul(form.get("ButtonText"))
    parts = [body or without_nul(form.get("ButtonPayload"))]
    if form.get("Latitude") or form.get("Longitude"):
        name, address = without_nul(form.get("Label")), without_nul(form.get("Address"))
        parts.append(place(name, address, form.get("Latitude"), form.get("Longitude")))
    return "\n".join(part for part in parts if part)
