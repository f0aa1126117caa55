"""Filling texts: what citizens read, whatever the values are."""
# Look-alike characters are part of the values.

import re

import pytest
import smsutil
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.gsm7 import segments, septets
from core.model.text_defaults import DEFAULTS, SURVEY_QUESTIONS
from core.model.text_template import LONGEST
from core.model.texts import (
    PLACEHOLDERS,
    TextForm,
    TextSet,
    render,
)

TEXTS = TextSet.of({})
SIGNED = TextSet.of({}, "Dinas Kominfo\nKabupaten Contoh")
NUMBER = "HD26-004217-4"
FREE = ("status", "alasan", "aturan", "barang", "petugas", "unit", "jabatan", "solusi")
# Requirements §5, column "longest": dates there are 5 characters where the text gives only a day.
FIGURES = {
    "ack": 157, "out_of_hours": 150, "duplicate": 151, "status": 150, "pending_hardware": 153,
    "assigned": 128, "escalated": 150, "resolved": 149, "survey": 154, "survey_thanks": 124,
    "survey_invalid": 136, "rejected": 145, "unknown_ticket": 142, "help": 151, "empty": 136,
    "which_ticket": 129, "closed": 151, "reopened": 139, "breach": 150, "life_danger": 150,
    "life_danger_alone": 147,  # our own: nobody is on duty, so nobody was told
    "late_answer": 154,  # our own: the promise of an answer has its own words (KM-07)
    # Our own too: the notices, commands and surveys that the table has no words for.
    "en_route": 134, "visit_planned": 120, "pending": 157, "merged": 155, "cancelled": 144,
    "objection_accepted": 144, "objection_refused": 156, "back_to_work": 153,
    "escalated_early": 158, "resolved_unlinked": 155, "status_pending": 156,
    "status_ended": 160, "escalation_asked": 156, "objection": 143, "objection_closed": 140,
    "info": 149, "survey_next": 132, "survey_done": 98, "feedback_thanks": 137,
    "assigned_later": 160, "due_later": 146,
    "register": 160, "register_first": 160,  # our own: the longest is the address (LL-08)
}  # fmt: skip
DAY = {"batas": "x" * 5, "tutup": "x" * 5}
SHORT_REASON = {"alasan": "x" * 23}
LONGEST_VALUES = {name: "x" * length for name, length in LONGEST.items()}
WORDS = {
    "tiket": NUMBER,
    "jawab": "14/07 10.30",
    "selesai": "20/07 17.00",
    "mulai": "15/07 08.00",
    "kabar": "16/07 10.00",
    "batas": "27/07 17.00",
    "tutup": "27/07 17.00",
    "perkiraan": "16/07",
    "zona": "WIB",
    "status": "Dikerjakan",
    "alasan": "menunggu instansi lain",
    "masukan": "HD26-004271-4",
    "aturan": "Perbup 12",
    "barang": "switch 24 port",
    "petugas": "Rahmat",
    "unit": "Bidang Aptika",
    "jabatan": "Kepala Bidang",
    "solusi": "kabel diganti",
    "sapaan": "Bapak/Ibu",
    "ringkasan": "Internet kantor mati",
    "sebab_libur": " (hari Minggu)",
    "buka": "Sen 20 Juli 2026 pukul 08.00",
    "diterima": "Sel 14 Juli 2026 pukul 10.00",
    "diperbarui": "Sel 14 Juli 2026 pukul 10.00",
    "langkah": "petugas memulai pekerjaan",
    "jawaban_terakhir": "belum ada",
    "temuan": "perangkat rusak",
    "waktu": "Sel 14 Juli 2026 pukul 10.00",
    "tautan_daftar": "https://helpdesk.contoh.go.id/daftar/abc",
    "tautan_survei": "https://helpdesk.contoh.go.id/s/abc",
    "nomor_soal": "1",
    "soal": SURVEY_QUESTIONS[0],
    "saran": "lengkapi berkas",
    "contoh": "HD26-004217-4",
    "jam_layanan": "Senin-Kamis 08.00-17.00",
    "jam_hari_ini": "08.00-12.00 dan 13.00-17.00",
    "untuk": "PLN",
    "sejak": "14/07 10.30",
    "lanjut": "15/07 08.00",
    "tiket_induk": "HD26-004220-7",
    "batas_selesai": "Sen 20 Juli 2026 pukul 17.00 WIB",
}
KEYS = sorted({key.removesuffix("_sms") for key in DEFAULTS})


def test_every_text_of_the_table_is_there() -> None:
    assert set(KEYS) == set(FIGURES)
    assert {f"{key}_sms" for key in KEYS} <= set(DEFAULTS)
    assert len(DEFAULTS) == 82
    assert len(SURVEY_QUESTIONS) == 5


@pytest.mark.parametrize("key", KEYS)
def test_default_sms_stays_within_its_figure(key: str) -> None:
    values = LONGEST_VALUES | DAY | (SHORT_REASON if key == "rejected" else {})
    template = DEFAULTS[f"{key}_sms"]
    whole = re.sub(r"\{(\w+)\}", lambda found: values[found[1]], template)
    assert septets(whole) <= FIGURES[key]
    assert render(TEXTS, key, TextForm.SMS, values) == whole


@pytest.mark.parametrize("key", KEYS)
def test_default_sms_is_whole_with_the_longest_values_and_times(key: str) -> None:
    text = render(TEXTS, key, TextForm.SMS, LONGEST_VALUES)
    assert "..." not in text
    assert segments(text).encoding == "gsm7"
    assert segments(text).parts == 1


@pytest.mark.parametrize("form", list(TextForm))
@pytest.mark.parametrize("key", KEYS)
def test_every_text_renders_in_every_form(key: str, form: TextForm) -> None:
    text = render(SIGNED, key, form, WORDS)
    assert not re.search(r"[{}]", text)
    assert text.endswith("\n\n-- \nDinas Kominfo\nKabupaten Contoh") is (form is TextForm.EMAIL)


def test_the_acknowledgement_word_for_word() -> None:
    assert render(TEXTS, "ack", TextForm.SMS, WORDS) == (
        "Laporan Anda diterima, no tiket HD26-004217-4. Dijawab petugas paling lambat "
        "14/07 10.30, selesai paling lambat 20/07 17.00 WIB. Cek: STATUS HD26-004217-4"
    )
    assert render(TEXTS, "ack", TextForm.CHAT, WORDS) == (
        "Terima kasih, Bapak/Ibu. Laporan Anda sudah kami catat.\n\n"
        "Nomor tiket: HD26-004217-4\nRingkasan: Internet kantor mati\n"
        "Diteruskan ke: Bidang Aptika\nDijawab petugas paling lambat: 14/07 10.30 WIB\n"
        "Diselesaikan paling lambat: 20/07 17.00 WIB\n\n"
        "Mohon simpan nomor ini. Anda dapat membalas pesan ini kapan saja untuk menambah "
        "keterangan. Untuk melihat perkembangan, ketik STATUS HD26-004217-4."
    )


@pytest.mark.parametrize("key", ["empty", "which_ticket", "life_danger", "survey_thanks"])
def test_without_a_long_wording_chat_gets_that_of_the_sms(key: str) -> None:
    assert render(TEXTS, key, TextForm.CHAT, WORDS) == render(TEXTS, key, TextForm.SMS, WORDS)


def test_the_office_words_its_own() -> None:
    own = TextSet.of(
        {"ack_sms": "Nomor {tiket}", "reopened": "Dibuka: {tiket}", "empty_sms": "Isi?"}
    )
    assert render(own, "ack", TextForm.SMS, WORDS) == f"Nomor {NUMBER}"
    assert render(own, "ack", TextForm.CHAT, WORDS) == render(TEXTS, "ack", TextForm.CHAT, WORDS)
    assert render(own, "reopened", TextForm.CHAT, WORDS) == f"Dibuka: {NUMBER}"
    assert render(own, "reopened", TextForm.SMS, WORDS) == render(
        TEXTS, "reopened", TextForm.SMS, WORDS
    )
    assert render(own, "empty", TextForm.CHAT, WORDS) == "Isi?"


# --- missing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", list(TextForm))
@pytest.mark.parametrize("key", KEYS)
def test_a_missing_value_is_named(key: str, form: TextForm) -> None:
    used = PLACEHOLDERS[f"{key}_sms" if form is TextForm.SMS else key] - {"sebab_libur"}
    for name in used:
        values = {other: word for other, word in WORDS.items() if other != name}
        with pytest.raises(ValueError, match=f"no value for {{{name}}}"):
            render(TEXTS, key, form, values)


def test_an_unknown_key_is_named() -> None:
    for key in ("ack_sms", "", "nothing"):
        with pytest.raises(ValueError, match=f"no text '{key}'"):
            render(TEXTS, key, TextForm.SMS, WORDS)


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (" (hari libur: Idul Fitri 1447 H)", "layanan (hari libur: Idul Fitri 1447 H)."),
        (" (jam\nistirahat)\x00", "layanan (jam istirahat)."),
        ("", "layanan."),
        (None, "layanan."),
    ],
)
def test_the_cause_of_closing_may_be_absent(cause: str | None, said: str) -> None:
    values = {name: word for name, word in WORDS.items() if name != "sebab_libur"}
    if cause is not None:
        values["sebab_libur"] = cause
    assert f"di luar jam {said} Petugas" in render(TEXTS, "out_of_hours", TextForm.CHAT, values)


# --- values are data ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    ["{tiket}", "{0}", "{}", "{", "}", "{{tiket}}", "{tiket!r}", "{tiket.__class__}", "%s", "$x",
     "{{7*7}}", "{% raw %}", "\\1", "\\g<1>"],
)  # fmt: skip
def test_nothing_in_a_value_acts(value: str) -> None:
    assert f"karena {value}. Batas" in render(
        TEXTS, "status", TextForm.SMS, WORDS | {"alasan": value}
    )
    assert f"Ringkasan: {value}\n" in render(
        TEXTS, "ack", TextForm.CHAT, WORDS | {"ringkasan": value}
    )


def test_a_citizens_words_stay_on_their_line() -> None:
    forged = "mati\r\nNomor tiket: HD26-999999-9\u2028\u202eabc\x00"
    text = render(TEXTS, "ack", TextForm.CHAT, WORDS | {"ringkasan": forged})
    assert "Ringkasan: mati Nomor tiket: HD26-999999-9 abc\n" in text


def test_a_citizens_words_are_bounded() -> None:
    text = render(TEXTS, "ack", TextForm.CHAT, WORDS | {"ringkasan": "x" * 1_000_000})
    assert f"Ringkasan: {'x' * 297}...\n" in text


def test_an_operators_words_keep_their_lines() -> None:
    text = render(TEXTS, "resolved", TextForm.CHAT, WORDS | {"solusi": "1. a\r\n\t2. b\x07\n3. c"})
    assert "dilakukan: 1. a\n 2. b\n3. c\n" in text


def test_an_sms_is_one_line_of_the_sms_alphabet() -> None:
    text = render(
        TEXTS, "status", TextForm.SMS, WORDS | {"alasan": "“listrik”\n  padam 😀 – área"}
    )
    assert 'karena "listrik" padam - area. Batas' in text


# --- length ------------------------------------------------------------------------------------


def test_free_values_are_shortened_and_the_rest_stays() -> None:
    text = render(TEXTS, "status", TextForm.SMS, WORDS | {"alasan": "kabel putus " * 20})
    assert 155 <= septets(text) <= 160
    assert text.startswith(f"Tiket {NUMBER}: Dikerjakan, karena kabel putus kabel")
    assert text.endswith(".... Batas selesai 20/07 17.00 WIB. Balas untuk menambah keterangan.")


def test_a_short_value_is_not_cut_for_a_long_one() -> None:
    text = render(TEXTS, "assigned", TextForm.SMS, WORDS | {"unit": "Bidang " * 40})
    assert "ditangani Rahmat, Bidang" in text
    assert septets(text) <= 160


def test_a_number_to_show_back_is_never_cut() -> None:
    numbers = {"tiket": "HDX26-1234567-8", "masukan": "HDX26-7654321-0"}
    text = render(TEXTS, "which_ticket", TextForm.SMS, WORDS | numbers)
    assert text.count("HDX26-1234567-8") == 2
    assert "HDX26-7654321-0" in text


def test_if_still_too_long_the_last_sentence_is_left_out() -> None:
    text = render(TEXTS, "ack", TextForm.SMS, WORDS | {"selesai": "akhir bulan Desember"})
    assert text == (
        "Laporan Anda diterima, no tiket HD26-004217-4. Dijawab petugas paling lambat "
        "14/07 10.30, selesai paling lambat akhir bulan Desember WIB."
    )


def test_a_question_leaves_with_its_answer() -> None:
    text = render(TEXTS, "duplicate", TextForm.SMS, WORDS | {"tiket": f"HD26-{'1' * 30}-6"})
    assert text.endswith("ke tiket tersebut.")


def test_the_sentence_with_the_only_number_is_never_left_out() -> None:
    long_number = "HD26-" + "1" * 40 + "-4"
    text = render(TEXTS, "life_danger", TextForm.SMS, {"tiket": long_number})
    assert long_number in text
    assert septets(text) == 160


@settings(max_examples=150)
@given(
    st.sampled_from(KEYS),
    st.dictionaries(st.sampled_from(FREE), st.text(max_size=250), max_size=len(FREE)),
)
def test_no_words_make_more_than_one_segment_or_lose_number_and_times(
    key: str, words: dict[str, str]
) -> None:
    text = render(TEXTS, key, TextForm.SMS, WORDS | words)
    assert segments(text).encoding == "gsm7"
    assert segments(text).parts == len(smsutil.split(text).parts) == 1
    used = PLACEHOLDERS[f"{key}_sms"] - set(FREE)
    assert all(WORDS[name] in text for name in used)
    # With free words alone no sentence is given up.
    assert text.endswith(DEFAULTS[f"{key}_sms"].rpartition("}")[2])


@given(
    st.sampled_from(KEYS),
    st.dictionaries(st.sampled_from(sorted(WORDS)), st.text(max_size=300), max_size=len(WORDS)),
)
def test_no_values_at_all_make_more_than_one_segment(key: str, words: dict[str, str]) -> None:
    assert segments(render(TEXTS, key, TextForm.SMS, WORDS | words)).parts == 1


PLAIN = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), max_size=60)


@given(st.sampled_from(KEYS), st.lists(PLAIN, min_size=len(WORDS), max_size=len(WORDS)))
def test_each_value_stands_where_its_placeholder_stood(key: str, words: list[str]) -> None:
    values = dict(zip(WORDS, words, strict=True))
    template = DEFAULTS.get(key, DEFAULTS[f"{key}_sms"])
    # Written by hand from left to right: what was put in is never read again.
    expected, rest = "", template
    while "{" in rest:
        literal, _, rest = rest.partition("{")
        name, _, rest = rest.partition("}")
        value = values[name]
        expected += literal + (f" {value}" if value and name == "sebab_libur" else value)
    assert render(TEXTS, key, TextForm.CHAT, values) == expected + rest
