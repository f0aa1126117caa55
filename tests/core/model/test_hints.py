from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.cleaning import fold, words
from core.model.hint_words import CATEGORY_WORDS, RANKED
from core.model.hints import CATEGORIES, Hints, read_hints
from core.model.ticket import Priority

EMERGENCY, HIGH, LOW = Priority.EMERGENCY, Priority.HIGH, Priority.LOW


def hints(text: str) -> Hints:
    return read_hints(words(fold(text)))


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("TOLONG DARURAT", EMERGENCY),
        ("urgent!!", EMERGENCY),
        ("ada kebakaran di gudang", EMERGENCY),
        ("stop kontak konslet keluar asap", EMERGENCY),
        ("kabel gosong", EMERGENCY),
        ("ups meledak", EMERGENCY),
        ("kena ransomware", EMERGENCY),
        ("website diretas", EMERGENCY),
        ("domain kena hack", EMERGENCY),
        ("server mati", EMERGENCY),
        ("server aplikasi antrean RSUD down", EMERGENCY),
        ("pelayanan terhenti", HIGH),
        ("mendesak pak", HIGH),
        ("semua komputer mati", HIGH),
        ("usul saja, tolong ditambah", LOW),
        ("tidak mendesak", LOW),
        ("ora mendesak", LOW),
        ("bukan darurat", None),
        ("tidak ada kebakaran", None),
        ("gak ada yang darurat", EMERGENCY),  # three words apart: no negation of it
        ("boten wonten asap", None),
        ("mohon segera ditangani", None),
        ("printer rusak", None),
        ("server kami di lantai dua ruang arsip sedang mati", None),
        ("bukan darurat tapi server mati", EMERGENCY),
        ("", None),
    ],
)
def test_priority(text: str, priority: Priority | None) -> None:
    assert hints(text).priority == priority


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("isun njaluk tulung, sing darurat", None),  # Osing: not
        ("sing darurat iki pak", EMERGENCY),  # elsewhere: the one which is
    ],
)
def test_sing_negates_in_osing_only(text: str, priority: Priority | None) -> None:
    assert hints(text).priority == priority


@pytest.mark.parametrize(
    ("text", "medical"),
    [
        ("ibu saya pendarahan", True),
        ("ada kecelakaan di depan kantor", True),
        ("bapak tidak sadar", True),
        ("antre di IGD dari pagi", True),
        ("anak saya kejang", True),
        ("bukan kecelakaan", False),
        ("server mati darurat", False),
        ("perawat ketus", False),
    ],
)
def test_medical_danger(text: str, medical: bool) -> None:
    found = hints(text)
    assert found.medical is medical
    assert not medical or found.priority is EMERGENCY


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("wifi kantor lemot", "network"),
        ("printer macet", "hardware"),
        ("aplikasi absensi error", "application"),
        ("lupa password", "account"),
        ("listrik padam", "power"),
        ("komputer kena virus", "security"),
        ("antrean lama", "waiting_time"),
        ("petugas ketus", "staff_conduct"),
        ("dokter tidak datang", "medical_care"),
        ("obat habis", "medicine"),
        ("tagihan salah", "billing"),
        ("toilet kotor", "facility"),
        ("stok ATK di gudang", "logistics"),
        ("syarat izin usaha NIB", "licensing"),
        ("KTP belum jadi", "civil_registry"),
        ("lampu jalan mati", "public_works"),
        ("bansos belum cair", "social_aid"),
        ("diminta uang petugas", "extortion"),
        ("data pribadi saya disebar", "data_privacy"),
        ("ada lowongan", "information"),
        ("entah apa ini", ""),
        ("", ""),
    ],
)
def test_category(text: str, category: str) -> None:
    assert hints(text).category == category


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("internet kantor mati", "id"),
        ("internet neng kantor mati maneh, wis telung dina gak ono sing ndandani", "jv"),
        ("kulo nuwun, komputer boten saged urip", "jv"),
        ("dyamar ring kantor mati kabyeh, isun njaluk tulung gyancang", "osi"),
        ("byanyu sing mili, kelendi iki", "osi"),
        ("komputerra ta bisa odhi polana listrik mate", "mad"),
        ("punten, internet teu tiasa dianggo, kumaha ieu", "su"),
        ("the permit portal keeps logging me out, please check", "en"),
        ("ok please", "id"),
        ("punten pak wifi mati", "id"),
        ("", "id"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert hints(text).language == language


def test_every_word_points_to_a_known_category() -> None:
    named = {category for listed in CATEGORY_WORDS.values() for category, _ in listed}
    assert named == set(RANKED) == CATEGORIES - {"other"}


@given(st.lists(st.sampled_from(["isun", "wis", "the", "teu", "ta", "odhi", "iki"]), max_size=9))
def test_the_order_of_words_does_not_change_the_language(found: list[str]) -> None:
    assert read_hints(sorted(found)).language == read_hints(found).language


@given(st.text(max_size=200))
def test_any_text_has_hints(text: str) -> None:
    found = hints(text)
    assert found.category in CATEGORIES | {""}
    assert found.language in {"id", "jv", "osi", "mad", "su", "en"}
    assert not found.medical or found.priority is EMERGENCY
