"""Words of administration: rights, kinds of doors and days, events of the house."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from console.language import N_
from console.wording import event_words
from core.model.calendar import HolidayKind
from core.model.staff import Reach, Right

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.staff.visit import Visit

RIGHTS: Final[Mapping[Right, str]] = {
    Right.VIEW: N_("Melihat tiket"),
    Right.SENSITIVE: N_("Melihat tiket peka"),
    Right.REPLY: N_("Menjawab pelapor"),
    Right.NOTE: N_("Menulis catatan internal"),
    Right.CLASSIFY: N_("Menelaah dan mengklasifikasi"),
    Right.ASSIGN: N_("Menugaskan dan mendisposisi"),
    Right.WORK: N_("Mengerjakan"),
    Right.APPROVE: N_("Menyetujui"),
    Right.CLOSE: N_("Menutup tiket"),
    Right.REJECT: N_("Menolak pengaduan"),
    Right.REOPEN: N_("Membuka kembali"),
    Right.CANCEL: N_("Membatalkan atas permintaan pelapor"),
    Right.MERGE: N_("Menggabungkan dan memisahkan tiket"),
    Right.ESCALATE: N_("Melaporkan ke atasan"),
    Right.INSTRUCT: N_("Memberi arahan"),
    Right.DECIDE_OBJECTION: N_("Memutuskan keberatan"),
    Right.ENTER: N_("Mencatat pengaduan untuk pelapor"),
    Right.ENTER_SURVEY: N_("Memasukkan survei kertas"),
    Right.REPORTS: N_("Membaca laporan"),
    Right.OVERSEE: N_("Mengawasi yang terlambat atau macet"),
    Right.REVEAL: N_("Membuka data pribadi dengan alasan"),
    Right.MEASURE: N_("Mencatat tindakan internal"),
    Right.DELEGATE: N_("Mendelegasikan pengawasan"),
    Right.ADMIN_STAFF: N_("Mengelola petugas"),
    Right.ADMIN_UNITS: N_("Mengelola unit dan wilayah"),
    Right.ADMIN_CALENDARS: N_("Mengelola kalender"),
    Right.ADMIN_POLICIES: N_("Mengelola janji layanan"),
    Right.ADMIN_TEXTS: N_("Mengelola teks"),
    Right.ADMIN_PERSONS: N_("Menghapus data pribadi pelapor"),
    Right.ADMIN_CHANNELS: N_("Mengelola kanal"),
    Right.AUDIT: N_("Memeriksa riwayat"),
}
REACHES: Final[Mapping[Reach, str]] = {
    Reach.ALL: N_("semua"),
    Reach.UNIT: N_("unitnya"),
    Reach.REGION: N_("wilayahnya"),
    Reach.OWN: N_("tugasnya"),
}
DAYS_OFF: Final[Mapping[HolidayKind, str]] = {
    HolidayKind.NATIONAL: N_("Libur nasional"),
    HolidayKind.JOINT_LEAVE: N_("Cuti bersama"),
    HolidayKind.REGIONAL: N_("Libur daerah"),
    HolidayKind.UNIT: N_("Libur unit"),
}
DOORS: Final[Mapping[str, str]] = {
    "desk": N_("Loket"),
    "email": N_("Surel"),
    "gammu": N_("SMS lewat modem (Gammu)"),
    "jasmin": N_("SMS lewat Jasmin"),
    "kannel": N_("SMS lewat Kannel"),
    "telegram": N_("Telegram"),
    "twilio_sms": N_("SMS lewat Twilio"),
    "twilio_whatsapp": N_("WhatsApp lewat Twilio"),
    "web_form": N_("Formulir web"),
    "whatsapp_cloud": N_("WhatsApp"),
}
HOUSE_EVENTS: Final[Mapping[str, str]] = {
    "StaffAdded": N_("Petugas ditambahkan"),
    "StaffChanged": N_("Data petugas diubah"),
    "StaffDisabled": N_("Petugas dinonaktifkan"),
    "StaffEnabled": N_("Petugas diaktifkan kembali"),
    "Invited": N_("Undangan dibuat"),
    "PasswordSet": N_("Kata sandi dibuat"),
    "SecondFactorEnrolled": N_("Kode verifikasi dipasang"),
    "SecondFactorReset": N_("Kode verifikasi dihapus"),
    "SignOnLinked": N_("Akun luar ditautkan"),
    "SignOnUnlinked": N_("Tautan akun luar dilepas"),
    "SessionEnded": N_("Sesi diakhiri"),
    "TokenMade": N_("Token program dibuat"),
    "TokenRevoked": N_("Token program dicabut"),
    "UnitAdded": N_("Unit ditambahkan"),
    "UnitChanged": N_("Unit diubah"),
    "UnitRetired": N_("Unit dihentikan"),
    "HolidayHoursConfirmed": N_("Jam libur mitra dikonfirmasi"),
    "RegionAdded": N_("Wilayah ditambahkan"),
    "RegionChanged": N_("Wilayah diubah"),
    "CalendarChanged": N_("Kalender diubah"),
    "HolidaysLoaded": N_("Daftar hari libur dimuat"),
    "TextChanged": N_("Teks diubah"),
    "TextBegun": N_("Teks mulai berlaku"),
    "TextWithdrawn": N_("Teks untuk nanti ditarik kembali"),
    "WatchDelegated": N_("Pengawasan didelegasikan"),
    "WatchTakenBack": N_("Pengawasan ditarik kembali"),
    "RestrictedRevealed": N_("Data pribadi dibuka"),
    "RestrictedKept": N_("Data pribadi disimpan tersegel"),
    "SubscriptionAdded": N_("Webhook keluar ditambahkan"),
    "SubscriptionRemoved": N_("Webhook keluar dihapus"),
    "SubscriptionPaused": N_("Webhook keluar dijeda"),
    "SubscriptionResumed": N_("Webhook keluar dilanjutkan"),
    "SubscriptionSecretRenewed": N_("Rahasia webhook diganti"),
    "CannedReplyAdded": N_("Jawaban siap pakai ditambahkan"),
    "CannedReplyChanged": N_("Jawaban siap pakai diubah"),
    "CannedReplyRetired": N_("Jawaban siap pakai dihentikan"),
    "CannedReplyBegun": N_("Jawaban siap pakai mulai berlaku"),
    "CannedReplyWithdrawn": N_("Jawaban siap pakai untuk nanti ditarik kembali"),
    "PersonRegistered": N_("Pelapor terdaftar"),
    "PersonChanged": N_("Data pelapor diubah"),
    "PersonForgotten": N_("Data pelapor dihapus"),
    "PersonMerged": N_("Catatan pelapor digabung ke sini"),
    "PersonMergedInto": N_("Catatan pelapor digabung ke catatan lain"),
    "AddressTied": N_("Kontak ditambahkan ke akun"),
    "SurveyItemAdded": N_("Pernyataan survei ditambahkan"),
    "SurveyItemChanged": N_("Pernyataan survei diubah"),
    "SurveyItemRetired": N_("Pernyataan survei dihentikan"),
    "SurveyItemDeleted": N_("Pernyataan survei dihapus"),
    "ServiceAdded": N_("Layanan ditambahkan ke katalog"),
    "ServiceChanged": N_("Layanan di katalog diubah"),
    "ServiceRetired": N_("Layanan tidak ditampilkan lagi"),
    "ServiceBegun": N_("Layanan di katalog mulai berlaku"),
    "ServiceWithdrawn": N_("Layanan untuk nanti ditarik kembali"),
    "RecapDue": N_("Rekapitulasi bulanan jatuh tempo"),
    "SlaPolicySeeded": N_("Janji layanan pertama dimuat"),
    "SlaPolicyChanged": N_("Janji layanan diubah"),
    "TestSent": N_("Pesan uji dikirim"),
    "SentAgain": N_("Pesan dikirim ulang"),
    "PayloadReread": N_("Isi karantina dibaca ulang"),
}
"""Kinds of the house's own history; those of core/model/admin_events.py and its services."""


@lru_cache(maxsize=256)
def _words(kind: str) -> str:
    return HOUSE_EVENTS.get(kind) or event_words(kind)


def admin_words(visit: Visit, kind: str) -> str:
    """What an event of the house is called, in the language of the visit."""
    return visit.words(_words(kind))
