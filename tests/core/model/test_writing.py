"""What is remarked before an answer is sent."""

from __future__ import annotations

import pytest

from core.model.writing import Lack, remarks_on

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
