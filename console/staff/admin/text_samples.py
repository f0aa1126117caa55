"""What each text is for, and the values with which a page shows how it will read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.language import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    (
        N_("Saat pesan masuk"),
        {
            "ack": N_("Laporan diterima"),
            "out_of_hours": N_("Laporan diterima di luar jam layanan"),
            "duplicate": N_("Laporan serupa sudah tercatat"),
            "life_danger": N_("Bahaya jiwa, petugas piket dihubungi"),
            "life_danger_alone": N_("Bahaya jiwa, tanpa petugas piket"),
            "help": N_("Pesan belum dikenali"),
            "empty": N_("Isi keluhan kosong"),
            "register": N_("Undangan melengkapi data diri"),
            "register_first": N_("Undangan melengkapi data diri, sebelum dikerjakan"),
            "info": N_("Cara memakai layanan"),
            "unknown_ticket": N_("Nomor tiket tidak ditemukan"),
            "which_ticket": N_("Tiket mana yang dimaksud"),
        },
    ),
    (
        N_("Status"),
        {
            "status": N_("Jawaban status"),
            "status_pending": N_("Jawaban status, menunggu"),
            "status_ended": N_("Jawaban status, sudah berakhir"),
        },
    ),
    (
        N_("Selama dikerjakan"),
        {
            "assigned": N_("Petugas ditunjuk"),
            "assigned_later": N_("Petugas ditunjuk, batas selesai mundur"),
            "due_later": N_("Batas selesai mundur"),
            "visit_planned": N_("Kunjungan dijadwalkan"),
            "en_route": N_("Petugas berangkat"),
            "pending": N_("Pekerjaan menunggu"),
            "pending_hardware": N_("Menunggu barang"),
            "back_to_work": N_("Dikerjakan lagi"),
            "late_answer": N_("Jawaban terlambat"),
            "breach": N_("Melewati batas waktu"),
            "escalated": N_("Dilaporkan ke atasan"),
            "escalated_early": N_("Dilaporkan ke atasan sebelum batas"),
            "escalation_asked": N_("Permintaan eskalasi diteruskan"),
        },
    ),
    (
        N_("Akhir tiket"),
        {
            "resolved": N_("Selesai"),
            "resolved_unlinked": N_("Selesai, tanpa tautan survei"),
            "closed": N_("Ditutup"),
            "reopened": N_("Dibuka kembali"),
            "rejected": N_("Ditolak"),
            "cancelled": N_("Dibatalkan"),
            "merged": N_("Digabung"),
            "objection": N_("Keberatan dicatat"),
            "objection_accepted": N_("Keberatan diterima"),
            "objection_refused": N_("Keberatan ditolak"),
            "objection_closed": N_("Keberatan tidak dapat diajukan"),
        },
    ),
    (
        N_("Survei"),
        {
            "survey": N_("Undangan survei"),
            "survey_next": N_("Pertanyaan berikutnya"),
            "survey_invalid": N_("Jawaban tidak terbaca"),
            "survey_thanks": N_("Terima kasih atas nilai"),
            "survey_done": N_("Nilai sudah diterima"),
            "feedback_thanks": N_("Terima kasih atas saran"),
        },
    ),
)
"""Every text by what it is for, in the order of a case; a test keeps it whole."""

TITLES: Final[Mapping[str, str]] = {
    key: words for _, part in GROUPS for key, words in part.items()
}

SAMPLES: Final[Mapping[str, str]] = {
    "alasan": "suku cadang sedang dipesan",
    "aturan": "Pasal 12",
    "barang": "router cadangan",
    "batas": "24/11 16.00",
    "batas_selesai": "Selasa 24 November 2026 pukul 16.00 WIB",
    "buka": "BUKA HD26-004217-4",
    "contoh": "HELPDESK lampu jalan mati di Jl. Melati",
    "diperbarui": "Senin 23 November 2026 pukul 09.15 WIB",
    "diterima": "Senin 23 November 2026 pukul 08.05 WIB",
    "jabatan": "Kepala Bidang Infrastruktur",
    "jam_hari_ini": "08.00-12.00 dan 13.00-16.00",
    "jam_layanan": "Senin-Kamis 08.00-12.00 dan 13.00-16.00",
    "jawab": "23/11 10.30",
    "jawaban_terakhir": "Teknisi kami berangkat pukul 10.00.",
    "kabar": "24/11 09.00",
    "langkah": "Sambungkan kembali kabel listrik.",
    "lanjut": "25/11 09.00",
    "masukan": "HD26-004211-7",
    "mulai": "23/11 13.00",
    "nomor_soal": "2",
    "perkiraan": "25/11",
    "petugas": "Joko Prasetyo",
    "ringkasan": "Internet kantor mati sejak pagi",
    "sapaan": "Ibu Siti",
    "saran": "Simpan nomor tiket ini.",
    "sebab_libur": " (hari libur: Hari Raya Natal)",
    "sejak": "23/11 11.00",
    "selesai": "24/11 16.00",
    "soal": "Keandalan: petugas melakukan apa yang dijanjikan?",
    "solusi": "router diganti dan sudah diuji",
    "status": "Dikerjakan",
    "tautan_daftar": "https://helpdesk.contoh.go.id/daftar/contoh",
    "tautan_survei": "https://helpdesk.contoh.go.id/s/contoh",
    "temuan": "Catu daya router rusak.",
    "tiket": "HD26-004217-4",
    "tiket_induk": "HD26-004198-2",
    "tutup": "01/12 16.00",
    "unit": "Seksi Jaringan",
    "untuk": "suku cadang",
    "waktu": "24/11 09.00",
    "zona": "WIB",
}
"""A usual value of every placeholder."""
