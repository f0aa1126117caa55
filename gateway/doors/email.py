"""E-mail: our own SMTP server, a mailbox, a relay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.email.channel import Email
from channels.email.own import OwnAddresses
from channels.email.settings import EmailDoorSettings as Door
from core.model.enclosing import MIB, Carriage
from core.model.messages import Address, AddressKind
from core.model.policy import ChannelTraits
from core.model.texts import TextForm
from gateway.doors.made import Made, Place
from gateway.server import MountedDoor

if TYPE_CHECKING:
    from config.doors.email import EmailSettings

_MOST_BYTES = 18 * MIB
"""Of all files of a mail: in base64 they take a third more, and most relays stop at 25 MiB."""


def make(place: Place, settings: EmailSettings) -> Made:
    """The door; it listens on connections of its own and has no webhook."""
    addresses = (settings.address, *settings.own_addresses)
    secrets = (settings.token_secret, settings.token_secret_previous)
    office = place.whole.office
    door = Email(
        Door(
            id=place.channel,
            address=settings.address,
            name=settings.name or office.name,
            own=OwnAddresses.of(addresses, settings.own_domains),
            secrets=tuple(secret.get_secret_value() for secret in secrets if secret),
            prefix=office.ticket_prefix,
            smtp_in=settings.smtp_in,
            imap=settings.imap,
            smtp_out=settings.smtp_out,
            authserv_ids=frozenset(filter(None, ((settings.authserv_id or "").lower(),))),
            timeout=place.whole.dispatch.send_timeout_seconds,
        ),
        place.clock,
    )
    return Made(
        MountedDoor(door, (), place.pace(settings.rate_per_second)),
        ChannelTraits(
            place.channel,
            TextForm.EMAIL,
            settings.acks_per_day,
            settings.acks_per_hour,
            carries=Carriage("Surel", 20, _MOST_BYTES, all_bytes=_MOST_BYTES),
        ),
        frozenset(Address(AddressKind.EMAIL, address) for address in addresses),
    )
