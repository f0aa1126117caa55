"""The door for WhatsApp's Cloud API, and what every door for WhatsApp asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config import checks
from config.section import ChannelSettings, Count, Number, Secret, WebAddress

MARGIN_SECONDS = 300.0

Templates = Mapping[str, tuple[str, str]]
"""Purpose of a text, or ``*``, to the template's name and language."""

_TEMPLATE = re.compile(r"([a-z_]+|\*)=([A-Za-z0-9_]{1,512})(?::([A-Za-z_]{2,15}))?")
_HOST = re.compile(r"\.?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?", re.IGNORECASE)
_META_ID = re.compile(r"[0-9]{5,32}")
_VERSION = re.compile(r"v[0-9]{1,3}\.[0-9]{1,2}")


def _template(value: str) -> str:
    checks.require(
        _TEMPLATE.fullmatch(value.strip()),
        'lines such as "ack=kabar_tiket:id" or "*=kabar_tiket:id"',
    )
    return value.strip()


def _media_host(value: str) -> str:
    checks.require(
        _HOST.fullmatch(value), "names of hosts such as lookaside.fbsbx.com or .fbcdn.net"
    )
    return value.lower()


def _meta_id(value: str) -> str:
    checks.require(_META_ID.fullmatch(value), "an id of digits, as Meta's console shows it")
    return value


def _version(value: str) -> str:
    checks.require(_VERSION.fullmatch(value), "a version such as v23.0")
    return value


TemplateLine = Annotated[str, AfterValidator(_template)]
MediaHost = Annotated[str, AfterValidator(_media_host)]
MetaId = Annotated[str, AfterValidator(_meta_id)]


def read_templates(lines: Sequence[str]) -> Templates:
    """Templates as settings write them: ``purpose=name`` or ``purpose=name:language``.

    The language is Indonesian where none is named.

    Raises:
        ValueError: one purpose is named twice.
    """
    found: dict[str, tuple[str, str]] = {}
    for line in lines:
        if parts := _TEMPLATE.fullmatch(line):
            purpose, name, language = parts.groups()
            checks.require(purpose not in found, "templates: each purpose once")
            found[purpose] = (name, language or "id")
    return found


class WhatsAppCloudSettings(ChannelSettings):
    """A door for WhatsApp straight through Meta's Cloud API, one phone number a door."""

    unshown: ClassVar[frozenset[str]] = frozenset({"phone_number_id", "business_account_id"})

    kind: Literal["whatsapp_cloud"]
    """Always whatsapp_cloud."""

    phone_number_id: MetaId
    """Id of our number at Meta (not the number itself). Messages to other numbers are refused. No
    default."""

    app_secret: Secret
    """App secret: signs webhooks. Without it the channel does not start. No default."""

    app_secret_previous: Secret | None = None
    """The app secret before, accepted in signatures during a change. None: no change."""

    verify_token: Secret
    """A word of your own, entered at Meta beside the webhook's URL; Meta shows it when it checks
    the URL. No default."""

    access_token: Secret
    """Token of a system user that sends and fetches files. One that runs out stops sending. No
    default."""

    business_account_id: MetaId | None = None
    """Id of the WhatsApp Business Account, to check that our app is subscribed to it. None: not
    checked."""

    own_number: Number | None = None
    """Our number, +62…; messages from it are a loop. None: not known, nothing is checked."""

    api_base_url: WebAddress = "https://graph.facebook.com"
    """Where messages are sent; another one for a proxy or a test. http only on this machine."""

    api_version: Annotated[str, AfterValidator(_version)] = "v23.0"
    """Version of Meta's API. v23.0 is the one that this door was tried against."""

    media_hosts: tuple[MediaHost, ...] = ("lookaside.fbsbx.com",)
    """Hosts that files are fetched from, with our token; a leading dot means any host below.
    lookaside.fbsbx.com is the one that Meta names."""

    media_failures: Count = 15
    """Failed fetches of files within an hour before we pause by ourselves. 15, because Meta
    blocks all of them for half an hour at 20."""

    templates: tuple[TemplateLine, ...] = ()
    """Approved templates that carry a text once the window of 24 hours is closed, as
    purpose=name:language, with two places: 1 the ticket number, 2 the text. The purpose * stands
    for all. Empty: such texts are held until the citizen writes again."""

    window_margin_seconds: Annotated[float, Field(ge=0, le=43_200)] = MARGIN_SECONDS
    """Seconds before the end of the window when it counts as closed. 300, so that no text is
    caught on its way."""

    carry_item_id: bool = True
    """Whether a message carries our own id, which delivery reports bring back: then a text in
    doubt is settled by its report. false only where a proxy refuses the field."""

    doubt_seconds: Annotated[float, Field(gt=0, le=3_600)] = 60.0
    """Seconds to wait for such a report before a text in doubt is sent again. 60, because Meta
    keeps no list to look into and reports mostly come within seconds."""

    rate_per_second: Annotated[float, Field(gt=0, le=1_000)] = 80.0
    """Messages per second towards the provider. 80 is Meta's limit for a number at first; 20 for
    one that is used in the phone's app, too."""

    acks_per_day: Count = 5
    """Acknowledgements to one sender per day; later messages are taken without one."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        _ = self.approved
        return self

    @property
    def approved(self) -> Templates:
        """Purpose → name and language."""
        return read_templates(self.templates)

    @property
    def called_from(self) -> str:
        """Meta calls from the network that its API is on."""
        return self.api_base_url

    def advice(self, hook: str) -> str:
        """Both things that Meta asks for beside the webhook."""
        return (
            f"Enter at the provider: callback URL {hook} with your verify_token, and subscribe "
            "to the field messages."
        )
