"""What Meta's webhook says: one body, up to a thousand items, each read by itself.

An item that cannot be read becomes ``Unreadable`` with its own JSON, wrapped as if it had come
alone, so that it can be read again later; the others live (threats.md F32).
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from channels.whatsapp.content import content_of, message_id, missing, part, word
from channels.whatsapp.errors import reason_of
from channels.whatsapp_rules.people import person
from core.errors import MalformedMessage
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
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Json = Mapping[str, Any]

# https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components#statuses-object
STATES: Mapping[str, DeliveryState] = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "failed": DeliveryState.FAILED,
}

_LISTS = ("messages", "statuses")
_LONGEST_NAME = 200
_LONGEST_WORD = 40
_ITEM = re.compile(r"[0-9]{1,18}")  # fits a signed 64-bit column
_MILLISECONDS = 100_000_000_000  # as seconds: the year 5138
_EARLIEST = datetime(2009, 1, 1, tzinfo=UTC)  # WhatsApp's first year


@value
class Change:
    """One change of a body, with what its items are read by.

    Attributes:
        people: contacts by number and by id: they need not stand in the order of the messages.
        body: as received, where it holds one item only; else None.
    """

    value: Json
    people: Mapping[str, Json]
    channel: ChannelId
    received_at: datetime
    body: bytes | None

    def contact(self, item: object) -> Json | None:
        """Who an item is from."""
        if not isinstance(item, dict):
            return None
        names = (str(item.get(key)) for key in ("from", "from_user_id"))
        return next((self.people[name] for name in names if name in self.people), None)

    def alone(self, name: str, item: object) -> bytes:
        """An item as a body of its own."""
        if self.body is not None:
            return self.body
        contact = self.contact(item)
        kept = {
            "messaging_product": "whatsapp",
            "metadata": self.value.get("metadata"),
            "contacts": [contact] if contact else [],
            name: [item],
        }
        return wrapped({"field": "messages", "value": kept})

    def unreadable(self, raw: bytes, sentence: str) -> Unreadable:
        """For quarantine."""
        return Unreadable(self.channel, raw, sentence)


@lru_cache(maxsize=2)  # verify and parse both look into the one body in hand
def read_json(body: bytes) -> Json:
    """The body as an object. Raises MalformedMessage."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        sentence = "The body is not readable JSON."
        raise MalformedMessage(sentence) from error
    if not isinstance(found, dict) or not isinstance(found.get("entry"), list):
        sentence = "The body is not an object with a list named entry."
        raise MalformedMessage(sentence)
    return found


def numbers_in(body: bytes) -> frozenset[str]:
    """The ids of our numbers that a body speaks of. Raises MalformedMessage."""
    found = set()
    for entry in _dicts(read_json(body).get("entry")):
        for change in _dicts(entry.get("changes")):
            if (number := _number_of(change.get("value"))) is not None:
                found.add(number)
    return frozenset(found)


def read(channel: ChannelId, request: RawRequest, number: str) -> Sequence[Inbound]:
    """Every item of a body, at least one. Raises MalformedMessage.

    Args:
        channel: the door.
        request: authentic.
        number: the id of our number; what is for another goes to quarantine.
    """
    try:
        return _read(channel, request, number)
    except RecursionError as error:  # what was just deep enough to read is too deep to write
        sentence = "The body is nested too deeply."
        raise MalformedMessage(sentence) from error


def _read(channel: ChannelId, request: RawRequest, number: str) -> Sequence[Inbound]:
    body = read_json(request.body)
    kept = request.body if _count(body) <= 1 else None
    seen: set[tuple[str, str]] = set()
    found: list[Inbound] = []
    for entry in body["entry"]:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        if not isinstance(changes, list):
            sentence = "An entry has no list of changes."
            found.append(Unreadable(channel, dumped(entry), sentence))
            continue
        for change in changes:
            opened = _opened(channel, request, kept, change)
            if not isinstance(opened, Change):
                found.append(opened)
            elif _number_of(opened.value) != number:
                sentence = "The field phone_number_id is not that of this channel."
                found.append(opened.unreadable(wrapped(change), sentence))
            else:
                found += _items(opened, seen)
    return found or [Ignored(channel, "nothing in it")]


def _opened(
    channel: ChannelId, request: RawRequest, kept: bytes | None, change: object
) -> Change | Ignored | Unreadable:
    inner = change.get("value") if isinstance(change, dict) else None
    if not isinstance(change, dict) or not isinstance(inner, dict):
        sentence = "A change has no object named value."
        return Unreadable(channel, dumped(change), sentence)
    field = word(change.get("field")) or "messages"
    if field != "messages":
        return Ignored(channel, f"news of the field {field[:_LONGEST_WORD]!r}")
    people = {
        str(contact[key]): contact
        for contact in _dicts(inner.get("contacts"))
        for key in ("wa_id", "user_id")
        if contact.get(key)
    }
    return Change(inner, people, channel, request.received_at, kept)


def _count(body: Json) -> int:
    """How many pieces a body has, at least: whether one of them is the whole of it."""
    pieces = 0
    for entry in body["entry"]:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        for change in changes if isinstance(changes, list) else [None]:
            inner = change.get("value") if isinstance(change, dict) else None
            lists = [inner.get(name) for name in _LISTS] if isinstance(inner, dict) else []
            pieces += max(1, sum(len(one) for one in lists if isinstance(one, list)))
    return pieces


def _items(at: Change, seen: set[tuple[str, str]]) -> Iterator[Inbound]:
    empty = True
    for name in _LISTS:
        items = at.value.get(name)
        if items is None:
            continue
        if not isinstance(items, list):
            yield at.unreadable(at.alone(name, items), f"The field {name} is not a list.")
            empty = False
            continue
        for item in items:
            empty = False
            try:
                if not isinstance(item, dict):
                    missing(name)
                yield (_message if name == "messages" else _status)(at, item, seen)
            except MalformedMessage as problem:
                yield at.unreadable(at.alone(name, item), problem.sentence)
    if empty:
        codes = _codes(at.value)
        yield Ignored(at.channel, f"no messages; errors {codes}" if codes else "no messages")


def _message(at: Change, item: Json, seen: set[tuple[str, str]]) -> Inbound:
    external_id = message_id(item.get("id"))
    if external_id is None:
        missing("id")
    if (external_id, "") in seen:
        return Ignored(at.channel, "an id for the second time in one request")
    seen.add((external_id, ""))
    if why := _why_ignored(item):
        return Ignored(at.channel, why)
    sender = person(item.get("from")) or person(item.get("from_user_id"))
    if sender is None:
        missing("from")
    said = content_of(item)
    context = item.get("context")
    answered = message_id(context.get("id")) if isinstance(context, dict) else None
    return InboundMessage(
        channel=at.channel,
        external_id=external_id,
        sender=sender,
        text=said.text,
        received_at=at.received_at,
        sent_at=instant(item.get("timestamp"), at.received_at),
        sender_name=_name_of(at.contact(item)),
        recipient=_our_number(at.value),
        attachments=said.attachments,
        references=tuple(filter(None, (said.refers, answered))),
        raw=at.alone("messages", item),
        machine=said.machine,
        edits=said.edits,
    )


def _why_ignored(item: Json) -> str:
    kind, reaction = item.get("type"), item.get("reaction")
    if item.get("group_id"):
        return "a message in a group"
    if kind == "system":
        # it names both numbers of a person; it gives the new one no right to the old one's tickets
        told = item.get("system")
        return f"system {word(told.get('type') if isinstance(told, dict) else '')[:_LONGEST_WORD]}"
    if kind == "reaction" and isinstance(reaction, dict) and not word(reaction.get("emoji")):
        return "a reaction taken back"
    return ""


def _status(at: Change, item: Json, seen: set[tuple[str, str]]) -> Inbound:
    external_id, told = message_id(item.get("id")), item.get("status")
    if external_id is None:
        missing("id")
    if not isinstance(told, str):
        missing("status")
    if (external_id, told) in seen:
        return Ignored(at.channel, "a status for the second time in one request")
    seen.add((external_id, told))
    state = STATES.get(told)
    if state is None:
        return Ignored(at.channel, f"unknown status {told[:_LONGEST_WORD]!r}")
    code = next(iter(_codes(item)), "")
    carried = item.get("biz_opaque_callback_data")
    ours = isinstance(carried, str) and _ITEM.fullmatch(carried)
    failed = state is DeliveryState.FAILED
    return DeliveryReport(
        channel=at.channel,
        external_id=external_id,
        state=state,
        at=instant(item.get("timestamp"), at.received_at) or at.received_at,
        item_id=int(ours[0]) if ours else None,
        code=code if failed else "",
        reason=reason_of(code) if failed else "",
    )


def instant(given: object, received_at: datetime) -> datetime | None:
    """A time stamp in seconds, or as seen in milliseconds; never later than its arrival.

    None for 0, negative and impossible ones: the raw item keeps them.
    """
    try:
        seconds = float(given) if isinstance(given, str | int | float) else 0.0
        seconds = seconds / 1000 if seconds >= _MILLISECONDS else seconds
        found = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return min(found, received_at) if found >= _EARLIEST else None


def wrapped(change: object) -> bytes:
    """A change as a whole body again, as it would have come alone."""
    return dumped({"object": "whatsapp_business_account", "entry": [{"changes": [change]}]})


def dumped(item: object) -> bytes:
    """JSON again."""
    return json.dumps(item, separators=(",", ":")).encode()


def _number_of(inner: object) -> str | None:
    metadata = inner.get("metadata") if isinstance(inner, dict) else None
    number = metadata.get("phone_number_id") if isinstance(metadata, dict) else None
    return str(number) if isinstance(number, str | int) else None


def _our_number(inner: Json) -> str:
    shown = part(inner, "metadata").get("display_phone_number")
    digits = re.sub(r"[^0-9]", "", str(shown))[:32]
    return f"+{digits}" if digits else ""


def _name_of(contact: Json | None) -> str | None:
    profile = contact.get("profile") if contact else None
    if not isinstance(profile, dict):
        return None
    name = word(profile.get("name")).strip() or word(profile.get("username")).strip()
    return name[:_LONGEST_NAME] or None


def _codes(holder: Json) -> list[str]:
    return [word(str(error.get("code")))[:20] for error in _dicts(holder.get("errors"))]


def _dicts(given: object) -> list[Json]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
