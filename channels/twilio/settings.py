"""What every door through Twilio must be told; refuses what could only fail later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from channels.twilio.account import HOME

if TYPE_CHECKING:
    from core.model.messages import ChannelId

_LONGEST_VALIDITY = 36_000

MEDIA_HOSTS = ("mms.twiliocdn.com", "media.twiliocdn.com", "s3-external-1.amazonaws.com")
"""Where Twilio's media addresses lead to by a redirect; none of them gets our credentials."""


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """What the door must be told.

    Attributes:
        id: the channel's name.
        account_sid: requests of another account are refused.
        auth_tokens: the primary one first, it also opens the API; a second during a rotation.
        from_number: sends; None when the messaging service chooses.
        messaging_service_sid: sends instead of ``from_number``.
        own_numbers: further numbers of ours.
        webhook_url: as entered at Twilio for messages.
        status_url: where Twilio reports on what we sent; we append our item id.
        fallback_url: as entered at Twilio; None: none or the same as ``webhook_url``.
        api_base_url: another one for a proxy or a test.
        timeout: seconds for one call.
        validity: seconds Twilio may hold a message back; None: its own ten hours.
        rate: segments per second that the dispatcher may hand over.
        media_hosts: hosts that the address of a file may lead to, besides the API's own.
    """

    id: ChannelId
    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    from_number: str | None
    messaging_service_sid: str | None
    own_numbers: tuple[str, ...]
    webhook_url: str
    status_url: str
    fallback_url: str | None = None
    api_base_url: str = HOME
    timeout: float = 10.0
    validity: int | None = None
    rate: float = 1.0
    media_hosts: tuple[str, ...] = MEDIA_HOSTS

    def __post_init__(self) -> None:
        """Raises ValueError: a door without its secret does not open (threats.md row 12)."""
        urls = (self.webhook_url, self.status_url, self.api_base_url, self.fallback_url)
        for fault, message in (
            (not self.auth_tokens, "auth_token is missing"),
            (not all(token.strip() for token in self.auth_tokens), "auth_token is blank"),
            (not self.account_sid.strip(), "account_sid is blank"),
            (
                not (self.from_number or self.messaging_service_sid),
                "from_number or messaging_service_sid is needed",
            ),
            (
                self.validity is not None and not 1 <= self.validity <= _LONGEST_VALIDITY,
                "validity is 1 to 36000 seconds",
            ),
            (
                any(url is not None and not urlsplit(url).netloc for url in urls),
                "every URL needs scheme and host",
            ),
            (self.timeout <= 0, "timeout is more than 0 seconds"),
        ):
            if fault:
                raise ValueError(message)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every number of ours, without repeats."""
        first = (self.from_number,) if self.from_number else ()
        return tuple(dict.fromkeys((*first, *self.own_numbers)))
