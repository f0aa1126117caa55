"""The names of messages in Telegram: bot, chat and message together.

``message_id`` is unique only within its chat, and chats of two bots with one person have the same
id, so that after a change of the bot old and new messages would be taken for each other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.model.messages import ChannelId

LARGEST = 2**53
"""Telegram's ids have at most 52 bits (https://core.telegram.org/bots/api#chat)."""

_KEY = re.compile(r"([0-9]{1,20}):(-?[0-9]{1,16}):([0-9]{1,16})")


class Bot(NamedTuple):
    """Whose messages these are.

    Attributes:
        channel: the door.
        id: the bot's own id, the number before the colon of its token.
    """

    channel: ChannelId
    id: str


class Place(NamedTuple):
    """Where a message stands: in which chat, under which number."""

    chat: int
    message: int


def message_key(bot: str, place: Place) -> str:
    """The provider id of a message, of ours or of a person's."""
    return f"{bot}:{place.chat}:{place.message}"


def album_key(bot: str, chat: int, group: str) -> str:
    """What all messages of one album share; ``media_group_id`` is unique within its chat."""
    return f"{bot}:{chat}:album:{group}"


def place_of(key: str, bot: str) -> Place | None:
    """Where the message of a key stands; None for an album's key or another bot's message."""
    found = _KEY.fullmatch(key)
    if found is None or found[1] != bot:
        return None
    return Place(int(found[2]), int(found[3]))
