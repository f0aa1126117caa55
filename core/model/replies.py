"""The words of an automatic reply: which text, with which values (requirements §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from core.model.calendar import (
    closed_because,
    hours_text,
    is_open,
    next_opening,
    today_text,
)
from core.model.clock import FIRST_ANSWER, NEXT_ANSWER, SOLUTION
from core.model.dates import long_due, sms_due, zone_name
from core.model.numbers import TicketNumber
from core.model.staff import Role
from core.model.status_words import next_step, pause_reason, reason_of
from core.model.texts import TextForm, render
from core.model.ticket import KnownTicket, Promise, Status
from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.case import Reply
    from core.model.clock import Pause
    from core.model.policy import IntakePolicy

LONGEST_ANSWER = 400
"""Characters of a person's last answer that a status text repeats."""


@value
class Told:
    """What a reply may speak of besides its ticket.

    Attributes:
        now: when the message was received, aware UTC.
        summary: first sentence of a new complaint, for ``{ringkasan}``.
        asked: a number to show back, as the sender wrote it.
        key: the text's key when it is known already, else "".
        reason: where it is the reply's own, not the ticket's.
        question: of a survey that is asked one by one, 1 to 5; 0: all at once.
        language: of the sender's message.
        link: of a page that is the sender's own.
    """

    now: datetime
    summary: str = ""
    asked: str = ""
    key: str = ""
    reason: str = ""
    question: int = 0
    language: str = "id"
    link: str = ""


def compose(
    reply: Reply, ticket: KnownTicket | None, told: Told, where: tuple[IntakePolicy, TextForm]
) -> str:
    """The text of a reply in the form of its channel.

    Args:
        reply: what is due.
        ticket: the ticket it speaks of, with the promises as they are after the decision.
        told: instants and words of the message.
        where: the office's policy and the form of the channel.
    """
    policy, form = where
    # Where the five digits are asked for at once, the short wording fits every channel.
    if reply.purpose.startswith("survey") and not told.question:
        form = TextForm.SMS
    key = _shaped(told.key or text_key(reply.purpose, policy, told.now), ticket)
    unit_id = ticket.work.unit_id if ticket else None
    texts = policy.texts_for(unit_id, told.language)
    return render(texts, key, form, _Words(ticket, told, policy, form))


def _shaped(key: str, ticket: KnownTicket | None) -> str:
    """The status of a ticket that waits, or has ended, has words of its own (KM-09)."""
    if key != "status" or ticket is None:
        return key
    if ticket.status is Status.PENDING and ticket.work.pause:
        return "status_pending"
    return "status" if ticket.status.running else "status_ended"


def text_key(purpose: str, policy: IntakePolicy, now: datetime) -> str:
    """Outside service hours an acknowledgement says when people answer (BW-20).

    Where nobody is on duty no text says that somebody was told.
    """
    if purpose == "life_danger" and not policy.on_duty:
        return "life_danger_alone"
    if purpose == "ack" and not is_open(policy.calendar, now):
        return "out_of_hours"
    return purpose


class _Words(Mapping[str, str]):
    """The values of one reply, each worked out only when its text asks for it."""

    __slots__ = ("_ticket", "_told", "_when", "form", "policy")

    def __init__(
        self, ticket: KnownTicket | None, told: Told, policy: IntakePolicy, form: TextForm
    ) -> None:
        self._ticket, self._told, self.policy, self.form = ticket, told, policy, form
        self._when = sms_due if form is TextForm.SMS else long_due

    def __getitem__(self, name: str) -> str:
        of_ticket = _OF_TICKET.get(name)
        if of_ticket:
            if self._ticket is None:
                raise KeyError(name)
            return of_ticket(self, self._ticket)
        return _OF_OFFICE[name](self, self._told)

    def __iter__(self) -> Iterator[str]:
        return iter((*_OF_TICKET, *_OF_OFFICE))

    def __len__(self) -> int:
        return len(_OF_TICKET) + len(_OF_OFFICE)

    @property
    def told(self) -> Told:
        """What it may speak of besides the ticket."""
        return self._told

    def at(self, instant: datetime) -> str:
        """In the office's zone and the channel's form."""
        return self._when(instant, self.policy.zone)

    def zoned(self, instant: datetime) -> str:
        """The same where the zone is not named beside it."""
        return self.at(instant) if self.form is TextForm.SMS else self.with_zone(instant)

    def with_zone(self, instant: datetime) -> str:
        """Day, time and zone."""
        return f"{self.at(instant)} {zone_name(self.policy.zone)}"


def _asked(told: Told) -> str:
    if not told.asked:
        raise KeyError("masukan")  # noqa: EM101 - the placeholder's name
    return told.asked


def _example(words: _Words, told: Told) -> str:
    year = told.now.astimezone(words.policy.zone).year % 100
    return str(TicketNumber(words.policy.prefix, year, 4217))


def _waiting(ticket: KnownTicket) -> Pause:
    if ticket.work.pause is None:
        raise KeyError("untuk")  # noqa: EM101 - the placeholder's name
    return ticket.work.pause


def _reason(words: _Words, ticket: KnownTicket) -> str:
    if words.told.reason:
        return words.told.reason
    pause = ticket.work.pause if ticket.status is Status.PENDING else None
    return pause_reason(pause) if pause else reason_of(ticket)


def _step(words: _Words, ticket: KnownTicket) -> str:
    window = ticket.status_at + words.policy.reopening
    return next_step(ticket, words.form, words.zoned, (words.told.now, window))


def _due_solution(words: _Words, ticket: KnownTicket) -> str:
    at = words.with_zone(due(ticket.promises, SOLUTION))
    if not _waiting(ticket).stops:
        return at
    return f"ditetapkan kembali begitu pekerjaan dilanjutkan (semula {at})"


def _last_answer(words: _Words, ticket: KnownTicket) -> str:
    text, when = ticket.work.answer.strip(), ticket.work.answered_at
    if not text or when is None:
        return "belum ada"
    short = text if len(text) <= LONGEST_ANSWER else f"{text[: LONGEST_ANSWER - 3]}..."
    return f"{short} ({words.with_zone(when)})"


def _next_news(words: _Words, ticket: KnownTicket) -> str:
    for target in (FIRST_ANSWER, NEXT_ANSWER, SOLUTION):
        for promise in ticket.promises:
            if promise.target == target and promise.open:
                return words.at(promise.due_at)
    raise KeyError("kabar")  # noqa: EM101 - the placeholder's name


_OF_TICKET: Mapping[str, Callable[[_Words, KnownTicket], str]] = {
    "tiket": lambda _, ticket: ticket.number,
    "jawab": lambda words, ticket: words.at(due(ticket.promises, FIRST_ANSWER)),
    "selesai": lambda words, ticket: words.at(due(ticket.promises, SOLUTION)),
    "batas_selesai": _due_solution,
    "kabar": _next_news,
    "status": lambda _, ticket: ticket.status.word,
    "alasan": _reason,
    "batas": lambda words, ticket: words.at(ticket.status_at + words.policy.reopening),
    "waktu": lambda words, ticket: words.at(ticket.status_at),
    "sejak": lambda words, ticket: words.at(_waiting(ticket).started_at),
    "lanjut": lambda words, ticket: words.at(_waiting(ticket).expected_at),
    "untuk": lambda _, ticket: _waiting(ticket).for_whom,
    "diterima": lambda words, ticket: words.at(ticket.opened_at),
    "diperbarui": lambda words, ticket: words.at(ticket.status_at),
    "langkah": _step,
    "jawaban_terakhir": _last_answer,
    "unit": lambda words, ticket: ticket.work.unit or words.policy.office,
}
_OF_OFFICE: Mapping[str, Callable[[_Words, Told], str]] = {
    "zona": lambda words, _: zone_name(words.policy.zone),
    "sapaan": lambda _words, _told: "Bapak/Ibu",
    "jabatan": lambda _words, _told: Role.UNIT_SUPERVISOR.word.lower(),
    "nomor_soal": lambda _, told: str(told.question),
    "soal": lambda words, told: words.policy.questions_in(told.language)[told.question - 1],
    "ringkasan": lambda _, told: told.summary,
    "masukan": lambda _, told: _asked(told),
    "contoh": _example,
    "tautan_daftar": lambda _, told: told.link,
    "jam_layanan": lambda words, told: hours_text(
        words.policy.calendar, told.now.astimezone(words.policy.zone).date()
    ),
    "jam_hari_ini": lambda words, told: today_text(words.policy.calendar, told.now),
    "sebab_libur": lambda words, told: closed_because(words.policy.calendar, told.now),
    "buka": lambda words, told: words.at(next_opening(words.policy.calendar, told.now)),
}


def due(promises: tuple[Promise, ...], target: str) -> datetime:
    """When the promise of this name is due. Raises LookupError when it was never made."""
    for promise in promises:
        if promise.target == target:
            return promise.due_at
    raise LookupError(target)
