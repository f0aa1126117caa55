"""What the mail door must be told besides the three ways of mail (config/doors/email.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from channels.email.own import OwnAddresses
    from config.doors.email import ImapSettings, SmtpInSettings, SmtpOutSettings
    from core.model.messages import ChannelId


@dataclass(frozen=True, slots=True)
class EmailDoorSettings:
    """What the door must be told.

    Attributes:
        id: the channel's name.
        address: the desk's, in lower case.
        name: beside it in our mail.
        own: every address of ours, the desk's among them.
        secrets: sign tokens and ids; the first makes new ones.
        prefix: of ticket numbers.
        authserv_ids: whose Authentication-Results are believed, in lower case.
        smtp_in: our own server, None for none.
        imap: a mailbox to read, None for none.
        smtp_out: the relay.
        timeout: seconds for one mail to the relay, everything included.
    """

    id: ChannelId
    address: str
    name: str
    own: OwnAddresses
    secrets: tuple[str, ...] = field(repr=False)
    prefix: str
    smtp_in: SmtpInSettings | None
    imap: ImapSettings | None
    smtp_out: SmtpOutSettings
    authserv_ids: frozenset[str] = frozenset()
    timeout: float = 10.0

    def __post_init__(self) -> None:
        """Raises ValueError for a door that could only be dumb or deaf."""
        if self.smtp_in is None and self.imap is None:
            message = "smtp_in or imap is needed"
            raise ValueError(message)
        if self.address not in self.own:
            message = "the desk's address is one of our own"
            raise ValueError(message)

    @property
    def domain(self) -> str:
        """Of the desk's address."""
        return self.address.rpartition("@")[2]
