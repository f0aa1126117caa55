"""Notices to citizens: which text of the office, filled with which values (requirements §5).

An act or the watch says what is due (``core.model.work.Notice``: a key, and the values that only
it has); everything else that a text asks for is read from the ticket as it stands afterwards. By
which door it leaves is core/services/telling.py's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, SOLUTION
from core.model.dates import long_due, long_time, sms_day, sms_due, sms_time, zone_name
from core.model.texts import TextForm, render

if TYPE_CHECKING:
    from core.model.policy import IntakePolicy
    from core.model.work import Notice, WorkTicket


def notice_text(
    notice: Notice, ticket: WorkTicket, where: tuple[IntakePolicy, TextForm], now: datetime
) -> str:
    """The notice as its reader gets it, in the wording of the unit that has the ticket.

    Args:
        notice: what is due.
        ticket: as it stands after the act.
        where: the office's policy and the form of the channel.
        now: when it was done, aware UTC.

    Raises:
        ValueError: an unknown purpose, or a value that neither notice nor ticket has.
    """
    policy, form = where
    texts = policy.texts_for(ticket.unit_id, ticket.language)
    link = policy.survey_link(ticket.id) if policy.survey_link else ""
    key = notice.purpose
    if (key == "resolved" and not link) or (key == "escalated" and not ticket.breached):
        key = _PLAINER[key]
    return render(texts, key, form, _Words((ticket, notice, link), (policy, form, now)))


# Without a page for surveys; by hand, where no promise was broken.
_PLAINER = {"resolved": "resolved_unlinked", "escalated": "escalated_early"}


class _Words(Mapping[str, str]):
    """The values of one notice: its own first, then those of its ticket."""

    def __init__(
        self,
        about: tuple[WorkTicket, Notice, str],
        where: tuple[IntakePolicy, TextForm, datetime],
    ) -> None:
        self.ticket, notice, self.link = about
        self.policy, self.form, self.now = where
        self._own = notice.values

    def __getitem__(self, name: str) -> str:
        own = self._own.get(_SAME.get(name, name))
        if isinstance(own, datetime):
            return self.day(own) if name == "perkiraan" else self.at(own, begins=name == "mulai")
        return own if own is not None else _OF_TICKET[name](self)

    def __iter__(self) -> Iterator[str]:
        return iter({**_OF_TICKET, **self._own})

    def __len__(self) -> int:
        return len({**_OF_TICKET, **self._own})

    def at(self, instant: datetime, *, begins: bool = False) -> str:
        """In the office's zone and the form of the channel; a limit, unless something begins."""
        if self.form is TextForm.SMS:
            return (sms_time if begins else sms_due)(instant, self.policy.zone)
        return (long_time if begins else long_due)(instant, self.policy.zone)

    def day(self, instant: datetime) -> str:
        """A day is enough in an SMS where it is an estimate."""
        if self.form is TextForm.SMS:
            return sms_day(instant, self.policy.zone)
        return long_time(instant, self.policy.zone)

    def due(self, *targets: str) -> datetime:
        """The first of these promises that is owed, else the first that was made.

        Raises KeyError where none was.
        """
        made = [clock for target in targets if (clock := self.ticket.clock(target))]
        for clock in (*(one for one in made if one.open), *made):
            return clock.due_at
        raise KeyError(targets[0])


# A time that an SMS must give to the minute has a name of its own in the texts.
_SAME = {"lanjut": "perkiraan"}

_OF_TICKET: Mapping[str, Callable[[_Words], str]] = {
    "tiket": lambda words: words.ticket.number,
    "status": lambda words: words.ticket.status.word,
    "alasan": lambda words: words.ticket.reason,
    "unit": lambda words: words.ticket.unit_name or words.policy.office,
    "petugas": lambda words: words.ticket.assignee_name or "petugas",
    "solusi": lambda words: words.ticket.solution,
    "waktu": lambda words: words.at(words.now),
    "jawab": lambda words: words.at(words.due(FIRST_ANSWER, NEXT_ANSWER, SOLUTION)),
    "selesai": lambda words: words.at(words.due(SOLUTION)),
    "zona": lambda words: zone_name(words.policy.zone),
    "tautan_survei": lambda words: words.link,
}
