"""Doors through Twilio."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from config import checks
from config.section import ChannelSettings, Count, Number, Seconds, Secret, WebAddress


class TwilioSmsSettings(ChannelSettings):
    """A door for SMS through Twilio. The table's name is the channel's id and its webhook."""

    unshown: ClassVar[frozenset[str]] = frozenset({"account_sid"})
    needs_one_of: ClassVar[tuple[str, ...]] = ("from_number", "messaging_service_sid")

    kind: Literal["twilio_sms"]
    """Always twilio_sms."""

    account_sid: Annotated[str, AfterValidator(checks.account_sid)]
    """The account: AC and 32 characters. Requests for another account are refused. No default."""

    auth_token: Secret
    """Primary auth token: signs webhooks and opens the API. Without it the channel does not
    start. No default."""

    auth_token_previous: Secret | None = None
    """The token before, accepted in signatures during a rotation. None: no rotation."""

    from_number: Number | None = None
    """Number or short code to send from. None: the messaging service chooses."""

    messaging_service_sid: Annotated[str, AfterValidator(checks.service_sid)] | None = None
    """Messaging service to send through: MG and 32 characters. None: from_number is used."""

    own_numbers: tuple[Number, ...] = ()
    """Further numbers of ours besides from_number: texts to others are refused as foreign, texts
    from them are a loop. Empty: only from_number is ours."""

    rate_per_second: Annotated[float, Field(gt=0, le=10_000)] = 100.0
    """Messages per second towards the provider. 100 is a short code's; a long code allows 1."""

    acks_per_day: Count = 5
    """Acknowledgements to one sender per day; later messages are taken without one."""

    api_base_url: WebAddress = "https://api.twilio.com"
    """Where messages are sent; another one for a proxy or a test. http only on this machine."""

    fallback_url: WebAddress | None = None
    """Fallback URL entered at Twilio if it differs from the webhook; signed over itself. None:
    the same webhook, or no fallback."""

    validity_seconds: Annotated[int | None, Field(ge=1, le=36_000)] = None
    """Seconds for which Twilio may hold a message back before it gives up. None: Twilio's own
    limit of ten hours."""

    recover_every_seconds: Seconds = 300.0
    """Seconds between two readings of Twilio's list for messages whose webhook never came."""

    @property
    def called_from(self) -> str:
        """Twilio calls from the network that its API is on."""
        return self.api_base_url

    def advice(self, hook: str) -> str:
        """With the fragment by which Twilio repeats failed webhooks (providers.md §3)."""
        return (
            f"Enter at the provider: webhook {hook}#rc=5&rp=all and fallback "
            f"{self.fallback_url or hook}; status reports go to {hook}/status."
        )

    @property
    def all_numbers(self) -> tuple[str, ...]:
        """Every number of ours on this channel, without repeats."""
        first = () if self.from_number is None else (self.from_number,)
        return tuple(dict.fromkeys(first + self.own_numbers))
