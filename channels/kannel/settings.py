"""What the door to Kannel must be told; refuses what could only fail later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from channels.local_sms.guard import Network
    from channels.local_sms.outgoing import NumberForm
    from core.model.messages import ChannelId

SENDSMS = "http://127.0.0.1:13013/cgi-bin/sendsms"
"""Kannel's own default, on this machine."""


@dataclass(frozen=True, slots=True)
class KannelSettings:
    """What the door must be told.

    Attributes:
        id: the channel's name.
        secrets: in our URLs; the first one goes into those that we name, a second one is accepted
            during a rotation.
        username: of the ``sendsms-user`` group.
        password: of the same.
        from_number: the sender that Kannel is told.
        status_url: where Kannel reports on what we sent, without query.
        networks: addresses that may call; empty: any.
        sendsms_url: where texts are handed over.
        smsc: ``smsc-id`` to send by; None: Kannel chooses.
        number_form: how Kannel's connections want recipients.
        most_parts: SMS of one text at most.
        validity: minutes for which the operator tries; None: its own limit.
        timeout: seconds for one call.
    """

    id: ChannelId
    secrets: tuple[str, ...] = field(repr=False)
    username: str
    password: str = field(repr=False)
    from_number: str
    status_url: str
    networks: tuple[Network, ...] = ()
    sendsms_url: str = SENDSMS
    smsc: str | None = None
    number_form: NumberForm = "plus"
    most_parts: int = 10
    validity: int | None = None
    timeout: float = 10.0

    def __post_init__(self) -> None:
        """Raises ValueError: a door without its secret does not open (threats.md row 12)."""
        urls = (self.status_url, self.sendsms_url)
        for fault, message in (
            (not self.username.strip(), "username is blank"),
            (not self.password.strip(), "password is blank"),
            (not self.from_number.strip(), "from_number is blank"),
            (self.most_parts < 1, "most_parts is 1 or more"),
            (not all(urlsplit(url).netloc for url in urls), "every URL needs scheme and host"),
            (any(urlsplit(url).query for url in urls), "no URL has a query"),
            (self.timeout <= 0, "timeout is more than 0 seconds"),
        ):
            if fault:
                raise ValueError(message)
