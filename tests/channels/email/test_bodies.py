from __future__ import annotations

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.bodies import pull_files, undo, unflow


@pytest.mark.parametrize(
    ("body", "encoding", "content"),
    [
        (b"Internet=20mati", "quoted-printable", b"Internet mati"),
        (b"satu =\ndua", "quoted-printable", b"satu dua"),
        (b"satu =  \r\ndua", "quoted-printable", b"satu dua"),
        (b"d=c3=a9sa", "quoted-printable", "désa".encode()),
        (b"100=% =ZZ =", "quoted-printable", b"100=% =ZZ "),
        (b"SGFsbyBQYWs=", "base64", b"Halo Pak"),
        (b"SGFsbyBQYWs", "base64", b"Halo Pak"),
        (b"SGFs\r\nbyBQ\r\nYWs=\r\n", "base64", b"Halo Pak"),
        (b"SGFsbw==\nIFBhaw==", "base64", b"Halo Pak"),
        (b"SGFs*byBQYWs=", "base64", b"Halo Pak"),
        (b"SGFsb y BQYWs=", "x-aneh", b"SGFsb y BQYWs="),
        (b"", "base64", b""),
        (b"====", "base64", b""),
        (b"#0V%T\nend\n", "x-uuencode", b"#0V%T\nend\n"),
        (b"begin 644 x\n#0V%T\n`\nend\n", "x-uuencode", b"Cat"),
        (b"Halo", "7bit", b"Halo"),
        (b"Halo", "8bits", b"Halo"),
        (b"Halo", "", b"Halo"),
    ],
)
def test_transfer_encodings(body: bytes, encoding: str, content: bytes) -> None:
    assert undo(body, encoding) == content


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"Ini lampiran", b"Ini lampiran"),
        (b"Halo, Pak.\nTerima kasih", b"Halo, Pak.\nTerima kasih"),
        (b"Halo\n\nini bukan base64", b"Halo\n\nini bukan base64"),
        (b"SGFsbyBQYWs=\n\n____\nMilis warga\n", b"Halo Pak\n____\nMilis warga\n"),
        (b"SGFsbyBQYWs=\n-- \nMilis warga\n", b"Halo Pak\n-- \nMilis warga\n"),
        (b"SGFsbyBQYWs===\n", b"Halo Pak"),
        (b"Halo===\n\nPak", b"Halo===\n\nPak"),
    ],
)
def test_text_under_a_wrong_or_half_right_label_is_not_lost(body: bytes, content: bytes) -> None:
    assert undo(body, "base64", text=True) == content


@given(st.binary(max_size=500))
def test_what_the_standard_library_encodes_comes_back(data: bytes) -> None:
    assert undo(base64.encodebytes(data), "base64") == data
    # as text the library would make all line ends like the first, so it is told that this is none
    assert undo(binascii.b2a_qp(data, quotetabs=True, istext=False), "quoted-printable") == data


@given(st.binary(max_size=300), st.sampled_from(["base64", "quoted-printable", "uuencode", "x"]))
def test_nothing_raises(body: bytes, encoding: str) -> None:
    assert isinstance(undo(body, encoding), bytes)
    assert isinstance(undo(body, encoding, text=True), bytes)
    assert isinstance(pull_files(b"begin 644 x\n" + body), tuple)


@pytest.mark.parametrize(
    ("source", "delsp", "text"),
    [
        ("satu \ndua", False, "satu dua"),
        ("satu \ndua", True, "satudua"),
        ("satu\ndua", False, "satu\ndua"),
        ("satu \n> dua \n> tiga\nempat", False, "satu \n> dua tiga\nempat"),
        (">> a \n>> b\n> c", False, ">> a b\n> c"),
        ("Salam \n-- \nSari", False, "Salam \n-- \nSari"),
        (" From bukan mbox", False, "From bukan mbox"),
        ("> \n> x", False, "> \n> x"),
        ("", False, ""),
    ],
)
def test_flowed_lines(source: str, delsp: bool, text: str) -> None:
    assert unflow(source, delsp) == text


@given(st.text(alphabet="a >-\n", max_size=80))
def test_flowed_text_loses_no_letter(source: str) -> None:
    assert unflow(source).count("a") == source.count("a")


def uuencoded(name: str, data: bytes) -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45)]
    return b"begin 644 " + name.encode() + b"\n" + b"".join(lines) + b"`\nend\n"


def test_files_are_taken_out_of_the_text() -> None:
    data = b"sebelum\n" + uuencoded("a b.bin", bytes(range(256))) + b"sesudah\n"
    text, files = pull_files(data + uuencoded("dua", b"2"))
    assert text == b"sebelum\nsesudah\n"
    assert [(one.name, one.content) for one in files] == [
        ("a b.bin", bytes(range(256))),
        ("dua", b"2"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"begin 644 x\nini kalimat biasa saja\n",
        b"begin 644\n",
        b"Kita begin 644 x\n",
        b"begin 644 x\n",
    ],
)
def test_text_that_only_looks_like_a_file_stays(data: bytes) -> None:
    assert pull_files(data) == (data, [])


def test_a_file_that_breaks_off_keeps_what_came() -> None:
    cut = uuencoded("x", bytes(90)).partition(b"`")[0]
    assert pull_files(b"halo\n" + cut)[1][0].content == bytes(90)
