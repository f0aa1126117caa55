"""What the door to Jasmin must be told; refuses what could only fail later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from channels.local_sms.guard import Network
    from channels.local_sms.outgoing import NumberForm
    from core.model.messages import ChannelId

SEND = "http://127.0.0.1:1401/send"
"""Jasmin's own default, on this machine."""

Alphabet = Literal["gsm7", "latin1"]


@dataclass(frozen=True, slots=True)
class JasminSettings:
    """What the door must be told.

    Attributes:
        id: the channel's name.
        secrets: in our URLs; the first one goes into those that we name, a second one is accepted
            during a rotation.
        username: of Jasmin's user.
        password: of the same.
        status_url: where Jasmin reports on what we sent, without query.
        from_number: sender that Jasmin is told; None: the route's own.
        networks: addresses that may call; empty: any.
        send_url: where texts are handed over.
        number_form: how the operator wants recipients.
        most_parts: SMS of one text at most.
        default_alphabet: what the operator means by coding 0.
        timeout: seconds for one call.
    """

    id: ChannelId
    secrets: tuple[str, ...] = field(repr=False)
    username: str
    password: str = field(repr=False)
    status_url: str
    from_number: str | None = None
    networks: tuple[Network, ...] = ()
    send_url: str = SEND
    number_form: NumberForm = "international"
    most_parts: int = 5
    default_alphabet: Alphabet = "gsm7"
    timeout: float = 10.0

    def __post_init__(self) -> None:
        """Raises ValueError: a door without its secret does not open (threats.md row 12)."""
        urls = (self.status_url, self.send_url)
        for fault, message in (
            (not self.username.strip(), "username is blank"),
            (not self.password.strip(), "password is blank"),
            (self.most_parts < 1, "most_parts is 1 or more"),
            (not all(urlsplit(url).netloc for url in urls), "every URL needs scheme and host"),
            (any(urlsplit(url).query for url in urls), "no URL has a query"),
            (self.timeout <= 0, "timeout is more than 0 seconds"),
        ):
            if fault:
                raise ValueError(message)
