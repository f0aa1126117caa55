from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.mailtext import own_text, strip_prefixes


@pytest.mark.parametrize(
    ("subject", "bare", "is_reply"),
    [
        ("internet mati", "internet mati", False),
        ("Re: internet mati", "internet mati", True),
        ("RE: internet mati", "internet mati", True),
        ("Bls: internet mati", "internet mati", True),
        ("Balas: internet mati", "internet mati", True),
        ("Jawab : internet mati", "internet mati", True),
        ("Fwd: internet mati", "internet mati", False),
        ("FW: internet mati", "internet mati", False),
        ("TR: internet mati", "internet mati", False),
        ("Terusan: internet mati", "internet mati", False),
        ("Re: Fwd: RE: internet mati", "internet mati", True),
        ("Re[2]: internet mati", "internet mati", True),
        ("RE (3): internet mati", "internet mati", True),
        ("[EXTERNAL] Re: internet mati", "internet mati", True),
        ("Re\uff1a internet mati", "internet mati", True),
        ("Regional kami mati", "Regional kami mati", False),
        ("Re internet mati", "Re internet mati", False),
        ("[HD26-004217-4] Laporan", "[HD26-004217-4] Laporan", False),
        ("", "", False),
    ],
)
def test_prefixes(subject: str, bare: str, is_reply: bool) -> None:
    assert strip_prefixes(subject) == (bare, is_reply)


@pytest.mark.parametrize(
    "quote",
    [
        "Pada Sel, 14 Jul 2026 pukul 10.12 Helpdesk <h@x.example> menulis:\n> lama\n> HELPDESK",
        "Pada Sel, 14 Jul 2026 pukul 10.12 Helpdesk\n<h@x.example> menulis:\n\n> lama",
        "On Tue, Jul 14, 2026 at 10:12 AM Helpdesk <h@x.example> wrote:\n> lama",
        "Pada 14/07/2026 10.12, Helpdesk menulis:\nlama tanpa tanda\nHELPDESK lama",
        "Dari: Helpdesk <h@x.example>\nTerkirim: 14 Juli 2026\nKepada: Rina\nSubjek: y\n\nlama",
        "From: Helpdesk\nSent: Tuesday\nTo: Rina\nSubject: y\n\nlama",
        "*From:* Helpdesk\n*Sent:* Tuesday\n*To:* Rina\n\nlama",
        "-----Pesan Asli-----\nDari: Helpdesk\nlama",
        "----- Original Message -----\nlama",
        "________________________________\nlama",
        "> lama\n> lebih lama",
        "-- \nRina\nPuskesmas Licin",
        "--\nOperator Kec. Glagah",
        "> lama\n-- \nRina",
        "Pada tanggal Sel, 14 Jul 2026 10.12, Helpdesk <h@x.example> menulis:\n> lama",
        "--- Pada Sel, 14/7/26, Helpdesk <h@x.example> menulis:\n\nlama",
        "Helpdesk <h@x.example> menulis:\n> lama",
        "2026-07-14 10:12 GMT+07:00 Helpdesk <h@x.example>:\n\n> lama",
        "Am 14.07.26 um 10:12 schrieb Helpdesk:\n> lama",
        "Dikirim dari iPhone saya",
        "Terkirim dari ponsel Samsung Galaxy saya.",
        "Sent from my iPad\n\n> lama",
        "Dapatkan Outlook untuk iOS<https://aka.ms/x>\n________________________\nDari: H\nlama",
    ],
)
def test_what_others_wrote_is_cut(quote: str) -> None:
    for ending in ("\n", "\r\n"):
        text = f"Masih mati.\n\n{quote}".replace("\n", ending)
        own = own_text(text, "Re: y")
        assert own.body == "Masih mati."


@pytest.mark.parametrize(
    "text",
    [
        "Internet mati.\nMohon bantuan.",
        "Pada hari Senin internet mati.\nSudah dilaporkan.",
        "Pak Budi menulis: internet mati",
        "Dari: loket 2, printer macet",
        "Tarif 5 > 3, kenapa?",
        "Suhu ruang -- panas",
        "On the table 3 printers broke",
        "Surat dikirim dari loket 2",
        "Dikirim dari Yahoo Mail di Android\ntapi berkas tetap ditolak",
        "14 Juli, Pak Budi menulis surat: belum dibalas",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    own = own_text(text, "y")
    assert (own.body, own.forwarded) == (text, "")


def test_an_answer_below_the_quote_is_own_text() -> None:
    text = "Pada Sel, 14 Jul 2026 pukul 10.12 Helpdesk <h@x> menulis:\n> Sudah bisa?\n\nBelum."
    assert own_text(text, "Re: y").body == "Belum."


def test_answers_between_quoted_lines_are_own_text() -> None:
    assert own_text("> a\nsatu\n> b\ndua\n", "Re: y").body == "satu\ndua"


@pytest.mark.parametrize(
    "block",
    [
        "---------- Pesan terusan ----------\nDari: Bu Lilik\nSubjek: y\n\nWebsite mati",
        "----- Forwarded message ----\nFrom: a <a@x>\nDate: x\nSubject: y\nTo: z\n\nWebsite mati",
        "---- Pesan yang diteruskan ----\n\nWebsite mati",
        "Begin forwarded message:\n\n> From: a\n> Subject: y\n\nWebsite mati",
        "Dari: Bu Lilik\nTerkirim: 14 Juli\nKepada: admin\nSubjek: y\n\nWebsite mati",
    ],
)
def test_a_forwarded_block_is_kept_beside_the_own_text(block: str) -> None:
    alone = own_text(block, "Fwd: y")
    assert (alone.body, alone.forwarded) == ("", "Website mati")
    beside = own_text(f"HELPDESK\n\n{block}", "Fwd: y")
    assert (beside.body, beside.forwarded) == ("HELPDESK", "Website mati")


def test_the_header_block_of_a_reply_is_no_forwarding() -> None:
    text = "Dari: Helpdesk\nTerkirim: x\nKepada: y\nSubjek: z\n\nlama"
    own = own_text(text, "Re: z")
    assert (own.body, own.forwarded) == ("", "")


def test_nothing_gets_lost_behind_the_scanned_head() -> None:
    tail = "kata " * 6_000
    assert own_text(f"> lama\n{tail}", "y").body == tail.strip()
    forwarded = f"---------- Pesan terusan ----------\n\n{tail}"
    assert own_text(forwarded, "Fwd: y").forwarded == tail.strip()


def test_a_missing_subject_is_an_empty_one() -> None:
    assert own_text("isi", None).subject == ""


@given(st.text(max_size=300), st.none() | st.text(max_size=60))
def test_any_mail_can_be_read(text: str, subject: str | None) -> None:
    own = own_text(text, subject)
    assert len(own.body) <= len(text)
    assert own.subject == own.subject.strip()


@given(st.lists(st.sampled_from(["> a", "b", "", "-- ", "Pada 1 menulis:", "Dari: x", "To: y"])))
def test_own_lines_are_lines_of_the_mail(lines: list[str]) -> None:
    own = own_text("\n".join(lines), "Re: y")
    assert set(own.body.split("\n")) <= {*lines, ""}
    assert not any(line.startswith(">") for line in own.body.split("\n"))
