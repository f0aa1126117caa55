from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.fields import category_named, read_fields, read_labels
from core.model.hints import CATEGORIES, CATEGORY_NAMES


@pytest.mark.parametrize(
    ("rest", "unit", "category", "text"),
    [
        ("DISPENDIK#JARINGAN#internet putus", "DISPENDIK", "network", "internet putus"),
        ("kec. genteng # hardware # monitor mati", "kec. genteng", "hardware", "monitor mati"),
        ("Dinas X#internet putus", "Dinas X", "", "internet putus"),
        ("Dinas X#jaringan#mati #darurat #pak", "Dinas X", "network", "mati #darurat #pak"),
        ("Dinas X#aneh#mati", "Dinas X", "", "aneh#mati"),
        ("JARINGAN#internet putus", "", "network", "internet putus"),
        ("Dinas X#Perangkat  Keras#mati", "Dinas X", "hardware", "mati"),
        ("Dinas X#data_pribadi#bocor", "Dinas X", "data_privacy", "bocor"),
        ("Dinas X#jaringan#", "Dinas X", "network", ""),
        ("Dinas X#", "Dinas X", "", ""),
        ("internet mati", "", "", "internet mati"),
        ("", "", "", ""),
        ("#", "", "", "#"),
    ],
)
def test_hash_fields(rest: str, unit: str, category: str, text: str) -> None:
    assert read_fields(rest) == (unit, category, text)


@pytest.mark.parametrize(
    "rest",
    ["x" * 61 + "#teks", "internet mati\nsejak pagi #banjir", "   #teks"],
)
def test_what_is_no_unit_stays_in_the_text(rest: str) -> None:
    assert read_fields(rest) == ("", "", rest)


def test_every_category_can_be_named_by_its_key() -> None:
    for key in CATEGORIES:
        assert category_named(key) == key
        assert category_named(key.upper().replace("_", " ")) == key
    assert set(CATEGORY_NAMES.values()) == CATEGORIES
    assert category_named("tidak ada") == category_named("x" * 100) == ""


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        (
            "Instansi: Puskesmas Singojuruh\nMasalah: printer rusak\nSejak: tadi pagi\nHP: 1",
            {
                "instansi": "Puskesmas Singojuruh",
                "masalah": "printer rusak",
                "sejak": "tadi pagi",
                "hp": "1",
            },
        ),
        ("*Lokasi* : loket 2\r\nHP= 0812", {"lokasi": "loket 2", "hp": "0812"}),
        ("- Unit : Bagian Umum\nunit: kedua", {"unit": "Bagian Umum"}),
        ("Alamat:\nLokasi: ", {}),
        ("Nama saya: Budi", {}),
        ("masalah utama: mati", {}),
        ("jam 08:00 mati", {}),
        ("", {}),
    ],
)
def test_labelled_lines(content: str, labels: dict[str, str]) -> None:
    assert read_labels(content) == labels


def test_a_label_is_bounded() -> None:
    assert len(read_labels(f"Keluhan: {'x' * 5000}")["keluhan"]) == 200


@given(st.text(alphabet="abc# \n", max_size=60))
def test_no_letter_gets_lost_between_the_fields(rest: str) -> None:
    fields = read_fields(rest)
    assert fields.category == ""
    kept = f"{fields.unit}#{fields.text}".replace("#", "")
    assert "".join(kept.split()) == "".join(rest.replace("#", "").split())
