"""Each automatic reply in each form: the right words, the right values (requirements §5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.model.case import Reply
from core.model.gsm7 import segments
from core.model.replies import Told, compose, due, text_key
from core.model.sla import DEFAULT_POLICY, promises
from core.model.texts import TextForm, TextSet
from core.model.ticket import Priority, Promise, Status
from tests.core.fakes import DAY, HOUR, NOON, number_of, office, ticket
from tests.core.model.calendar_samples import WIT

ONE, TWO = number_of(1), number_of(2)
SUNDAY = datetime(2026, 7, 19, 15, 0, tzinfo=UTC)
BREAK = datetime(2026, 7, 14, 5, 30, tzinfo=UTC)
MADE = promises(office().calendar, DEFAULT_POLICY, Priority.NORMAL, NOON)
TICKET = ticket(1, opened_at=NOON, status_at=NOON, promises=MADE)
PURPOSES = [
    "ack", "duplicate", "status", "reopened", "closed", "survey", "survey_thanks",
    "survey_invalid", "unknown_ticket", "which_ticket", "help", "empty",
]  # fmt: skip
ABOUT_A_TICKET = PURPOSES[:7]
WITHOUT = ["unknown_ticket", "help", "empty"]


def words(purpose: str, form: TextForm, **changes: Any) -> str:
    """The text of a reply; changes are of its ticket, the office or what is told."""
    policy = changes.pop("policy", None) or office()
    told = Told(changes.pop("now", NOON), changes.pop("summary", ""), changes.get("asked", ""))
    asked = changes.pop("asked", "")
    known = None if purpose in WITHOUT else replace(TICKET, **changes)
    return compose(Reply(purpose, known, asked), known, told, (policy, form))


EXPECTED = [
    ("ack", TextForm.SMS, {}, (f"Laporan Anda diterima, no tiket {ONE}. Dijawab petugas paling "
     f"lambat 14/07 10.30, selesai paling lambat 20/07 17.00 WIB. Cek: STATUS {ONE}")),
    ("ack", TextForm.CHAT, {"summary": "lampu mati"}, ("Terima kasih, Bapak/Ibu. Laporan Anda "
     f"sudah kami catat.\n\nNomor tiket: {ONE}\nRingkasan: lampu mati\nDiteruskan ke: Dinas "
     "Kominfo\nDijawab petugas paling lambat: Sel 14 Juli 2026 pukul 10.30 WIB\nDiselesaikan "
     "paling lambat: Sen 20 Juli 2026 pukul 17.00 WIB\n\nMohon simpan nomor ini. Anda dapat "
     "membalas pesan ini kapan saja untuk menambah keterangan. Untuk melihat perkembangan, ketik "
     f"STATUS {ONE}.")),
    ("ack", TextForm.SMS, {"now": SUNDAY}, ("Laporan diterima di luar jam layanan, no tiket "
     f"{ONE}. Dijawab petugas paling lambat 14/07 10.30, selesai 20/07 17.00 WIB. Gawat "
     "darurat: 112")),
    ("status", TextForm.SMS, {}, (f"Tiket {ONE}: Diterima, karena menunggu penugasan petugas. "
     "Batas selesai 20/07 17.00 WIB. Balas untuk menambah keterangan.")),
    ("status", TextForm.CHAT, {"status": Status.PENDING, "reason": "menunggu suku cadang"},
     (f"Tiket {ONE}: Menunggu (diperbarui Sel 14 Juli 2026 pukul 10.00 WIB).\nAlasan: menunggu "
     "suku cadang\nLangkah berikutnya: pekerjaan dilanjutkan begitu penyebab tunda selesai\n"
     "Jawaban petugas: belum ada\nBatas selesai: Sen 20 Juli 2026 pukul 17.00 WIB\nPenanggung "
     "jawab: Dinas Kominfo\n\nSilakan balas pesan ini bila ada keterangan tambahan.")),
    ("duplicate", TextForm.SMS, {"status": Status.ASSIGNED}, (f"Laporan serupa sudah tercatat, "
     f"tiket {ONE}, status Ditugaskan. Pesan Anda kami tambahkan ke tiket tersebut. Masalah lain? "
     "Balas BARU")),
    ("closed", TextForm.SMS, {"status": Status.CLOSED}, (f"Tiket {ONE} kami tutup. Riwayatnya "
     f"tersimpan. Masalah muncul lagi? Balas BUKA {ONE} s/d 21/07 10.00, sesudahnya kirim "
     "HELPDESK isi keluhan.")),
    ("reopened", TextForm.SMS, {}, (f"Tiket {ONE} dibuka kembali dengan riwayat lengkap. Dijawab "
     "petugas paling lambat 14/07 10.30, batas selesai baru 20/07 17.00 WIB.")),
    ("unknown_ticket", TextForm.SMS, {"asked": "HD26-999999-1"}, ("Nomor HD26-999999-1 tidak kami "
     "temukan untuk pengirim ini. Periksa balasan pertama kami, atau ketik STATUS saja utk tiket "
     "Anda yang berjalan.")),
    ("which_ticket", TextForm.SMS, {"asked": TWO}, (f"Anda punya lebih dari satu tiket berjalan: "
     f"{ONE} dan {TWO}. Mohon sebut nomornya, contoh: STATUS {ONE}")),
]  # fmt: skip


@pytest.mark.parametrize(("purpose", "form", "changes", "text"), EXPECTED)
def test_a_reply_word_for_word(
    purpose: str, form: TextForm, changes: dict[str, Any], text: str
) -> None:
    assert words(purpose, form, **changes) == text


@pytest.mark.parametrize("form", list(TextForm))
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_reply_fits_every_form_and_state(
    purpose: str, status: Status, form: TextForm
) -> None:
    text = words(purpose, form, status=status, asked=TWO)
    assert "{" not in text
    assert (ONE in text) == (purpose in [*ABOUT_A_TICKET, "which_ticket"] and purpose != "survey")
    assert (TWO in text) == (purpose in ("unknown_ticket", "which_ticket"))
    if form is TextForm.SMS or purpose.startswith("survey"):
        assert segments(text).parts == 1
    assert text.endswith("\n\n-- \nHelpdesk Dinas Kominfo") == (
        form is TextForm.EMAIL and not purpose.startswith("survey")
    )


@pytest.mark.parametrize("status", list(Status))
def test_every_state_is_told_with_a_reason_and_a_next_step(status: Status) -> None:
    text = words("status", TextForm.CHAT, status=status)
    reason, step = text.splitlines()[1:3]
    assert status.word in text.splitlines()[0]
    assert len(reason) > len("Alasan: ") + 5
    assert len(step) > len("Langkah berikutnya: ") + 5


@pytest.mark.parametrize(
    ("purpose", "at", "key"),
    [
        ("ack", NOON, "ack"),
        ("ack", SUNDAY, "out_of_hours"),
        ("ack", BREAK, "out_of_hours"),
        ("ack", NOON - 2 * HOUR, "ack"),
        ("ack", NOON - 2 * HOUR - timedelta(seconds=1), "out_of_hours"),
        ("status", SUNDAY, "status"),
        ("help", SUNDAY, "help"),
    ],
)
def test_only_an_acknowledgement_looks_at_the_clock(purpose: str, at: datetime, key: str) -> None:
    assert text_key(purpose, office(), at) == key


@pytest.mark.parametrize(
    ("at", "because", "opens"),
    [
        (SUNDAY, " (hari Minggu)", "Sen 20 Juli 2026 pukul 08.00 WIB"),
        (BREAK, " (jam istirahat)", "Sel 14 Juli 2026 pukul 13.00 WIB"),
        (NOON + HOUR * 10, "", "Rab 15 Juli 2026 pukul 08.00 WIB"),
    ],
)
def test_outside_the_hours_we_say_why_and_until_when(
    at: datetime, because: str, opens: str
) -> None:
    text = words("ack", TextForm.CHAT, now=at)
    assert f"di luar jam layanan{because}. Petugas kembali bertugas {opens}." in text


def test_help_tells_the_hours_and_an_unknown_number_an_example() -> None:
    assert "Jam layanan: " in words("help", TextForm.CHAT)
    assert "08.00" in words("help", TextForm.CHAT).rpartition("Jam layanan: ")[2]
    text = words("unknown_ticket", TextForm.CHAT, asked="HD26-1")
    assert "contohnya HD26-004217-4." in text


def test_the_example_is_of_the_local_year_and_of_our_prefix() -> None:
    eve = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    text = words("unknown_ticket", TextForm.CHAT, asked="x", now=eve, policy=office(prefix="LP"))
    assert "contohnya LP27-004217-" in text


def test_times_are_those_of_the_offices_zone() -> None:
    text = words("reopened", TextForm.SMS, policy=office(zone=WIT))
    assert "paling lambat 14/07 12.30, batas selesai baru 20/07 19.00 WIT." in text


def test_the_window_of_reopening_is_a_setting() -> None:
    assert "s/d 17/07 10.00" in words("closed", TextForm.SMS, policy=office(reopening=3 * DAY))


def test_the_offices_own_words_replace_ours() -> None:
    texts = TextSet.of({"empty_sms": "Isi keluhannya apa?"})
    assert words("empty", TextForm.SMS, policy=office(texts=texts)) == "Isi keluhannya apa?"


def test_the_words_of_a_citizen_never_act() -> None:
    text = words("ack", TextForm.CHAT, summary="{tiket} <b>%s</b> {0}\n\nNomor tiket: HD26-9")
    assert "Ringkasan: {tiket} <b>%s</b> {0} Nomor tiket: HD26-9\n" in text


def test_a_reply_about_a_ticket_without_one_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="tiket"):
        compose(Reply("status"), None, Told(NOON), (office(), TextForm.SMS))


def test_a_promise_by_its_name() -> None:
    made = (Promise("first_answer", NOON), Promise("solution", NOON + DAY))
    assert due(made, "solution") == NOON + DAY
    with pytest.raises(LookupError, match="solution"):
        due(made[:1], "solution")
