"""Mails, read as the door reads them, for whatever house they were sent to."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from channels.email import payload
from channels.email.judging import House, judge
from channels.email.own import OwnAddresses
from channels.email.tokens import Seal
from channels.email.trimming import own_part
from channels.email.worker import Readers
from core.errors import MalformedMessage
from core.model.messages import ChannelId, InboundMessage
from gateway.readers.event import PREFIX, Event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from channels.email.dsn import Bounce
    from channels.email.mail import Mail
    from config.doors.email import EmailSettings
    from core.model.messages import Inbound


_BARE = re.compile(
    r"""[^<>@]{0,200}<(?P<inside>[^<>@\s]{1,64})>\s*"""
    r"""|(?P<alone>[^<>@\s"(),;:]{1,64})(?:\s*\([^()]{0,200}\))?"""
)


def nobodys_desk() -> payload.Desk:
    """A desk that owns no address, and knows no mark of anybody."""
    house = House(lambda _: False, Seal((secrets.token_hex(32),), PREFIX))
    return payload.Desk(ChannelId("email"), "nobody@localhost", house)


def desk_of(channel: ChannelId, settings: EmailSettings, prefix: str) -> payload.Desk:
    """The desk of a configured mailbox: its own addresses, its own marks."""
    own = OwnAddresses.of((settings.address, *settings.own_addresses), settings.own_domains)
    given = (settings.token_secret, settings.token_secret_previous)
    seal = Seal(tuple(secret.get_secret_value() for secret in given if secret), prefix)
    trusted = frozenset({settings.authserv_id.lower()} if settings.authserv_id else ())
    return payload.Desk(channel, settings.address, House(own.__contains__, seal, trusted))


class MailReader:
    """``gateway.readers.event.Reader`` for mails; heavy ones in a process of their own.

    Args:
        desk: whose mails; None: nobody's.
    """

    def __init__(self, desk: payload.Desk | None = None) -> None:
        self._desk = desk or nobodys_desk()
        self._readers = Readers()

    async def read(self, raw: bytes, at: datetime) -> Sequence[Event]:
        """What a mail says. Raises MalformedMessage for no bytes at all."""
        if not raw.strip():
            sentence = "There is nothing in it."
            raise MalformedMessage(sentence)
        mail = await self._readers.read_apart(raw)
        found = payload.read(mail, raw, payload.Arrival(at), self._desk)
        return [self._event(one, mail, raw) for one in found]

    async def close(self) -> None:
        """Idempotent."""
        await self._readers.close()

    def _event(self, inbound: Inbound, mail: Mail, raw: bytes) -> Event:
        if not isinstance(inbound, InboundMessage):
            return Event(inbound)
        bounce = judge(mail, None, self._desk.house, raw).bounce
        fault = (f"From: {mail.from_fault.value}",) if mail.from_fault.value else ()
        return Event(
            inbound,
            own_text=own_part(mail.text, mail.subject),
            sender=_sender(mail),
            bounce=_returned(bounce) if bounce else None,
            notes=(*fault, *mail.defects),
        )


def _sender(mail: Mail) -> Mapping[str, str | None]:
    """As claimed; of several addresses the first, which ``notes`` then says.

    A local part alone, as mail servers write it, is shown though nobody can answer it.
    """
    shown = mail.sender or next(iter(mail.claimed), None)
    if shown is None:
        bare = _BARE.fullmatch(mail.from_raw)
        local = (bare["inside"] or bare["alone"]) if bare else None
        return {"address": local, "name": mail.from_raw[:200] or None}
    return {"address": shown.address, "name": shown.name or None}


def _returned(bounce: Bounce) -> Mapping[str, object]:
    """The first recipient that failed, else the first; all of them beside it."""
    people = sorted(bounce.recipients, key=lambda one: not one.failed)
    rows = [
        {"recipient": one.address, "status": one.status, "action": one.action} for one in people
    ]
    first: Mapping[str, object] = rows[0] if rows else {"recipient": None, "status": None}
    return {**first, "recipients": rows}
