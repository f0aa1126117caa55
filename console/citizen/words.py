"""The words of the citizens' pages, Indonesian first and English beside it.

A table and not a gettext catalogue: two languages, one file, and a test that none lacks a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("id", "en")
"""What the pages can be read in; the first is the default."""

WORDS: Mapping[str, tuple[str, str]] = {
    "skip": ("Langsung ke isi", "Skip to content"),
    "room": ("Layanan pengaduan", "Complaints"),
    "other_language": ("English", "Bahasa Indonesia"),
    "follow": ("Cek tiket", "Follow a ticket"),
    "new_report": ("Buat laporan", "Make a report"),
    "title_form": ("Sampaikan laporan Anda", "Report a problem"),
    "intro": (
        "Nomor tiket dan janji waktunya Anda terima begitu laporan terkirim. Tidak perlu akun.",
        "You get a ticket number and its deadlines as soon as you send. No account is needed.",
    ),
    "text": ("Apa yang terjadi?", "What happened?"),
    "text_hint": (
        "Ceritakan apa, di mana, dan sejak kapan. Hindari menulis NIK atau nomor kartu.",
        "Tell us what, where and since when. Please do not write identity or card numbers.",
    ),
    "category": ("Jenis laporan", "Kind of report"),
    "category_none": ("Belum tahu, petugas yang memilih", "Not sure, let the officer choose"),
    "unit": ("Unit atau instansi", "Unit or office"),
    "unit_hint": ("Misalnya: Puskesmas Melati", "For example: Melati clinic"),
    "place": ("Lokasi", "Place"),
    "place_hint": ("Misalnya: loket 2, lantai 1", "For example: counter 2, first floor"),
    "optional": ("boleh dikosongkan", "optional"),
    "contact": ("Bagaimana kami menghubungi Anda?", "How can we reach you?"),
    "contact_hint": (
        "Boleh dikosongkan. Tanpa kontak, Anda tetap dapat mengikuti tiket dengan kode rahasia.",
        "Optional. Without it you can still follow the ticket with a secret code.",
    ),
    "name": ("Nama", "Name"),
    "phone": ("Nomor telepon", "Phone number"),
    "phone_hint": (
        "Petugas mungkin menelepon. Tidak ada SMS otomatis ke nomor ini.",
        "An officer may call. No automatic text is sent to this number.",
    ),
    "email": ("Alamat surel", "E-mail address"),
    "email_hint": (
        "Kami kirim satu surel konfirmasi; sesudah Anda konfirmasi, kabar dikirim ke sana.",
        "We send one mail to confirm it; after that, news goes there.",
    ),
    "email_hint_bare": ("Hanya dibaca petugas.", "Read by officers only."),
    "files": ("Lampiran", "Attachments"),
    "files_hint": (
        "Foto atau dokumen, paling banyak {count} berkas, masing-masing {size}.",
        "Photos or documents, at most {count} files of {size} each.",
    ),
    "trap": ("Biarkan kosong", "Leave this empty"),
    "send": ("Kirim laporan", "Send the report"),
    "problems": ("Laporan belum terkirim", "The report was not sent"),
    "problems_hint": (
        "Isian Anda masih ada. Mohon perbaiki yang ditandai, lalu kirim lagi.",
        "What you typed is still here. Please mend what is marked and send again.",
    ),
    "files_again": (
        "Lampiran perlu dipilih sekali lagi.",
        "Attachments must be chosen again.",
    ),
    "text_missing": ("Ceritakan dulu apa yang terjadi.", "Please tell us what happened."),
    "text_long": (
        "Isi laporan terlalu panjang; paling banyak {most} huruf.",
        "The report is too long; at most {most} characters.",
    ),
    "line_long": ("Terlalu panjang; paling banyak {most} huruf.", "At most {most} characters."),
    "doubled": (
        "Isian ini terkirim lebih dari satu kali.",
        "This field was sent more than once.",
    ),
    "category_bad": ("Pilih jenis laporan dari daftar.", "Please choose from the list."),
    "phone_bad": (
        "Nomor telepon tidak terbaca. Contoh: 0812 3456 7890.",
        "This is not a phone number. Example: 0812 3456 7890.",
    ),
    "email_bad": (
        "Alamat surel tidak terbaca. Contoh: nama@contoh.id.",
        "This is not an e-mail address. Example: name@example.org.",
    ),
    "files_many": ("Paling banyak {count} berkas.", "At most {count} files."),
    "file_large": (
        "Satu berkas paling besar {size}: {name}",
        "One file may have at most {size}: {name}",
    ),
    "file_empty": ("Berkas ini kosong: {name}", "This file is empty: {name}"),
    "files_large": (
        "Semua lampiran bersama paling besar {size}.",
        "All attachments together may have at most {size}.",
    ),
    "files_unkept": (
        "Lampiran tidak dapat disimpan saat ini. Coba lagi, atau kirim tanpa lampiran.",
        "Attachments cannot be kept now. Try again, or send without them.",
    ),
    "late": (
        "Halaman ini sudah lama terbuka. Isian Anda masih ada; tekan Kirim sekali lagi.",
        "This page was open for long. What you typed is still here; press Send once more.",
    ),
    "foreign": (
        "Kami tidak yakin formulir ini dari halaman kami. Periksa isinya, lalu tekan Kirim.",
        "We are not sure that this form is ours. Check it, then press Send.",
    ),
    "hasty": (
        "Formulir kembali sangat cepat. Periksa isinya, lalu tekan Kirim sekali lagi.",
        "The form came back very fast. Check it, then press Send once more.",
    ),
    "trapped": (
        "Isian tersembunyi ikut terisi dan sudah kami kosongkan. Tekan Kirim sekali lagi.",
        "A hidden field was filled in; we have emptied it. Press Send once more.",
    ),
    "crowded": (
        "Terlalu banyak laporan masuk saat ini. Isian Anda masih ada; kirim lagi sebentar lagi.",
        "Too many reports come in right now. What you typed is still here; send again shortly.",
    ),
    "away": (
        (
            "Laporan belum tersimpan karena ada gangguan. Isian Anda masih ada; kirim lagi "
            "sebentar lagi. Tidak akan menjadi dua laporan."
        ),
        (
            "The report is not kept yet because of a fault. What you typed is still here; send "
            "again shortly. It will not become two reports."
        ),
    ),
    "unread": (
        "Kiriman tidak terbaca sampai habis. Mohon kirim lagi.",
        "What was sent could not be read to its end. Please send again.",
    ),
    "title_taken": ("Laporan Anda sudah kami terima", "We have received your report"),
    "number": ("Nomor tiket", "Ticket number"),
    "code": ("Kode rahasia", "Secret code"),
    "code_hint": (
        (
            "Simpan keduanya. Dengan nomor dan kode ini Anda dapat mengikuti laporan; kami tidak "
            "dapat menampilkan kode ini lagi."
        ),
        (
            "Keep both. Number and code together let you follow the report; we cannot show the "
            "code again."
        ),
    ),
    "print_hint": (
        "Cetak atau foto halaman ini agar tidak hilang.",
        "Print this page or take a photo of it.",
    ),
    "open_ticket": ("Lihat perkembangan", "See its progress"),
    "mailed": (
        (
            "Bila alamat {mail} benar, konfirmasi akan tiba di sana. Buka tautannya agar kabar "
            "kami kirim ke surel Anda."
        ),
        (
            "If {mail} is right, a mail to confirm it arrives there. Open its link to get news by "
            "mail."
        ),
    ),
    "unnumbered": (
        "Laporan Anda tersimpan, tetapi nomornya belum dapat dibuat. Petugas memeriksanya.",
        "Your report is kept, but its number could not be made yet. An officer looks at it.",
    ),
    "title_ask": ("Lihat perkembangan tiket", "Follow a ticket"),
    "ask_hint": (
        "Masukkan kode rahasia yang Anda terima bersama nomor tiket.",
        "Enter the secret code that came with the ticket number.",
    ),
    "ask_number": ("Nomor tiket, misalnya {example}", "Ticket number, such as {example}"),
    "number_bad": (
        "Nomor tiket tidak terbaca. Periksa setiap angkanya.",
        "This is not a ticket number. Check each digit.",
    ),
    "look": ("Lihat", "Open"),
    "refused": (
        "Nomor dan kode tidak cocok. Periksa keduanya, atau minta kode baru.",
        "Number and code do not fit together. Check both, or ask for a new code.",
    ),
    "too_many": (
        "Terlalu banyak percobaan. Coba lagi sepuluh menit lagi.",
        "Too many tries. Try again in ten minutes.",
    ),
    "no_code": ("Belum punya kode?", "No code yet?"),
    "no_code_hint": (
        (
            "Untuk laporan lewat SMS, WhatsApp, Telegram atau surel, kode dikirim ke nomor atau "
            "alamat yang dipakai melapor."
        ),
        (
            "For reports by SMS, WhatsApp, Telegram or mail, a code goes to the number or address "
            "that was used."
        ),
    ),
    "ask_code": ("Kirim kode", "Send a code"),
    "code_asked": (
        (
            "Bila tiket itu ada dan pelapornya dapat dihubungi, kode tiba beberapa saat lagi dan "
            "berlaku 15 menit."
        ),
        (
            "If that ticket exists and its reporter can be reached, a code arrives shortly and "
            "works for 15 minutes."
        ),
    ),
    "state": ("Status", "Status"),
    "opened": ("Diterima", "Received"),
    "provisional": ("sementara", "provisional"),
    "timeline": ("Perjalanan laporan", "What has happened"),
    "own_files": ("Lampiran Anda", "Your attachments"),
    "leave": ("Tutup halaman ini", "Close this page"),
    "title_confirm": ("Konfirmasi alamat surel", "Confirm your e-mail address"),
    "confirm_hint": (
        "Apakah laporan {number} dari Anda, dan kabar boleh kami kirim ke {mail}?",
        "Is report {number} yours, and may we send news to {mail}?",
    ),
    "confirm": ("Konfirmasi", "Confirm"),
    "confirmed": (
        "Alamat {mail} sudah dikonfirmasi. Kabar tentang {number} kami kirim ke sana.",
        "{mail} is confirmed. News about {number} goes there.",
    ),
    "confirm_over": (
        "Tautan ini tidak berlaku atau sudah lewat waktunya.",
        "This link is not valid, or its time is over.",
    ),
    "pause": (
        "Layanan sedang terganggu. Silakan coba lagi sebentar lagi.",
        "The service is disturbed. Please try again shortly.",
    ),
    "foot": ("Gawat darurat: 112. Ambulans: 119.", "Emergencies: 112. Ambulance: 119."),
}
"""Key → Indonesian and English."""


def size_words(count: int) -> str:
    """Bytes as people read them: ``10 MB``, ``200 KB``."""
    return f"{count >> 20} MB" if count >= 1 << 20 else f"{count >> 10} KB"


class Words:
    """The words of one language, for templates: ``say('send')``, ``say('text_long', most=9)``."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self._at = LANGUAGES.index(self.language)

    def __call__(self, key: str, **values: object) -> str:
        """The sentence with its values; values are data and are not filled again."""
        return WORDS[key][self._at].format(**values)

    def pick(self, pair: tuple[str, str]) -> str:
        """One of a pair of words."""
        return pair[self._at]


def language_of(asked: str, accepted: str) -> str:
    """The language of a visit.

    Args:
        asked: from the address or the form; wins when it is one of ours.
        accepted: the browser's ``Accept-Language``.
    """
    if asked in LANGUAGES:
        return asked
    for part in accepted[:200].split(","):
        name = part.partition(";")[0].strip().partition("-")[0].lower()
        if name in LANGUAGES:
            return name
    return LANGUAGES[0]
