"""Sentences that programs read in English, in the words of a page: unreadable payloads, audits.

The doors, ``helpdesk check-history`` and the API say these in English, and the store keeps some of
them; a page knows them again by their pattern. Those of documents stand in ``faults.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.language import N_, known_again
from core.model.sentences import made

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAYLOADS: Final[Mapping[str, str]] = {
    "The fields From, WaId and ExternalUserId name no sender.": N_(
        "Kolom From, WaId, dan ExternalUserId tidak menyebut pengirim."
    ),
    "The field {field} is missing.": N_("Kolom {field} tidak ada."),
    "The field {field} is missing or not readable.": N_(
        "Kolom {field} tidak ada atau tidak terbaca."
    ),
    "The field {field} is missing or no id.": N_(
        "Kolom {field} tidak ada atau bukan tanda pengenal."
    ),
    "The field {field} is not an id.": N_("Kolom {field} bukan tanda pengenal."),
    "The field {field} is no object.": N_("Kolom {field} bukan objek JSON."),
    "The field {field} is no number.": N_("Kolom {field} bukan angka."),
    "The field {field} is no positive number.": N_("Kolom {field} bukan angka positif."),
    "The field {field} has no usable id and type.": N_(
        "Kolom {field} tidak memuat id dan type yang dapat dipakai."
    ),
    "The field {field} is not that of this channel.": N_(
        "Kolom {field} bukan milik kanal ini. Periksa pengaturan kanal."
    ),
    "The field {field} is that of an inbound message at the status URL.": N_(
        "Kolom {field} menunjukkan pesan masuk, padahal alamat ini untuk laporan pengiriman. "
        "Periksa alamatnya di penyedia."
    ),
    "The fields {field} and {other} are missing.": N_("Kolom {field} dan {other} tidak ada."),
    "The fields {field} and {other} are missing or unreadable.": N_(
        "Kolom {field} dan {other} tidak ada atau tidak terbaca."
    ),
    "The form has more than {most} fields.": N_("Formulir memuat lebih dari {most} kolom."),
    "The content type is neither a form nor JSON.": N_(
        "Jenis isinya bukan formulir dan bukan JSON."
    ),
    "The body is not readable JSON.": N_("Isinya bukan JSON yang terbaca."),
    "The body is not a JSON object of fields.": N_("Isinya bukan objek JSON."),
    "The body is not an object with a list named entry.": N_(
        "Isinya bukan objek JSON dengan daftar bernama entry."
    ),
    "The body is nested too deeply.": N_("Isinya bertingkat terlalu dalam."),
    "The update is no JSON object.": N_("Isinya bukan objek JSON."),
    "An entry has no list of changes.": N_("Satu entry tidak memuat daftar changes."),
    "A change has no object named value.": N_("Satu change tidak memuat objek bernama value."),
    "What is typed into a page has no payload of its own.": N_(
        "Yang diketik pada halaman tidak mempunyai muatan tersendiri."
    ),
    "There is nothing in it.": N_("Tidak ada isinya."),
    "The configuration has no such channel.": N_("Kanal ini tidak ada dalam konfigurasi."),
    "Our reader stumbled: {error}.": N_(
        "Pembaca kami gagal: {error}. Laporkan kepada pengembang."
    ),
    "It has more than {most} MiB.": N_("Isinya lebih dari {most} MiB."),
}
"""What keeps a payload in quarantine."""

AUDIT: Final[Mapping[str, str]] = {
    "event {seq} of {whose} was altered: it no longer fits its hash.": N_(
        "Peristiwa {seq} dari {whose} diubah: tidak cocok lagi dengan sidiknya."
    ),
    "event {seq} of {whose} was removed.": N_("Peristiwa {seq} dari {whose} dihapus."),
    "event {seq} of {whose} was written anew: the next one does not follow it.": N_(
        "Peristiwa {seq} dari {whose} ditulis ulang: peristiwa berikutnya tidak menyambung."
    ),
    "the row of {whose} does not fit its history, which ends with event {seq}.": N_(
        "Baris {whose} tidak cocok dengan riwayatnya, yang berakhir pada peristiwa {seq}."
    ),
    "{whose} was removed; {seq} events of it are left.": N_(
        "{whose} dihapus; peristiwanya masih tersisa {seq}."
    ),
    "{whose} has no history: all its events were removed.": N_(
        "{whose} tidak mempunyai riwayat: semua peristiwanya dihapus."
    ),
    "{whose} was removed with its {seq} events.": N_(
        "{whose} dihapus beserta {seq} peristiwanya."
    ),
    "{whose} was removed with its {seq} events of {day}.": N_(
        "{whose} dihapus beserta {seq} peristiwanya menurut jangkar {day}."
    ),
    "{whose} was removed; rows of other tables still speak of it.": N_(
        "{whose} dihapus; baris tabel lain masih menyebutnya."
    ),
    "the history of {whose} up to event {seq} is not the one that was there.": N_(
        "Riwayat {whose} sampai peristiwa {seq} bukan yang semula."
    ),
    "the history of {whose} up to event {seq} is not the one that was there of {day}.": N_(
        "Riwayat {whose} sampai peristiwa {seq} bukan yang semula menurut jangkar {day}."
    ),
    "the anchor of {day} was altered in its list of tickets from {whose} on.": N_(
        "Jangkar {day} diubah pada daftar tiketnya mulai {whose}."
    ),
    "the anchor of {day} was altered in its list of tickets of the house.": N_(
        "Jangkar {day} diubah pada daftar catatan kantor."
    ),
    "the anchor of {day} was altered.": N_("Jangkar {day} diubah."),
    "the anchor of {day} does not follow the one before: "
    "an anchor was removed, or written anew.": N_(
        "Jangkar {day} tidak menyambung pada yang sebelumnya: ada jangkar yang dihapus atau "
        "ditulis ulang."
    ),
    "the anchor of {day} is not there any more.": N_("Jangkar {day} sudah tidak ada."),
    "the anchor of {day} is not the one that was written down.": N_(
        "Jangkar {day} bukan yang pernah dicatat."
    ),
    "{whose} has lost the trigger that refuses changes.": N_(
        "{whose} kehilangan pemicu yang menolak perubahan."
    ),
    "the database is damaged: it cannot be read to its end.": N_(
        "Basis data rusak: tidak terbaca sampai akhir."
    ),
    "the database is damaged: {words}.": N_("Basis data rusak: “{words}”."),
    "{seq} events were removed after the very beginning.": N_(
        "{seq} peristiwa dihapus sejak paling awal."
    ),
    "{seq} events were removed after event {last} of {whose}, written {at}.": N_(
        "{seq} peristiwa dihapus setelah peristiwa {last} dari {whose}, yang ditulis {at}."
    ),
}
"""What an audit finds (core/model/audit.py)."""

LOG: Final[Mapping[str, str]] = {
    "{count} more exchanges in this second were not kept": N_(
        "{count} pertukaran lagi pada detik ini tidak disimpan"
    ),
    "{purpose}, attempt {attempt}": N_("{purpose}, percobaan ke-{attempt}"),
}
"""What the program itself writes between the lines of a door."""

WORDS: Final[Mapping[str, str]] = {**PAYLOADS, **AUDIT, **LOG}

_again = known_again(WORDS)


def plainly(sentence: str, say: Callable[[str], str]) -> str:
    """The sentence in the language of a visit; one that is not ours stays as it is."""
    found = _again(sentence)
    return say(made(WORDS[found.pattern], found.values)) if found else say(sentence)
