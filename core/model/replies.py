"""The words of an automatic reply: which text, with which values (requirements §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from core.model.calendar import closed_because, hours_text, is_open, next_opening
from core.model.dates import long_time, sms_time, zone_name
from core.model.numbers import TicketNumber
from core.model.texts import TextForm, render
from core.model.ticket import KnownTicket, Promise, Status
from core.model.value import value

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.case import Reply
    from core.model.policy import IntakePolicy

_REASONS = {
    Status.RECEIVED: "menunggu penugasan petugas",
    Status.UNDER_REVIEW: "sedang ditelaah",
    Status.ASSIGNED: "petugas sudah ditunjuk",
    Status.IN_PROGRESS: "sedang dikerjakan petugas",
    Status.PENDING: "menunggu pihak lain",
    Status.RESOLVED: "pekerjaan sudah selesai",
    Status.CLOSED: "laporan sudah tuntas",
    Status.REJECTED: "tidak memenuhi ketentuan",
    Status.CANCELLED: "dibatalkan pelapor",
    Status.MERGED: "digabung dengan tiket lain",
}
_NEXT_STEPS = {
    Status.RECEIVED: "petugas membaca laporan Anda dan menjawab pada batas waktu di atas",
    Status.UNDER_REVIEW: "petugas menelaah kelengkapan laporan",
    Status.ASSIGNED: "petugas memulai pekerjaan",
    Status.IN_PROGRESS: "petugas menyelesaikan pekerjaan",
    Status.PENDING: "pekerjaan dilanjutkan begitu penyebab tunda selesai",
    Status.RESOLVED: "balas SELESAI bila sudah beres, atau BUKA bila belum",
    Status.CLOSED: "balas BUKA bila masalah muncul lagi",
    Status.REJECTED: "balas KEBERATAN bila tidak sependapat",
    Status.CANCELLED: "balas BUKA bila laporan ingin dilanjutkan",
    Status.MERGED: "perkembangan tercatat pada tiket induk",
}


@value
class Told:
    """What a reply may speak of besides its ticket.

    Attributes:
        now: when the message was received, aware UTC.
        summary: first sentence of a new complaint, for ``{ringkasan}``.
        asked: a number to show back, as the sender wrote it.
        key: the text's key when it is known already, else "".
    """

    now: datetime
    summary: str = ""
    asked: str = ""
    key: str = ""


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
    # Survey questions one by one belong to the survey itself; the five digits fit every channel.
    form = TextForm.SMS if reply.purpose.startswith("survey") else form
    key = told.key or text_key(reply.purpose, policy, told.now)
    return render(policy.texts, key, form, _Words(ticket, told, policy, form))


def text_key(purpose: str, policy: IntakePolicy, now: datetime) -> str:
    """Outside service hours an acknowledgement says when people answer (BW-20)."""
    if purpose == "ack" and not is_open(policy.calendar, now):
        return "out_of_hours"
    return purpose


class _Words(Mapping[str, str]):
    """The values of one reply, each worked out only when its text asks for it."""

    __slots__ = ("_ticket", "_told", "_when", "policy")

    def __init__(
        self, ticket: KnownTicket | None, told: Told, policy: IntakePolicy, form: TextForm
    ) -> None:
        self._ticket, self._told, self.policy = ticket, told, policy
        self._when = sms_time if form is TextForm.SMS else long_time

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

    def at(self, instant: datetime) -> str:
        """In the office's zone and the channel's form."""
        return self._when(instant, self.policy.zone)


def _asked(told: Told) -> str:
    if not told.asked:
        raise KeyError("masukan")  # noqa: EM101 - the placeholder's name
    return told.asked


def _example(words: _Words, told: Told) -> str:
    year = told.now.astimezone(words.policy.zone).year % 100
    return str(TicketNumber(words.policy.prefix, year, 4217))


_OF_TICKET: Mapping[str, Callable[[_Words, KnownTicket], str]] = {
    "tiket": lambda _, ticket: ticket.number,
    "jawab": lambda words, ticket: words.at(due(ticket.promises, "first_answer")),
    "selesai": lambda words, ticket: words.at(due(ticket.promises, "solution")),
    "status": lambda _, ticket: ticket.status.word,
    "alasan": lambda _, ticket: ticket.reason or _REASONS[ticket.status],
    "batas": lambda words, ticket: words.at(ticket.status_at + words.policy.reopening),
    "waktu": lambda words, ticket: words.at(ticket.status_at),
    "diterima": lambda words, ticket: words.at(ticket.opened_at),
    "diperbarui": lambda words, ticket: words.at(ticket.status_at),
    "langkah": lambda _, ticket: _NEXT_STEPS[ticket.status],
    "jawaban_terakhir": lambda _words, _ticket: "belum ada",
}
_OF_OFFICE: Mapping[str, Callable[[_Words, Told], str]] = {
    "zona": lambda words, _: zone_name(words.policy.zone),
    "sapaan": lambda _words, _told: "Bapak/Ibu",
    "unit": lambda words, _: words.policy.office,
    "ringkasan": lambda _, told: told.summary,
    "masukan": lambda _, told: _asked(told),
    "contoh": _example,
    "jam_layanan": lambda words, told: hours_text(
        words.policy.calendar, told.now.astimezone(words.policy.zone).date()
    ),
    "sebab_libur": lambda words, told: closed_because(words.policy.calendar, told.now),
    "buka": lambda words, told: words.at(next_opening(words.policy.calendar, told.now)),
}


def due(promises: tuple[Promise, ...], target: str) -> datetime:
    """When the promise of this name is due. Raises LookupError when it was never made."""
    for promise in promises:
        if promise.target == target:
            return promise.due_at
    raise LookupError(target)
