"""How a message looks that we send: text, template or file.

Bodies: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from channels.whatsapp.errors import LARGE_FILE, UNFIT, UNKNOWN_PERSON
from channels.whatsapp_rules.people import number_of
from channels.whatsapp_rules.templates import places
from core.errors import SendError
from core.model.enclosing import Carriage
from core.model.messages import AddressKind, OutboundFile, OutboundMessage
from core.model.value import value

if TYPE_CHECKING:
    from channels.whatsapp_rules.templates import Template

Json = dict[str, Any]

MOST_CHARACTERS = 4096
LONGEST_CAPTION = 1024

_MIB = 1024 * 1024
_KINDS = {
    "image/jpeg": ("image", 5 * _MIB),
    "image/png": ("image", 5 * _MIB),
    "video/mp4": ("video", 16 * _MIB),
    "video/3gpp": ("video", 16 * _MIB),
    "audio/aac": ("audio", 16 * _MIB),
    "audio/amr": ("audio", 16 * _MIB),
    "audio/mp4": ("audio", 16 * _MIB),
    "audio/mpeg": ("audio", 16 * _MIB),
    "audio/ogg": ("audio", 16 * _MIB),
}
_DOCUMENT = ("document", 100 * _MIB)
CARRIES = Carriage(
    "WhatsApp",
    files=10,
    file_bytes=16 * _MIB,
    picture_bytes=_KINDS["image/png"][1],
    types=frozenset(
        {
            *_KINDS,
            "application/msword",
            "application/pdf",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "text/plain",
        }
    ),
)
"""What Meta takes (https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media)."""

_CAPTIONED = frozenset({"image", "video", "document"})


@value
class Part:
    """One message of WhatsApp's: what is sent may be several.

    Attributes:
        file: to be uploaded first; its id is still missing in the body.
    """

    body: Json
    file: OutboundFile | None = None


def envelope(message: OutboundMessage) -> Json:
    """What every message begins with. Raises SendError: no such person."""
    if message.recipient.kind is not AddressKind.WHATSAPP:
        raise SendError(UNKNOWN_PERSON)
    number = number_of(message.recipient)
    begun: Json = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    # a person without a number is reached by the id that is theirs with us alone
    begun |= {"to": number} if number else {"recipient": message.recipient.value}
    answers = message.conversation.answers if message.conversation else ""
    if answers.startswith("wamid."):
        begun["context"] = {"message_id": answers}
    return begun


def carried(message: OutboundMessage) -> Json:
    """Our own id, which delivery reports bring back."""
    return {"biz_opaque_callback_data": str(message.item_id)}


def check_fit(message: OutboundMessage) -> None:
    """Raises SendError: empty, too long, or a file too large."""
    files = _files(message)
    if len(message.text) > MOST_CHARACTERS or not (message.text.strip() or files):
        raise SendError(UNFIT)
    if any(file.size > kind_of(file)[1] for file in files):
        raise SendError(LARGE_FILE)


def parts(message: OutboundMessage) -> list[Part]:
    """Free text and files, in the order in which they are sent; the text below a lone file."""
    files, text = _files(message), message.text if message.text.strip() else ""
    if len(files) == 1 and len(text) <= LONGEST_CAPTION and kind_of(files[0])[0] in _CAPTIONED:
        return [_file(files[0], text)]
    # an address in a text is not fetched for a preview
    last = Part({"type": "text", "text": {"body": message.text, "preview_url": False}})
    return [*(_file(file) for file in files), *([last] if text else [])]


def template(message: OutboundMessage, chosen: Template) -> Part:
    """An approved template with the ticket's number and the text in one line."""
    filled = places(message)
    values = [{"type": "text", "text": said} for said in (filled.number, filled.line)]
    told = {
        "name": chosen.name,
        "language": {"policy": "deterministic", "code": chosen.language},
        "components": [{"type": "body", "parameters": values}],
    }
    return Part({"type": "template", "template": told})


def with_file(part: Part, media_id: str) -> Json:
    """The body once its file lies ready."""
    kind = part.body["type"]
    return {**part.body, kind: {"id": media_id, **part.body[kind]}}


def _file(file: OutboundFile, caption: str = "") -> Part:
    kind, _ = kind_of(file)
    told: Json = {"caption": caption} if caption else {}
    if kind == "document":
        told["filename"] = file.filename
    return Part({"type": kind, kind: told}, file)


def _files(message: OutboundMessage) -> tuple[OutboundFile, ...]:
    return message.conversation.files if message.conversation else ()


def kind_of(sent: OutboundFile) -> tuple[str, int]:
    """The kind of message that carries a file, and the most bytes it may have."""
    return _KINDS.get(sent.content_type.partition(";")[0].strip().lower(), _DOCUMENT)
