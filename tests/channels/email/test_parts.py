"""Which stretch of a mail is text and which is a file: shapes of the usual programs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.parts import part_content
from channels.email.reading import read_mail
from tests.channels.email.mails import multi, part, whole
from tests.channels.email.tnefs import winmail

PLAIN = "Content-Type: text/plain"
ATTACHED = "Content-Disposition: attachment"
TEXT = part("Content-Type: text/plain; charset=utf-8", "Halo Pak")
HTML = part("Content-Type: text/html; charset=utf-8", "<p>Halo <b>Pak</b></p>")
PDF = part(
    'Content-Type: application/pdf; name="surat.pdf"\nContent-Transfer-Encoding: base64', "QUJD"
)
ROOT = part("Content-Type: text/plain\nContent-ID: <r@x>", "Halo")
PICTURE = part("Content-Type: image/png; name=logo.png\nContent-ID: <logo@x>", "PNG")


def said(raw: bytes) -> tuple[str, list[str]]:
    mail = read_mail(raw)
    return mail.text, [one.filename for one in mail.parts]


@pytest.mark.parametrize(
    ("raw", "text", "files"),
    [
        # Gmail
        (whole("alternative", TEXT, HTML), "Halo Pak", []),
        # Gmail with a file and a picture
        (
            whole(
                "mixed",
                multi(
                    "related",
                    multi("alternative", TEXT, HTML, boundary="c").encode(),
                    PICTURE,
                    boundary="b",
                ).encode(),
                PDF,
            ),
            "Halo Pak",
            ["logo.png", "surat.pdf"],
        ),
        # Outlook: related at the top
        (
            whole("related", multi("alternative", TEXT, HTML, boundary="b").encode(), PICTURE),
            "Halo Pak",
            ["logo.png"],
        ),
        # Apple Mail: text around files
        (
            whole("mixed", TEXT, PDF, part("Content-Type: text/plain", "Salam")),
            "Halo Pak\n\nSalam",
            ["surat.pdf"],
        ),
        # Apple Mail: the second alternative is a mixture
        (
            whole("alternative", TEXT, multi("mixed", HTML, PDF, HTML, boundary="b").encode()),
            "Halo Pak",
            ["surat.pdf"],
        ),
        (whole("mixed", HTML, PDF), "Halo Pak", ["surat.pdf"]),
        (
            whole("mixed", HTML, part("Content-Type: text/plain", "Milis warga")),
            "Halo Pak\n\nMilis warga",
            [],
        ),
        # an empty or blank text beside a full HTML: HTML counts
        (whole("alternative", part("Content-Type: text/plain", " \n\n"), HTML), "Halo Pak", []),
        (whole("alternative", part("Content-Type: text/plain", ""), HTML), "Halo Pak", []),
        # HTML first, against the standard
        (whole("alternative", HTML, TEXT), "Halo Pak", []),
        # the same text a third and fourth time
        (
            whole(
                "alternative",
                TEXT,
                part("Content-Type: text/x-amp-html", "<html amp4email>"),
                part("Content-Type: text/enriched", "<bold>Halo</bold>"),
                HTML,
            ),
            "Halo Pak",
            [],
        ),
        # an invitation
        (
            whole(
                "alternative",
                TEXT,
                HTML,
                part("Content-Type: text/calendar; method=REQUEST", "BEGIN:VCALENDAR"),
            ),
            "Halo Pak",
            ["lampiran-1.ics"],
        ),
        # text files
        (
            whole("mixed", TEXT, part("Content-Type: text/plain; name=catatan.txt", "x")),
            "Halo Pak",
            ["catatan.txt"],
        ),
        (
            whole(
                "mixed",
                TEXT,
                part(
                    "Content-Type: text/html\nContent-Disposition: attachment; filename=a.html",
                    "x",
                ),
            ),
            "Halo Pak",
            ["a.html"],
        ),
        # the only text has a name: it is the text all the same, and known by its name
        (
            whole("mixed", part("Content-Type: text/plain; name=isi.txt", "Halo"), PDF),
            "Halo",
            ["isi.txt", "surat.pdf"],
        ),
        (
            b"Content-Type: text/html\nContent-Disposition: inline; filename=isi.html\n\n<p>Halo",
            "Halo",
            ["isi.html"],
        ),
        # but one of several forms of the text is no file
        (
            whole(
                "alternative",
                part("Content-Type: text/plain; name=isi.txt", "Halo Pak"),
                part("Content-Type: text/html; name=isi.html", "<p>Halo Pak</p>"),
            ),
            "Halo Pak",
            [],
        ),
        (whole("mixed", part("Content-Type: text/csv", "a,b")), "", ["lampiran-1.csv"]),
        # a whole mail that is a file
        (b"Content-Type: application/pdf; name=a.pdf\n\nPDF", "", ["a.pdf"]),
        (b"Content-Type: image/jpeg\n\nJPG", "", ["lampiran-1.jpg"]),
        (b"Content-Type: text/plain\nContent-Disposition: attachment\n\nHalo", "Halo", []),
        (
            b"Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nHalo",
            "",
            ["a.txt"],
        ),
        (b"Content-Type: ; name=a.jpg\n\nJPG", "", ["a.jpg"]),
        (b"Content-Type: aneh; name=a.x\n\nHalo", "", ["a.x"]),
        # forwarded as a file: named by its subject, never opened
        (
            whole(
                "mixed",
                TEXT,
                part("Content-Type: message/rfc822", "Subject: =?utf-8?q?Keluhan_1/2?=\n\nisi"),
            ),
            "Halo Pak",
            ["Keluhan 1_2.eml"],
        ),
        (
            whole("mixed", TEXT, part("Content-Type: message/rfc822", "bukan surat")),
            "Halo Pak",
            ["lampiran-1.eml"],
        ),
        (
            whole("mixed", TEXT, part("Content-Type: message/external-body", "x")),
            "Halo Pak",
            ["lampiran-1.txt"],
        ),
        # signed
        (
            whole(
                "signed",
                TEXT,
                part("Content-Type: application/pgp-signature; name=signature.asc", "x"),
            ),
            "Halo Pak",
            ["signature.asc"],
        ),
        # two files of one name, and one by its place
        (whole("mixed", PDF, PDF), "", ["surat.pdf", "surat (2).pdf"]),
        (
            whole(
                "mixed",
                part(
                    "Content-Type: image/jpeg\nContent-Location: http://x.test/foto.jpg?s=1", "x"
                ),
            ),
            "",
            ["foto.jpg"],
        ),
        (
            whole(
                "mixed",
                TEXT,
                part("Content-Type: image/png\nContent-Disposition: ;\n filename=g.png", "x"),
            ),
            "Halo Pak",
            ["g.png"],
        ),
        # the root of a related by its name
        (
            whole(
                "related", part("Content-Type: image/png\nContent-ID: <p@x>", "P"), ROOT
            ).replace(b"related;", b'related; start="<r@x>";'),
            "Halo",
            ["lampiran-1.png"],
        ),
        (whole("mixed"), "", []),
        # the only text is marked as a file
        (whole("mixed", PDF, part(f"{PLAIN}\n{ATTACHED}", "Halo")), "Halo", ["surat.pdf"]),
        (whole("mixed", TEXT, part(f"{PLAIN}\n{ATTACHED}", "x")), "Halo Pak", ["lampiran-1.txt"]),
        (b"\xef\xbb\xbfSubject: x\n\nHalo", "Halo", []),
        (b"Content-Type: multipart/mixed; boundary=b\n\nHalo tanpa batas", "Halo tanpa batas", []),
    ],
)
def test_text_and_files(raw: bytes, text: str, files: list[str]) -> None:
    assert said(raw) == (text, files)


def test_text_and_html_that_disagree_are_both_kept() -> None:
    mail = read_mail(
        whole("alternative", TEXT, part("Content-Type: text/html", "<p>Lain sama sekali</p>"))
    )
    assert (mail.text, mail.html) == ("Halo Pak", "<p>Lain sama sekali</p>")


def test_plain_stretches_stand_in_the_html_too() -> None:
    mail = read_mail(whole("mixed", HTML, part("Content-Type: text/plain", "a < b")))
    assert mail.html == "<p>Halo <b>Pak</b></p>\n<pre>a &lt; b</pre>"


def test_a_picture_in_the_text_and_a_file() -> None:
    mail = read_mail(whole("related", HTML, PICTURE, PDF))
    assert [(one.inline, one.content_id) for one in mail.parts] == [(True, "logo@x"), (False, "")]


@pytest.mark.parametrize(
    ("raw", "encrypted"),
    [
        (
            whole(
                "encrypted",
                part("Content-Type: application/pgp-encrypted", "Version: 1"),
                part("Content-Type: application/octet-stream; name=encrypted.asc", "-----BEGIN"),
            ),
            [True, True],
        ),
        (
            b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=a.p7m\n\nx",
            [True],
        ),
        (b"Content-Type: application/x-pkcs7-mime; name=smime.p7m\n\nx", [True]),
        (
            b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n\nx",
            [False],
        ),
    ],
)
def test_what_nobody_here_can_read_is_flagged(raw: bytes, encrypted: list[bool]) -> None:
    mail = read_mail(raw)
    assert [one.encrypted for one in mail.parts] == encrypted
    assert ("encrypted" in mail.defects) is any(encrypted)


def test_pgp_in_the_text_is_flagged() -> None:
    assert read_mail(b"\n-----BEGIN PGP MESSAGE-----\n\nx\n").defects == ("encrypted",)


def test_winmail_is_opened() -> None:
    data = winmail(b"Halo dari Outlook", ((b"surat.doc", b"isi"),))
    head = "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: 8bit"
    raw = whole("mixed", part("Content-Type: text/plain", ""), part(head, data))
    assert said(raw) == ("Halo dari Outlook", ["surat.doc"])
    assert part_content(raw, 0) == b"isi"
    with_text = whole("mixed", TEXT, part(head, data))
    assert said(with_text) == ("Halo Pak", ["surat.doc"])


def test_a_damaged_winmail_stays_a_file() -> None:
    head = "Content-Type: application/ms-tnef; name=winmail.dat"
    mail = read_mail(whole("mixed", TEXT, part(head, winmail(b"Halo")[:-4])))
    assert [one.filename for one in mail.parts] == ["winmail.dat"]
    assert mail.defects == ("winmail.dat unreadable",)


def test_a_file_in_the_text_comes_out_and_its_index_holds() -> None:
    raw = whole(
        "mixed", part("Content-Type: text/plain", "satu\nbegin 644 a.txt\n#0V%T\n`\nend\ndua"), PDF
    )
    mail = read_mail(raw)
    assert (mail.text, [one.filename for one in mail.parts]) == (
        "satu\ndua",
        ["a.txt", "surat.pdf"],
    )
    assert [part_content(raw, one.index) for one in mail.parts] == [b"Cat", b"ABC"]


@pytest.mark.parametrize("index", [-1, 1, 99])
def test_there_is_no_such_part(index: int) -> None:
    with pytest.raises(IndexError):
        part_content(whole("mixed", PDF), index)


@given(
    st.lists(st.sampled_from([TEXT, HTML, PDF, PICTURE]), max_size=5),
    st.sampled_from(["mixed", "alternative", "related", "signed", "report", "parallel", "x"]),
    st.sampled_from(["mixed", "alternative", "related"]),
)
def test_whatever_the_shape_all_files_and_the_text_are_there(
    parts: list[bytes], outer: str, inner: str
) -> None:
    raw = whole(outer, multi(inner, *parts, boundary="dalam").encode(), TEXT)
    mail = read_mail(raw)
    assert "Halo Pak" in mail.text
    assert len(mail.parts) == sum(one in (PDF, PICTURE) for one in parts)
    for one in mail.parts:
        assert len(part_content(raw, one.index)) == one.size
