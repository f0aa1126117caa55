"""What a citizen may read of a ticket, in both languages: its kind, state, steps and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CATEGORIES: Mapping[str, tuple[str, str]] = {
    "network": ("Jaringan dan internet", "Network and internet"),
    "hardware": ("Komputer, printer, perangkat", "Computers, printers, devices"),
    "application": ("Aplikasi dan situs web", "Applications and websites"),
    "account": ("Akun dan kata sandi", "Accounts and passwords"),
    "power": ("Listrik", "Electricity"),
    "security": ("Keamanan informasi", "Information security"),
    "waiting_time": ("Antrean dan lamanya proses", "Queues and waiting"),
    "staff_conduct": ("Sikap petugas", "Conduct of staff"),
    "medical_care": ("Pelayanan medis", "Medical care"),
    "medicine": ("Obat", "Medicine"),
    "billing": ("Biaya dan tagihan", "Fees and bills"),
    "facility": ("Sarana dan kebersihan", "Facilities and cleanliness"),
    "logistics": ("Logistik", "Supplies"),
    "licensing": ("Perizinan", "Licences and permits"),
    "civil_registry": ("Kependudukan (KTP, KK, akta)", "Civil registry (ID card, certificates)"),
    "public_works": ("Jalan, lampu, air", "Roads, street lights, water"),
    "social_aid": ("Bantuan sosial", "Social aid"),
    "extortion": ("Pungutan liar", "Illegal charges"),
    "data_privacy": ("Data pribadi", "Personal data"),
    "information": ("Permintaan informasi", "Request for information"),
    "other": ("Lainnya", "Other"),
}
"""Key of the category list → how a citizen reads it."""

STATUSES: Mapping[str, tuple[str, str]] = {
    "received": ("Diterima", "Received"),
    "under_review": ("Ditelaah", "Under review"),
    "assigned": ("Ditugaskan", "Assigned"),
    "in_progress": ("Dikerjakan", "In progress"),
    "pending": ("Menunggu", "Waiting"),
    "resolved": ("Selesai", "Solved"),
    "closed": ("Ditutup", "Closed"),
    "rejected": ("Ditolak", "Rejected"),
    "cancelled": ("Dibatalkan", "Withdrawn"),
    "merged": ("Digabung", "Merged"),
}

NEXT: Mapping[str, tuple[str, str]] = {
    "received": (
        "Petugas membaca laporan Anda dan menjawab paling lambat pada waktu di bawah ini.",
        "An officer reads your report and answers by the time below.",
    ),
    "under_review": (
        "Petugas memeriksa kelengkapan dan ketentuan laporan.",
        "An officer checks the report against the rules.",
    ),
    "assigned": ("Petugas sudah ditunjuk.", "Somebody has been named to work on it."),
    "in_progress": ("Petugas sedang mengerjakannya.", "Work is under way."),
    "pending": (
        "Pekerjaan menunggu pihak lain dan dilanjutkan sesudahnya.",
        "The work waits for somebody else and goes on afterwards.",
    ),
    "resolved": ("Pekerjaan sudah selesai.", "The work is done."),
    "closed": ("Laporan sudah tuntas.", "The report is closed."),
    "rejected": ("Laporan tidak dapat diproses.", "The report cannot be processed."),
    "cancelled": ("Laporan dibatalkan oleh pelapor.", "The report was withdrawn."),
    "merged": ("Laporan digabung dengan tiket lain.", "The report was merged with another."),
}

EVENTS: Mapping[str, tuple[str, str]] = {
    "TicketOpened": ("Laporan diterima dan diberi nomor", "Report received and numbered"),
    "MessageJoined": ("Keterangan tambahan Anda dicatat", "Your further message was added"),
    "DuplicateJoined": ("Laporan serupa dari Anda dicatat", "Your similar report was added"),
    "MessageEdited": ("Perubahan pesan Anda dicatat", "The change of your message was added"),
    "StatusChanged": ("Status berubah", "Status changed"),
    "TicketConfirmed": ("Anda menyatakan selesai", "You confirmed that it is solved"),
    "SolutionReported": ("Anda menyatakan selesai", "You said that it is solved"),
    "CancelAsked": ("Anda meminta pembatalan", "You asked to withdraw it"),
    "TicketCancelled": ("Laporan dibatalkan", "Report withdrawn"),
    "ReopenAsked": ("Anda meminta dibuka kembali", "You asked to reopen it"),
    "TicketReopened": ("Laporan dibuka kembali", "Report reopened"),
    "Reopened": ("Laporan dibuka kembali", "Report reopened"),
    "EscalationAsked": ("Anda meminta eskalasi", "You asked for escalation"),
    "ObjectionRaised": ("Anda mengajukan keberatan", "You raised an objection"),
    "SurveyOpened": ("Survei kepuasan dikirim", "Survey sent"),
    "SurveyAnswered": ("Survei kepuasan Anda jawab", "You answered the survey"),
    "ReviewBegun": ("Laporan ditelaah", "The report is being reviewed"),
    "Disposed": ("Diteruskan ke unit yang menangani", "Passed to the unit in charge"),
    "Assigned": ("Petugas ditunjuk", "Somebody was named to work on it"),
    "WorkStarted": ("Pekerjaan dimulai", "Work began"),
    "WorkPaused": ("Pekerjaan ditunda", "Work was paused"),
    "WorkResumed": ("Pekerjaan dilanjutkan", "Work went on"),
    "VisitPlanned": ("Kunjungan dijadwalkan", "A visit was planned"),
    "EnRoute": ("Petugas berangkat", "The officer is on the way"),
    "Arrived": ("Petugas tiba", "The officer arrived"),
    "StockChecked": ("Ketersediaan barang diperiksa", "The stock of parts was checked"),
    "StockUsed": ("Barang dari persediaan dipakai", "A part was taken from stock"),
    "Answered": ("Petugas menjawab", "An officer answered"),
    "QuestionAsked": ("Petugas meminta keterangan", "An officer asked for more"),
    "Escalated": ("Dilaporkan ke atasan", "Reported to a superior"),
    "Resolved": ("Pekerjaan selesai", "The work was done"),
    "Closed": ("Tiket ditutup", "The ticket was closed"),
    "ClosedSilently": ("Tiket ditutup", "The ticket was closed"),
    "Rejected": ("Laporan ditolak", "The report was rejected"),
    "ObjectionAccepted": ("Keberatan Anda diterima", "Your objection was accepted"),
    "ObjectionRefused": ("Keberatan Anda ditolak", "Your objection was refused"),
    "ReopenedByStaff": ("Laporan dibuka kembali", "Report reopened"),
    "CancelledByStaff": ("Laporan dibatalkan", "Report withdrawn"),
    "Merged": ("Digabung dengan tiket lain", "Merged with another ticket"),
    "SlaBreached": ("Batas waktu terlewati", "A deadline was missed"),
}
"""Kinds of events that a citizen may see, and how. All others are for staff and stay inside."""

TARGETS: Mapping[str, tuple[str, str]] = {
    "first_answer": ("Dijawab petugas paling lambat", "Answered by"),
    "solution": ("Selesai paling lambat", "Solved by"),
}
