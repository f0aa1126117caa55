"""Messages to a Telegram bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.telegram.channel import MOST_CAPTION_UNITS, MOST_FILES, MOST_UP, Telegram
from channels.telegram.channel import TelegramSettings as Door
from core.model.enclosing import Carriage
from core.model.messages import Address, AddressKind
from core.model.policy import ChannelTraits
from core.model.texts import TextForm
from gateway.doors.made import Made, Place
from gateway.server import MountedDoor

if TYPE_CHECKING:
    from config.doors.telegram import TelegramSettings

_OF_THE_LEASE = 0.8


def make(place: Place, settings: TelegramSettings) -> Made:
    """The door, with its webhook where it has one."""
    dispatch = place.whole.dispatch
    secret = settings.webhook_secret if settings.mode == "webhook" else None
    route = place.route()
    told = Door(
        id=place.channel,
        token=settings.bot_token.get_secret_value(),
        secret=secret.get_secret_value() if secret else None,
        webhook_url=route.public_url,
        manage=settings.manage_webhook,
        connections=settings.max_connections,
        api_base_url=settings.api_base_url,
        file_base_url=settings.file_base_url or f"{settings.api_base_url}/file",
        timeout=dispatch.send_timeout_seconds,
        # a file of 50 MB takes its time; past the lease it would be sent a second time
        upload_timeout=max(dispatch.send_timeout_seconds, dispatch.lease_seconds * _OF_THE_LEASE),
        download_timeout=settings.download_timeout_seconds,
        poll_wait=settings.poll_wait_seconds,
    )
    door = Telegram(told, place.clock)
    return Made(
        MountedDoor(door, (route,) if secret else (), place.pace(settings.rate_per_second)),
        ChannelTraits(
            place.channel,
            TextForm.CHAT,
            settings.acks_per_day,
            carries=Carriage("Telegram", MOST_FILES, MOST_UP, text=MOST_CAPTION_UNITS),
        ),
        frozenset({Address(AddressKind.TELEGRAM, told.bot_id)}),
    )
