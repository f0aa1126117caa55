"""Doors for e-mail: an SMTP server of our own or a mailbox to read, and a relay to send by."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pydantic reads it
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config import checks
from config.section import ChannelSettings, Count, Seconds, Secret, Section, Text

MailAddress = Annotated[str, AfterValidator(checks.mail_address)]
MailDomain = Annotated[str, AfterValidator(checks.mail_domain)]
LongSecret = Annotated[Secret, AfterValidator(checks.long_secret)]
Security = Literal["tls", "starttls", "plain"]
Port = Annotated[int, Field(ge=1, le=65_535)]


class SmtpInSettings(Section):
    """Our own SMTP server.

    A mail server passes on what comes for the desk, or the MX record points here. Mail is taken
    for our own addresses only, and nothing is relayed.
    """

    host: Text = "127.0.0.1"
    """Address to listen on. This machine only, where a mail server in front passes mail on."""

    port: Annotated[int, Field(ge=0, le=65_535)] = 2525
    """TCP port; above 1023, so that no root is needed. 0: any free port, told in the log."""

    hostname: Text | None = None
    """Name in the greeting, as in DNS. None: the domain of the desk's address."""

    certificate: Path | None = None
    """PEM file with certificate and chain for STARTTLS. None: no TLS is offered."""

    certificate_key: Path | None = None
    """PEM file with the private key. None: it stands in the certificate's file."""

    max_size: Annotated[int, Field(ge=65_536, le=36_700_160)] = 26_214_400
    """Largest mail in bytes, announced as SIZE; larger ones are refused with 552. 25 MiB is what
    the large providers send; 35 MiB at most."""

    max_waiting: Annotated[int, Field(ge=1_048_576)] = 134_217_728
    """Bytes of all mails being received at one time; beyond it 452, and senders keep theirs.
    128 MiB, so that memory stays bounded."""

    max_connections: Count = 200
    """Connections at one time; further ones are told 421 and come again."""

    max_per_address: Count = 50
    """Connections of one address at one time. A mail server in front is one address."""

    max_recipients: Annotated[int, Field(ge=1, le=1_000)] = 100
    """Recipients of one mail; further ones are told 452 and sent again apart (RFC 5321 allows no
    fewer than 100)."""

    greeting_seconds: Seconds = 10.0
    """Seconds for a client to say EHLO or HELO; then 421."""

    idle_seconds: Seconds = 60.0
    """Seconds between two commands; then 421."""

    data_seconds: Seconds = 300.0
    """Seconds for the whole content of one mail; then 421."""

    min_rate: Annotated[int, Field(ge=0)] = 500
    """Least bytes per second of content, counted after the first ten seconds; slower ones are
    told 421. 0: no such limit."""

    @model_validator(mode="after")
    def _pair(self) -> Self:
        checks.require(
            self.certificate or not self.certificate_key,
            "certificate_key: used only together with certificate",
        )
        return self


class ServerSettings(Section):
    """What reaching a mail server of others takes, whichever way the mail goes."""

    host: Text
    """Name of the server as in its certificate. No default."""

    security: Security = "tls"
    """tls: from the first byte; starttls: after the greeting; plain: not at all, and on this
    machine only."""

    ca_file: Path | None = None
    """PEM file with further certificate authorities to trust, for a server with a certificate of
    your own. None: those of the system. Certificates are always checked."""

    connect_seconds: Seconds = 5.0
    """Seconds to reach the server."""

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        checks.require(
            self.security != "plain" or checks.is_loopback(self.host),
            "security: tls or starttls (plain is for this machine only)",
        )
        return self


class ImapSettings(ServerSettings):
    """A mailbox to read by IMAP: new mail is fetched the moment it arrives (IDLE)."""

    unshown: ClassVar[frozenset[str]] = frozenset({"user"})
    needs_one_of: ClassVar[tuple[str, ...]] = ("password", "oauth_token_file")

    port: Port = 993
    """TCP port; 993 for tls, 143 for starttls and plain."""

    user: Text
    """User name, usually the whole address. No default."""

    password: Secret | None = None
    """Password, or an app password where the provider asks for one (Gmail). None: oauth_token_file
    is used."""

    oauth_token_file: Path | None = None
    """File that holds an OAuth 2 access token and is kept fresh by a program outside; read anew at
    each log-in (XOAUTH2, needed by Microsoft 365). None: password is used."""

    folder: Text = "INBOX"
    """Folder to read."""

    after: Literal["seen", "move", "keep"] = "seen"
    """What becomes of a mail once it is on disk: marked as read, moved to move_to, or left as it
    is. People may read the mailbox too; we never rely on this mark."""

    move_to: Text = "Helpdesk"
    """Folder for after = "move"; it must exist."""

    older: Literal["quiet", "skip"] = "quiet"
    """Mail that was there before the first start: taken in without any answer, or left out."""

    max_size: Annotated[int, Field(ge=65_536, le=104_857_600)] = 36_700_160
    """Bytes up to which a mail is fetched whole. Of a larger one the beginning is taken in, and
    the files are left in the mailbox."""

    poll_seconds: Seconds = 30.0
    """Seconds between two looks where the server has no IDLE."""

    idle_seconds: Annotated[float, Field(gt=0, le=1_500)] = 420.0
    """Seconds after which IDLE is left for a look around, give or take a third. Servers and
    firewalls end silent connections after 30 minutes, some after 10."""

    read_seconds: Seconds = 30.0
    """Seconds to wait for the server's answer."""

    retry_seconds: Seconds = 2.0
    """Seconds before connecting again; doubles with each failure in a row."""

    retry_max_seconds: Seconds = 300.0
    """Longest wait between two attempts, in seconds."""

    login_retry_seconds: Seconds = 300.0
    """Seconds before the next attempt after a refused log-in; faster ones lock accounts."""

    poison_tries: Annotated[int, Field(ge=1, le=100)] = 3
    """Times that fetching and taking in one mail may fail before it is put aside in quarantine
    and the next one read."""


class SmtpOutSettings(ServerSettings):
    """The relay that our mail leaves by."""

    unshown: ClassVar[frozenset[str]] = frozenset({"user"})

    port: Port = 465
    """TCP port; 465 for tls, 587 for starttls, 25 for plain."""

    user: Text | None = None
    """User name. None: no log-in, the relay knows this machine."""

    password: Secret | None = None
    """Password of the user. None: oauth_token_file is used, or no log-in."""

    oauth_token_file: Path | None = None
    """File that holds an OAuth 2 access token, kept fresh by a program outside. None: password."""

    hostname: Text | None = None
    """Name we greet the relay with. None: the domain of the desk's address."""

    null_sender: bool = True
    """Whether automatic mail leaves with the empty envelope sender, so that nobody answers or
    returns it. false only for a relay that refuses it (Microsoft 365 does)."""

    connections: Annotated[int, Field(ge=1, le=100)] = 4
    """Connections to the relay at one time."""

    keep_seconds: Seconds = 20.0
    """Seconds for which an unused connection is kept; many relays close after 30."""

    @model_validator(mode="after")
    def _log_in(self) -> Self:
        secret = self.password or self.oauth_token_file
        checks.require(self.user or not secret, "user: the user name that the password is for")
        checks.require(secret or not self.user, "password: the password of the user")
        return self


class EmailSettings(ChannelSettings):
    """A door for e-mail: the desk's address.

    It is read by smtp_in or imap (or both) and answered by smtp_out. Mail that comes by both ways
    is taken once.
    """

    needs_one_of: ClassVar[tuple[str, ...]] = ("smtp_in", "imap")

    kind: Literal["email"]
    """Always email."""

    address: MailAddress
    """The desk's address: citizens write to it, and our mail comes from it. No default."""

    name: Annotated[Text, Field(max_length=80)] | None = None
    """Name beside the address in our mail. None: the office's name."""

    own_addresses: tuple[MailAddress, ...] = ()
    """Further addresses of ours that mail is taken for; mail from them is a loop. Empty: only
    address. The form with a plus (desk+anything@…) always belongs to an address."""

    own_domains: tuple[MailDomain, ...] = ()
    """Domains of which every address is ours, for a catch-all mailbox. Empty: none."""

    token_secret: LongSecret
    """Secret that signs the tokens in reply addresses and message ids, 16 characters or more.
    Whoever changes it breaks the threads of mail already sent. No default."""

    token_secret_previous: LongSecret | None = None
    """The secret before, still recognised in answers. None: never changed."""

    authserv_id: Text | None = None
    """Name under which our own mail server writes Authentication-Results; only these count. None:
    none are believed."""

    rate_per_second: Annotated[float, Field(gt=0, le=10_000)] = 10.0
    """Mails per second towards the relay. 10 is what an ordinary relay takes without a word."""

    acks_per_day: Count = 10
    """Acknowledgements to one sender per day; later mails are taken without one."""

    acks_per_hour: Count = 3
    """Acknowledgements to one sender within an hour; stops two machines from chatting."""

    smtp_in: SmtpInSettings | None = None
    """Our own SMTP server. None: mail is read from a mailbox only."""

    imap: ImapSettings | None = None
    """A mailbox to read. None: mail comes to our own SMTP server only."""

    smtp_out: SmtpOutSettings
    """The relay to send by. No default."""
