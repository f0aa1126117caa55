"""SMS through Twilio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.sms.channel import TwilioSms
from channels.twilio.settings import TwilioSettings as Door
from core.model.phone import sms_sender
from core.model.policy import ChannelTraits
from core.model.texts import TextForm
from gateway.doors.made import Made, Place
from gateway.server import MountedDoor

if TYPE_CHECKING:
    from config.doors.twilio import TwilioSettings, TwilioSmsSettings
    from gateway.webhooks import Route


def make(place: Place, settings: TwilioSmsSettings) -> Made:
    """The door and its two webhooks."""
    routes = twilio_routes(place)
    door = TwilioSms(twilio_door(place, settings, routes), place.clock)
    return Made(
        MountedDoor(
            door, routes, place.pace(settings.rate_per_second), settings.recover_every_seconds
        ),
        ChannelTraits(place.channel, TextForm.SMS, settings.acks_per_day),
        frozenset(sms_sender(number) for number in settings.all_numbers),
    )


def twilio_routes(place: Place) -> tuple[Route, Route]:
    """Where Twilio brings messages, and where it reports on ours."""
    return place.route(), place.route("status")


def twilio_door(place: Place, settings: TwilioSettings, routes: tuple[Route, Route]) -> Door:
    """What every door through Twilio is told."""
    tokens = (settings.auth_token, settings.auth_token_previous)
    return Door(
        id=place.channel,
        account_sid=settings.account_sid,
        auth_tokens=tuple(token.get_secret_value() for token in tokens if token),
        from_number=settings.from_number,
        messaging_service_sid=settings.messaging_service_sid,
        own_numbers=settings.all_numbers,
        webhook_url=routes[0].public_url,
        status_url=routes[1].public_url,
        fallback_url=settings.fallback_url,
        api_base_url=settings.api_base_url,
        timeout=place.whole.dispatch.send_timeout_seconds,
        validity=settings.validity_seconds,
        rate=settings.rate_per_second,
        media_hosts=settings.media_hosts,
    )
