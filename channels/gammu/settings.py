"""What the door to Gammu must be told; refuses what could only fail later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from channels.local_sms.outgoing import NumberForm
    from core.model.messages import ChannelId


MOST_PARTS = 255
"""What a user data header can count."""


@dataclass(frozen=True, slots=True)
class GammuSettings:
    """What the door must be told.

    Attributes:
        id: the channel's name.
        url: of Gammu's database: ``sqlite:///path`` or ``postgresql://role@host/name``.
        password: of the role; None: the server asks for none.
        phone_id: ``PhoneID`` of the daemon; None: there is only one.
        number_form: how the modem wants recipients.
        most_parts: SMS of one text at most.
        reports: whether delivery reports are asked of the operator.
        parts_wait: how long the rest of a long text is waited for, once some of it lies there.
        poll: pause between two looks into the tables.
        silent_after: a daemon that has said nothing for so long counts as dead.
        timeout: seconds for one transaction.
    """

    id: ChannelId
    url: str
    password: str | None = field(default=None, repr=False)
    phone_id: str | None = None
    number_form: NumberForm = "plus"
    most_parts: int = 10
    reports: bool = True
    parts_wait: timedelta = timedelta(seconds=60)
    poll: timedelta = timedelta(seconds=1)
    silent_after: timedelta = timedelta(minutes=5)
    timeout: float = 10.0

    def __post_init__(self) -> None:
        """Raises ValueError."""
        parts = urlsplit(self.url)
        for fault, message in (
            (parts.scheme not in ("sqlite", "postgresql"), "url is neither sqlite nor postgresql"),
            (parts.path in ("", "/"), "url names no database"),
            (not 1 <= self.most_parts <= MOST_PARTS, "most_parts is 1 to 255"),
            (self.poll <= timedelta(), "poll is more than 0 seconds"),
            (self.timeout <= 0, "timeout is more than 0 seconds"),
        ):
            if fault:
                raise ValueError(message)
