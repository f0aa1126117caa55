"""The conversation on the page of a ticket: who, how, when, how far it got, with which files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console import wording
from console.citizen.asks import SAID
from console.language import N_
from core.model.enclosing import size_words
from core.model.messages import AddressKind
from core.model.value import value
from core.model.views import Side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from console.citizen.counter import OfficeFacts
    from core.model.views import Spoken, SpokenFile

_KINDS: Mapping[AddressKind, str] = {
    AddressKind.PHONE: N_("SMS"),
    AddressKind.SENDER_LABEL: N_("SMS"),
    AddressKind.WHATSAPP: N_("WhatsApp"),
    AddressKind.TELEGRAM: N_("Telegram"),
    AddressKind.EMAIL: N_("surel"),
}
_UNDER_WAY = N_("Sedang dikirim")
_SENT = N_("Terkirim")
_LOST = N_("Tidak sampai ke nomor atau alamat Anda; isinya dapat Anda baca di sini")
_STATES: Mapping[str, str] = {
    "waiting": _UNDER_WAY,
    "claimed": _UNDER_WAY,
    "in_doubt": _UNDER_WAY,
    "queued": _UNDER_WAY,
    "held": N_("Menunggu sampai dapat dikirim"),
    "handed_over": _SENT,
    "sent": _SENT,
    "delivered": N_("Sampai"),
    "read": N_("Dibaca"),
    "failed": _LOST,
    "dead": _LOST,
}
"""Outbox states and delivery states, as a citizen understands them."""


@value
class File:
    """A file of a line; ``address`` is "" where it is not given out, and ``remark`` says why."""

    name: str
    address: str
    remark: str


@value
class Line:
    """One line of the conversation.

    Attributes:
        side: ``mine``, ``office`` for people's words, ``auto`` for texts that nobody wrote.
        via: by which way it went, "" where that goes without saying.
        state: how far it got, "" where that goes without saying.
        lost: it did not get there.
    """

    id: str
    side: str
    who: str
    via: str
    when: str
    iso: str
    text: str
    state: str
    lost: bool
    files: tuple[File, ...]


def talk_shown(
    talk: Sequence[Spoken], say: Callable[[str], str], office: OfficeFacts, page: str
) -> tuple[Line, ...]:
    """The lines, oldest first; ``page`` is the path of the ticket."""
    return tuple(_line(one, say, office, page) for one in talk)


def _line(one: Spoken, say: Callable[[str], str], office: OfficeFacts, page: str) -> Line:
    here = one.channel == office.channel
    side = _side(one)
    state = "" if here or one.side is not Side.OFFICE else _STATES.get(one.state, "")
    return Line(
        id=f"{one.side.value}-{one.id}",
        side=side,
        who=say(_WHO[side]),
        via=_via(one, say, here=here),
        when=wording.moment(one.at, office.zone, say),
        iso=one.at.isoformat(),
        text=_pressed(one.text, say) if here and one.command else one.text,
        state=say(state) if state else "",
        lost=state == _LOST,
        files=tuple(_file(one, file, say, page) for file in one.files),
    )


_WHO = {"mine": N_("Anda"), "office": N_("Petugas"), "auto": N_("Pesan otomatis")}


def _side(one: Spoken) -> str:
    if one.side is Side.REPORTER:
        return "mine"
    return "office" if one.side is Side.SPOKEN or one.purpose == "answer" else "auto"


def _via(one: Spoken, say: Callable[[str], str], *, here: bool) -> str:
    if one.side is Side.SPOKEN:
        return say(N_("langsung atau lewat telepon"))
    if one.entered:
        return say(N_("dicatat petugas"))
    if here or one.kind is None or one.kind not in _KINDS:
        return say(N_("di halaman ini")) if here else ""
    return say(N_("lewat %(way)s, %(who)s")) % {"way": say(_KINDS[one.kind]), "who": one.who}


def _pressed(text: str, say: Callable[[str], str]) -> str:
    """A button, in words; what was typed with it follows."""
    word, _, rest = text.partition(" ")
    if word not in SAID:
        return text
    typed = rest.partition(" ")[2].strip()
    return f"{say(SAID[word])}\n{typed}" if typed else say(SAID[word])


def _file(one: Spoken, file: SpokenFile, say: Callable[[str], str], page: str) -> File:
    size = size_words(file.size) if file.size else ""
    if file.stored_as is not None:
        address = f"{page}/berkas/{one.side.value}/{one.id}/{file.position}"
        return File(file.filename, address, size)
    if file.waiting:
        return File(file.filename, "", say(N_("sedang disimpan")))
    return File(file.filename, "", say(N_("tersimpan untuk petugas")))
