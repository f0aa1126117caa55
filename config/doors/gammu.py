"""A door through the tables of a Gammu SMSD of the office's own."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator

from config import checks
from config.doors.local_sms import (  # noqa: TC001 - pydantic reads them
    NumberForm,
    Parts,
    PerSecond,
)
from config.section import ChannelSettings, Count, Number, Seconds, Secret, Text


def tables_address(value: str) -> str:
    """Where Gammu's tables are, without a password."""
    example = "sqlite:////var/lib/gammu/smsd.db or postgresql://helpdesk_sms@127.0.0.1/smsd"
    try:
        parts = urlsplit(value)
    except ValueError as error:
        raise ValueError(example) from error
    checks.require(parts.scheme in ("sqlite", "postgresql"), example)
    checks.require(parts.path not in ("", "/"), example)
    checks.require(parts.scheme == "postgresql" or not parts.netloc, example)
    checks.require(parts.password is None, "an address without password; that is a key of its own")
    return value


class GammuSettings(ChannelSettings):
    """A door for SMS through a modem with Gammu SMSD, by its tables; there is no webhook."""

    unshown: ClassVar[frozenset[str]] = frozenset({"database"})

    kind: Literal["gammu"]
    """Always gammu."""

    database: Annotated[str, AfterValidator(tables_address)]
    """Where the daemon's tables are: sqlite:////absolute/path.db (four slashes) or
    postgresql://role@host/name. No default."""

    password: Secret | None = None
    """Of the role in PostgreSQL. None: the server asks for none."""

    phone_id: Text | None = None
    """PhoneID of the daemon, where several share the tables. None: there is only one."""

    own_numbers: tuple[Number, ...] = ()
    """Numbers of the modem's SIM cards: texts from them are a loop. Empty: none known."""

    number_form: NumberForm = "plus"
    """How the modem wants recipients: plus (+62811…), international (62811…) or national (0811…).
    plus, because every modem takes it."""

    max_parts: Parts = 10
    """SMS of one text at most; a longer text is refused. 10, because a modem sends about ten a
    minute and everybody else waits."""

    delivery_reports: bool = True
    """Whether the operator is asked to report each SMS; where it costs money, false."""

    parts_wait_seconds: Seconds = 60.0
    """Seconds for the rest of a long text, once a part lies in the tables; then the text is taken
    with a mark. Short, because the daemon has waited ten minutes before (MultipartTimeout)."""

    poll_seconds: Seconds = 1.0
    """Seconds between two looks into the tables."""

    silent_after_seconds: Seconds = 300.0
    """Seconds without a sign of life, after which the modem is reported dead. The daemon gives one
    each minute, and none while it sends."""

    rate_per_second: PerSecond = 0.2
    """Texts per second into the tables. 0.2 is about what a modem sends; a longer queue there
    could no longer be put in order, answers before notices."""

    acks_per_day: Count = 5
    """Acknowledgements to one sender per day; later messages are taken without one."""
