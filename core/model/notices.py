"""Notices to citizens: which text, which values, by which door, or why none (requirements §5).

A notice leaves on the channel that the citizen used last. It obeys STOP, tries another way only
where the last one cannot carry anything, and is bound to the event it tells of: written twice, it
is sent once. The 24-hour window of WhatsApp is that door's own business (an item is held there).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from core.model.automatic import why_unanswerable
from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, SOLUTION
from core.model.dates import long_time, sms_day, sms_time, zone_name
from core.model.gsm7 import segments
from core.model.messages import AddressKind
from core.model.outbox import OutboxDraft, Urgency
from core.model.texts import TextForm, render
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model.policy import ChannelTraits, IntakePolicy
    from core.model.work import Notice, WayBack, WorkTicket

MUTED = "pelapor menghentikan pemberitahuan (STOP)"
"""Why nothing leaves: the citizen's own word."""

NOWHERE = "pelapor tidak dapat dihubungi lewat kanal mana pun"
"""Why nothing leaves: no door carries to where the citizen is."""


@value
class Notified:
    """What leaves because of a change, and why the reporter is not told, where that is so.

    Attributes:
        drafts: promises to send, to the reporter first, then to those who follow the ticket.
        silence: Indonesian, for staff; "" when the reporter is told.
    """

    drafts: tuple[OutboxDraft, ...] = ()
    silence: str = ""


def notify(
    ticket: WorkTicket, due: Sequence[Notice], policy: IntakePolicy, now: datetime
) -> Notified:
    """The promises to send for these notices.

    Args:
        ticket: as it stands after the change, its events counted: ``event_seq`` is the cause.
        due: what is to be told.
        policy: the office's texts and doors.
        now: aware UTC.

    Raises:
        ValueError: a notice without its values, which is a programming error.
    """
    if not due:
        return Notified()
    way, silence = way_out(ticket.ways, policy)
    told = [(way, "")] if way else []
    told += [(one, f":{one.address_id}") for one in _followers(ticket, policy)]
    drafts = [
        _draft(ticket, notice, (one, mark), (policy, now)) for notice in due for one, mark in told
    ]
    return Notified(tuple(drafts), silence)


def way_out(ways: Sequence[WayBack], policy: IntakePolicy) -> tuple[WayBack | None, str]:
    """The way that a notice takes, or why it takes none.

    The last one used; where no door carries anything there, the one before. STOP on the last one
    that works is STOP: nobody goes around it.
    """
    usable = next((way for way in ways if door_for(way, policy)), None)
    if usable is None:
        return None, NOWHERE
    return (None, MUTED) if usable.muted else (usable, "")


def door_for(way: WayBack, policy: IntakePolicy) -> ChannelTraits | None:
    """The door that carries an automatic text this way; None where there is none."""
    if way.unreachable or why_unanswerable(way.address):
        return None
    door = policy.channels.get(way.channel)
    if door and door.reply_via and way.address.kind is AddressKind.PHONE:
        door = policy.channels.get(door.reply_via)
    return None if door is None or door.tells else door


def _followers(ticket: WorkTicket, policy: IntakePolicy) -> Iterator[WayBack]:
    """People of merged tickets, each by one way."""
    by_person: dict[int, list[WayBack]] = {}
    for way in ticket.followers:
        by_person.setdefault(way.address_id, []).append(way)
    for ways in by_person.values():
        chosen, _ = way_out(ways, policy)
        if chosen:
            yield chosen


def _draft(
    ticket: WorkTicket,
    notice: Notice,
    to: tuple[WayBack, str],
    where: tuple[IntakePolicy, datetime],
) -> OutboxDraft:
    (way, mark), (policy, now) = to, where
    door = door_for(way, policy)
    assert door is not None  # noqa: S101 - the way was chosen for its door
    text = notice_text(ticket, notice, (policy, door.form), now)
    return OutboxDraft(
        key=f"{notice.purpose}:{ticket.id}:{ticket.event_seq}{mark}",
        purpose=notice.purpose,
        channel=door.id,
        recipient=way.address,
        address_id=way.address_id,
        text=text,
        created_at=now,
        ticket_id=ticket.id,
        urgency=Urgency.NOTICE,
        segments=segments(text).parts if door.form is TextForm.SMS else 0,
    )


def notice_text(
    ticket: WorkTicket, notice: Notice, where: tuple[IntakePolicy, TextForm], now: datetime
) -> str:
    """The words of one notice, in the wording of the unit that has the ticket.

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
            return self.at(own) if name != "perkiraan" else self.day(own)
        return own if own is not None else _OF_TICKET[name](self)

    def __iter__(self) -> Iterator[str]:
        return iter({**_OF_TICKET, **self._own})

    def __len__(self) -> int:
        return len({**_OF_TICKET, **self._own})

    def at(self, instant: datetime) -> str:
        """In the office's zone and the form of the channel."""
        when = sms_time if self.form is TextForm.SMS else long_time
        return when(instant, self.policy.zone)

    def day(self, instant: datetime) -> str:
        """A day is enough in an SMS where it is an estimate."""
        if self.form is TextForm.SMS:
            return sms_day(instant, self.policy.zone)
        return long_time(instant, self.policy.zone)

    def due(self, *targets: str) -> datetime:
        """The first of these promises that is owed. Raises KeyError where none is."""
        for target in targets:
            clock = self.ticket.clock(target)
            if clock and clock.open:
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
