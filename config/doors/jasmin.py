"""A door through a Jasmin of the office's own."""

from __future__ import annotations

from typing import Literal

from config.doors.local_sms import (  # noqa: TC001 - pydantic reads them
    NetworkText,
    NumberForm,
    Parts,
    PerSecond,
    UrlSecret,
)
from config.section import ChannelSettings, Count, Number, Secret, Text, WebAddress


class JasminSettings(ChannelSettings):
    """A door for SMS through Jasmin. The table's name is the channel's id and its webhook."""

    kind: Literal["jasmin"]
    """Always jasmin."""

    secret: UrlSecret
    """In the URL that Jasmin calls, as it signs nothing: at least 128 bits of letters and digits.
    Without it the channel does not start. No default."""

    secret_previous: UrlSecret | None = None
    """The secret before, accepted too while Jasmin is being changed. None: no rotation."""

    allow_from: tuple[NetworkText, ...] = ()
    """Addresses or networks that may call, as this program sees them (behind a proxy that is the
    proxy's). Empty: any, because the secret decides."""

    send_url: WebAddress = "http://127.0.0.1:1401/send"
    """Jasmin's HTTP API. http only on this machine, because the password travels in it."""

    username: Text
    """Of the Jasmin user that sends. No default."""

    password: Secret
    """Of the same user. No default."""

    from_number: Number | None = None
    """The sender that Jasmin is told; texts from it are a loop. None: the route's own."""

    own_numbers: tuple[Number, ...] = ()
    """Further numbers of ours: texts from them are a loop. Empty: only from_number."""

    callback_url: WebAddress | None = None
    """Where Jasmin reaches this program for receipts, without path. None: http.public_url."""

    number_form: NumberForm = "international"
    """How the operator wants recipients: plus (+62811…), international (62811…) or national
    (0811…). international, because SMPP has no plus sign."""

    max_parts: Parts = 5
    """SMS of one text at most; a longer text is refused. 5 is Jasmin's long_content_max_parts,
    above which it cuts texts."""

    default_alphabet: Literal["gsm7", "latin1"] = "gsm7"
    """What the operator means by coding 0: gsm7 as the standard says, or latin1 where @ and _
    arrive as other signs. latin1 reads UTF-8 too."""

    rate_per_second: PerSecond = 10.0
    """Texts per second towards Jasmin, which queues by the connector's own rate."""

    acks_per_day: Count = 5
    """Acknowledgements to one sender per day; later messages are taken without one."""

    @property
    def all_numbers(self) -> tuple[str, ...]:
        """Every number of ours on this channel, without repeats."""
        first = () if self.from_number is None else (self.from_number,)
        return tuple(dict.fromkeys((*first, *self.own_numbers)))
