"""A door through a Kannel of the office's own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from config.doors.local_sms import (  # noqa: TC001 - pydantic reads them
    NetworkText,
    NumberForm,
    Parts,
    PerSecond,
    UrlSecret,
)
from config.section import ChannelSettings, Count, Number, Secret, Text, WebAddress


class KannelSettings(ChannelSettings):
    """A door for SMS through Kannel. The table's name is the channel's id and its webhook."""

    kind: Literal["kannel"]
    """Always kannel."""

    secret: UrlSecret
    """In the URL that Kannel calls, as it signs nothing: at least 128 bits of letters and digits.
    Without it the channel does not start. No default."""

    secret_previous: UrlSecret | None = None
    """The secret before, accepted too while Kannel is being changed. None: no rotation."""

    allow_from: tuple[NetworkText, ...] = ()
    """Addresses or networks that may call, as this program sees them (behind a proxy that is the
    proxy's). Empty: any, because the secret decides."""

    sendsms_url: WebAddress = "http://127.0.0.1:13013/cgi-bin/sendsms"
    """Where smsbox takes texts. http only on this machine, because the password travels in it."""

    username: Text
    """Of Kannel's sendsms-user group. No default."""

    password: Secret
    """Of the same group. No default."""

    from_number: Number
    """The sender that Kannel is told: your number or short code. A modem ignores it, but Kannel
    refuses texts without one. Texts from it are a loop. No default."""

    own_numbers: tuple[Number, ...] = ()
    """Further numbers of ours: texts from them are a loop. Empty: only from_number."""

    smsc: Text | None = None
    """The smsc-id to send by. None: Kannel chooses."""

    callback_url: WebAddress | None = None
    """Where Kannel reaches this program for receipts, without path. None: http.public_url."""

    number_form: NumberForm = "plus"
    """How the connection wants recipients: plus (+62811…), international (62811…) or national
    (0811…). plus, because it cannot be misunderstood."""

    max_parts: Parts = 10
    """SMS of one text at most; a longer text is refused. 10 is Kannel's own limit, above which it
    cuts texts silently."""

    validity_minutes: Annotated[int | None, Field(ge=1, le=100_000)] = None
    """Minutes for which the operator tries to deliver. None: its own limit."""

    rate_per_second: PerSecond = 10.0
    """Texts per second towards Kannel, which queues what its modem cannot send yet."""

    acks_per_day: Count = 5
    """Acknowledgements to one sender per day; later messages are taken without one."""

    @property
    def all_numbers(self) -> tuple[str, ...]:
        """Every number of ours on this channel, without repeats."""
        return tuple(dict.fromkeys((self.from_number, *self.own_numbers)))
