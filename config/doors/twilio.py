"""Doors through Twilio."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config import checks
from config.doors.whatsapp import (
    MARGIN_SECONDS,
    MediaHost,
    TemplateLine,
    Templates,
    read_templates,
)
from config.section import ChannelSettings, Count, Number, Seconds, Secret, WebAddress

_CONTENT = re.compile(r"HX[0-9A-Za-z]{32}")


class TwilioSettings(ChannelSettings):
    """What all doors through Twilio share."""

    unshown: ClassVar[frozenset[str]] = frozenset({"account_sid"})
    needs_one_of: ClassVar[tuple[str, ...]] = ("from_number", "messaging_service_sid")

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

    media_hosts: tuple[MediaHost, ...] = (
        "mms.twiliocdn.com",
        "media.twiliocdn.com",
        "s3-external-1.amazonaws.com",
    )
    """Hosts that the address of a file may lead to, besides api_base_url; they get no
    credentials. Twilio keeps files there; another one would show as a file that was refused."""

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


class TwilioSmsSettings(TwilioSettings):
    """A door for SMS through Twilio. The table's name is the channel's id and its webhook."""

    kind: Literal["twilio_sms"]
    """Always twilio_sms."""


class TwilioWhatsAppSettings(TwilioSettings):
    """A door for WhatsApp through Twilio. The table's name is the channel's id and its webhook."""

    kind: Literal["twilio_whatsapp"]
    """Always twilio_whatsapp."""

    rate_per_second: Annotated[float, Field(gt=0, le=10_000)] = 80.0
    """Messages per second towards the provider. 80 is what WhatsApp allows one number."""

    templates: tuple[TemplateLine, ...] = ()
    """Approved templates that carry a text once the window of 24 hours is closed, as purpose=SID
    of the content (HX and 32 characters), with two variables: 1 the ticket number, 2 the text.
    The purpose * stands for all. Empty: such texts are held until the citizen writes again."""

    window_margin_seconds: Annotated[float, Field(ge=0, le=43_200)] = MARGIN_SECONDS
    """Seconds before the end of the window when it counts as closed. 300, so that no text is
    caught on its way."""

    @model_validator(mode="after")
    def _contents(self) -> Self:
        for name, _ in self.approved.values():
            checks.require(
                _CONTENT.fullmatch(name), "templates: lines such as ack=HX…, the SID whole"
            )
        return self

    @property
    def approved(self) -> Templates:
        """Purpose → SID of the content and nothing of use."""
        return read_templates(self.templates)
