"""The texts that citizens get unless the office words its own (requirements §5).

Keys with ``_sms`` are for one SMS of at most 160 GSM-7 septets; keys without are for chat and
email. ``{name}`` is a placeholder; nothing else in a text acts. Words that guess (``mungkin``,
``kira-kira`` …) occur in none: a text to a citizen holds facts.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from core.model.sentences import said
from core.model.text_notices import NOTICE_TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

_SMS = {
    "ack_sms": (
        "Laporan Anda diterima, no tiket {tiket}. Dijawab petugas paling lambat {jawab}, "
        "selesai paling lambat {selesai} {zona}. Cek: STATUS {tiket}"
    ),
    "out_of_hours_sms": (
        "Laporan diterima di luar jam layanan, no tiket {tiket}. Dijawab petugas paling "
        "lambat {jawab}, selesai {selesai} {zona}. Gawat darurat: 112"
    ),
    "duplicate_sms": (
        "Laporan serupa sudah tercatat, tiket {tiket}, status {status}. Pesan Anda kami "
        "tambahkan ke tiket tersebut. Masalah lain? Balas BARU"
    ),
    "status_sms": (
        "Tiket {tiket}: {status}, karena {alasan}. Batas selesai {selesai} {zona}. Balas "
        "untuk menambah keterangan."
    ),
    "pending_hardware_sms": (
        "Tiket {tiket} menunggu {barang} yang sedang dipesan. Perkiraan tiba {perkiraan}, "
        "paling lambat {batas}. Kami kabari begitu tersedia. Mohon maaf."
    ),
    "assigned_sms": (
        "Tiket {tiket} ditangani {petugas}, {unit}. Rencana mulai {mulai} {zona}. Batas "
        "selesai tetap {selesai}."
    ),
    "escalated_sms": (
        "Tiket {tiket} kami laporkan ke {jabatan} karena lewat batas waktu. Percakapan tetap "
        "terbuka. Kabar berikut s/d {kabar} {zona}"
    ),
    "resolved_sms": (
        "Tiket {tiket} selesai: {solusi}. Belum beres? Balas BUKA {tiket} s/d {tutup}. Mohon "
        "nilai layanan kami: balas NILAI"
    ),
    "survey_sms": (
        "Nilai 1-5 (1 sangat tidak baik, 5 sangat baik) utk: sarana, keandalan, daya "
        "tanggap, jaminan, empati. Balas 5 angka, contoh: 4 5 3 4 4. LEWATI bila tidak."
    ),
    "survey_thanks_sms": (
        "Terima kasih, nilai Anda untuk tiket {tiket} sudah tersimpan. Saran tambahan boleh "
        "dikirim dengan membalas pesan ini."
    ),
    "survey_invalid_sms": (
        "Mohon balas 5 angka, masing-masing 1 sampai 5, contoh: 4 5 3 4 4. Belum ada nilai "
        "yang tersimpan. Ketik LEWATI bila tidak ingin menilai."
    ),
    "rejected_sms": (
        "Tiket {tiket} tidak dapat diproses: {alasan} (ketentuan {aturan}). Keberatan? Balas "
        "KEBERATAN {tiket} s/d {batas}."
    ),
    "unknown_ticket_sms": (
        "Nomor {masukan} tidak kami temukan untuk pengirim ini. Periksa balasan pertama "
        "kami, atau ketik STATUS saja utk tiket Anda yang berjalan."
    ),
    "help_sms": (
        "Pesan belum kami kenali. Ketik: HELPDESK isi keluhan. Contoh: HELPDESK internet "
        "kantor mati. Cek tiket: STATUS nomor tiket. Pesan Anda tetap tersimpan."
    ),
    "empty_sms": (
        "Isi keluhan belum ada. Ketik HELPDESK lalu keluhan Anda, contoh: HELPDESK printer "
        "loket 2 rusak. Tiket dibuat begitu isinya kami terima."
    ),
    "which_ticket_sms": (
        "Anda punya lebih dari satu tiket berjalan: {tiket} dan {masukan}. Mohon sebut "
        "nomornya, contoh: STATUS {tiket}"
    ),
    "closed_sms": (
        "Tiket {tiket} kami tutup. Riwayatnya tersimpan. Masalah muncul lagi? Balas BUKA "
        "{tiket} s/d {batas}, sesudahnya kirim HELPDESK isi keluhan."
    ),
    "reopened_sms": (
        "Tiket {tiket} dibuka kembali dengan riwayat lengkap. Dijawab petugas paling lambat "
        "{jawab}, batas selesai baru {selesai} {zona}."
    ),
    "breach_sms": (
        "Mohon maaf, tiket {tiket} lewat batas. Alasan: {alasan}. Batas baru {selesai} "
        "{zona}. Sudah kami laporkan ke pimpinan."
    ),
    "late_answer_sms": (
        "Mohon maaf, tiket {tiket} belum dijawab: {alasan}. Dijawab paling lambat {jawab} "
        "{zona}. Sudah kami laporkan ke pimpinan."
    ),
    "life_danger_sms": (
        "Bila ada bahaya jiwa hubungi 112, 119 atau puskesmas terdekat sekarang. Laporan "
        "Anda tercatat sebagai {tiket}, petugas piket sudah diberi tahu."
    ),
    "life_danger_alone_sms": (
        "Bila ada bahaya jiwa hubungi 112, 119 atau puskesmas terdekat sekarang, jangan "
        "menunggu balasan kami. Laporan Anda tercatat sebagai {tiket}."
    ),
}

_LONG = {
    "ack": (
        "Terima kasih, {sapaan}. Laporan Anda sudah kami catat.\n\n"
        "Nomor tiket: {tiket}\n"
        "Ringkasan: {ringkasan}\n"
        "Diteruskan ke: {unit}\n"
        "Dijawab petugas paling lambat: {jawab} {zona}\n"
        "Diselesaikan paling lambat: {selesai} {zona}\n\n"
        "Mohon simpan nomor ini. Anda dapat membalas pesan ini kapan saja untuk menambah "
        "keterangan. Untuk melihat perkembangan, ketik STATUS {tiket}."
    ),
    "out_of_hours": (
        "Terima kasih, {sapaan}. Laporan Anda sudah kami catat dengan nomor {tiket}.\n\n"
        "Saat ini di luar jam layanan{sebab_libur}. Petugas kembali bertugas {buka} {zona}.\n"
        "Dijawab petugas paling lambat: {jawab} {zona}\n"
        "Diselesaikan paling lambat: {selesai} {zona}\n\n"
        "Bila ada bahaya bagi jiwa, hubungi 112 atau 119 sekarang juga."
    ),
    "duplicate": (
        "Laporan yang isinya sama sudah kami terima sebagai tiket {tiket} pada {diterima} "
        "{zona}, dengan status {status}. Pesan Anda kami tambahkan ke tiket itu supaya tidak "
        "tercecer.\n\n"
        "Bila masalahnya berbeda, balas BARU dan kami buatkan tiket tersendiri."
    ),
    "status": (
        "Tiket {tiket}: {status} (diperbarui {diperbarui} {zona}).\n"
        "Alasan: {alasan}\n"
        "Langkah berikutnya: {langkah}\n"
        "Jawaban petugas: {jawaban_terakhir}\n"
        "Batas selesai: {selesai} {zona}\n"
        "Penanggung jawab: {unit}\n\n"
        "Silakan balas pesan ini bila ada keterangan tambahan."
    ),
    "pending_hardware": (
        "Tiket {tiket} sementara menunggu. Hasil pemeriksaan: {temuan}. Penggantinya, "
        "{barang}, tidak ada di gudang dan sedang dipesan.\n"
        "Perkiraan tiba: {perkiraan}\n"
        "Batas penundaan: {batas}\n\n"
        "Bila sampai batas itu belum tersedia, kami laporkan kepada pimpinan dan Anda tetap "
        "kami kabari. Mohon maaf atas gangguan ini."
    ),
    "assigned": (
        "Tiket {tiket} sekarang ditangani {petugas} dari {unit}.\n"
        "Rencana mulai: {mulai} {zona}\n"
        "Batas selesai tetap: {selesai} {zona}\n\n"
        "Mohon siapkan akses ke lokasi atau perangkat terkait. Bila waktunya kurang cocok, "
        "balas pesan ini."
    ),
    "escalated": (
        "Tiket {tiket} kami laporkan kepada {jabatan} pada {waktu} {zona} karena {alasan}.\n"
        "Percakapan ini tetap terbuka dan nomor tiket Anda tetap sama.\n"
        "Kabar berikutnya paling lambat: {kabar} {zona}.\n\n"
        "Mohon maaf atas keterlambatan ini."
    ),
    "breach": (
        "Mohon maaf, tiket {tiket} belum selesai pada batas yang kami janjikan.\n"
        "Alasan: {alasan}\n"
        "Batas selesai yang baru: {selesai} {zona}\n\n"
        "Keterlambatan ini sudah kami laporkan kepada pimpinan. Tiket tetap kami kerjakan, dan "
        "Anda dapat membalas pesan ini kapan saja."
    ),
    "late_answer": (
        "Mohon maaf, tiket {tiket} belum dijawab petugas pada batas yang kami janjikan.\n"
        "Alasan: {alasan}\n"
        "Dijawab petugas paling lambat: {jawab} {zona}\n\n"
        "Keterlambatan ini sudah kami laporkan kepada pimpinan. Anda dapat membalas pesan ini "
        "kapan saja."
    ),
    "resolved": (
        "Tiket {tiket} kami nyatakan selesai pada {waktu} {zona}.\n"
        "Yang sudah dilakukan: {solusi}\n\n"
        "Bila masih bermasalah, balas BUKA {tiket} paling lambat {tutup}; riwayatnya tidak "
        "hilang.\n"
        "Bila berkenan, nilai layanan kami dengan membalas NILAI, atau isi di "
        "{tautan_survei}."
    ),
    "closed": (
        "Tiket {tiket} kami tutup pada {waktu} {zona} karena {alasan}. Seluruh riwayatnya "
        "tetap tersimpan.\n\n"
        "Bila masalah muncul lagi, balas BUKA {tiket} sampai {batas}. Sesudah itu kirim "
        "laporan baru dengan menyebut nomor ini; keduanya akan kami hubungkan."
    ),
    "survey": (
        "Terima kasih bersedia menilai. Jawab dengan angka 1 sampai 5 (1 sangat tidak baik, "
        "2 tidak baik, 3 cukup baik, 4 baik, 5 sangat baik). Ketik LEWATI untuk "
        "melompati.\n\n"
        "{nomor_soal} dari 5. {soal}"
    ),
    "rejected": (
        "Tiket {tiket} sudah kami telaah dan belum dapat kami proses.\n"
        "Alasan: {alasan}\n"
        "Dasar: {aturan}\n"
        "Yang dapat Anda lakukan: {saran}\n\n"
        "Bila tidak sependapat, balas KEBERATAN {tiket} disertai alasan sampai {batas}. "
        "Keberatan dibaca petugas lain."
    ),
    "unknown_ticket": (
        "Nomor {masukan} tidak kami temukan untuk pengirim ini. Bisa jadi ada angka yang "
        "tertukar. Nomor tiket tertulis pada balasan pertama kami, contohnya {contoh}.\n\n"
        "Ketik STATUS saja untuk melihat tiket Anda yang masih berjalan."
    ),
    "help": (
        "Pesan Anda sudah kami simpan, tetapi belum dapat kami proses otomatis. Petugas akan "
        "membacanya pada jam layanan.\n\n"
        "Agar langsung mendapat nomor tiket, ketik:\n"
        "HELPDESK isi keluhan\n"
        "Contoh: HELPDESK internet kantor kecamatan mati sejak pagi\n\n"
        "Perintah lain: STATUS nomor tiket, BATAL nomor tiket, INFO.\n"
        "Jam layanan: {jam_layanan} {zona}."
    ),
}

DEFAULTS: Mapping[str, str] = MappingProxyType(_SMS | _LONG | NOTICE_TEXTS)
"""Key to text; immutable."""

SURVEY_QUESTIONS: tuple[str, ...] = (
    said("Sarana: kerapian tempat, peralatan, dan tampilan layanan kami?"),
    said("Keandalan: petugas melakukan apa yang dijanjikan, tepat sejak awal?"),
    said("Daya tanggap: kecepatan dan kesediaan membantu?"),
    said("Jaminan: pengetahuan, kesopanan, dan rasa aman saat dilayani?"),
    said("Empati: perhatian terhadap kebutuhan Anda?"),
)
"""What ``{soal}`` asks, in the order of the five dimensions (requirements §6)."""
