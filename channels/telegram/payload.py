"""What an update of Telegram says: bytes in, values out (https://core.telegram.org/bots/api#update).

Read by hand and not through a library's classes, because a field that is missing or unknown must
neither raise nor be lost.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from channels.telegram.content import files_of, service_of, text_of
from channels.telegram.fields import Json, instant, part, person, whole, words
from channels.telegram.keys import Bot, Place, album_key, message_key
from core.errors import MalformedMessage
from core.model.messages import (
    Address,
    AddressKind,
    Ignored,
    Inbound,
    InboundMessage,
    Reachability,
)
from core.model.sentences import said

if TYPE_CHECKING:
    from datetime import datetime

READ = ("message", "edited_message", "my_chat_member")
"""The kinds of updates that are read; exactly these are asked for (``allowed_updates``)."""

BLOCKED = said("Warga memblokir atau menutup bot ini di Telegram.")

_LONGEST_GROUP = 100
_WORD = re.compile(r"[a-z_]{1,40}")
_GONE = ("kicked", "left")


class Arrival(NamedTuple):
    """An update as it came: its bytes, kept beside the message, and when, aware UTC."""

    raw: bytes
    at: datetime


def read(bot: Bot, arrival: Arrival) -> Inbound:
    """The one update of a webhook request. Raises MalformedMessage."""
    try:
        update = json.loads(arrival.raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        update = None
    return read_update(bot, update, arrival)


def read_update(bot: Bot, update: object, arrival: Arrival) -> Inbound:
    """One update as JSON gives it. Raises MalformedMessage."""
    if not isinstance(update, dict):
        sentence = "The update is no JSON object."
        raise MalformedMessage(sentence)
    kind = next((name for name in READ if name in update), "")
    if not kind:
        return Ignored(bot.channel, f"update of another kind: {_kinds(update)}")
    found = update[kind]
    if not isinstance(found, dict):
        sentence = f"The field {kind} is no object."
        raise MalformedMessage(sentence)
    private, chat = _chat(kind, found)
    if why := _not_for_us(found, private=private):
        return Ignored(bot.channel, why)
    if kind == "my_chat_member":
        return _membership(bot, found, chat)
    if service := service_of(found):
        return Ignored(bot.channel, f"service message: {service}")
    message = _message(bot, found, Place(chat, _message_id(kind, found)), arrival)
    return _edited(bot, found, message) if kind == "edited_message" else message


def _kinds(update: Json) -> str:
    return ", ".join(name for name in update if _WORD.fullmatch(name) and name != "update_id")


def _chat(kind: str, found: Json) -> tuple[bool, int]:
    """Whether it is a private chat, and its id. Raises MalformedMessage."""
    chat = part(found, "chat")
    chat_id = whole(chat, "id")
    if not chat_id or not words(chat, "type"):
        sentence = f"The field {kind}.chat has no usable id and type."
        raise MalformedMessage(sentence)
    return words(chat, "type") == "private", chat_id


def _not_for_us(found: Json, *, private: bool) -> str:
    """Why an update is no citizen's word to us, "" when it is one."""
    if not private:
        return "not a private chat"
    if part(found, "from").get("is_bot") is True:
        return "sent by a bot"
    if "sender_chat" in found:
        return "sent in the name of a chat"
    if "business_connection_id" in found or "guest_query_id" in found:
        return "meant for somebody else"
    return ""


def _membership(bot: Bot, found: Json, chat: int) -> Inbound:
    """A person stopped or restarted the bot."""
    status = words(part(found, "new_chat_member"), "status")
    address = Address(AddressKind.TELEGRAM, str(chat))
    if status in _GONE:
        return Reachability(bot.channel, address, BLOCKED)
    if status == "member":
        return Reachability(bot.channel, address, "")
    return Ignored(bot.channel, "unknown status of a member")


def _message_id(kind: str, found: Json) -> int:
    message_id = whole(found, "message_id")
    if message_id is None or message_id <= 0:
        # 0 stands for a message that is not sent yet, and would be the name of many
        sentence = f"The field {kind}.message_id is no positive number."
        raise MalformedMessage(sentence)
    return message_id


def _message(bot: Bot, found: Json, place: Place, arrival: Arrival) -> InboundMessage:
    group = words(found, "media_group_id")[:_LONGEST_GROUP]
    album = album_key(bot.id, place.chat, group) if group else None
    return InboundMessage(
        channel=bot.channel,
        external_id=message_key(bot.id, place),
        sender=Address(AddressKind.TELEGRAM, str(place.chat)),
        text=text_of(found),
        received_at=arrival.at,
        sent_at=instant(found, "date"),
        sender_name=person(part(found, "from"), part(found, "chat")),
        recipient=bot.id,
        attachments=files_of(found),
        references=(*_answered(bot, found, place.chat), *((album,) if album else ())),
        # the messages of an album find each other by this, whichever comes first
        thread_id=album,
        raw=arrival.raw,
    )


def _answered(bot: Bot, found: Json, chat: int) -> tuple[str, ...]:
    replied = whole(part(found, "reply_to_message"), "message_id")
    return (message_key(bot.id, Place(chat, replied)),) if replied and replied > 0 else ()


def _edited(bot: Bot, found: Json, message: InboundMessage) -> Inbound:
    """A new version of a message. Raises MalformedMessage."""
    if "location" in found:
        # a live location is edited every few seconds for up to eight hours
        return Ignored(bot.channel, "a live location moved")
    changed = whole(found, "edit_date")
    if changed is None:
        sentence = "The field edited_message.edit_date is no number."
        raise MalformedMessage(sentence)
    return replace(
        message,
        external_id=f"{message.external_id}:{changed}",
        edits=message.external_id,
        thread_id=message.external_id,
        sent_at=instant(found, "edit_date"),
    )
