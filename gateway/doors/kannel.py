"""SMS through a Kannel of the office's own."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from channels.kannel.channel import Kannel
from channels.kannel.settings import KannelSettings as Door
from core.model.phone import sms_sender
from core.model.policy import ChannelTraits
from core.model.texts import TextForm
from gateway.doors.made import Made, Place
from gateway.server import MountedDoor

if TYPE_CHECKING:
    from config.doors.kannel import KannelSettings


def make(place: Place, settings: KannelSettings) -> Made:
    """The door and its two webhooks."""
    secrets = (settings.secret, settings.secret_previous)
    base = settings.callback_url or place.whole.http.public_url
    door = Kannel(
        Door(
            id=place.channel,
            secrets=tuple(secret.get_secret_value() for secret in secrets if secret),
            username=settings.username,
            password=settings.password.get_secret_value(),
            from_number=settings.from_number,
            status_url=f"{base.rstrip('/')}{place.path}/status",
            networks=tuple(ip_network(network) for network in settings.allow_from),
            sendsms_url=settings.sendsms_url,
            smsc=settings.smsc,
            number_form=settings.number_form,
            most_parts=settings.max_parts,
            validity=settings.validity_minutes,
            timeout=place.whole.dispatch.send_timeout_seconds,
        )
    )
    routes = (place.route(), place.route("status"))
    return Made(
        MountedDoor(door, routes, place.pace(settings.rate_per_second)),
        ChannelTraits(place.channel, TextForm.SMS, settings.acks_per_day),
        frozenset(sms_sender(number) for number in settings.all_numbers),
    )
