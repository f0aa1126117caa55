"""What is remarked before an answer is sent."""

from __future__ import annotations

import pytest

from core.model.views import ThreadEntry
from core.model.writing import Lack, asked_for_state, remarks_on
from tests.core.fakes import NOON

BOTH = (Lack.REASON, Lack.TIME)


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("Masih kami proses.", BOTH),
        ("Sedang dikerjakan", BOTH),
        ("Mohon maaf, belum selesai karena hujan.", (Lack.TIME,)),
        ("Masih diproses, kabar berikutnya besok pukul 09.00.", (Lack.REASON,)),
        ("Ditunda karena menunggu kabel, lanjut 24/11.", ()),
        ("Belum bisa: menunggu PLN sampai Selasa.", ()),
        ("Teknisi sudah berangkat.", ()),
        ("Lampu sudah menyala.", ()),
        ("", ()),
        ("Segera kami tindak lanjuti", BOTH),
        ("Belum ada teknisi akibat banjir, 2 hari lagi kami kabari.", ()),
        ("BELUM SELESAI", BOTH),
    ],
)
def test_a_status_answer_says_why_and_when(text: str, lacks: tuple[Lack, ...]) -> None:
    assert remarks_on(text).lacks == lacks


def test_km_19_opinions_are_named() -> None:
    assert remarks_on("Mungkin kabel, kayaknya putus").guesses == ("Mungkin", "kayaknya")


def test_a_long_text_is_read_quickly_enough() -> None:
    assert remarks_on("belum " * 4_000).lacks == BOTH


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("Mohon tunggu ya.", ["state", "reason", "step", "time"]),
        ("Harap bersabar menunggu.", ["reason", "step", "time"]),
        ("Masih menunggu barang karena stok habis.", ["step", "time"]),
        ("Sedang dikerjakan karena antre, kabar besok pukul 09.00.", ["step"]),
        (
            "Masih menunggu kabel karena stok habis. Teknisi datang memasang Selasa 24/11.",
            [],
        ),
        ("Sudah diganti, silakan dicoba.", []),
        ("Lampunya sudah menyala lagi.", []),
        ("Sudah ditugaskan sebab rusak berat; akan dicek petugas besok jam 10.", []),
        ("Belum sudah selesai", ["reason", "step", "time"]),
        ("", []),
    ],
)
def test_km_10_whoever_asks_hears_state_reason_step_and_time(text: str, lacks: list[str]) -> None:
    assert remarks_on(text, asked=True).lacks == tuple(Lack(one) for one in lacks)


def line(text: str, purpose: str = "") -> ThreadEntry:
    return ThreadEntry(1, not purpose, NOON, text, "+62", "sms", purpose=purpose)


QUESTION = line("Bagaimana perkembangannya?")


@pytest.mark.parametrize(
    ("thread", "asked"),
    [
        ([], False),
        ([line("HELPDESK lampu mati")], False),
        ([line("HELPDESK lampu mati"), QUESTION], True),
        ([QUESTION, line("Tiket Anda dikerjakan", "status")], True),
        ([QUESTION, line("Teknisi datang besok", "answer")], False),
        ([QUESTION, line("Teknisi datang besok", "answer"), line("sampai mana ya?")], True),
        ([line("kapan ya " + "lampu di jalan itu mati " * 30)], False),
    ],
)
def test_km_10_the_question_stands_until_a_person_answers(
    thread: list[ThreadEntry], *, asked: bool
) -> None:
    assert asked_for_state(thread) is asked
