"""The officers' door."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from channels.desk.channel import TELLS, Desk
from channels.desk.settings import DeskSettings as Door
from core.model.messages import ChannelId
from core.model.policy import ChannelTraits
from core.model.texts import TextForm
from gateway.doors.made import Made, Place
from gateway.server import MountedDoor

if TYPE_CHECKING:
    from config.doors.desk import DeskSettings


def make(place: Place, settings: DeskSettings) -> Made:
    """The door and its webhook."""
    door = Desk(
        Door(
            id=place.channel,
            tokens=settings.named_tokens(),
            zone=ZoneInfo(place.whole.office.timezone),
            max_items=settings.max_items,
        )
    )
    traits = ChannelTraits(
        place.channel,
        TextForm.CHAT,
        tells=TELLS,
        reply_via=ChannelId(settings.reply_via) if settings.reply_via else None,
        mail_via=ChannelId(settings.mail_via) if settings.mail_via else None,
        complaints_only=True,
    )
    return Made(MountedDoor(door, (place.route(),), place.pace(1.0)), traits, frozenset())
