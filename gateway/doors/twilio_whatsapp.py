"""WhatsApp through Twilio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.twilio_whatsapp.channel import TwilioWhatsApp
from core.model.messages import Address, AddressKind
from gateway.doors.made import Made, Place
from gateway.doors.twilio_sms import twilio_door, twilio_routes
from gateway.doors.whatsapp_window import window_rule, windowed
from gateway.server import MountedDoor

if TYPE_CHECKING:
    from config.doors.twilio import TwilioWhatsAppSettings


def make(place: Place, settings: TwilioWhatsAppSettings) -> Made:
    """The door and its two webhooks."""
    routes = twilio_routes(place)
    own = twilio_door(place, settings, routes)
    door = TwilioWhatsApp(own, window_rule(settings), place.clock)
    return Made(
        MountedDoor(
            door, routes, place.pace(settings.rate_per_second), settings.recover_every_seconds
        ),
        windowed(place.channel, settings),
        frozenset(Address(AddressKind.WHATSAPP, number) for number in settings.all_numbers),
    )
