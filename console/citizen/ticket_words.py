"""What a citizen may read of a ticket, in plain words: its kind, state, steps and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.language import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

CATEGORIES: Mapping[str, str] = {
    "network": N_("Jaringan dan internet"),
    "hardware": N_("Komputer, printer, perangkat"),
    "application": N_("Aplikasi dan situs web"),
    "account": N_("Akun dan kata sandi"),
    "power": N_("Listrik"),
    "security": N_("Keamanan informasi"),
    "waiting_time": N_("Antrean dan lamanya proses"),
    "staff_conduct": N_("Sikap petugas"),
    "medical_care": N_("Pelayanan medis"),
    "medicine": N_("Obat"),
    "billing": N_("Biaya dan tagihan"),
    "facility": N_("Sarana dan kebersihan"),
    "logistics": N_("Logistik"),
    "licensing": N_("Perizinan"),
    "civil_registry": N_("Kependudukan (KTP, KK, akta)"),
    "public_works": N_("Jalan, lampu, air"),
    "social_aid": N_("Bantuan sosial"),
    "extortion": N_("Pungutan liar"),
    "data_privacy": N_("Data pribadi"),
    "information": N_("Permintaan informasi"),
    "other": N_("Lainnya"),
}
"""Key of the category list → how a citizen reads it."""

NEXT: Mapping[str, str] = {
    "received": N_(
        "Petugas membaca laporan Anda dan menjawab paling lambat pada waktu di bawah ini."
    ),
    "under_review": N_("Petugas memeriksa kelengkapan dan ketentuan laporan."),
    "assigned": N_("Petugas sudah ditunjuk."),
    "in_progress": N_("Petugas sedang mengerjakannya."),
    "pending": N_("Pekerjaan menunggu pihak lain dan dilanjutkan sesudahnya."),
    "resolved": N_("Pekerjaan sudah selesai."),
    "closed": N_("Laporan sudah tuntas."),
    "rejected": N_("Laporan tidak dapat diproses."),
    "cancelled": N_("Laporan dibatalkan oleh pelapor."),
    "merged": N_("Laporan digabung dengan tiket lain."),
}

EVENTS: Mapping[str, str] = {
    "TicketOpened": N_("Laporan diterima dan diberi nomor"),
    "MessageJoined": N_("Keterangan tambahan Anda dicatat"),
    "DuplicateJoined": N_("Laporan serupa dari Anda dicatat"),
    "MessageEdited": N_("Perubahan pesan Anda dicatat"),
    "StatusChanged": N_("Status berubah"),
    "Confirmed": N_("Anda menyatakan selesai"),
    "SolutionReported": N_("Anda mengabarkan sudah beres"),
    "CancelAsked": N_("Anda meminta pembatalan"),
    "Cancelled": N_("Anda membatalkan laporan"),
    "ReopenAsked": N_("Anda meminta dibuka kembali"),
    "Reopened": N_("Laporan dibuka kembali"),
    "EscalationAsked": N_("Anda meminta eskalasi"),
    "ObjectionRaised": N_("Anda mengajukan keberatan"),
    "SurveyOpened": N_("Survei kepuasan dikirim"),
    "SurveyAnswered": N_("Survei kepuasan Anda jawab"),
    "ReviewBegun": N_("Laporan ditelaah"),
    "Disposed": N_("Diteruskan ke unit yang menangani"),
    "Assigned": N_("Petugas ditunjuk"),
    "ReporterRegistered": N_("Data diri Anda lengkap"),
    "WorkStarted": N_("Pekerjaan dimulai"),
    "WorkPaused": N_("Pekerjaan ditunda"),
    "WorkResumed": N_("Pekerjaan dilanjutkan"),
    "VisitPlanned": N_("Kunjungan dijadwalkan"),
    "EnRoute": N_("Petugas berangkat"),
    "Arrived": N_("Petugas tiba"),
    "StockChecked": N_("Ketersediaan barang diperiksa"),
    "StockUsed": N_("Barang dari persediaan dipakai"),
    "Answered": N_("Petugas menjawab"),
    "Escalated": N_("Dilaporkan ke atasan"),
    "Resolved": N_("Pekerjaan selesai"),
    "Closed": N_("Tiket ditutup"),
    "ClosedSilently": N_("Tiket ditutup"),
    "Rejected": N_("Laporan ditolak"),
    "ObjectionAccepted": N_("Keberatan Anda diterima"),
    "ObjectionRefused": N_("Keberatan Anda ditolak"),
    "ReopenedByStaff": N_("Laporan dibuka kembali"),
    "CancelledByStaff": N_("Laporan dibatalkan"),
    "Merged": N_("Digabung dengan tiket lain"),
    "SlaBreached": N_("Batas waktu terlewati"),
}
"""Kinds of events that a citizen may see, and how. All others are for staff and stay inside."""

TARGETS: Mapping[str, str] = {
    "first_answer": N_("Dijawab petugas paling lambat"),
    "next_answer": N_("Pesan terakhir Anda dijawab paling lambat"),
    "solution": N_("Selesai paling lambat"),
}
"""Promises."""

ANSWERED = N_("Petugas sudah menjawab, dan penanganan laporan Anda berlanjut.")
"""What comes next once somebody has answered."""

SUBSTEPS: Mapping[str, str] = {
    "en_route": N_("Petugas sedang menuju lokasi."),
    "arrived": N_("Petugas sedang memeriksa di lokasi."),
}
"""What is happening just now."""
