"""What one WhatsApp message says, type by type: text for people, files by their ids.

Types: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components and the pages
below "messages webhook reference". Whatever has no words of its own gets a line in brackets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from channels.whatsapp_rules.people import place
from core.errors import MalformedMessage
from core.model.cleaning import without_nul
from core.model.messages import Attachment
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Json = Mapping[str, Any]

LONGEST_ID = 300

_LONGEST_NAME = 255
_LONGEST_WORD = 40
_SHOWN = 50
"""Contact cards, goods and form answers that are written out; the raw item holds them all."""

_FILES = frozenset({"image", "audio", "voice", "video", "document", "sticker"})


@value
class Content:
    """The words of a message and what hangs on it.

    Attributes:
        refers: id of a message that it reacts to.
        edits: id of the message that it is a new version of.
        machine: why no reply may follow, Indonesian.
    """

    text: str
    attachments: tuple[Attachment, ...] = ()
    refers: str | None = None
    edits: str | None = None
    machine: str = ""


def content_of(message: Json) -> Content:
    """What a message says. Raises MalformedMessage naming the field."""
    kind = message.get("type")
    if not isinstance(kind, str) or not kind:
        missing("type")
    if kind in _FILES:
        return _file(message, kind)
    reader = _READERS.get(kind)
    if reader is None:
        return Content(f"[Pesan jenis {without_nul(kind)[:_LONGEST_WORD]}]")
    return reader(message)


def missing(field: str) -> NoReturn:
    """Raises MalformedMessage: a field is not there, or not what it should be."""
    sentence = f"The field {field} is missing or not readable."
    raise MalformedMessage(sentence)


def part(message: Json, name: str) -> Json:
    """An object within a message. Raises MalformedMessage."""
    found = message.get(name)
    if not isinstance(found, dict):
        missing(name)
    return found


def word(given: object) -> str:
    """Text as it is, cleaned for the store; "" for anything else."""
    return without_nul(given) if isinstance(given, str) else ""


def message_id(given: object) -> str | None:
    """An opaque id that a column holds; None for anything else."""
    if isinstance(given, str) and 0 < len(given) <= LONGEST_ID and given.isprintable():
        return given
    return None


def _text(message: Json) -> Content:
    body = part(message, "text").get("body")
    if not isinstance(body, str):
        missing("text.body")
    return Content(without_nul(body))


def _file(message: Json, kind: str) -> Content:
    file = part(message, kind)
    given, caption = file.get("id"), word(file.get("caption"))
    reference = message_id(str(given) if isinstance(given, int) else given)
    if reference is None:
        if not caption:
            missing(f"{kind}.id")
        return Content(f"{caption}\n[Berkas tanpa tanda pengenal]")
    name = word(file.get("filename"))[:_LONGEST_NAME]
    claimed = word(file.get("mime_type")).strip()[:_LONGEST_NAME]
    attachment = Attachment(reference, claimed or "application/octet-stream", name or None)
    return Content(caption, (attachment,))


def _location(message: Json) -> Content:
    spot = part(message, "location")
    name, address = word(spot.get("name")), word(spot.get("address"))
    return Content(place(name, address, spot.get("latitude"), spot.get("longitude")))


def _contacts(message: Json) -> Content:
    cards = message.get("contacts")
    if not isinstance(cards, list):
        missing("contacts")
    lines = [_card(card) for card in cards[:_SHOWN] if isinstance(card, dict)]
    return Content("\n".join(_with_rest(lines, len(cards), "kontak")))


def _card(card: Json) -> str:
    name = card.get("name")
    shown = word(name.get("formatted_name")) if isinstance(name, dict) else ""
    numbers = [word(one.get("phone")) or word(one.get("wa_id")) for one in _dicts(card, "phones")]
    mails = [word(one.get("email")) for one in _dicts(card, "emails")]
    return f"[Kontak] {', '.join(filter(None, [shown, *numbers, *mails]))}".rstrip()


def _dicts(card: Json, name: str) -> list[Json]:
    found = card.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _with_rest(lines: list[str], count: int, what: str) -> list[str]:
    return [*lines, f"[dan {count - _SHOWN} {what} lain]"] if count > _SHOWN else lines


def _button(message: Json) -> Content:
    button = part(message, "button")
    return Content(word(button.get("text")) or word(button.get("payload")))


def _interactive(message: Json) -> Content:
    reply = part(message, "interactive")
    kind = word(reply.get("type"))
    if kind in ("button_reply", "list_reply"):
        chosen = part(reply, kind)
        lines = [word(chosen.get("title")), word(chosen.get("description"))]
        return Content("\n".join(filter(None, lines)) or word(chosen.get("id")))
    if kind == "nfm_reply":
        form = part(reply, kind)
        lines = [word(form.get("body")), word(form.get("response_json"))]
        return Content("\n".join(["[Isian formulir]", *filter(None, lines)]))
    return Content(f"[Pesan jenis interactive {kind[:_LONGEST_WORD]}]".replace(" ]", "]"))


def _reaction(message: Json) -> Content:
    """An entry at the message it is about; never a ticket, and nothing to answer."""
    reaction = part(message, "reaction")
    emoji, about = word(reaction.get("emoji")), message_id(reaction.get("message_id"))
    if about is None:
        missing("reaction.message_id")
    return Content(emoji, refers=about, machine="reaksi WhatsApp")


def _order(message: Json) -> Content:
    order = part(message, "order")
    goods = _dicts(order, "product_items")
    lines = [
        f"- {word(str(one.get('quantity') or 1))} x {word(one.get('product_retailer_id'))}"
        for one in goods[:_SHOWN]
    ]
    head = [word(order.get("text")), "[Pesanan katalog]"]
    return Content("\n".join(filter(None, [*head, *_with_rest(lines, len(goods), "barang")])))


def _unsupported(message: Json) -> Content:
    """Polls, and for a time edits, come without their content (codes 131051 and 131060)."""
    told = message.get("unsupported")
    kind = word(told.get("type"))[:_LONGEST_WORD] if isinstance(told, dict) else ""
    shown = f" ({kind})" if kind and kind != "unknown" else ""
    return Content(f"[Pesan yang tidak diteruskan WhatsApp kepada kami{shown}]")


def _edit(message: Json) -> Content:
    edit = part(message, "edit")
    original, inner = message_id(edit.get("original_message_id")), part(edit, "message")
    if original is None:
        missing("edit.original_message_id")
    if inner.get("type") == "edit":
        missing("edit.message.type")
    new = content_of(inner)
    return Content(new.text, new.attachments, edits=original)


def _revoke(message: Json) -> Content:
    """Noted beside what was deleted, which is kept; it asks for nothing."""
    original = message_id(part(message, "revoke").get("original_message_id"))
    if original is None:
        missing("revoke.original_message_id")
    text = "[Pesan ini dihapus oleh pengirimnya]"
    return Content(text, edits=original, machine="pesan dihapus pengirimnya")


_READERS: Mapping[str, Callable[[Json], Content]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "interactive": _interactive,
    "reaction": _reaction,
    "order": _order,
    "unsupported": _unsupported,
    "edit": _edit,
    "revoke": _revoke,
}
