"""How somebody of the staff is reached: by the first channel that has an address of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.messages import Address, AddressKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.model.messages import ChannelId
    from core.ports.watch import Reachable

Place = tuple["ChannelId", Address]
"""A door, and whom it writes to."""

StaffChannels = tuple[tuple["ChannelId", AddressKind], ...]
"""The doors by which staff are told, the preferred one first, with the kind of address each takes.

Empty: they see everything on their pages only.
"""


def place_of(channels: Iterable[tuple[ChannelId, AddressKind]], one: Reachable) -> Place | None:
    """Where this person is written to; None: nowhere."""
    values = {
        AddressKind.EMAIL: one.email,
        AddressKind.PHONE: one.phone,
        AddressKind.WHATSAPP: one.phone,
        AddressKind.TELEGRAM: one.telegram,
    }
    for channel, kind in channels:
        if values.get(kind):
            return channel, Address(kind, values[kind])
    return None
