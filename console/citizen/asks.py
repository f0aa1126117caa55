"""What a reporter can do on the page of a ticket, as forms: words, and buttons for commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.language import N_
from core.model.intent import Command
from core.model.ticket import Status
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.citizen.counter import Progress


@value
class Ask:
    """One form; all words Indonesian.

    Attributes:
        key: of the command, "" for plain words.
        label: above the text; "": the form has none.
        required: it says nothing without words.
        files: it takes files.
        folded: behind its title, because few people need it.
        early: it is what the page is opened for now, and stands above the conversation.
    """

    key: str
    title: str
    hint: str
    label: str
    button: str
    required: bool = False
    files: bool = False
    folded: bool = False
    early: bool = False


_WORDS = Ask(
    "",
    N_("Tambahkan keterangan"),
    N_("Pesan Anda langsung masuk ke laporan ini dan dibaca petugas."),
    N_("Pesan Anda"),
    N_("Kirim pesan"),
    required=True,
    files=True,
)
_AGAIN = Ask(
    "",
    N_("Masalah muncul lagi?"),
    N_(
        "Masa buka kembali sudah lewat. Pesan ini menjadi laporan baru yang terhubung dengan "
        "laporan ini."
    ),
    N_("Apa yang terjadi?"),
    N_("Kirim laporan lanjutan"),
    required=True,
    files=True,
)
_CONFIRM = Ask(
    Command.CONFIRM.value,
    N_("Sudah beres?"),
    N_("Tekan bila sudah beres. Laporan lalu kami tutup, dan riwayatnya tetap tersimpan."),
    "",
    N_("Ya, sudah beres"),
    early=True,
)
_REOPEN_HINT = N_(
    "Laporan dibuka kembali dengan nomor dan riwayat yang sama. Dapat dilakukan sampai %(until)s."
)
_REOPEN = {
    Status.RESOLVED: Ask(
        Command.REOPEN.value,
        N_("Belum beres?"),
        _REOPEN_HINT,
        N_("Apa yang belum beres?"),
        N_("Buka kembali laporan"),
        files=True,
        folded=True,
        early=True,
    ),
    Status.CLOSED: Ask(
        Command.REOPEN.value,
        N_("Masalah muncul lagi?"),
        _REOPEN_HINT,
        N_("Apa yang terjadi?"),
        N_("Buka kembali laporan"),
        files=True,
        folded=True,
        early=True,
    ),
    Status.CANCELLED: Ask(
        Command.REOPEN.value,
        N_("Ingin melanjutkan laporan?"),
        _REOPEN_HINT,
        N_("Pesan Anda"),
        N_("Buka kembali laporan"),
        files=True,
        folded=True,
        early=True,
    ),
}
_OBJECT = Ask(
    Command.OBJECT.value,
    N_("Tidak sependapat?"),
    N_("Keberatan dibaca petugas lain. Dapat diajukan satu kali, sampai %(until)s."),
    N_("Alasan keberatan Anda"),
    N_("Ajukan keberatan"),
    required=True,
    files=True,
    early=True,
)
_ESCALATE = Ask(
    Command.ESCALATE.value,
    N_("Minta perhatian atasan"),
    N_("Permintaan Anda diteruskan kepada atasan petugas. Laporan tetap dikerjakan."),
    N_("Alasan"),
    N_("Teruskan ke atasan"),
    folded=True,
)
_CANCEL = Ask(
    Command.CANCEL.value,
    N_("Batalkan laporan"),
    N_(
        "Petugas berhenti menanganinya. Sesudah itu masih dapat dibuka kembali selama %(days)s "
        "hari."
    ),
    N_("Alasan"),
    N_("Batalkan laporan ini"),
    folded=True,
)
_OTHERS: Mapping[Command, Ask] = {
    Command.CONFIRM: _CONFIRM,
    Command.OBJECT: _OBJECT,
    Command.ESCALATE: _ESCALATE,
    Command.CANCEL: _CANCEL,
}

SAID: Mapping[str, str] = {
    "SELESAI": N_("Anda menyatakan sudah beres."),
    "BUKA": N_("Anda meminta laporan dibuka kembali."),
    "BATAL": N_("Anda membatalkan laporan."),
    "KEBERATAN": N_("Anda mengajukan keberatan."),
    "ESKALASI": N_("Anda meminta perhatian atasan."),
}
"""How a command reads in the conversation, where a button gave it."""


def asks(progress: Progress) -> tuple[Ask, ...]:
    """The forms that the page shows now, the likeliest first."""
    words = _WORDS if progress.ticket.status.running else _AGAIN
    first = (words,) if progress.words else ()
    return (*first, *(_of(command, progress.ticket.status) for command in progress.offers))


def _of(command: Command, status: Status) -> Ask:
    return _REOPEN[status] if command is Command.REOPEN else _OTHERS[command]


def read_command(key: str) -> Command | None:
    """The command that a form names; None for plain words, and for what is none."""
    known = {one.value: one for one in (*_OTHERS, Command.REOPEN)}
    return known.get(key)
