"""SMS through a modem with Gammu SMSD."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from channels.gammu.channel import Gammu
from channels.gammu.settings import GammuSettings as Door
from core.model.phone import sms_sender
from core.model.policy import ChannelTraits
from core.model.texts import TextForm
from gateway.doors.made import Made, Place
from gateway.server import MountedDoor

if TYPE_CHECKING:
    from config.doors.gammu import GammuSettings


def make(place: Place, settings: GammuSettings) -> Made:
    """The door; it has no webhook."""
    door = Gammu(
        Door(
            id=place.channel,
            url=settings.database,
            password=settings.password.get_secret_value() if settings.password else None,
            phone_id=settings.phone_id,
            number_form=settings.number_form,
            most_parts=settings.max_parts,
            reports=settings.delivery_reports,
            parts_wait=timedelta(seconds=settings.parts_wait_seconds),
            poll=timedelta(seconds=settings.poll_seconds),
            silent_after=timedelta(seconds=settings.silent_after_seconds),
            timeout=place.whole.dispatch.send_timeout_seconds,
        ),
        place.clock,
    )
    return Made(
        MountedDoor(door, (), place.pace(settings.rate_per_second)),
        ChannelTraits(place.channel, TextForm.SMS, settings.acks_per_day),
        frozenset(sms_sender(number) for number in settings.own_numbers),
    )
