from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.cleaning import fold
from core.model.commands import (
    SLASH,
    after_numbers,
    asks_number,
    asks_progress,
    command_at,
    is_filling,
    is_thanks,
    scores_in,
    slash_at,
)
from core.model.intent import Command

NUMBER = "hd26-004217-4"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("STATUS", Command.STATUS),
        ("status.", Command.STATUS),
        (f"STATUS {NUMBER}", Command.STATUS),
        (f"status: {NUMBER}", Command.STATUS),
        (f"STATUS#{NUMBER}", Command.STATUS),
        (f"cek status {NUMBER} dong min", Command.STATUS),
        ("CEK", Command.STATUS),
        ("cek tiket saya dong", Command.STATUS),
        ("status laporan saya bagaimana pak", Command.STATUS),
        (f"status tiket wifi kemarin {NUMBER}", Command.STATUS),
        (f"SELESAI {NUMBER}", Command.CONFIRM),
        ("SELESAI", Command.CONFIRM),
        ("selesai, terima kasih", Command.CONFIRM),
        (f"selesai no. tiket {NUMBER} terima kasih", Command.CONFIRM),
        (f"tutup {NUMBER}", Command.CONFIRM),
        (f"BUKA {NUMBER}", Command.REOPEN),
        (f"BUKA KEMBALI {NUMBER} masih mati", Command.REOPEN),
        (f"BATAL {NUMBER}", Command.CANCEL),
        ("batal", Command.CANCEL),
        ("batal aja pak", Command.CANCEL),
        ("BARU", Command.SPLIT),
        ("baru!", Command.SPLIT),
        (f"ESKALASI {NUMBER} sudah 6 hari", Command.ESCALATE),
        (f"KEBERATAN {NUMBER} karena", Command.OBJECT),
        ("NILAI", Command.RATE),
        ("NILAI 4 5 3 4 4", Command.RATE),
        ("NILAI 4 5 3 4", Command.RATE),
        ("NILAI 4 5 3 4 4 4", Command.RATE),
        ("NILAI 4,5,3,4,9", Command.RATE),
        ("nilai 4", Command.RATE),
        ("LEWATI", Command.SKIP),
        ("STOP", Command.STOP),
        ("berhenti", Command.STOP),
        ("MULAI", Command.START),
        ("INFO", Command.INFO),
        ("help", Command.INFO),
        ("bantuan", Command.INFO),
        ("menu", Command.INFO),
    ],
)
def test_command_words_count(text: str, command: Command) -> None:
    found = command_at(fold(text), 0, "HD")
    assert found is not None
    assert found.command is command


@pytest.mark.parametrize(
    "text",
    [
        "status server down",
        "statusnya bagaimana",
        "selesai update windows layar blank",
        f"selesai diperbaiki {NUMBER}",
        "buka pintu gudang tidak bisa",
        "batal berangkat karena internet mati",
        "baru saja mati",
        "eskalator rusak",
        "nilai rapor anak saya salah",
        "nilai 6",
        "nilai 75",
        "nilai 100 rapor",
        "lewati saja",
        "stop dong",
        "mulai kemarin internet mati",
        "info lowongan",
        "help me",
        "helper",
        "bantuan sosial belum cair",
        "menu aplikasi hilang",
        "",
        "?",
    ],
)
def test_other_texts_are_no_command(text: str) -> None:
    assert command_at(fold(text), 0, "HD") is None


def test_another_office_has_another_prefix() -> None:
    assert command_at("batal hd26-004217-4 wifi", 0, "AB") is None
    assert command_at("batal ab26-004217-4 wifi", 0, "AB") is not None


@pytest.mark.parametrize("name", [*SLASH, "lapor"])
def test_slash_commands_are_known_with_and_without_a_bot(name: str) -> None:
    for suffix in ("", "@LayananBot", " sisa"):
        slash = slash_at(fold(f"/{name}{suffix}"), 0)
        assert slash is not None
        assert slash.name == name


@pytest.mark.parametrize(
    "text", ["/", "/x", "/laporan", "/status1", "status", "/ status", "//status"]
)
def test_other_slashes_are_text(text: str) -> None:
    assert slash_at(text, 0) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (f"{NUMBER} sudah 6 hari", "sudah 6 hari"),
        (f"no. tiket: {NUMBER}, masih mati", "masih mati"),
        (f"{NUMBER} dan hd260000176 lama", "lama"),
        (f"{NUMBER}", ""),
        (f"masih {NUMBER}", f"masih {NUMBER}"),
        ("", ""),
    ],
)
def test_numbers_before_the_text_are_taken_off(text: str, rest: str) -> None:
    assert text[after_numbers(text, 0, "HD") :] == rest


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("4 5 3 4 4", (4, 5, 3, 4, 4)),
        ("4,5,3,4,4", (4, 5, 3, 4, 4)),
        ("4, 5, 3, 4, 4", (4, 5, 3, 4, 4)),
        ("4-5-3-4-4", (4, 5, 3, 4, 4)),
        ("45344", (4, 5, 3, 4, 4)),
        ("4 5 3 4 4.", (4, 5, 3, 4, 4)),
        ("T4 R5 D3 J4 E4", (4, 5, 3, 4, 4)),
        ("t4r5d3j4e4", (4, 5, 3, 4, 4)),
        ("E1 J2 D3 R4 T5", (5, 4, 3, 2, 1)),
        ("T=4, R=5, D=3, J=4, E=4", (4, 5, 3, 4, 4)),
        ("4", (4,)),
        (" 4! ", (4,)),
        ("4️⃣", (4,)),
        ("4 5 3 4", ()),
        ("4 5 3 4 4 4", ()),
        ("453444", ()),
        ("6 5 3 4 4", ()),
        ("0", ()),
        ("6", ()),
        ("T4 T5 D3 J4 E4", ()),
        ("4 hari", ()),
        ("tolong", ()),
        ("4" * 100, ()),
        ("", ()),
    ],
)
def test_scores(text: str, scores: tuple[int, ...]) -> None:
    assert scores_in(fold(text)) == scores


@given(st.lists(st.integers(1, 5), min_size=5, max_size=5), st.sampled_from(["", " ", ",", ", "]))
def test_any_five_digits_are_scores(digits: list[int], separator: str) -> None:
    assert scores_in(separator.join(map(str, digits))) == tuple(digits)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("mohon info progres", True),
        ("bagaimana perkembangannya", True),
        ("sudah sampai mana pak", True),
        ("smp mana min", True),
        ("kapan selesai", True),
        ("kapan teknisinya datang", True),
        ("mohon status tiket", True),
        ("tolong cek", True),
        ("sudah selesai?", True),
        ("apakah sudah selesai", True),
        ("sudah selesai terima kasih", False),
        ("mati sejak kapan hari", False),
        ("barusan dicek ulang", False),
        ("sudah saya cek kabelnya", False),
        ("sudah di cek teknisi", False),
        ("perkiraan selesai senin", False),
        ("kok mati lagi", False),
        ("statusku", False),
    ],
)
def test_words_that_ask_for_progress(text: str, asks: bool) -> None:
    assert asks_progress(text) is asks


@pytest.mark.parametrize(
    "text",
    [
        "nomor tiketnya berapa ya?", "no tiket saya brp", "nomer laporan berapa", "nmr tiket?",
        "minta nomor tiket", "minta nomor tiketnya dong", "lupa no tiket saya",
        "berapa nomor tiket saya",
        "mana nomor tiketnya min", "saya butuh no tiket", "mohon sebutkan nomor laporan",
        "saya belum dapat nomor tiket", "kirimkan nomor laporan saya", "what is my ticket number?",
        "tolong no. pengaduan saya",
    ],
)  # fmt: skip
def test_the_question_for_the_number(text: str) -> None:
    assert asks_number(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "", "nomor hp saya berapa", "tiket parkir hilang", "nomor antrean berapa",
        "nomor tiket antrean saya hilang", "nomor tiketnya berapa " + "x" * 200,
        "halo ini bener nomer helpdesk?? teleponnya ga diangkat2",
    ],
)  # fmt: skip
def test_other_questions(text: str) -> None:
    assert not asks_number(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "mksh min", "terima kasih", "Terima kasih banyak atas bantuannya pak", "makasih 🙏", "👍",
        "👍🏽", "🙏🙏", "❤", "ok", "oke siap", "sip", "matur nuwun", "suwun mas", "thanks",
        "Thank you very much",
        "baik pak terima kasih", "hatur nuhun",
    ],
)  # fmt: skip
def test_plain_thanks(text: str) -> None:
    assert is_thanks(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "", "p", "...", "pak", "terima kasih tapi masih mati", "ok kapan datang?", "ok?", "👎",
        "😡",
        "sudah bisa masuk lagi pak, terima kasih", "terima kasih " * 30, "baik buruk",
        "halo 👍", "!!!",
    ],
)  # fmt: skip
def test_what_is_more_or_less_than_thanks(text: str) -> None:
    assert not is_thanks(fold(text))


def test_fillers() -> None:
    assert is_filling("")
    assert is_filling(" dong min 🙏")
    assert not is_filling("server down")
    assert not is_filling("pak " * 100)
