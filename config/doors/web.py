"""The public form at /lapor, the page of a ticket at /t/<number>, the survey at /s/<token>."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic looks at class variables
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from config import checks
from config.section import ChannelSettings, Count, Secret, Text

LongSecret = Annotated[Secret, AfterValidator(checks.long_secret)]


class WebFormSettings(ChannelSettings):
    """The form for citizens. The table's name is the channel's id; there can be only one."""

    refers_to: ClassVar[Mapping[str, frozenset[str]]] = {"confirm_by": frozenset({"email"})}
    only_one: ClassVar[bool] = True

    kind: Literal["web_form"]
    """Always web_form."""

    secret: LongSecret
    """Signs forms and visits, and makes the codes: 16 characters or more, drawn by lot. With
    another one, forms that are open must be sent a second time, visits end, and addresses of
    surveys that were given out lead nowhere; codes that citizens hold stay right. No default."""

    confirm_by: Text | None = None
    """Id of the e-mail channel that asks the owner of a typed address whether it is his. None: no
    such mail is sent, and typed addresses are shown to staff only."""

    proxies: tuple[Annotated[str, AfterValidator(checks.network)], ...] = (
        "127.0.0.1/32",
        "::1/128",
    )
    """Proxies whose X-Forwarded-For is believed, for the limits per address. This machine, where
    the proxy with TLS usually runs."""

    max_files: Annotated[int, Field(ge=0, le=20)] = 5
    """Files with one form. 0: none, the page does not ask for any."""

    max_file_bytes: Annotated[int, Field(ge=1_024, le=104_857_600)] = 10_485_760
    """Largest file in bytes. 10 MiB holds any photo of a telephone."""

    max_upload_bytes: Annotated[int, Field(ge=65_536, le=524_288_000)] = 31_457_280
    """Bytes of all files of one form together. 30 MiB."""

    upload_seconds: Annotated[float, Field(gt=0, le=3_600)] = 120.0
    """Seconds that sending a form may take; slow telephones need some."""

    min_seconds: Annotated[float, Field(ge=0, le=60)] = 3.0
    """Seconds: a form that comes back sooner is shown once more instead of taken, as people are
    slower."""

    forms_per_address: Count = 30
    """Forms from one address within ten minutes, and as many messages on pages of tickets. Many
    because whole networks of mobile operators share one address."""

    forms_per_minute: Count = 120
    """Forms from everybody within a minute, and as many messages on pages of tickets."""

    guesses_per_address: Count = 10
    """Wrong codes from one address within ten minutes; then it waits."""

    guesses_per_minute: Count = 600
    """Wrong codes from everybody within a minute; then only right ones are answered."""

    codes_per_day: Count = 200
    """Codes sent by SMS, chat or mail to people who follow their ticket, per day and process: it
    bounds what strangers can cost."""

    confirmations_per_day: Count = 500
    """Confirmation mails per day and process, to however many addresses."""

    def advice(self, hook: str) -> str:
        """Nothing calls it: people do."""
        return f"Give citizens the address {hook.partition('/hooks/')[0]}/lapor."
