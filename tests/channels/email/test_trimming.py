from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.trimming import own_part

QUOTE = "> Laporan Anda sudah kami catat.\n> Nomor tiket: HD26-004217-4"

REPLIES = {
    "gmail_id": f"Pada Sel, 14 Jul 2026 pukul 10.12 Helpdesk <h@x.example> menulis:\n\n{QUOTE}",
    "gmail_id_tanggal": (
        f"Pada tanggal Sel, 14 Jul 2026 10.12, Helpdesk\n<h@x.example> menulis:\n{QUOTE}"
    ),
    "gmail_en": f"On Tue, Jul 14, 2026 at 10:12\u202fAM Helpdesk <h@x.example>\nwrote:\n\n{QUOTE}",
    "gmail_old": f"2026-07-14 10:12 GMT+07:00 Helpdesk <h@x.example>:\n\n{QUOTE}",
    "outlook_id": (
        "________________________________\nDari: Helpdesk <h@x.example>\n"
        "Dikirim: Selasa, 14 Juli 2026 10.12\nKepada: Rina <r@y.example>\n"
        "Subjek: [HD26-004217-4] Re: internet\n\nLaporan Anda sudah kami catat."
    ),
    "outlook_en": (
        "From: Helpdesk <h@x.example>\nSent: Tuesday, July 14, 2026 10:12 AM\n"
        "To: Rina <r@y.example>\nSubject: RE: internet\n\nLaporan Anda sudah kami catat."
    ),
    "outlook_bold": "*Dari:* Helpdesk\n*Dikirim:* Selasa\n*Kepada:* Rina\n*Perihal:* x\n\nlama",
    "outlook_old": "-----Pesan Asli-----\nDari: Helpdesk\nTerkirim: Selasa\n\nlama",
    "outlook_phone": (
        "Dapatkan Outlook untuk Android<https://aka.ms/x>\n"
        "________________________________\nDari: Helpdesk\nlama"
    ),
    "yahoo_id": (
        f"Pada Selasa, 14 Juli 2026 10.12.33 WIB, Helpdesk <h@x.example> menulis: \n\n{QUOTE}"
    ),
    "yahoo_old": "--- Pada Sel, 14/7/26, Helpdesk <h@x.example> menulis:\n\nDari: Helpdesk\nlama",
    "yahoo_phone": (
        "Dikirim dari Yahoo Mail di Android \n \n"
        f"  Pada Sel, 14 Jul 2026 pada 10:12, Helpdesk<h@x.example> menulis:   {QUOTE}"
    ),
    "ios_id": (
        "Dikirim dari iPhone saya\n\n"
        f"> Pada 14 Jul 2026, pukul 10.12, Helpdesk <h@x.example> menulis:\n> \n{QUOTE}"
    ),
    "ios_en": (
        f"Sent from my iPhone\n\nOn 14 Jul 2026, at 10.12, Desk <h@x.example> wrote:\n\n{QUOTE}"
    ),
    "thunderbird_id": f"Pada 14/07/2026 10.12, Helpdesk menulis:\n{QUOTE}",
    "thunderbird_en": f"On 7/14/26 10:12 AM, Helpdesk wrote:\n{QUOTE}",
    "thunderbird_nameless": f"Helpdesk <h@x.example> menulis:\n{QUOTE}",
    "samsung": (
        "Dikirim dari ponsel cerdas Samsung Galaxy saya.\n\n"
        "-------- Pesan asli --------\nDari: Helpdesk <h@x.example>\n"
        "Tanggal: 14/07/26 10.12 (GMT+07:00)\nKe: Rina\nSubjek: Re: internet\n\nlama"
    ),
    "miui": (
        "Dikirim dari Xiaomi saya\n"
        "Helpdesk <h@x.example> pada 14 Jul 2026 10.12 menulis:\n"
        f"{QUOTE}"
    ),
    "german": f"Am 14.07.26 um 10:12 schrieb Helpdesk:\n{QUOTE}",
    "french": f"Le mar. 14 juil. 2026 à 10:12, Helpdesk <h@x.example> a écrit\u00a0:\n\n{QUOTE}",
    "signature": "-- \nRina Kartika\nPuskesmas Licin\n0812 0000 0000",
    "quote_only": QUOTE,
}


@pytest.mark.parametrize("name", REPLIES)
def test_what_others_wrote_is_folded(name: str) -> None:
    text = f"Masih mati, Pak.\nMohon dicek lagi.\n\n{REPLIES[name]}\n"
    assert own_part(text) == "Masih mati, Pak.\nMohon dicek lagi."


@pytest.mark.parametrize(
    "text",
    [
        "Internet mati sejak pagi.\n\nTerima kasih.",
        "Pada hari Senin tanggal 13 printer macet.\nMohon bantuan.",
        "Surat dikirim dari loket 2, belum sampai.",
        "Berkas saya dikirim dari kantor lama\ndan hilang",
        "Dari: loket 2\nprinter macet",
        "Sent the form yesterday",
        "Suhu -- 30 derajat",
        "Kepala dinas menulis: segera",
    ],
)
def test_ordinary_text_stays_whole(text: str) -> None:
    assert own_part(text) == text


@pytest.mark.parametrize("name", [name for name in REPLIES if name != "signature"])
def test_nothing_but_a_quote_is_shown_whole(name: str) -> None:
    assert own_part(REPLIES[name]).strip()


def test_point_by_point_answers_keep_what_they_answer() -> None:
    text = (
        "Pada 14/07/2026 10.12, Helpdesk menulis:\n> Apakah lampu modem menyala?\nYa.\n\n"
        "> Sudah dimatikan dan dinyalakan?\nSudah.\n\n-- \nRina"
    )
    shown = own_part(text)
    assert "> Apakah lampu modem menyala?\nYa." in shown
    assert "> Sudah dimatikan dan dinyalakan?\nSudah." in shown
    assert "Rina" not in shown


@pytest.mark.parametrize(
    "block",
    [
        "---------- Pesan terusan ----------\nDari: Bu Lilik\nSubjek: y\n\nWebsite mati",
        "---------- Forwarded message ---------\nFrom: a\nDate: x\nSubject: y\n\nWebsite mati",
        "Begin forwarded message:\n\n> From: a\n> Subject: y\n>\n> Website mati",
    ],
)
def test_a_forwarded_mail_stays_whole(block: str) -> None:
    text = f"Mohon ditindaklanjuti.\n\n{block}"
    assert own_part(text, "Fwd: y") == text
    assert own_part(block, "Fwd: y") == block


def test_a_header_block_without_a_mark_is_forwarded_where_the_subject_says_so() -> None:
    text = "Dari: Bu Lilik\nDikirim: Selasa\nKepada: admin\nSubjek: y\n\nWebsite mati"
    assert own_part(text, "FW: y") == text


def test_a_very_long_text_is_shown_as_it_is() -> None:
    text = "kata " * 12_000 + "\n> kutipan"
    assert own_part(text) == text.strip()


PIECES = [
    "> a",
    ">> b",
    "",
    "satu",
    "dua",
    "-- ",
    "Pada 1 menulis:",
    "Dari: x",
    "Kepada: y",
    "____" * 6,
]


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES)).map("\n".join)))
def test_never_empty_where_there_is_text(text: str) -> None:
    assert bool(own_part(text)) is bool(text.strip())
    assert own_part(text, "Fwd: x") in text or "\r" in text or "\n" in text
