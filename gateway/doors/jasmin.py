"""SMS through a Jasmin of the office's own."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from channels.jasmin.channel import Jasmin
from channels.jasmin.settings import JasminSettings as Door
from core.model.phone import sms_sender
from core.model.policy import ChannelTraits
from core.model.texts import TextForm
from gateway.doors.made import Made, Place
from gateway.server import MountedDoor

if TYPE_CHECKING:
    from config.doors.jasmin import JasminSettings


def make(place: Place, settings: JasminSettings) -> Made:
    """The door and its two webhooks."""
    secrets = (settings.secret, settings.secret_previous)
    base = settings.callback_url or place.whole.http.public_url
    door = Jasmin(
        Door(
            id=place.channel,
            secrets=tuple(secret.get_secret_value() for secret in secrets if secret),
            username=settings.username,
            password=settings.password.get_secret_value(),
            from_number=settings.from_number,
            status_url=f"{base.rstrip('/')}{place.path}/status",
            networks=tuple(ip_network(network) for network in settings.allow_from),
            send_url=settings.send_url,
            number_form=settings.number_form,
            most_parts=settings.max_parts,
            default_alphabet=settings.default_alphabet,
            timeout=place.whole.dispatch.send_timeout_seconds,
        )
    )
    routes = (place.route(), place.route("status"))
    return Made(
        MountedDoor(door, routes, place.pace(settings.rate_per_second)),
        ChannelTraits(place.channel, TextForm.SMS, settings.acks_per_day),
        frozenset(sms_sender(number) for number in settings.all_numbers),
    )
