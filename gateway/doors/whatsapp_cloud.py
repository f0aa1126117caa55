"""WhatsApp through Meta's Cloud API."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from channels.whatsapp.channel import WhatsAppCloud
from channels.whatsapp.outgoing import CARRIES
from channels.whatsapp.settings import WhatsAppSettings as Door
from core.model.messages import Address, AddressKind
from gateway.doors.made import Made, Place
from gateway.doors.whatsapp_window import window_rule, windowed
from gateway.server import MountedDoor

if TYPE_CHECKING:
    from config.doors.whatsapp import WhatsAppCloudSettings

LARGEST_BATCH = 3 * 2**20
"""Bytes: Meta sends up to 1,000 updates at once, and repeats for days what is refused."""


def make(place: Place, settings: WhatsAppCloudSettings) -> Made:
    """The door and its one webhook, for messages and reports alike."""
    route = replace(place.route(), max_body=LARGEST_BATCH)
    secrets = (settings.app_secret, settings.app_secret_previous)
    door = WhatsAppCloud(
        Door(
            id=place.channel,
            phone_number_id=settings.phone_number_id,
            app_secrets=tuple(secret.get_secret_value() for secret in secrets if secret),
            verify_token=settings.verify_token.get_secret_value(),
            access_token=settings.access_token.get_secret_value(),
            webhook_url=route.public_url,
            business_account_id=settings.business_account_id,
            window=window_rule(settings),
            api_base_url=settings.api_base_url,
            api_version=settings.api_version,
            timeout=place.whole.dispatch.send_timeout_seconds,
            media_hosts=settings.media_hosts,
            media_failures=settings.media_failures,
            carry_item_id=settings.carry_item_id,
            doubt=timedelta(seconds=settings.doubt_seconds),
        ),
        place.clock,
    )
    own = settings.own_number
    return Made(
        MountedDoor(door, (route,), place.pace(settings.rate_per_second)),
        windowed(place.channel, settings, CARRIES),
        frozenset({Address(AddressKind.WHATSAPP, own)} if own else ()),
    )
