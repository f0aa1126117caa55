"""What a page tells first: why it is shown once more, or what was just done.

Each is a sentence that says what to do next; nothing that was typed is lost with any of them.
"""

from __future__ import annotations

from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING

from console.language import N_
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING: Mapping[str, object] = MappingProxyType({})


@value
class Notice:
    """A sentence above a page.

    Attributes:
        words: Indonesian, translated where it is shown.
        status: of the answer.
        retry: seconds after which trying again makes sense; 0: not told.
        tone: ``bad``, ``calm`` or ``good``.
        values: that the sentence names.
    """

    words: str
    status: int
    retry: int = 0
    tone: str = "bad"
    values: Mapping[str, object] = field(default_factory=lambda: NOTHING)


def telling(notice: Notice, **values: object) -> Notice:
    """The notice with the values that its sentence names."""
    return Notice(notice.words, notice.status, notice.retry, notice.tone, values)


# --- a form is shown once more ----------------------------------------------------------------

LATE = Notice(
    N_("Halaman ini sudah lama terbuka. Isian Anda masih ada; tekan Kirim sekali lagi."), 403
)
FOREIGN = Notice(
    N_("Kami tidak yakin formulir ini dari halaman kami. Periksa isinya, lalu tekan Kirim."), 403
)
HASTY = Notice(
    N_("Formulir kembali sangat cepat. Periksa isinya, lalu tekan Kirim sekali lagi."), 422
)
TRAPPED = Notice(
    N_("Isian tersembunyi ikut terisi dan sudah kami kosongkan. Tekan Kirim sekali lagi."), 422
)
CROWDED = Notice(
    N_("Terlalu banyak kiriman masuk saat ini. Isian Anda masih ada; kirim lagi sebentar lagi."),
    429,
    60,
)
AWAY = Notice(
    N_(
        "Kiriman belum tersimpan karena ada gangguan. Isian Anda masih ada; kirim lagi sebentar "
        "lagi. Tidak akan tercatat dua kali."
    ),
    503,
    5,
)
UNREAD = Notice(N_("Kiriman tidak terbaca sampai habis. Mohon kirim lagi."), 400)

# --- finding and opening a ticket -------------------------------------------------------------

NUMBER_BAD = Notice(N_("Nomor tiket tidak terbaca. Periksa setiap angkanya."), 404)
REFUSED = Notice(N_("Nomor dan kode tidak cocok. Periksa keduanya, atau minta kode baru."), 403)
TOO_MANY = Notice(N_("Terlalu banyak percobaan. Coba lagi sepuluh menit lagi."), 429, 600)
CODE_ASKED = Notice(
    N_(
        "Bila tiket itu ada dan pelapornya dapat dihubungi, kode tiba beberapa saat lagi dan "
        "berlaku 15 menit."
    ),
    200,
    tone="calm",
)
PAUSE = Notice(N_("Layanan sedang terganggu. Silakan coba lagi sebentar lagi."), 503, 5)

# --- words on a ticket ------------------------------------------------------------------------

TAKEN = Notice(N_("Pesan Anda sudah kami terima."), 200, tone="good")
OPENED = Notice(N_("Kode benar. Pesan Anda masih ada; tekan Kirim sekali lagi."), 200, tone="calm")
VISIT_OVER = Notice(
    N_(
        "Halaman ini sudah lama terbuka. Masukkan kode sekali lagi; pesan yang Anda ketik masih "
        "ada."
    ),
    403,
)
NOT_NOW = Notice(
    N_("Keadaan laporan sudah berubah, dan pilihan itu tidak berlaku lagi. Lihat yang di bawah."),
    409,
)

FILE_GONE = Notice(N_("Berkas ini tidak tersedia untuk diunduh."), 404)

# --- a survey ---------------------------------------------------------------------------------

SKIPPED = Notice(
    N_("Tidak apa-apa. Bila nanti berkenan, halaman ini tetap dapat Anda isi."), 200, tone="calm"
)
SURVEY_UNKNOWN = Notice(
    N_("Alamat penilaian ini tidak kami kenal. Periksa apakah alamatnya tersalin sampai akhir."),
    404,
)

# --- a typed address --------------------------------------------------------------------------

CONFIRMED = Notice(
    N_("Alamat %(mail)s sudah dikonfirmasi. Kabar tentang %(number)s kami kirim ke sana."),
    200,
    tone="good",
)
CONFIRM_OVER = Notice(N_("Tautan ini tidak berlaku atau sudah lewat waktunya."), 404)
