"""Indonesian words and times of the pages (requirements §4, "Wording, time, numbers")."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from console.language import N_
from core.model.dates import long_due, long_time, zone_name
from core.model.ticket import Priority, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

DELIVERY = {
    "waiting": N_("Menunggu dikirim"),
    "claimed": N_("Sedang dikirim"),
    "in_doubt": N_("Sedang dipastikan ke operator"),
    "held": N_("Ditahan"),
    "handed_over": N_("Diserahkan ke operator"),
    "dead": N_("Tidak terkirim"),
    "withdrawn": N_("Ditarik sebelum terkirim"),
    "queued": N_("Antre di operator"),
    "sent": N_("Terkirim"),
    "failed": N_("Gagal sampai"),
    "delivered": N_("Sampai"),
    "read": N_("Dibaca"),
}
"""How far an outgoing text got: outbox states and delivery states."""

EVENTS = {
    "TicketOpened": N_("Tiket dibuka"),
    "MessageJoined": N_("Pesan susulan masuk"),
    "DuplicateJoined": N_("Pesan ganda digabungkan"),
    "MessageEdited": N_("Pengirim mengubah pesannya"),
    "UnverifiedJoined": N_("Pesan dari pihak yang belum terverifikasi"),
    "AutomaticReplyJoined": N_("Balasan otomatis pengirim dicatat"),
    "StatusChanged": N_("Status berubah"),
    "StatusAsked": N_("Pelapor menanyakan status"),
    "SolutionReported": N_("Pelapor menyatakan selesai"),
    "TicketConfirmed": N_("Pelapor menyatakan selesai"),
    "CancelAsked": N_("Pelapor meminta pembatalan"),
    "TicketCancelled": N_("Dibatalkan pelapor"),
    "ReopenAsked": N_("Pelapor meminta dibuka kembali"),
    "TicketReopened": N_("Dibuka kembali"),
    "EscalationAsked": N_("Pelapor meminta eskalasi"),
    "ObjectionRaised": N_("Pelapor mengajukan keberatan"),
    "SurveyOpened": N_("Survei dikirim"),
    "SurveyAnswered": N_("Survei dijawab"),
    "SurveyAnswerRefused": N_("Jawaban survei tidak terbaca"),
    "SurveyNotTaken": N_("Ingin menilai sebelum selesai"),
    "SurveySkipped": N_("Survei dilewati"),
    "SurveyCorrected": N_("Jawaban survei dibetulkan"),
    "Reopened": N_("Dibuka kembali oleh pelapor"),
    "Cancelled": N_("Dibatalkan pelapor"),
    "Confirmed": N_("Pelapor menyatakan selesai"),
    "EscalationNotTaken": N_("Permintaan eskalasi atas tiket yang sudah berakhir"),
    "ObjectionNotTaken": N_("Keberatan tidak dapat diajukan"),
    "SurveyItemAnswered": N_("Satu pertanyaan survei dijawab"),
    "SurveyItemSkipped": N_("Satu pertanyaan survei dilewati"),
    "FeedbackGiven": N_("Pelapor memberi saran"),
    "ContactFlagged": N_("Pelapor sudah menghubungi tiga kali"),
    "ContinuedIn": N_("Dilanjutkan dalam tiket baru"),
    "RepeatsInMonth": N_("Bukan laporan pertama pelapor bulan ini"),
    "RepeatedInMonth": N_("Pelapor melapor lagi dalam bulan yang sama"),
    "SlaWarned": N_("Batas waktu hampir tiba"),
    "SlaBreached": N_("Batas waktu terlewati"),
    "DutyOfficerCalled": N_("Petugas piket dihubungi"),
    "DutyOfficerMissing": N_("Petugas piket belum ditetapkan"),
    "DueTimesRecomputed": N_("Batas waktu dihitung ulang"),
    "RestrictedKept": N_("Data pribadi disimpan tersegel"),
    "RestrictedRevealed": N_("Data pribadi dibuka oleh petugas"),
    "PersonErased": N_("Data pribadi pelapor dihapus"),
    "ReviewBegun": N_("Ditelaah"),
    "Disposed": N_("Didisposisikan ke unit"),
    "UnitMerged": N_("Unitnya digabung ke unit lain"),
    "PartnerAnswered": N_("Mitra menjawab disposisi"),
    "Assigned": N_("Ditugaskan kepada petugas"),
    "TakenBack": N_("Ditarik dari petugas"),
    "ApprovalAsked": N_("Persetujuan diminta"),
    "Approved": N_("Disetujui"),
    "ApprovalRefused": N_("Persetujuan ditolak"),
    "ReporterRegistered": N_("Data diri pelapor lengkap"),
    "WorkStarted": N_("Pekerjaan dimulai"),
    "WorkReturned": N_("Dikembalikan untuk dikerjakan lagi"),
    "WorkPaused": N_("Pekerjaan ditunda"),
    "WorkResumed": N_("Pekerjaan dilanjutkan"),
    "ProgressChanged": N_("Kemajuan dicatat"),
    "VisitPlanned": N_("Kunjungan dijadwalkan"),
    "EnRoute": N_("Petugas berangkat"),
    "Arrived": N_("Petugas tiba"),
    "StockChecked": N_("Stok barang diperiksa"),
    "StockUsed": N_("Barang dari stok dipakai"),
    "FindingNoted": N_("Hasil pemeriksaan dicatat"),
    "Departed": N_("Petugas kembali"),
    "Resolved": N_("Pekerjaan selesai"),
    "Closed": N_("Ditutup"),
    "ClosedSilently": N_("Ditutup karena tidak ada tanggapan"),
    "ReopenedByStaff": N_("Dibuka kembali oleh petugas"),
    "Rejected": N_("Ditolak"),
    "ObjectionAccepted": N_("Keberatan diterima"),
    "ObjectionRefused": N_("Keberatan ditolak"),
    "CancelledByStaff": N_("Dibatalkan pelapor melalui petugas"),
    "Merged": N_("Digabung ke tiket lain"),
    "MergedIn": N_("Tiket lain digabung ke sini"),
    "MessageSplit": N_("Pesan dipisahkan menjadi tiket sendiri"),
    "SplitFrom": N_("Dipisahkan dari tiket lain"),
    "SortedIn": N_("Dibuka dari pesan yang belum terpilah"),
    "PriorityChanged": N_("Prioritas diubah"),
    "Classified": N_("Klasifikasi diubah"),
    "Marked": N_("Penanda diubah"),
    "MeasureSet": N_("Tindakan internal dicatat"),
    "Answered": N_("Petugas menjawab"),
    "AnswerRecalled": N_("Jawaban ditarik sebelum terkirim"),
    "SentAgain": N_("Pesan yang gagal dikirim lagi"),
    "NoteAdded": N_("Catatan internal"),
    "SupervisorAsked": N_("Pertanyaan kepada atasan"),
    "Instructed": N_("Arahan pimpinan"),
    "Escalated": N_("Dilaporkan ke atasan"),
    "SlaPolicySeeded": N_("Kebijakan janji waktu dimuat pertama kali"),
    "SlaPolicyChanged": N_("Kebijakan janji waktu diubah"),
}
"""Kinds of history entries; an unknown kind is shown as its own words."""

TARGETS = {
    "first_answer": N_("Dijawab petugas paling lambat"),
    "solution": N_("Selesai paling lambat"),
}
OUTCOMES = {
    "opened": N_("Tiket baru"),
    "joined": N_("Masuk ke tiket"),
    "answered": N_("Dijawab"),
    "unsorted": N_("Belum terpilah, disimpan untuk petugas"),
    "duplicate": N_("Pesan ganda, digabungkan"),
    "ignored": N_("Dicatat tanpa tiket"),
    "quarantined": N_("Tidak terbaca, disimpan untuk petugas"),
}
ACTORS = {"system": "sistem", "reporter": "pelapor", "participant": "pihak terkait"}
_VALUES = {"sms": "SMS"}
_VALUES |= {status.value: status.word for status in Status}
_VALUES |= {priority.value: priority.word for priority in Priority}
LABELS = {
    "channel": N_("Kanal"),
    "first_answer": TARGETS["first_answer"],
    "from": N_("Dari"),
    "old": N_("Dari"),
    "new": N_("Menjadi"),
    "to": N_("Menjadi"),
    "priority": N_("Prioritas"),
    "reason": N_("Alasan"),
    "scores": N_("Nilai survei"),
    "solution": TARGETS["solution"],
    "split_from": N_("Dipisahkan dari"),
    "status": N_("Status"),
    "unit": N_("Unit"),
}
"""Data of history entries that is told; row ids and the like are not."""


_AT = N_("pukul")


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
    weekday, day, month, year, _, time = long.split(" ")
    date = f"{say(weekday)} {day} {say(month)} {year}"
    return f"{date} {say(_AT)}\u00a0{time}\u00a0{zone}"


def kept_words(text: str, say: Callable[[str], str]) -> str:
    """What stands in the store about a ticket, a message or a file, in the reader's language.

    Ours stands first; behind a colon, or in brackets at the end, may follow what somebody wrote or
    a provider said, and that stays as it is.
    """
    told = say(text)
    if told != text:
        return told
    for ours, mark, theirs in (text.partition(": "), text.rpartition(" (")):
        if mark and say(ours) != ours:
            return f"{say(ours)}{mark}{theirs}"
    return text


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
