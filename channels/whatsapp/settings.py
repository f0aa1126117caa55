"""What the door for the Cloud API must be told; refuses what could only fail later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from channels.whatsapp_rules.templates import WindowRule

if TYPE_CHECKING:
    from core.model.messages import ChannelId

HOME = "https://graph.facebook.com"
MEDIA_HOSTS = ("lookaside.fbsbx.com",)


@dataclass(frozen=True, slots=True)
class WhatsAppSettings:
    """What the door must be told.

    Attributes:
        id: the channel's name.
        phone_number_id: Meta's id of our number.
        app_secrets: seal webhooks; a second during a change.
        verify_token: what Meta shows when it checks the URL.
        access_token: opens the API.
        webhook_url: as entered at Meta.
        business_account_id: to look after the subscription; None: not looked at.
        window: templates, and when the window counts as closed.
        api_base_url: another one for a proxy or a test.
        api_version: the first part of every path.
        timeout: seconds for one call.
        media_hosts: where files may lie; they get our token.
        media_failures: failed fetches within an hour before we pause.
        carry_item_id: whether messages carry our own id.
        doubt: how long to wait for a report that settles a text in doubt.
    """

    id: ChannelId
    phone_number_id: str
    app_secrets: tuple[str, ...] = field(repr=False)
    verify_token: str = field(repr=False)
    access_token: str = field(repr=False)
    webhook_url: str
    business_account_id: str | None = None
    window: WindowRule = field(default_factory=lambda: WindowRule({}))
    api_base_url: str = HOME
    api_version: str = "v23.0"
    timeout: float = 10.0
    media_hosts: tuple[str, ...] = MEDIA_HOSTS
    media_failures: int = 15
    carry_item_id: bool = True
    doubt: timedelta = timedelta(seconds=60)

    def __post_init__(self) -> None:
        """Raises ValueError: a door without its secrets does not open (threats.md row 12)."""
        secrets = (*self.app_secrets, self.verify_token, self.access_token)
        for fault, message in (
            (not self.app_secrets, "app_secret is missing"),
            (not all(secret.strip() for secret in secrets), "a secret is blank"),
            (not self.phone_number_id.isdigit(), "phone_number_id is a number"),
            (
                not all(urlsplit(url).netloc for url in (self.webhook_url, self.api_base_url)),
                "every URL needs scheme and host",
            ),
            (self.timeout <= 0, "timeout is more than 0 seconds"),
        ):
            if fault:
                raise ValueError(message)
