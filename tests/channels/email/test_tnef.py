from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.tnef import is_tnef, open_tnef
from tests.channels.email.tnefs import winmail

FILES = ((b"surat.doc", b"isi surat"), (b"foto.jpg", bytes(range(256))))


def test_text_and_files() -> None:
    opened = open_tnef(winmail(b"Halo Pak", FILES))
    assert opened is not None
    assert opened.text == "Halo Pak"
    assert opened.files == (("surat.doc", b"isi surat"), ("foto.jpg", bytes(range(256))))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"bukan",
        winmail(),
        winmail(b"", FILES)[:60],
        winmail(b"Halo", FILES)[:-30],
        winmail()[:6],
    ],
)
def test_what_cannot_be_opened_or_holds_nothing(data: bytes) -> None:
    assert open_tnef(data) is None


@pytest.mark.parametrize(
    ("kind", "name", "yes"),
    [
        ("application/ms-tnef", "", True),
        ("application/vnd.ms-tnef", "x.dat", True),
        ("application/octet-stream", "WINMAIL.DAT", True),
        ("application/octet-stream", "surat.dat", False),
    ],
)
def test_who_is_one(kind: str, name: str, yes: bool) -> None:
    assert is_tnef(kind, name) is yes


@given(st.integers(0, 900), st.binary(min_size=1, max_size=20))
def test_damage_raises_nothing(at: int, junk: bytes) -> None:
    data = winmail(b"Halo", FILES)
    open_tnef(data[:at] + junk + data[at + len(junk) :])
    open_tnef(data[:at])
