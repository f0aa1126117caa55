"""One SMTP connection: what a client may say, and what we answer (providers.md §10).

aiosmtpd keeps the connection, the command loop and STARTTLS; MAIL, RCPT and DATA are our own,
because its own accept addresses that are none, bare line ends (threats.md row 22) and mail of any
number of recipients, and refuse lines above 1,001 bytes for good.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from aiosmtpd.smtp import SMTP, Envelope, syntax

from channels.email.addresses import addr_spec
from channels.email.own import POSTMASTER
from channels.email.smtp_content import BARE, FULL, SIZE, content_of
from config.logs import get_logger

if TYPE_CHECKING:
    import ssl

    from channels.email.own import OwnAddresses
    from config.doors.email import SmtpInSettings

log = get_logger("smtp")

MOST_HOPS = 100
"""Received lines; a mail with more goes round in circles (RFC 5321 §6.3)."""

MOST_FAULTS = 50
"""Refusals in one connection, then 421: dictionary attacks and broken programs."""

ANSWER_WITHIN = 600.0
"""Seconds that a client waits for the answer to its final dot (RFC 5321 §4.5.3.2.6)."""

GRACE = 10.0
"""Seconds of content before its rate is looked at, and between two looks."""

_PATH = re.compile(r"(?:FROM|TO):\s?<([^<>]*)>(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_ROUTE = re.compile(r"@[^:,\s]+(?:,@[^:,\s]+)*:")  # RFC 5321 §4.1.1.3: accepted and ignored
_HOP = re.compile(rb"^received:", re.IGNORECASE | re.MULTILINE)
_LONGEST_COMMAND = 2_048
_LONGEST_HEAD = 2**20

LOOP = "554 5.4.6 too many hops, this mail goes round in circles"
LATER = "451 4.3.0 try again later"
TAKEN = "250 2.6.0 kept"


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as a client handed it over.

    Attributes:
        sender: of the envelope, "" for the null sender.
        recipients: of the envelope, each one ours, without repeats.
        content: dots undone, CRLF line ends.
        client: its IP address.
        hello: as it named itself.
        encrypted: came by TLS.
    """

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    client: str
    hello: str
    encrypted: bool


class House(Protocol):
    """What all connections share."""

    settings: SmtpInSettings
    hostname: str
    own: OwnAddresses
    tls: ssl.SSLContext | None
    waiting: int

    async def take(self, mail: Received) -> str:
        """The answer to a mail, after commit where it is 250. Never raises."""
        ...

    def left(self, session: GatewaySmtp) -> None:
        """A connection ended."""
        ...


class _Hooks:
    """What aiosmtpd asks besides."""

    async def handle_exception(self, error: Exception) -> str:
        """Without it the answer would be 500 with the exception's text: for good, and a leak."""
        log.error("smtp session failed", error=type(error).__name__)
        return LATER

    def __dir__(self) -> list[str]:
        """What aiosmtpd searches at every connection."""
        return ["handle_exception"]


_HOOKS = _Hooks()


class GatewaySmtp(SMTP):
    """One connection."""

    line_length_limit = 2**20  # sizes the reader; what is longer is read in pieces

    def __init__(self, house: House, client: str) -> None:
        # on the class they would be shared, and grow with each EHLO of anybody
        self.command_size_limits = defaultdict(lambda: _LONGEST_COMMAND)
        self.command_size_limit = _LONGEST_COMMAND
        self.house, self.client = house, client
        self.taking = False
        self._faults, self._got, self._due, self._begun = 0, 0, 0, 0.0
        self._told_left = False
        super().__init__(
            _HOOKS,
            hostname=house.hostname,
            ident="ESMTP",
            data_size_limit=house.settings.max_size,
            enable_SMTPUTF8=True,
            tls_context=house.tls,
            timeout=house.settings.idle_seconds,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            loop=asyncio.get_running_loop(),
        )

    def __dir__(self) -> list[str]:
        """What aiosmtpd searches at every connection: by all names it costs more than a mail."""
        return _SEARCHED

    # --- time and ends ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The clock for EHLO starts; after STARTTLS it starts again."""
        super().connection_made(transport)
        self._reset_timeout(self.house.settings.greeting_seconds)

    def data_received(self, data: bytes) -> None:
        """Counted: for the rate, and among what waits in the house."""
        if self._begun:
            self._got += len(data)
            self._due += len(data)
            self.house.waiting += len(data)
        super().data_received(data)

    def connection_lost(self, error: Exception | None) -> None:
        """Also called a second time, after a TLS handshake that failed."""
        if self._told_left:
            return
        self._told_left = True
        self.house.left(self)
        super().connection_lost(error)

    def _timeout_cb(self) -> None:  # aiosmtpd's own closes without a word
        if self._begun and self._fast_enough():
            self._reset_timeout(self._next_look())
            return
        self.say_goodbye("421 4.4.2 too slow" if self._begun else "421 4.4.2 idle for too long")

    def _next_look(self) -> float:
        """Seconds to the next look at the rate, or to the end of the time for the content."""
        spent = self.loop.time() - self._begun
        return max(0.01, min(GRACE, self.house.settings.data_seconds - spent))

    def _fast_enough(self) -> bool:
        spent, settings = self.loop.time() - self._begun, self.house.settings
        return spent < settings.data_seconds and self._got >= settings.min_rate * (spent - GRACE)

    def say_goodbye(self, answer: str) -> None:
        """Hangs up with an answer, whatever the client was saying, and frees its place."""
        if self.transport is None:
            return
        if not self.transport.is_closing():
            self._writer.write(answer.encode() + b"\r\n")
            self.transport.close()
        beneath = self._original_transport
        if beneath is not None and _present(self.session).ssl is None:
            # a TLS handshake that never ends: nobody tells us that the line is gone
            cast("asyncio.Transport", beneath).abort()
            self.loop.call_soon(self.connection_lost, None)

    async def push(self, status: str | bytes) -> None:
        """Answers; too many refusals end the connection."""
        line = status if isinstance(status, bytes) else status.encode("utf-8", "replace")
        self._faults += line[:1] in b"45"
        if self._faults > MOST_FAULTS:
            line = b"421 4.7.0 too many errors"
        await super().push(line)
        if self._faults > MOST_FAULTS and self.transport is not None:
            self.transport.close()

    # --- commands ---

    @syntax("EHLO hostname")
    async def smtp_EHLO(self, hostname: str | None) -> None:  # noqa: N802 - aiosmtpd finds it by name
        """What is offered, in one piece; aiosmtpd's own sends each line by itself, AUTH too."""
        if not hostname:
            await self.push("501 Syntax: EHLO hostname")
            return
        self.envelope = self._create_envelope()
        session = _present(self.session)
        session.extended_smtp, session.host_name = True, hostname
        offers = [self.hostname, f"SIZE {self.data_size_limit}", "8BITMIME", "SMTPUTF8"]
        if self.tls_context and session.ssl is None:
            offers.append("STARTTLS")
        await self.push("".join(f"250-{offer}\r\n" for offer in offers) + "250 HELP")

    @syntax("AUTH")
    async def smtp_AUTH(self, _arg: str) -> None:  # noqa: N802 - aiosmtpd finds commands by name
        """Nobody logs in here, and nobody relays (threats.md row 25)."""
        await self.push("502 5.5.1 AUTH is not offered")

    @syntax("MAIL FROM: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd finds it by name
        """Begins a mail. aiosmtpd's own takes ``<a b@x>`` and addresses without brackets."""
        if await self.check_helo_needed():
            return
        envelope = _present(self.envelope)
        if envelope.mail_from is not None:
            await self.push("503 5.5.1 one MAIL at a time")
            return
        path = _path_of(arg, "FROM")
        if path is None:
            await self.push("501 5.5.4 Syntax: MAIL FROM:<address> [parameters]")
            return
        address, options = path
        fault = self._fault_of_options(options) or _fault_of_sender(address, options)
        if not fault:
            envelope.mail_from = address
            envelope.smtp_utf8 = "SMTPUTF8" in options
        await self.push(fault or "250 2.1.0 OK")

    def _fault_of_options(self, options: dict[str, str]) -> str:
        size = options.get("SIZE", "0")
        if not (size.isascii() and size.isdigit() and len(size) <= 20):  # noqa: PLR2004 - RFC 1870
            return "501 5.5.4 SIZE is a number"
        if int(size) > self.house.settings.max_size:
            return SIZE
        if options.get("BODY", "7BIT").upper() not in ("7BIT", "8BITMIME"):
            return "501 5.5.4 BODY is 7BIT or 8BITMIME"
        unknown = options.keys() - {"SIZE", "BODY", "SMTPUTF8"}
        return "555 5.5.4 unknown parameter" if unknown or options.get("SMTPUTF8") else ""

    @syntax("RCPT TO: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd finds it by name
        """Adds a recipient of ours; any other is refused here, so that we never bounce."""
        if await self.check_helo_needed():
            return
        envelope = _present(self.envelope)
        if envelope.mail_from is None:
            await self.push("503 5.5.1 MAIL first")
            return
        path = _path_of(arg, "TO")
        if path is None:
            await self.push("501 5.5.4 Syntax: RCPT TO:<address>")
            return
        address, options = path
        fault = self._fault_of_recipient(address, len(envelope.rcpt_tos))
        if options:
            fault = "555 5.5.4 unknown parameter"
        if not fault:
            envelope.rcpt_tos.append(address)
        await self.push(fault or "250 2.1.5 OK")

    def _fault_of_recipient(self, address: str, before: int) -> str:
        whole = address.lower() == POSTMASTER or addr_spec(address)
        if not whole:
            return "553 5.1.3 malformed address"
        if not self.house.own.takes(whole if isinstance(whole, str) else address):
            ours = self.house.own.hosts(address)
            return "550 5.1.1 no such address here" if ours else "550 5.7.1 we do not relay"
        if before >= self.house.settings.max_recipients:
            return "452 4.5.3 too many recipients"
        return ""

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd finds it by name
        """Takes the content; 250 only once it is on disk."""
        if await self.check_helo_needed():
            return
        envelope = _present(self.envelope)
        if not envelope.rcpt_tos:
            await self.push("503 5.5.1 RCPT first")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        if self.house.waiting >= self.house.settings.max_waiting:
            await self.push(FULL)
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        self._begun, self._got = self.loop.time(), 0
        self._reset_timeout(self._next_look())
        try:
            answer = await self._receive(envelope)
        finally:
            self.house.waiting -= self._due
            self._due, self._begun = 0, 0.0
        self.envelope = self._create_envelope()
        self._reset_timeout()
        await self.push(answer)
        if answer == BARE and self.transport is not None:
            self.transport.close()

    async def _receive(self, envelope: Envelope) -> str:
        settings, house = self.house.settings, self.house
        content = await content_of(
            self._reader, settings.max_size, lambda: house.waiting > settings.max_waiting
        )
        self._begun = 0.0
        self._reset_timeout(ANSWER_WITHIN)
        if isinstance(content, str):
            return content
        end = content.find(b"\r\n\r\n", 0, _LONGEST_HEAD)
        if len(_HOP.findall(content, 0, _LONGEST_HEAD if end < 0 else end)) > MOST_HOPS:
            return LOOP
        session = _present(self.session)
        self.taking = True
        try:
            return await self.house.take(
                Received(
                    sender=envelope.mail_from or "",
                    recipients=tuple(dict.fromkeys(envelope.rcpt_tos)),
                    content=bytes(content),
                    client=self.client,
                    hello=str(session.host_name or ""),
                    encrypted=session.ssl is not None,
                )
            )
        finally:
            self.taking = False


_SEARCHED = [name for name in dir(GatewaySmtp) if name.startswith(("smtp_", "auth_"))]


def _path_of(arg: str | None, word: str) -> tuple[str, dict[str, str]] | None:
    """The address between brackets and the parameters behind it, names in upper case."""
    found = _PATH.fullmatch(arg or "")
    if found is None or not (arg or "").upper().startswith(word):
        return None
    address = _ROUTE.sub("", found[1], count=1) if found[1].startswith("@") else found[1]
    options = {}
    for option in (found[2] or "").split():
        name, equals, text = option.partition("=")
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", name) or (equals and not text):
            return None
        options[name.upper()] = text
    return address, options


def _fault_of_sender(address: str, options: dict[str, str]) -> str:
    if address and addr_spec(address) is None:
        return "553 5.1.7 malformed address"
    if not address.isascii() and "SMTPUTF8" not in options:
        return "553 5.6.7 address beyond ASCII without SMTPUTF8"
    return ""


def _present(held: Any) -> Any:  # noqa: ANN401 - aiosmtpd declares both as optional
    assert held is not None  # noqa: S101 - set when the connection is made, never unset
    return held
