"""WhatsApp through Twilio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.twilio_whatsapp.channel import CARRIES, TwilioWhatsApp
from core.model.messages import Address, AddressKind
from gateway.doors.made import Made, Place
from gateway.doors.twilio_sms import twilio_door, twilio_routes
from gateway.doors.whatsapp_window import window_rule, windowed
from gateway.file_plan import attachment_folder
from gateway.lent_files import LentFiles
from gateway.server import MountedDoor

if TYPE_CHECKING:
    from config.doors.twilio import TwilioWhatsAppSettings


def make(place: Place, settings: TwilioWhatsAppSettings) -> Made:
    """The door and its two webhooks."""
    routes = twilio_routes(place)
    told = twilio_door(place, settings, routes)
    folder = attachment_folder(place.whole.attachments, place.whole.store.data_dir)
    lent = LentFiles((place.url, place.path), told.auth_tokens, folder, place.clock)
    door = TwilioWhatsApp(told, window_rule(settings), place.clock, lent.link)
    return Made(
        MountedDoor(
            door, routes, place.pace(settings.rate_per_second), settings.recover_every_seconds
        ),
        windowed(place.channel, settings, CARRIES),
        frozenset(Address(AddressKind.WHATSAPP, number) for number in settings.all_numbers),
        lambda app, _: lent.mount(app),
    )
