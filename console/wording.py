"""Indonesian words and times of the pages (requirements §4, "Wording, time, numbers")."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from core.model.dates import long_due, long_time, zone_name
from core.model.ticket import Priority, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

DELIVERY = {
    "waiting": "Menunggu dikirim",
    "claimed": "Sedang dikirim",
    "in_doubt": "Sedang dipastikan ke operator",
    "held": "Ditahan",
    "handed_over": "Diserahkan ke operator",
    "dead": "Tidak terkirim",
    "withdrawn": "Ditarik sebelum terkirim",
    "queued": "Antre di operator",
    "sent": "Terkirim",
    "failed": "Gagal sampai",
    "delivered": "Sampai",
    "read": "Dibaca",
}
"""How far an outgoing text got: outbox states and delivery states."""

EVENTS = {
    "TicketOpened": "Tiket dibuka",
    "MessageJoined": "Pesan susulan masuk",
    "DuplicateJoined": "Pesan ganda digabungkan",
    "MessageEdited": "Pengirim mengubah pesannya",
    "UnverifiedJoined": "Pesan dari pihak yang belum terverifikasi",
    "AutomaticReplyJoined": "Balasan otomatis pengirim dicatat",
    "StatusChanged": "Status berubah",
    "StatusAsked": "Pelapor menanyakan status",
    "SolutionReported": "Pelapor menyatakan selesai",
    "TicketConfirmed": "Pelapor menyatakan selesai",
    "CancelAsked": "Pelapor meminta pembatalan",
    "TicketCancelled": "Dibatalkan pelapor",
    "ReopenAsked": "Pelapor meminta dibuka kembali",
    "TicketReopened": "Dibuka kembali",
    "EscalationAsked": "Pelapor meminta eskalasi",
    "ObjectionRaised": "Pelapor mengajukan keberatan",
    "SurveyOpened": "Survei dikirim",
    "SurveyAnswered": "Survei dijawab",
    "SurveyAnswerRefused": "Jawaban survei tidak terbaca",
    "SurveyNotTaken": "Ingin menilai sebelum selesai",
    "SurveySkipped": "Survei dilewati",
    "SurveyCorrected": "Jawaban survei dibetulkan",
    "Reopened": "Dibuka kembali oleh pelapor",
    "Cancelled": "Dibatalkan pelapor",
    "Confirmed": "Pelapor menyatakan selesai",
    "EscalationNotTaken": "Permintaan eskalasi atas tiket yang sudah berakhir",
    "ObjectionNotTaken": "Keberatan tidak dapat diajukan",
    "SurveyItemAnswered": "Satu pertanyaan survei dijawab",
    "SurveyItemSkipped": "Satu pertanyaan survei dilewati",
    "FeedbackGiven": "Pelapor memberi saran",
    "ContactFlagged": "Pelapor sudah menghubungi tiga kali",
    "ContinuedIn": "Dilanjutkan dalam tiket baru",
    "RepeatsInMonth": "Bukan laporan pertama pelapor bulan ini",
    "RepeatedInMonth": "Pelapor melapor lagi dalam bulan yang sama",
    "SlaWarned": "Batas waktu hampir tiba",
    "SlaBreached": "Batas waktu terlewati",
    "DutyOfficerCalled": "Petugas piket dihubungi",
    "DutyOfficerMissing": "Petugas piket belum ditetapkan",
    "DueTimesRecomputed": "Batas waktu dihitung ulang",
    "RestrictedKept": "Data pribadi disimpan tersegel",
    "RestrictedRevealed": "Data pribadi dibuka oleh petugas",
    "PersonErased": "Data pribadi pelapor dihapus",
    "ReviewBegun": "Ditelaah",
    "Disposed": "Didisposisikan ke unit",
    "UnitMerged": "Unitnya digabung ke unit lain",
    "PartnerAnswered": "Mitra menjawab disposisi",
    "Assigned": "Ditugaskan kepada petugas",
    "TakenBack": "Ditarik dari petugas",
    "ApprovalAsked": "Persetujuan diminta",
    "Approved": "Disetujui",
    "ApprovalRefused": "Persetujuan ditolak",
    "ReporterRegistered": "Data diri pelapor lengkap",
    "WorkStarted": "Pekerjaan dimulai",
    "WorkReturned": "Dikembalikan untuk dikerjakan lagi",
    "WorkPaused": "Pekerjaan ditunda",
    "WorkResumed": "Pekerjaan dilanjutkan",
    "ProgressChanged": "Kemajuan dicatat",
    "VisitPlanned": "Kunjungan dijadwalkan",
    "EnRoute": "Petugas berangkat",
    "Arrived": "Petugas tiba",
    "StockChecked": "Stok barang diperiksa",
    "StockUsed": "Barang dari stok dipakai",
    "FindingNoted": "Hasil pemeriksaan dicatat",
    "Departed": "Petugas kembali",
    "Resolved": "Pekerjaan selesai",
    "Closed": "Ditutup",
    "ClosedSilently": "Ditutup karena tidak ada tanggapan",
    "ReopenedByStaff": "Dibuka kembali oleh petugas",
    "Rejected": "Ditolak",
    "ObjectionAccepted": "Keberatan diterima",
    "ObjectionRefused": "Keberatan ditolak",
    "CancelledByStaff": "Dibatalkan pelapor melalui petugas",
    "Merged": "Digabung ke tiket lain",
    "MergedIn": "Tiket lain digabung ke sini",
    "MessageSplit": "Pesan dipisahkan menjadi tiket sendiri",
    "SplitFrom": "Dipisahkan dari tiket lain",
    "SortedIn": "Dibuka dari pesan yang belum terpilah",
    "PriorityChanged": "Prioritas diubah",
    "Classified": "Klasifikasi diubah",
    "Marked": "Penanda diubah",
    "MeasureSet": "Tindakan internal dicatat",
    "Answered": "Petugas menjawab",
    "AnswerRecalled": "Jawaban ditarik sebelum terkirim",
    "SentAgain": "Pesan yang gagal dikirim lagi",
    "NoteAdded": "Catatan internal",
    "SupervisorAsked": "Pertanyaan kepada atasan",
    "Instructed": "Arahan pimpinan",
    "Escalated": "Dilaporkan ke atasan",
    "SlaPolicySeeded": "Kebijakan janji waktu dimuat pertama kali",
    "SlaPolicyChanged": "Kebijakan janji waktu diubah",
}
"""Kinds of history entries; an unknown kind is shown as its own words."""

TARGETS = {"first_answer": "Dijawab petugas paling lambat", "solution": "Selesai paling lambat"}
OUTCOMES = {
    "opened": "Tiket baru",
    "joined": "Masuk ke tiket",
    "answered": "Dijawab",
    "unsorted": "Belum terpilah, disimpan untuk petugas",
    "duplicate": "Pesan ganda, digabungkan",
    "ignored": "Dicatat tanpa tiket",
    "quarantined": "Tidak terbaca, disimpan untuk petugas",
}
ACTORS = {"system": "sistem", "reporter": "pelapor", "participant": "pihak terkait"}
_VALUES = {"sms": "SMS"}
_VALUES |= {status.value: status.word for status in Status}
_VALUES |= {priority.value: priority.word for priority in Priority}
LABELS = {
    "channel": "Kanal",
    "first_answer": TARGETS["first_answer"],
    "from": "Dari",
    "old": "Dari",
    "new": "Menjadi",
    "to": "Menjadi",
    "priority": "Prioritas",
    "reason": "Alasan",
    "scores": "Nilai survei",
    "solution": TARGETS["solution"],
    "split_from": "Dipisahkan dari",
    "status": "Status",
    "unit": "Unit",
}
"""Data of history entries that is told; row ids and the like are not."""


def moment(instant: datetime, zone: ZoneInfo, say: Callable[[str], str] = str) -> str:
    """``Sel 14 Juli 2026 pukul 10.30 WIB``, breaking only before ``pukul``.

    Args:
        instant: aware.
        zone: the office's.
        say: turns the words into those of the reader's language.
    """
    return _said(long_time(instant, zone), zone_name(zone, instant), say)


def due_moment(instant: datetime, zone: ZoneInfo, say: Callable[[str], str] = str) -> str:
    """As :func:`moment`, of a limit: ``Sab 28 November 2026 pukul 24.00 WIB`` for midnight."""
    return _said(long_due(instant, zone), zone_name(zone, instant), say)


def _said(long: str, zone: str, say: Callable[[str], str]) -> str:
    weekday, day, month, year, at, time = long.split(" ")
    date = f"{say(weekday)} {day} {say(month)} {year}"
    return f"{date} {say(at)}\u00a0{time}\u00a0{zone}"


def clock_time(instant: datetime, zone: ZoneInfo) -> str:
    """``10.30 WIB``."""
    return f"{instant.astimezone(zone):%H.%M}\u00a0{zone_name(zone, instant)}"


@lru_cache(maxsize=256)
def event_words(kind: str) -> str:
    """The Indonesian sentence for a kind of event."""
    return EVENTS.get(kind) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).capitalize()


def value_words(value: str) -> str:
    """The screen word of a status or priority code; anything else as it is."""
    return _VALUES.get(value, value)


def spaced(number: str) -> str:
    """A phone number in groups that can be read aloud: ``+62 812 0000 2001``."""
    if not number.startswith("+62"):
        return number
    rest = number[3:]
    groups = [rest[:3], *(rest[at : at + 4] for at in range(3, len(rest), 4))]
    return " ".join(["+62", *groups])
