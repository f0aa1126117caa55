"""Times that the reporter wrote, suggested beside the ticket; what disagrees is said (MB-34)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.language import N_
from console.wording import moment
from core.model.dates import DAYS, MONTHS
from core.model.said_times import said_times
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from core.model.said_times import SaidTime
    from core.model.work import WorkTicket

_UNTIL: Final = N_("sampai")


@value
class Mentioned:
    """``words`` as written, ``when`` as read, ``doubt`` why it cannot be right; "" when it can."""

    words: str
    when: str
    doubt: str


def mentioned(ticket: WorkTicket, zone: ZoneInfo, say: Callable[[str], str]) -> list[Mentioned]:
    """In the order of the text."""
    found = said_times(ticket.description, ticket.opened_at, zone)
    return [Mentioned(one.words, _when(one, zone, say), one.doubt) for one in found]


def _when(said: SaidTime, zone: ZoneInfo, say: Callable[[str], str]) -> str:
    if said.starts:
        until = f", {say(_UNTIL)} {moment(said.ends, zone, say)}" if said.ends else ""
        return f"{moment(said.starts, zone, say)}{until}"
    day = said.day
    return f"{say(DAYS[day.weekday()])} {day.day} {say(MONTHS[day.month - 1])} {day.year}"
