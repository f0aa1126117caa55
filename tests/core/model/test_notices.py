"""Every notice in every form: the office's words, the act's values, the ticket's times."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.clock import FIRST_ANSWER, SOLUTION, SlaClock
from core.model.gsm7 import segments
from core.model.notices import notice_text
from core.model.texts import TextForm, TextSet
from core.model.ticket import Priority, Status
from core.model.work import Notice, WorkTicket
from tests.core.fakes import DAY, HOUR, NOON, SMS, number_of, office

ONE, TWO = number_of(1), number_of(2)
TICKET = WorkTicket(
    id=26_000_000_001,
    number=ONE,
    status=Status.IN_PROGRESS,
    status_at=NOON,
    priority=Priority.NORMAL,
    opened_at=NOON,
    subject="lampu mati",
    description="lampu mati",
    channel=SMS,
    address_id=1,
    version=1,
    event_seq=1,
    event_head="",
    reason="sedang dikerjakan petugas",
    unit_name="Bidang Aptika",
    clocks=(
        SlaClock(FIRST_ANSWER, NOON, NOON + HOUR),
        SlaClock(SOLUTION, NOON, NOON + DAY),
    ),
)
NOTICES: dict[str, dict[str, Any]] = {
    "assigned": {"petugas": "Rahmat", "unit": "Bidang Aptika", "mulai": NOON + HOUR},
    "assigned_later": {
        "petugas": "Rahmat",
        "unit": "Bidang Aptika",
        "mulai": NOON + HOUR,
        "alasan": "waktu penanganan unit lebih lama",
    },
    "due_later": {"alasan": "waktu penanganan unit lebih lama"},
    "en_route": {"petugas": "Rahmat"},
    "visit_planned": {"waktu": NOON + DAY, "petugas": "Rahmat"},
    "pending": {
        "alasan": "listrik padam",
        "untuk": "PLN",
        "temuan": "gardu padam",
        "perkiraan": NOON + DAY,
    },
    "pending_hardware": {
        "barang": "switch 24 port",
        "temuan": "switch terbakar",
        "perkiraan": NOON + DAY,
        "batas": NOON + 7 * DAY,
    },
    "escalated": {
        "jabatan": "pimpinan",
        "alasan": "pekerjaan belum selesai",
        "waktu": NOON,
        "kabar": NOON + DAY,
    },
    "resolved": {"solusi": "kabel diganti", "tutup": NOON + 7 * DAY},
    "closed": {"alasan": "pekerjaan sudah selesai", "batas": NOON + 7 * DAY},
    "reopened": {"alasan": "masih mati"},
    "merged": {"tiket_induk": TWO},
    "rejected": {
        "alasan": "kewenangan provinsi",
        "aturan": "UU 23/2014",
        "saran": "hubungi dinas provinsi",
        "batas": NOON + 7 * DAY,
    },
    "objection_accepted": {"alasan": "keberatan diterima"},
    "objection_refused": {"alasan": "tidak ada keterangan baru"},
    "cancelled": {"alasan": "lapor lewat telepon", "batas": NOON + 7 * DAY},
    "back_to_work": {"alasan": "hasil pekerjaan diperiksa kembali"},
    "breach": {"alasan": "pekerjaan belum selesai", "selesai": NOON + 2 * DAY},
}


def text(purpose: str, form: TextForm, ticket: WorkTicket = TICKET, **changes: Any) -> str:
    policy = changes.pop("policy", None) or office()
    return notice_text(Notice(purpose, NOTICES[purpose] | changes), ticket, (policy, form), NOON)


@pytest.mark.parametrize("form", list(TextForm))
@pytest.mark.parametrize("purpose", NOTICES)
def test_every_notice_in_every_form(purpose: str, form: TextForm) -> None:
    told = text(purpose, form)
    assert ONE in told
    assert not re.search(r"[{}]", told)
    if form is TextForm.SMS:
        assert (segments(told).parts, segments(told).encoding) == (1, "gsm7")
        assert "WIB" in told or purpose in ("pending_hardware", "resolved", "closed", *UNTIMED)
    assert told.endswith("\n\n-- \nHelpdesk Dinas Kominfo") is (form is TextForm.EMAIL)


UNTIMED = ("merged", "rejected", "objection_refused", "en_route")

WORDED = [
    ("assigned_later", TextForm.SMS, (f"Batas selesai tiket {ONE} kini 15/07 10.00 WIB, karena "
     "waktu penanganan unit lebih lama. Ditangani Rahmat, Bidang Aptika, mulai 14/07 11.00.")),
    ("due_later", TextForm.SMS, (f"Batas selesai tiket {ONE} menjadi 15/07 10.00 WIB, karena "
     "waktu penanganan unit lebih lama. Mohon maaf, kami kabari setiap perkembangan.")),
    ("assigned", TextForm.SMS, (f"Tiket {ONE} ditangani Rahmat, Bidang Aptika. Rencana mulai "
     "14/07 11.00 WIB. Batas selesai tetap 15/07 10.00.")),
    ("pending", TextForm.SMS, (f"Tiket {ONE} menunggu PLN, karena listrik padam. Perkiraan "
     "dilanjutkan 15/07 10.00 WIB. Kami kabari. Mohon maaf.")),
    ("pending_hardware", TextForm.SMS, (f"Tiket {ONE} menunggu switch 24 port yang sedang "
     "dipesan. Perkiraan tiba 15/07, paling lambat 21/07 10.00. Kami kabari begitu tersedia. "
     "Mohon maaf.")),
    ("resolved", TextForm.SMS, (f"Tiket {ONE} selesai: kabel diganti. Belum beres? Balas BUKA "
     f"{ONE} s/d 21/07 10.00. Mohon nilai layanan kami: balas NILAI")),
    ("visit_planned", TextForm.SMS, (f"Kunjungan untuk tiket {ONE}: 15/07 10.00 WIB oleh Rahmat. "
     "Bila waktunya kurang cocok, balas pesan ini.")),
    ("back_to_work", TextForm.SMS, (f"Tiket {ONE} kami kerjakan lagi, karena hasil pekerjaan "
     "diperiksa kembali. Batas selesai 15/07 10.00 WIB. Kami kabari begitu selesai. Mohon maaf.")),
    ("objection_accepted", TextForm.CHAT, (f"Keberatan Anda atas tiket {ONE} kami terima. Tiket "
     "ditelaah kembali.\nDijawab petugas paling lambat: Sel 14 Juli 2026 pukul 11.00 WIB\n"
     "Diselesaikan paling lambat: Rab 15 Juli 2026 pukul 10.00 WIB")),
]  # fmt: skip


@pytest.mark.parametrize(("purpose", "form", "said"), WORDED)
def test_word_for_word(purpose: str, form: TextForm, said: str) -> None:
    assert text(purpose, form) == said


def test_the_survey_is_linked_only_where_there_is_a_page() -> None:
    linked = office(survey_link=lambda ticket_id: f"https://x.example/s/{ticket_id}")
    told = text("resolved", TextForm.CHAT, policy=linked)
    assert told.endswith(f"membalas NILAI, atau isi di https://x.example/s/{TICKET.id}.")
    assert text("resolved", TextForm.CHAT).endswith("dengan membalas NILAI.")


@pytest.mark.parametrize("breached", [True, False])
def test_only_a_broken_promise_is_called_one(*, breached: bool) -> None:
    told = text("escalated", TextForm.SMS, replace(TICKET, breached=breached))
    assert ("karena lewat batas waktu" in told) is breached
    assert ("karena pekerjaan belum selesai" in told) is not breached


def test_the_promise_that_runs_is_told_before_one_that_is_kept() -> None:
    kept = replace(TICKET.clocks[0], open=False, met_at=NOON)
    following = SlaClock("next_answer", NOON, NOON + 3 * HOUR)
    ticket = replace(TICKET, clocks=(kept, following, TICKET.clocks[1]))
    assert "Dijawab paling lambat 14/07 13.00" in text("objection_accepted", TextForm.SMS, ticket)


def test_a_promise_that_was_never_made_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match=r"no value for \{jawab\}"):
        text("reopened", TextForm.SMS, replace(TICKET, clocks=()))
    with pytest.raises(ValueError, match="no text 'gone'"):
        notice_text(Notice("gone", {}), TICKET, (office(), TextForm.SMS), NOON)


def test_the_unit_that_has_it_words_it() -> None:
    own = TextSet.of({"merged_sms": "Digabung ke {tiket_induk}: {tiket}"})
    asked: list[tuple[int | None, str]] = []

    def wording(unit_id: int | None, language: str) -> TextSet:
        asked.append((unit_id, language))
        return own

    ticket = replace(TICKET, unit_id=7, language="en")
    told = text("merged", TextForm.SMS, ticket, policy=office(wording=wording))
    assert (told, asked) == (f"Digabung ke {TWO}: {ONE}", [(7, "en")])


@given(st.sampled_from(sorted(NOTICES)), st.sampled_from(list(TextForm)), st.text(max_size=400))
def test_no_words_of_staff_break_a_notice(purpose: str, form: TextForm, words: str) -> None:
    values: dict[str, Any] = {
        name: words
        for name, held in NOTICES[purpose].items()
        if isinstance(held, str) and name != "tiket_induk"
    }
    told = text(purpose, form, **values)
    assert ONE in told
    if form is TextForm.SMS:
        assert segments(told).parts == 1
